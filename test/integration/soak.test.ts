/** Hard use in short: what `npm run soak` does for half an hour, and that it can tell when something is wrong. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../../scripts/lib/paths.ts';
import { run, start } from '../../scripts/lib/process.ts';
import { waitFor, within } from '../../scripts/lib/wait.ts';
import { audit } from '../../scripts/soak/audit.ts';
import { resultsOf, soak } from '../../scripts/soak/run.ts';
import { isAlive } from '../support/alive.ts';
import { afterwards } from '../support/cleanup.ts';
import { startGatedServer } from '../support/gated-server.ts';
import { executionsAt, fixed, inferAll, startTestMarket, temporaryFolder } from '../support/marketplace.ts';
import { descendants } from '../support/processes.ts';

const script = join(root, 'scripts', 'soak.ts');

test('a market whose parts break all the time answers or refunds everything, and its books balance', async (t) => {
  const said: string[] = [];
  const {
    findings,
    failures,
    tally,
    audit: audited,
  } = await soak({
    ...{ durationMs: 45_000, wingmen: 2, consumers: 1, dxServers: 2, seed: 8, failureEveryMs: [2_000, 7_000] },
    folder: await temporaryFolder(t),
    say: (line) => said.push(line),
    signal: t.signal,
  });
  assert.deepEqual(findings, [], said.join('\n'));
  assert.ok(failures.size >= 3, `several kinds of failure: ${[...failures.keys()].join(', ')}`);
  assert.ok(audited.agreements.length > 0, resultsOf(tally));
});

test('the audit finds money that is held and requests that are open, and then that they are not any more', async (t) => {
  const gate = await startGatedServer(t);
  const node = { extraArguments: ['--state-pruning', 'archive'] };
  const { market, consumer, images, wingman, agree } = await startTestMarket(t, { node });
  const served = await wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO'), runner: gate.runner } });
  const agreement = await agree({ inferences: 2, responseDeadline: 60 });
  const wrong = async (hash: `0x${string}`) =>
    (await audit(market.node.rpcUrl, hash)).checks.filter(({ right }) => !right).map(({ what }) => what);
  const best = async () => {
    for await (const heads of market.chain.heads(t.signal)) return heads.best.hash;
    throw new Error('There is no block.');
  };

  gate.admit(1);
  const inferring = inferAll(t, consumer, agreement.id, images.slice(0, 2));
  await executionsAt(t, served, 'answered', 1);
  assert.deepEqual(await wrong(await best()), [
    'Every agreement has ended',
    'Every request was answered, answered with a failure, or missed',
    "Every agreement's money was paid for an answer or refunded",
    'Nothing is in escrow',
    'No stake is reserved',
  ]);
  gate.open();
  await inferring;
  assert.deepEqual(await wrong(await best()), []);
});

test('npm run soak explains its options, and refuses what it does not know', async () => {
  const help = await run(process.execPath, [script, '--help'], { cwd: root });
  assert.equal(help.code, 0);
  for (const option of ['--minutes', '--wingmen', '--consumers', '--seed']) assert.ok(help.output.includes(option));
  const wrong = await run(process.execPath, [script, '--minuts', '3'], { cwd: root });
  assert.equal(wrong.code, 2);
  assert.match(wrong.output, /Did you mean --minutes\?/);
});

test('Ctrl-C stops a soak and everything that it has started, and leaves nothing', async (t) => {
  const folder = await temporaryFolder(t);
  const lines: string[] = [];
  const soaking = await start(process.execPath, [script, '--wingmen', '1', '--consumers', '1'], {
    cwd: root,
    env: { TMPDIR: folder },
    onLine: (line) => lines.push(line),
  });
  afterwards(t, () => soaking.kill());
  await waitFor(() => lines.some((line) => line.includes('starting 1 Wingmen')), {
    what: 'the soak to start Wingmen',
    timeoutMs: 120_000,
    signal: t.signal,
  });
  const pids = [soaking.pid, ...descendants(soaking.pid)];
  assert.ok(pids.length >= 4, 'the script, the node and the Dx servers run');
  const { code } = await within(soaking.stop(60_000), { what: 'the soak to stop', timeoutMs: 90_000 });
  assert.equal(code, 130, lines.join('\n'));
  assert.deepEqual(pids.filter(isAlive), []);
  // Node itself keeps compiled code there.
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name !== 'node-compile-cache'),
    [],
  );
});
