import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import type { ChainNode } from '../../scripts/chain/node.ts';
import type { Heads, Included } from '../../lib/market/chain.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { afterwards } from '../support/cleanup.ts';
import { connectRpc, finalizedAt, heights, startTestNode } from '../support/nodes.ts';
import { connectTo, developer, named } from './chain-library-support.ts';
import { startTcpProxy } from '../../scripts/lib/tcp-proxy.ts';
import { waitFor } from '../../scripts/lib/wait.ts';

/** A chain that survives its node, and what starts a node of it: the first time anywhere, then where it was. */
async function restartable(t: TestContext): Promise<() => Promise<ChainNode>> {
  const basePath = await mkdtemp(join(tmpdir(), 'airo-restart-'));
  afterwards(t, () => rm(basePath, { recursive: true, force: true, maxRetries: 5 }));
  let rpcPort = 0;
  return async () => {
    const node = await startTestNode(t, { basePath, rpcPort });
    rpcPort = Number(new URL(node.rpcUrl).port);
    return node;
  };
}

/** A way to a node that can be cut. */
async function cuttable(t: TestContext, node: ChainNode) {
  const proxy = await startTcpProxy({ to: Number(new URL(node.rpcUrl).port), rewritesHost: true });
  afterwards(t, () => proxy.close());
  return { ...proxy, url: `ws://127.0.0.1:${proxy.port}` };
}

/** Takes heads until one fits. */
async function until(heads: AsyncIterator<Heads>, fits: (heads: Heads) => boolean): Promise<Heads> {
  for (;;) {
    const next = await heads.next();
    assert.ok(!next.done);
    if (fits(next.value)) return next.value;
  }
}

test('heads, reads and transactions go on when a node that was killed is back', async (t) => {
  const start = await restartable(t);
  const node = await start();
  const chain = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const alice = await developer(chain, 'Alice');
  const bob = await developer(chain, 'Bob');
  const heads = chain.heads(t.signal)[Symbol.asyncIterator]();
  const present = await until(heads, () => true);
  assert.ok(present.best.number >= present.finalized.number);
  const before = await until(heads, ({ finalized }) => finalized.number > 1);

  // Killed when the pool has the transaction and no block does.
  const sent = Promise.withResolvers<undefined>();
  const included = alice.submit(
    { call: 'transfer', to: bob.address, amount: AIRO },
    {
      until: 'finalized',
      onStatus: ({ status }) => {
        if (status === 'broadcast') sent.resolve(undefined);
      },
    },
  );
  void included.catch(() => undefined);
  await sent.promise;
  await node.kill();
  await waitFor(() => !chain.isConnected, { what: 'the lost connection to be noticed', timeoutMs: 10_000 });

  // A read waits for the node, and a follower who came late gets the last heads at once.
  const read = chain.balance(bob.address);
  const late = chain.heads(t.signal)[Symbol.asyncIterator]();
  assert.ok((await until(late, () => true)).best.number >= before.best.number);
  await start();
  assert.ok((await read).free > 0n);
  await until(heads, ({ finalized }) => finalized.number > before.finalized.number + 2);
  const { block, fee } = await included;
  assert.ok(fee > 0n);
  const { free } = await chain.balance(bob.address, block.hash);
  await alice.submit({ call: 'transfer', to: bob.address, amount: AIRO });
  assert.equal((await chain.balance(bob.address)).free, free + AIRO);
});

test('a transaction is found in its block although the connection was lost meanwhile', async (t) => {
  const node = await startTestNode(t);
  const way = await cuttable(t, node);
  const chain = await connectTo(t, { kind: 'websocket', url: way.url });
  const direct = await connectRpc(t, node);
  const alice = await developer(chain, 'Alice');
  const bob = await developer(chain, 'Bob');
  const cutOnceSent = (status: { readonly status: string }) => {
    if (status.status === 'broadcast') way.cut();
  };

  const submitted = alice.submit({ call: 'transfer', to: bob.address, amount: AIRO }, { onStatus: cutOnceSent });
  void submitted.catch(() => undefined);
  const { best } = await heights(direct);
  await finalizedAt(t, direct, best + 2, 'the block of the transaction');
  way.mend();
  const { block }: Included = await submitted;
  assert.ok(block.number <= best + 2);
  assert.equal(await direct.request('chain_getBlockHash', block.number), block.hash);
});

test('without a connection reads and transactions end by their deadlines, with named errors', async (t) => {
  const node = await startTestNode(t);
  const way = await cuttable(t, node);
  const chain = await connectTo(t, { kind: 'websocket', url: way.url, deadlineMs: 3_000, lostAfterMs: 1_000 });
  const alice = await developer(chain, 'Alice');
  const call = { call: 'transfer', to: alice.address, amount: AIRO } as const;
  const onStatus = ({ status }: { readonly status: string }) => {
    if (status === 'broadcast') way.cut();
  };

  await assert.rejects(alice.submit(call, { onStatus }), named('TransactionLost', 'Read the state'));
  await assert.rejects(chain.orders(), named('ChainUnavailable'));
  await assert.rejects(alice.submit(call), named('ChainUnavailable'));

  way.mend();
  await waitFor(() => chain.isConnected, { what: 'the connection to be back', timeoutMs: 10_000 });
  assert.deepEqual(await chain.orders(), []);
  await alice.submit(call);

  const sent = Promise.withResolvers<undefined>();
  const pending = alice.submit(call, {
    until: 'finalized',
    onStatus: ({ status }) => {
      if (status === 'broadcast') sent.resolve(undefined);
    },
  });
  void pending.catch(() => undefined);
  await sent.promise;
  await chain.close();
  await assert.rejects(pending, named('TransactionLost'));
  await assert.rejects(chain.orders(), named('ChainUnavailable', 'closed'));
});

test('another node takes over, and where there is none that is said', async (t) => {
  const first = await startTestNode(t);
  const second = await startTestNode(t, {
    ...{ validator: 'none', bootNodes: [first.wsAddress], readyWhen: 'answering' },
  });
  const chain = await connectTo(t, { kind: 'websocket', url: [first.rpcUrl, second.rpcUrl] });
  const rules = await chain.rules();
  await first.kill();
  assert.deepEqual(await chain.models(), []);
  assert.deepEqual(await chain.rules(), rules);

  const nowhere = connectTo(t, { kind: 'websocket', url: first.rpcUrl, deadlineMs: 1_000 });
  await assert.rejects(nowhere, named('ChainUnavailable', 'Is the node running?'));
  await assert.rejects(
    connectTo(t, { kind: 'websocket', url: 'http://127.0.0.1' }),
    named('ChainUnavailable', 'ws://'),
  );
});
