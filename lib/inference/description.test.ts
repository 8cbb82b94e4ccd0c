import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseDescription } from './description.ts';
import type { Description } from '../market/types.ts';

const description: Description = {
  name: 'Digits',
  licence: 'Apache-2.0',
  inputs: [{ name: 'image', dataType: 'FP32', shape: [null, 1, 28, 28] }],
  outputs: [{ name: 'logits', dataType: 'FP32', shape: [null, 10] }],
  image: { channels: 'gray', layout: 'nchw', fit: 'contain', mean: [0.13], std: [0.3] },
  labels: { kind: 'inline', names: ['0', '1'] },
  tolerance: 0.0001,
};

test('a description comes back from JSON as it was', () => {
  assert.deepEqual(parseDescription(JSON.stringify(description)), description);
  const other: Description = { ...description, image: null, labels: { kind: 'content', content: 'bafk' } };
  assert.deepEqual(parseDescription(JSON.stringify(other)), other);
});

test('what is wrong with a description is said with its place', () => {
  const refused = (change: object, message: RegExp) =>
    assert.throws(() => parseDescription(JSON.stringify({ ...description, ...change })), {
      name: 'InvalidDescription',
      message,
    });
  refused({ inputs: [{ name: 'x', dataType: 'FP32', shape: [0] }] }, /inputs\.0\.shape\.0/);
  refused({ inputs: [{ name: 'x', dataType: 'float', shape: [1] }] }, /inputs\.0\.dataType/);
  refused({ outputs: [] }, /outputs/);
  refused({ image: { ...description.image, std: [0] } }, /image\.std\.0/);
  refused({ labels: { kind: 'other' } }, /labels/);
  refused({ colour: 1 }, /colour/);
  assert.throws(() => parseDescription('{'), { name: 'InvalidDescription', message: /no JSON/ });
  assert.throws(() => parseDescription('null'), { name: 'InvalidDescription' });
});
