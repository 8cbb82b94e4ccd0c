/** Where a run of the tutorial takes place: a home of its own, free ports instead of the usual ones, and npm without npm. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { readSpec, specFile } from '../../scripts/chain/specs.ts';
import { isFree } from '../../scripts/lib/ports.ts';
import { cacheFolder, root } from '../../scripts/lib/paths.ts';
import { afterwards } from './cleanup.ts';

/** The ports that the tutorial names, and those that its commands take by default. */
const usualPorts = [9944, 30_333, 9960, 30_600, 30_601, 3478, 8420, 8421, 3000] as const;
type Port = (typeof usualPorts)[number];

export interface Places {
  /** Keeps everything; it goes with the test. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the document says, with the ports of this run. */
  readonly here: (text: string) => string;
  /** What a run wrote, with the ports and the home that the document has. */
  readonly there: (text: string) => string;
}

/** The reader's home in shown outputs. */
const shownHome = '/home/you';

export async function preparePlaces(t: TestContext): Promise<Places> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-tutorial-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const home = join(folder, 'home');
  const bin = join(folder, 'bin');
  await mkdir(home);
  await mkdir(bin);
  const ports = new Map<Port, number>();
  for (const usual of usualPorts) ports.set(usual, await freePort([...ports.values()]));
  const portOf = (usual: Port) => String(ports.get(usual));

  const here = (text: string) => replaced(text, (port) => ports.get(port as Port));
  const usualOf = new Map([...ports].map(([usual, port]) => [port, usual]));
  const there = (text: string) =>
    replaced(text, (port) => usualOf.get(port))
      .replaceAll(home, shownHome)
      .replaceAll(root, `${shownHome}/airo`);

  const spec = join(folder, 'chain-spec.json');
  const committed = readSpec(specFile('airo-dev'));
  await writeFile(spec, JSON.stringify({ ...committed, bootNodes: committed.bootNodes.map(here) }));
  const options: Readonly<Record<string, readonly string[]>> = {
    chain: ['--rpc-port', portOf(9944), '--p2p-port', portOf(30_333)],
    dx: [
      ...['--rpc-port', portOf(9960), '--tcp-port', portOf(30_600), '--ws-port', portOf(30_601)],
      ...['--webrtc-port', portOf(30_600), '--stun-port', portOf(3478)],
    ],
    app: ['--port', portOf(3000), '--chain-spec', spec],
  };
  await writeFile(join(bin, 'npm'), await npmWithoutNpm(options));
  await chmod(join(bin, 'npm'), 0o755);
  const none = Object.fromEntries(
    ['AIRO_SECRET', 'AIRO_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'NODE_TEST_CONTEXT'].map((name) => [
      name,
      undefined,
    ]),
  );
  const env = {
    ...none,
    HOME: home,
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    // What was unpacked for others is not unpacked again.
    AIRO_CACHE: cacheFolder(),
    AIRO_CHAIN: here('ws://127.0.0.1:9944'),
    AIRO_DX: here('http://127.0.0.1:9960'),
  };
  return { folder, env, here, there };
}

/** Replaces whole numbers that are ports. */
function replaced(text: string, portOf: (port: number) => number | undefined): string {
  return text.replace(/(?<![\w.])\d{4,5}(?![\w.])/g, (port) => String(portOf(Number(port)) ?? port));
}

/**
 * `npm run [--silent] NAME [-- ARGUMENT...]` as a shell script that starts the same programs, sooner. Which there are it
 * takes from package.json, so a command that is not there fails here as well.
 *
 * @param options further arguments by the name of the script
 */
async function npmWithoutNpm(options: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const cases = Object.entries(scripts).flatMap(([name, command]) => {
    const script = /^exec node scripts\/setup\.mjs (\S+)$/.exec(command)?.[1];
    if (script === undefined) return [];
    const words = [process.execPath, join(root, script), ...(options[name] ?? [])].map((word) => `'${word}'`);
    return [`  ${name}) exec ${words.join(' ')} "$@" ;;`];
  });
  return [
    '#!/bin/sh',
    '[ "$1" = run ] || { echo "npm $1 is not a part of the tutorial" >&2; exit 64; }',
    'shift; [ "$1" = --silent ] && shift',
    'name=$1; shift; [ "$1" = -- ] && shift',
    'case "$name" in',
    ...cases,
    '  *) echo "npm error Missing script: $name" >&2; exit 1 ;;',
    'esac',
    '',
  ].join('\n');
}

/** A port on which nobody listens, neither by TCP nor by UDP, and which is none of those that are taken. */
async function freePort(taken: readonly number[]): Promise<number> {
  for (;;) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    if (!taken.includes(port) && (await isFree(port, 'udp'))) return port;
  }
}
