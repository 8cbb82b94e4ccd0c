import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { afterwards } from '../support/cleanup.ts';
import { call, CallFailed, connectApi, developmentAccount, send } from '../support/api.ts';
import { connectRpc, finalizedAt, heights, startTestNode } from '../support/nodes.ts';

test('a development chain makes blocks and finalizes them', async (t) => {
  const node = await startTestNode(t);
  const rpc = await connectRpc(t, node);
  assert.equal(await rpc.request<string>('system_chain'), 'Airo Development');
  const properties = await rpc.request<Record<string, unknown>>('system_properties');
  assert.deepEqual(properties, { ss58Format: 42, tokenDecimals: 12, tokenSymbol: 'AIRO' });
  await finalizedAt(t, rpc, 1, 'the development chain');
});

test('a stopped node leaves no temporary folder', async (t) => {
  const node = await startTestNode(t, { readyWhen: 'answering' });
  assert.ok((await stat(node.basePath)).isDirectory());
  await node.stop();
  await assert.rejects(stat(node.basePath), { code: 'ENOENT' });
});

test('a chain with a base path goes on where it was stopped', async (t) => {
  const basePath = await mkdtemp(join(tmpdir(), 'airo-kept-'));
  afterwards(t, () => rm(basePath, { recursive: true, force: true }));
  const first = await startTestNode(t, { basePath });
  const before = await heights(await connectRpc(t, first));
  await first.stop();
  assert.ok((await readdir(basePath)).includes('chain.json'));
  const second = await startTestNode(t, { basePath });
  assert.ok((await heights(await connectRpc(t, second))).best >= before.best);
});

test('a transaction is included and finalized, and a call that fails in its block does so by name', async (t) => {
  const api = await connectApi(t, await startTestNode(t));
  const [alice, bob] = [developmentAccount('alice'), developmentAccount('bob')];
  const transfer = call(api, 'balances.transferKeepAlive', bob.address, 1_000_000_000_000n);
  const { events } = await send(transfer, alice, 'finalized');
  assert.ok(events.some(({ event }) => event.section === 'balances' && event.method === 'Transfer'));

  const named = (name: string) => (error: unknown) => error instanceof CallFailed && error.error === name;
  const tooMuch = call(api, 'balances.transferKeepAlive', bob.address, 10n ** 30n);
  await assert.rejects(send(tooMuch, alice), named('Arithmetic.Underflow'));
  await assert.rejects(send(call(api, 'sudo.sudo', transfer), bob), named('sudo.RequireSudo'));
  assert.throws(() => call(api, 'balances.noSuchCall'), /no call balances\.noSuchCall/);
});
