import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Description } from '../../lib/market/types.ts';
import { describePreprocessing, describeTask, describeTensor, fedSize } from './describe.ts';

const digits: Description = {
  name: 'Digits',
  licence: 'Apache-2.0',
  inputs: [{ name: 'image', dataType: 'FP32', shape: [null, 1, 28, 20] }],
  outputs: [{ name: 'logits', dataType: 'FP32', shape: [null, 10] }],
  image: { channels: 'gray', layout: 'nchw', fit: 'contain', mean: [0.1307], std: [0.3081] },
  labels: { kind: 'inline', names: ['0', '1', '2'] },
  tolerance: 0.001,
};
const photo = { channels: 'rgb', layout: 'nhwc', fit: 'cover', mean: [0.1, 0.2, 0.3], std: [1, 2, 3] } as const;

test('a classifier of images is described by its classes', () => {
  assert.equal(
    describeTask(digits),
    'Looks at an image in shades of gray and says which of 3 classes it shows, each with its probability.',
  );
});

test('the classes of labels on Dx are those of the output', () => {
  assert.match(describeTask({ ...digits, labels: { kind: 'content', content: 'bafy' } }), /which of 10 classes/);
});

test('a model without images is described by its tensors', () => {
  const plain: Description = {
    ...digits,
    image: null,
    labels: { kind: 'none' },
    inputs: [...digits.inputs, ...digits.inputs],
  };
  assert.equal(describeTask(plain), 'Takes 2 tensors and gives one tensor.');
  assert.deepEqual(describePreprocessing(plain), []);
});

test('a tensor is written with its type, its shape, and what is free in it', () => {
  assert.equal(describeTensor({ name: 'x', dataType: 'INT8', shape: [null, 3] }), 'INT8, any × 3');
  assert.equal(describeTensor({ name: 'x', dataType: 'FP32', shape: [] }), 'FP32, a single value');
});

test('the size of an image is found in both layouts', () => {
  assert.deepEqual(fedSize(digits), { width: 20, height: 28 });
  const nhwc: Description = {
    ...digits,
    image: photo,
    inputs: [{ name: 'x', dataType: 'FP32', shape: [1, 224, 160, 3] }],
  };
  assert.deepEqual(fedSize(nhwc), { width: 160, height: 224 });
});

test('preprocessing says size, fit and normalization', () => {
  assert.deepEqual(describePreprocessing(digits), [
    'It becomes 20 × 28 pixels in shades of gray.',
    'It keeps its proportions: scaled until it fits inside, and the rest is filled with the mean.',
    'Brightness v from 0 to 255 becomes (v / 255 − 0.1307) / 0.3081.',
  ]);
});

test('preprocessing names the channels of colour images, and a free size', () => {
  const free: Description = {
    ...digits,
    image: photo,
    inputs: [{ name: 'x', dataType: 'FP32', shape: [1, null, null, 3] }],
  };
  const [size, norm] = describePreprocessing(free);
  assert.equal(size, 'It keeps its size and is read in colour.');
  assert.match(norm ?? '', /means 0\.1, 0\.2, 0\.3 and deviations 1, 2, 3 for red, green and blue/);
});
