import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { root } from '../../scripts/lib/paths.ts';
import { run, start } from '../../scripts/lib/process.ts';
import { waitFor, within } from '../../scripts/lib/wait.ts';
import { isAlive } from '../support/alive.ts';
import { afterwards } from '../support/cleanup.ts';
import { descendants } from '../support/processes.ts';

const demo = ['run', '--silent', 'demo', '--'];
const image = join(root, 'public', 'models', 'resnet-mnist', 'test-images', '7-0046.png');

/** A folder for the demonstration's temporary files, so that what it leaves can be told from what others do. */
async function ownTemporaries(
  t: TestContext,
): Promise<{ readonly env: { TMPDIR: string }; left(): Promise<string[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-test-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true }));
  // Node itself keeps compiled code there.
  const left = async () => (await readdir(folder)).filter((name) => name !== 'node-compile-cache');
  return { env: { TMPDIR: folder }, left };
}

test('npm run demo -- --once buys, pays and proves it in one JSON document, and leaves nothing', async (t) => {
  const temporaries = await ownTemporaries(t);
  const lines: { readonly stdout: string[]; readonly stderr: string[] } = { stdout: [], stderr: [] };
  const npm = await start('npm', [...demo, '--once', '--json'], {
    cwd: root,
    env: temporaries.env,
    onLine: (line, stream) => lines[stream].push(line),
  });
  const { code } = await npm.ended;
  assert.equal(code, 0, lines.stderr.join('\n'));
  const document = JSON.parse(lines.stdout.join('\n')) as {
    bids: { provider: string; price: string }[];
    agreement: { price: string; counts: { delivered: number } };
    results: { state: string; label: string; classes: { label: string }[]; payload: string; result: string }[];
    balances: { name: string }[];
    checks: { what: string; right: boolean }[];
    royalty: string;
  };
  assert.equal(document.results.length, 10);
  for (const { state, label, classes } of document.results) {
    assert.equal(state, 'answered');
    assert.equal(classes[0]?.label, label.split('-')[0]);
  }
  assert.equal(new Set(document.bids.map(({ provider }) => provider)).size, 2);
  assert.ok(document.bids.length > 2, 'bids were improved');
  const lowest = document.bids.map(({ price }) => BigInt(price)).reduce((a, b) => (a < b ? a : b));
  assert.equal(BigInt(document.agreement.price), lowest);
  assert.equal(document.royalty, '100000000000');
  assert.equal(document.balances.length, 5);
  assert.ok(document.checks.length > 0);
  assert.deepEqual(
    document.checks.filter(({ right }) => !right),
    [],
  );
  assert.deepEqual(await temporaries.left(), []);
});

test('npm run demo refuses an image that is none before it starts anything', async () => {
  const { code, output } = await run('npm', [...demo, '--once', '--image', join(root, 'package.json')], { cwd: root });
  assert.match(output, /package\.json is no input of the model/);
  assert.equal(code, 2);
});

test('npm run demo stays up until Ctrl-C, says where everything listens, the Cockpit last, and stops all of it', async (t) => {
  const temporaries = await ownTemporaries(t);
  const lines: string[] = [];
  const npm = await start('npm', [...demo, '--image', image], {
    cwd: root,
    env: temporaries.env,
    onLine: (line) => lines.push(line),
  });
  afterwards(t, () => npm.kill());
  const cockpit = await waitFor(() => lines.map((line) => /The Cockpit is at (\S+)/.exec(line)?.[1]).find(Boolean), {
    what: 'the demonstration to stay up',
    timeoutMs: 180_000,
    signal: t.signal,
  });
  const output = lines.join('\n');
  assert.match(lines.at(-1) ?? '', /^The Cockpit is at .*Ctrl-C stops everything\.$/);
  assert.match(await (await fetch(cockpit)).text(), /<title>[^<]*Airo/);
  for (const place of ['Chain, JSON-RPC', 'Dx, JSON-RPC', 'Wingman Dave', 'Wingman Eve']) {
    assert.ok(output.includes(place), `${place} in:\n${output}`);
  }
  const pids = [npm.pid, ...descendants(npm.pid)];
  assert.ok(pids.length >= 6, 'npm, the script, the node, the Dx server and two Wingmen run');
  const { code } = await within(npm.stop(60_000), { what: 'the demonstration to stop', timeoutMs: 90_000 });
  assert.equal(code, 0, lines.join('\n'));
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(await temporaries.left(), []);
});
