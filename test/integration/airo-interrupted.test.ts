import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { startDx } from '../../dx/start.ts';
import { waitFor, within } from '../../scripts/lib/wait.ts';
import { as, commandLine, digitOf, folder, market, register, resnet, type Results } from '../support/airo.ts';
import { afterwards } from '../support/cleanup.ts';
import { startTestNode } from '../support/nodes.ts';

test('after kill -9 between request and answer the results are collected', async (t) => {
  const { airo, model, images, wingmen } = await market(t);
  const charlie = as('charlie');
  const wish = ['--model', `${model}`, '--inferences', '2', '--max-price', '1', '--deadline', '200'];
  const { order } = await airo.json<{ order: number }>('order', ...wish, '--wait', ...charlie);
  const { agreements } = await airo.json<{ agreements: { id: number }[] }>(
    ...['accept', `${order}`, '--best', '1', ...charlie],
  );
  const id = `${agreements[0]?.id ?? assert.fail()}`;

  for (const { pid } of wingmen) process.kill(pid, 'SIGSTOP');
  const infer = await airo.launch(['infer', id, ...images.slice(0, 2), ...charlie]);
  await waitFor(
    async () => (await airo.json<{ counts: { requested: number } }>('agreement', id)).counts.requested === 2,
    { what: 'the requests', timeoutMs: 60_000, signal: t.signal },
  );
  await infer.kill();
  for (const { pid } of wingmen) process.kill(pid, 'SIGCONT');

  const { results } = await airo.json<Results>('collect', id, ...charlie);
  assert.deepEqual(
    results.map(({ classes }) => classes[0]?.label),
    images.slice(0, 2).map(digitOf),
  );
  const again = await airo.json<Results>('collect', id, ...charlie);
  assert.deepEqual(again.results, []);
});

test('without bids the reason is said, Ctrl-C says what remains, and an order can be cancelled', async (t) => {
  const node = await startTestNode(t);
  const dx = await startDx({ chain: node.rpcUrl, signal: t.signal });
  afterwards(t, () => dx.stop());
  const env = { AIRO_CHAIN: node.rpcUrl, AIRO_DX: dx.rpcUrl, AIRO_HOME: await folder(t) };
  const airo = commandLine(t, env);
  await airo.json('model', 'register', ...register, ...as('alice'));
  const wish = ['--model', '0', '--inferences', '2', '--max-price', '1'];
  const nobody = await airo.run('order', ...wish, '--bidding', '1', '--wait', ...as('bob'));
  assert.equal(nobody.code, 0);
  assert.match(nobody.err, /Nobody has bid: no provider serves model 0/);
  assert.match(nobody.out, /Order 0 is placed \(in block \d+, not final yet\)/);

  const waiting = await airo.launch(['order', ...wish, '--bidding', '1000', '--wait', ...as('bob')]);
  await waitFor(() => waiting.out().includes('Order 1 is placed'), { what: 'the order', timeoutMs: 60_000 });
  process.kill(waiting.pid, 'SIGINT');
  const { code } = await within(waiting.ended, { what: 'the command to end', timeoutMs: 20_000 });
  assert.equal(code, 130);
  assert.match(waiting.err(), /order 1 is still open: airo bids 1, airo cancel 1/);

  await airo.fails(1, /NotTheConsumer/, 'cancel', '1', ...as('charlie'));
  const secret = join(await folder(t), 'secret');
  await writeFile(secret, '//Bob\n');
  const cancelled = await airo.json<{ final: boolean }>('cancel', '1', '--secret-file', secret, '--finalized');
  assert.equal(cancelled.final, true);
  await airo.fails(1, /no open order 1/, 'bids', '1');

  const image = join(resnet, 'test-images', (await readdir(join(resnet, 'test-images')))[0] ?? '');
  const one = await airo.fails(
    ...([1, /Nobody has bid.*cancelled, and nothing was spent/s] as const),
    ...['infer', '--model', '0', '--max-price', '1', '--bidding', '1', image, ...as('bob')],
  );
  assert.match(one.out, /Order 2 is placed/);
});
