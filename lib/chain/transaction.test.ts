import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RefusedByPool, Transaction, type TransactionContext } from './transaction.ts';

const signed = { bytes: '0x01', hash: '0x02', nonce: 0, bornAt: 1, diesAt: 65 } as const;

/** A chain whose pool answers with this error, and whose next block has the transaction if the pool has it. */
function chain(code: number, isInBlock: boolean): TransactionContext {
  const refusal = Object.assign(new Error('1013: Transaction Already Imported'), { code });
  const block = { number: 2, hash: '0x03' } as const;
  return {
    connection: {
      whenConnected: () => Promise.resolve(),
      subscribe: () => Promise.reject(refusal),
      request: () => Promise.resolve(null),
    },
    runtime: { current: {} },
    heads: {
      current: () => Promise.resolve({ best: block, finalized: block }),
      changed: () => new Promise(() => undefined),
    },
    log: { find: () => Promise.resolve(isInBlock ? { block, index: 0 } : null) },
    unchecked: false,
    lostAfterMs: 1_000,
  } as unknown as TransactionContext;
}

test('a pool that has the transaction already has taken it, and the blocks tell what becomes of it', async (t) => {
  const transaction = await Transaction.send(chain(1013, true), signed);
  const seen = [];
  for await (const { at } of transaction.follow(t.signal)) seen.push(at);
  assert.deepEqual(seen, ['best', 'final']);
});

test('any other refusal of the pool is one', async () => {
  for (const [code, reason] of [
    [1012, 'banned'],
    [1014, 'number'],
    [1016, 'full'],
  ] as const) {
    await assert.rejects(
      Transaction.send(chain(code, false), signed),
      (error) => error instanceof RefusedByPool && error.reason === reason,
    );
  }
});
