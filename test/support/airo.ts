/** The market from a command line: the real one, as a process of its own, on a real chain, Dx and Wingmen. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { startDx } from '../../dx/start.ts';
import { root } from '../../scripts/lib/paths.ts';
import { start } from '../../scripts/lib/process.ts';
import { within } from '../../scripts/lib/wait.ts';
import { startWingman, type WingmanProcess } from '../../wingman/start.ts';
import { afterwards } from './cleanup.ts';
import { startTestNode } from './nodes.ts';

/** The folder of the project's own model. */
export const resnet = join(root, 'public', 'models', 'resnet-mnist');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder that goes with the test. */
export async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'airo-cli-'));
  afterwards(t, () => rm(made, { recursive: true, force: true }));
  return made;
}

/** The command line as a process of its own, with a folder of its own for what it remembers. */
export function commandLine(t: TestContext, env: Readonly<Record<string, string>>) {
  const launch = async (args: readonly string[]) => {
    const lines = { stdout: [] as string[], stderr: [] as string[] };
    const running = await start(process.execPath, [join(root, 'cli', 'main.ts'), ...args], {
      env: { AIRO_SECRET: undefined, AIRO_DX: undefined, ...env },
      onLine: (line, stream) => lines[stream].push(line),
    });
    afterwards(t, () => running.kill());
    return { ...running, err: () => lines.stderr.join('\n'), out: () => lines.stdout.join('\n') };
  };
  const run = async (...args: string[]): Promise<Ran> => {
    const { ended, out, err } = await launch(args);
    const { code } = await within(ended, { what: `airo ${args.join(' ')}`, timeoutMs: 120_000 });
    return { code, out: out(), err: err() };
  };
  /** Runs a command that must succeed, and gives its document. */
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, out, err } = await run(...args, '--json');
    assert.equal(code, 0, `airo ${args.join(' ')}\n${err}`);
    return JSON.parse(out) as T;
  };
  const fails = async (code: number, message: RegExp, ...args: string[]) => {
    const ran = await run(...args);
    assert.equal(ran.code, code, `airo ${args.join(' ')}\n${ran.out}\n${ran.err}`);
    assert.match(ran.err, message);
    assert.doesNotMatch(ran.err, /^\s+at /m, 'no stack');
    return ran;
  };
  return { launch, run, json, fails };
}

export const as = (name: string) => ['--dev-account', name];
export const register = [
  join(resnet, 'model.onnx'),
  '--description',
  join(resnet, 'description.json'),
  '--royalty',
  '0.01',
];

export interface Results {
  readonly agreement: number;
  readonly settlement: Readonly<Record<string, string>>;
  readonly results: readonly {
    readonly label: string;
    readonly state: string;
    readonly paid: string;
    readonly payload: string;
    readonly result: string;
    readonly classes: readonly { readonly label: string; readonly probability: number }[];
    readonly outputs: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[];
    readonly times: Readonly<Record<string, number>>;
  }[];
}

/** A node, a Dx server, the ResNet and two Wingmen that serve it. */
export async function market(t: TestContext) {
  const node = await startTestNode(t);
  const dx = await startDx({ chain: node.rpcUrl, signal: t.signal });
  afterwards(t, () => dx.stop());
  const home = await folder(t);
  const env = { AIRO_CHAIN: node.rpcUrl, AIRO_DX: dx.tcpAddress, AIRO_HOME: home };
  const airo = commandLine(t, env);
  const { model } = await airo.json<{ model: number }>('model', 'register', ...register, ...as('alice'));
  const wingmen: WingmanProcess[] = [];
  for (const [name, price] of [
    ['Dave', '0.5'],
    ['Eve', '0.4'],
  ] as const) {
    const wingman = await startWingman({
      config: {
        chain: { urls: [node.rpcUrl] },
        dx: { bootstrap: [dx.tcpAddress] },
        profile: { name },
        autoInitialize: true,
        models: [{ model }],
        strategy: { kind: 'fixed', price },
      },
      secret: `//${name}`,
      signal: t.signal,
    });
    afterwards(t, async () => {
      if (!t.passed) t.diagnostic(`${name}'s last lines:\n${wingman.log()}`);
      await wingman.stop();
    });
    wingmen.push(wingman);
  }
  await Promise.all(wingmen.map((wingman) => wingman.ready()));
  const images = (await readdir(join(resnet, 'test-images'))).filter((file) => file.endsWith('.png'));
  return { home, airo, model, wingmen, images: images.map((file) => join(resnet, 'test-images', file)) };
}

/** The digit that a test image shows, from its name. */
export function digitOf(path: string): string {
  return /(?<digit>\d)-\d+\.png$/.exec(path)?.groups?.digit ?? assert.fail(path);
}
