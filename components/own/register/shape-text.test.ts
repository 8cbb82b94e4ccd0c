import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseShape, shapeText } from './shape-text.ts';

test('a shape is read as it is written', () => {
  for (const shape of [[null, 1, 28, 28], [10], []]) assert.deepEqual(parseShape(shapeText(shape)), shape);
});

test('commas, spaces and letters between the sizes are understood', () => {
  assert.deepEqual(parseShape('?, 3, 224, 224'), [null, 3, 224, 224]);
  assert.deepEqual(parseShape(' 1x3x8 '), [1, 3, 8]);
});

test('what is no shape is refused with the reason', () => {
  assert.throws(() => parseShape('1 × zero'), /“zero” is not a size/);
  assert.throws(() => parseShape('0'), /“0” is not a size/);
  assert.throws(() => parseShape('-1'), /“-1”/);
  assert.throws(() => parseShape('1.5'), /“1\.5”/);
  assert.throws(() => parseShape(''), /Write the sizes/);
  assert.throws(() => parseShape('1 1 1 1 1 1 1 1 1'), /9 dimensions/);
});
