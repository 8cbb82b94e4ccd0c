import assert from 'node:assert/strict';
import { test } from 'node:test';

import { editDistance, nearest } from './nearest.ts';

test('the distance counts insertions, deletions, replacements and swaps of neighbours', () => {
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('abc', 'abc'), 0);
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(editDistance('rcp', 'rpc'), 1);
});

test('the nearest word is found whatever its case, and nothing where all are far', () => {
  assert.equal(nearest('Bech', ['chain', 'bench', 'test']), 'bench');
  assert.equal(nearest('zzzz', ['chain', 'bench']), undefined);
  assert.equal(nearest('a', []), undefined);
});

test('a word of megabytes is near to nothing, and is not compared', () => {
  assert.equal(nearest('x'.repeat(50_000_000), ['chain', 'bench']), undefined);
});
