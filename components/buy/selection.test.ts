import assert from 'node:assert/strict';
import { test } from 'node:test';

import { afterPress, chosenProviders } from './selection.ts';

const bids = ['a', 'b', 'c'].map((provider) => ({ provider }));

test('before anybody has picked, the best are chosen, as many as are wanted', () => {
  assert.deepEqual(chosenProviders(bids, 1, null), ['a']);
  assert.deepEqual(chosenProviders(bids, 2, null), ['a', 'b']);
  assert.deepEqual(chosenProviders(bids, 5, null), ['a', 'b', 'c']);
  assert.deepEqual(chosenProviders([], 1, null), []);
});

test('what was picked stays chosen while its bid is there', () => {
  assert.deepEqual(chosenProviders(bids, 1, new Set(['b'])), ['b']);
  assert.deepEqual(chosenProviders(bids, 2, new Set(['c', 'gone', 'a'])), ['a', 'c']);
});

test('with one wanted, a press takes the place of the other', () => {
  assert.deepEqual(afterPress(['a'], 'b', 1), ['b']);
  assert.deepEqual(afterPress(['b'], 'b', 1), ['b']);
});

test('with several wanted, a press adds, takes away, or replaces the last', () => {
  assert.deepEqual(afterPress(['a'], 'b', 2), ['a', 'b']);
  assert.deepEqual(afterPress(['a', 'b'], 'a', 2), ['b']);
  assert.deepEqual(afterPress(['a', 'b'], 'c', 2), ['a', 'c']);
});
