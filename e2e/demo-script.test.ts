import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { root } from '../scripts/lib/paths.ts';
import { run, start, type Running } from '../scripts/lib/process.ts';
import { waitFor, within } from '../scripts/lib/wait.ts';
import { isAlive } from '../test/support/alive.ts';
import { afterwards } from '../test/support/cleanup.ts';
import { descendants } from '../test/support/processes.ts';

/** As `--json` prints it. */
interface Document {
  readonly outcome: {
    readonly bids: readonly { readonly provider: string; readonly price: string }[];
    readonly price: string;
    readonly gpuDispatches: number;
    readonly directBytes: { readonly toProvider: number; readonly toConsumer: number };
    readonly royalties: { readonly owner: string; readonly buyer: string };
  };
  readonly steps: readonly { readonly title: string; readonly facts: readonly string[]; readonly pictures: number }[];
  readonly film: { readonly file: string; readonly seconds: number; readonly frames: number };
}

interface Script {
  readonly running: Running;
  readonly lines: { readonly stdout: string[]; readonly stderr: string[] };
  /** Where film and pictures go. */
  readonly out: string;
  /** What it has left of its temporary files. */
  readonly left: () => Promise<readonly string[]>;
}

async function startScript(t: TestContext, ...options: readonly string[]): Promise<Script> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-test-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const out = join(folder, 'out');
  const lines: Script['lines'] = { stdout: [], stderr: [] };
  const running = await start(process.execPath, ['scripts/demo-script.ts', '--out', out, ...options], {
    cwd: root,
    env: { TMPDIR: folder },
    onLine: (line, stream) => lines[stream].push(line),
  });
  afterwards(t, () => running.stop());
  // Node itself keeps compiled code there, and Chromium its own files for a moment longer than it runs.
  const left = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('airo-') || name.startsWith('playwright'));
  return { running, lines, out, left };
}

test('the scripted demo plays its story, films it, and leaves nothing else', { timeout: 900_000 }, async (t) => {
  const { running, lines, out, left } = await startScript(t, '--json');
  const { code } = await running.ended;
  assert.equal(code, 0, lines.stderr.join('\n'));
  const { outcome, steps, film } = JSON.parse(lines.stdout.join('\n')) as Document;

  await t.test('every step was checked and is shown', async () => {
    assert.ok(steps.length >= 11);
    for (const { title, facts, pictures } of steps) {
      assert.ok(facts.length > 0, `${title}: nothing was checked`);
      assert.ok(pictures > 0, `${title}: no picture`);
    }
    const page = await readFile(join(out, 'index.html'), 'utf8');
    const pictures = [...page.matchAll(/src="(pictures\/[^"]+)"/g)].map(([, file = '']) => file);
    assert.equal(
      pictures.length,
      steps.reduce((sum, step) => sum + step.pictures, 0),
    );
    for (const file of pictures) assert.ok((await stat(join(out, file))).size > 1_000, file);
  });
  await t.test('server and tab bid against each other, and the lowest bid won', () => {
    assert.equal(new Set(outcome.bids.map(({ provider }) => provider)).size, 2);
    assert.ok(outcome.bids.length >= 4);
    const lowest = outcome.bids.map(({ price }) => BigInt(price)).reduce((a, b) => (a < b ? a : b));
    assert.equal(BigInt(outcome.price), lowest);
  });
  await t.test('the answer was computed by WebGPU and went from tab to tab', () => {
    assert.ok(outcome.gpuDispatches > 0);
    assert.ok(outcome.directBytes.toProvider > 28 * 28 * 4);
    assert.ok(outcome.directBytes.toConsumer > 0);
  });
  await t.test('the royalty went to whoever had the NFT', () => {
    assert.deepEqual(outcome.royalties, { owner: '10000000000', buyer: '10000000000' });
  });
  await t.test('the film has been played', () => {
    assert.ok(film.seconds > 2 * steps.length);
    assert.ok(film.frames > 5 * steps.length);
  });
  assert.deepEqual(await left(), []);
});

test('stopped in the middle, the scripted demo leaves nothing', { timeout: 300_000 }, async (t) => {
  const { running, lines, left } = await startScript(t, '--no-video');
  await waitFor(() => lines.stdout.some((line) => line.includes('registers a model')), {
    what: 'the story to begin',
    timeoutMs: 240_000,
    signal: t.signal,
  });
  const pids = [running.pid, ...descendants(running.pid)];
  assert.ok(pids.length >= 7, 'the script, the node, the Dx server and four browsers run');
  const { code } = await within(running.stop(60_000), { what: 'the story to stop', timeoutMs: 90_000 });
  assert.equal(code, 130, [...lines.stdout, ...lines.stderr].join('\n'));
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(await left(), []);
});

test('without a Chromium the scripted demo says so before it starts anything', async () => {
  const { code, output } = await run(process.execPath, ['scripts/demo-script.ts'], {
    cwd: root,
    env: { AIRO_CHROMIUM: join(root, 'package.json') },
  });
  assert.match(output, /AIRO_CHROMIUM names .*package\.json, which cannot be run/);
  assert.equal(code, 1);
});

test('options that the scripted demo does not have are refused', async () => {
  const { code, output } = await run(process.execPath, ['scripts/demo-script.ts', '--no-vidoe'], { cwd: root });
  assert.match(output, /Did you mean --no-video\?/);
  assert.equal(code, 2);
});
