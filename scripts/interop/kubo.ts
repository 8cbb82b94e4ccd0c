/** Kubo, the standard implementation of IPFS: built from its Go module, run in a private repository on the loopback. */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cacheFolder } from '../lib/paths.ts';
import { run, start, type Ended, type Running } from '../lib/process.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { waitFor } from '../lib/wait.ts';
import { buildGoProgram } from './go.ts';

export const kuboVersion = 'v0.33.2';

/** A program that no longer waits, but for its deadline, in milliseconds. */
const requestTimeoutMs = 60_000;

/** A daemon that runs. */
export interface Kubo extends AsyncDisposable {
  /** Its peer id. */
  readonly peerId: string;
  /** Connects to a peer by its address, which ends in the peer id. */
  connect(address: string): Promise<void>;
  /** Reads one block. */
  block(cid: string): Promise<Uint8Array>;
  /** Reads a file by its root. */
  cat(cid: string): Promise<Uint8Array>;
  /** Adds a file in the form that Dx gives to data, and returns its root. */
  add(data: Uint8Array): Promise<string>;
  stop(): Promise<void>;
}

/** The executable, which is built once and kept in the cache. */
export async function kuboExecutable(say: (line: string) => void, cache = cacheFolder()): Promise<string> {
  const folder = join(cache, 'kubo', kuboVersion);
  const executable = join(folder, 'ipfs');
  if (existsSync(executable)) return executable;
  say(`Building Kubo ${kuboVersion} from its Go module; the first time that takes some minutes ...`);
  await mkdir(folder, { recursive: true });
  // Whole or not at all, also when it is interrupted.
  const unfinished = `${executable}.${randomUUID()}`;
  try {
    await buildGoProgram(
      { module: 'github.com/ipfs/kubo', version: kuboVersion, folder: './cmd/ipfs' },
      unfinished,
      say,
    );
    await rename(unfinished, executable);
  } finally {
    await rm(unfinished, { force: true });
  }
  return executable;
}

/** Neither the public network nor this one is looked for: only who is named is connected to. */
const settings: readonly (readonly [string, unknown])[] = [
  ['Addresses.Swarm', ['/ip4/127.0.0.1/tcp/0']],
  ['Addresses.API', '/ip4/127.0.0.1/tcp/0'],
  ['Addresses.Gateway', []],
  ['Bootstrap', []],
  ['Routing.Type', 'none'],
  ['Discovery.MDNS.Enabled', false],
  ['AutoTLS.Enabled', false],
  ['AutoNAT.ServiceMode', 'disabled'],
  ['Swarm.DisableNatPortMap', true],
  ['Swarm.RelayClient.Enabled', false],
  ['Swarm.RelayService.Enabled', false],
  ['Swarm.EnableHolePunching', false],
  ['Version.SwarmCheckEnabled', false],
  ['Reprovider.Interval', '0'],
];

/**
 * Starts a daemon and waits until it answers.
 *
 * @throws when it ends before that, with its last lines; nothing of it is left then
 */
export async function startKubo(executable: string): Promise<Kubo> {
  const repository = await mkdtemp(join(tmpdir(), 'airo-kubo-'));
  const removal = { recursive: true, force: true, maxRetries: 5 } as const;
  const env = { IPFS_PATH: repository };
  let daemon: Running | undefined;
  const stop = async () => {
    await daemon?.stop();
    await rm(repository, removal);
    unregister();
  };
  const unregister = onShutdown(stop, () => rmSync(repository, removal));
  const lines: string[] = [];
  try {
    await ipfs(executable, ['init', '--empty-repo', '--profile', 'test'], env);
    for (const [key, value] of settings) {
      await ipfs(executable, ['config', '--json', key, JSON.stringify(value)], env);
    }
    daemon = await start(executable, ['daemon'], { env, onLine: (line) => lines.push(line) });
    let endedWith: Ended | undefined;
    void daemon.ended.then((ended) => (endedWith = ended));
    await waitFor(
      () => {
        if (endedWith !== undefined) throw new Error(`It ended with status ${endedWith.code}.`);
        return lines.some((line) => line.includes('Daemon is ready'));
      },
      { what: 'the daemon', timeoutMs: 60_000 },
    );
    const api = apiUrl((await readFile(join(repository, 'api'), 'utf8')).trim());
    const { ID: peerId } = JSON.parse(await text(api, 'id')) as { readonly ID: string };
    return {
      peerId,
      connect: async (address) => {
        await request(api, 'swarm/connect', { arg: address });
      },
      block: (cid) => request(api, 'block/get', { arg: cid }),
      cat: (cid) => request(api, 'cat', { arg: cid }),
      add: (data) => add(api, data),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Kubo did not start: ${reason}\n${lines.slice(-30).join('\n')}`, { cause: error });
  }
}

/** The HTTP address of the API, from how the daemon writes it: `/ip4/127.0.0.1/tcp/5001`. */
function apiUrl(multiaddr: string): string {
  const [, ip, port] = /^\/ip4\/([\d.]+)\/tcp\/(\d+)$/.exec(multiaddr) ?? [];
  if (ip === undefined || port === undefined) throw new Error(`Its API is at ${multiaddr}, which is not understood.`);
  return `http://${ip}:${port}/api/v0`;
}

async function add(api: string, data: Uint8Array): Promise<string> {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(data)]));
  const form = { 'cid-version': '1', 'raw-leaves': 'true', chunker: 'size-1048576', pin: 'false' };
  const { Hash } = JSON.parse(await text(api, 'add', form, body)) as { readonly Hash: string };
  return Hash;
}

async function text(api: string, command: string, parameters = {}, body?: FormData): Promise<string> {
  return new TextDecoder().decode(await request(api, command, parameters, body));
}

/** @throws when the daemon refuses, or does not answer within the deadline */
async function request(
  api: string,
  command: string,
  parameters: Readonly<Record<string, string>>,
  body?: FormData,
): Promise<Uint8Array> {
  const query = new URLSearchParams({ ...parameters, timeout: `${requestTimeoutMs / 1000}s` });
  const response = await fetch(`${api}/${command}?${query.toString()}`, {
    method: 'POST',
    signal: AbortSignal.timeout(requestTimeoutMs + 1_000),
    ...(body === undefined ? {} : { body }),
  });
  if (!response.ok) throw new Error(`Kubo refused ${command}: ${await response.text()}`);
  return response.bytes();
}

async function ipfs(executable: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const { code, output } = await run(executable, args, { env });
  if (code !== 0) throw new Error(`ipfs ${args.join(' ')} failed with status ${code}: ${output}`);
}
