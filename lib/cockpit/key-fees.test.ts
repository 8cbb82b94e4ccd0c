import assert from 'node:assert/strict';
import { test } from 'node:test';

import { topUpFor } from './key-fees.ts';

const milli = 1_000_000_000n;

test('a new key gets its fees and what an account needs to be, rounded up', () => {
  assert.equal(topUpFor(0n, 1n, milli), 2n * milli);
  assert.equal(topUpFor(0n, milli, milli), 2n * milli);
});

test('a key that has some of it gets the rest, and one that has enough gets nothing', () => {
  assert.equal(topUpFor(milli, 2n * milli, milli), 2n * milli);
  assert.equal(topUpFor(3n * milli, 2n * milli, milli), 0n);
  assert.equal(topUpFor(3n * milli - 1n, 2n * milli, milli), milli);
  assert.equal(topUpFor(100n * milli, 2n * milli, milli), 0n);
});

test('who sends nothing gets nothing', () => {
  assert.equal(topUpFor(0n, 0n, milli), 0n);
});
