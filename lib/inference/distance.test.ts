import assert from 'node:assert/strict';
import { test } from 'node:test';

import { distanceOf } from './distance.ts';
import { encodeBytes, fromNumbers } from './tensor.ts';
import type { Tensor } from './types.ts';

const numbers = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  fromNumbers('x', 'FP32', shape, values);
const text = (value: string): Tensor => ({
  name: 'x',
  dataType: 'BYTES',
  shape: [1],
  data: encodeBytes([new TextEncoder().encode(value)]),
});

test('the distance is the largest difference of elements in the same place', () => {
  assert.equal(distanceOf([numbers([1, 2, 3])], [numbers([1.5, 2, 5])]), 2);
  assert.equal(distanceOf([numbers([1]), numbers([4])], [numbers([1]), numbers([7])]), 3);
  assert.equal(distanceOf([numbers([NaN, Infinity])], [numbers([NaN, Infinity])]), 0);
});

for (const [what, a, b] of [
  ['a shape', [numbers([1, 2])], [numbers([1, 2], [2, 1])]],
  ['the number of outputs', [numbers([1])], []],
  ['a data type', [numbers([1])], [fromNumbers('x', 'FP64', [1], [1])]],
  ['one that is no number', [numbers([1])], [numbers([NaN])]],
  ['the sign of an infinity', [numbers([Infinity])], [numbers([-Infinity])]],
  ['a text', [text('a')], [text('b')]],
] as const) {
  test(`results that differ in ${what} are infinitely far apart`, () => {
    assert.equal(distanceOf(a, b), Infinity);
    assert.equal(distanceOf(b, a), Infinity);
  });
}

test('equal texts do not differ', () => {
  assert.equal(distanceOf([text('a')], [text('a')]), 0);
});
