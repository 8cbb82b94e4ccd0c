import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NonceSequence } from './nonces.ts';

test('tasks run in the order in which they were given, also after one has failed', async () => {
  const sequence = new NonceSequence(() => Promise.resolve(0));
  const order: number[] = [];
  const slow = Promise.withResolvers<undefined>();
  const runs = [
    sequence.inOrder(async () => {
      await slow.promise;
      order.push(1);
    }),
    sequence.inOrder(() => Promise.reject(new Error('no'))),
    sequence.inOrder(() => Promise.resolve(void order.push(2))),
  ];
  slow.resolve(undefined);
  const results = await Promise.allSettled(runs);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(order, [1, 2]);
});

test('while transactions wait the numbers go on, and then the chain is asked', async () => {
  let known = 5;
  const sequence = new NonceSequence(() => Promise.resolve(known));
  assert.equal(await sequence.next(false), 5);
  const first = sequence.sent(5);
  assert.equal(await sequence.next(false), 6);
  const second = sequence.sent(6);
  first();
  assert.equal(await sequence.next(false), 7);
  // The chain knows of no transaction that waits, because a node has lost its pool.
  assert.equal(await sequence.next(true), 7);
  known = 9;
  assert.equal(await sequence.next(true), 9);
  second();
  assert.equal(await sequence.next(false), 9);
});
