import assert from 'node:assert/strict';
import { test } from 'node:test';

import { percentile, steps } from './stages.ts';

test('a percentile is a value that the wanted share of the values does not exceed', () => {
  const values = [5, 1, 4, 2, 3];
  assert.deepEqual([percentile(values, 0.5), percentile(values, 0.95), percentile(values, 0.2)], [3, 5, 1]);
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.equal(percentile(hundred, 0.95), 95);
  assert.throws(() => percentile([], 0.5), /nothing/);
});

test('times are taken from each stage to the next', () => {
  const found = steps(['a', 'b', 'c'], [{ a: 10, b: 12, c: 20 }, { c: 5, b: 3, a: 2 }]); // prettier-ignore
  assert.deepEqual(Object.fromEntries(found), { 'a to b': [2, 1], 'b to c': [8, 2] });
  assert.throws(() => steps(['a', 'b'], [{ a: 1 }]), /did not reach/);
});
