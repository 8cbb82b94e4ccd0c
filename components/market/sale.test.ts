import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isFor, standingOf } from './sale.ts';

const anybody = { price: 5n, reservedFor: null };
const bianca = { price: 5n, reservedFor: 'Bianca' };

test('a model is bought at the price that was agreed to, or at a lower one', () => {
  assert.deepEqual(standingOf(anybody, 'Bianca', 5n), { state: 'open', price: 5n });
  assert.deepEqual(standingOf(anybody, 'Bianca', 7n), { state: 'open', price: 5n });
  assert.deepEqual(standingOf(bianca, 'Bianca', 5n), { state: 'open', price: 5n });
});

test('a price that was raised has to be agreed to again', () => {
  assert.deepEqual(standingOf(anybody, 'Bianca', 4n), { state: 'raised', price: 5n });
});

test('what is not for sale any more, or for somebody else only, cannot be bought', () => {
  assert.deepEqual(standingOf(null, 'Bianca', 5n), { state: 'gone' });
  assert.deepEqual(standingOf(bianca, 'Carol', 5n), { state: 'gone' });
  assert.deepEqual([isFor(bianca, 'Carol'), isFor(bianca, 'Bianca'), isFor(anybody, 'Carol')], [false, true, true]);
});
