import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ModelReport } from '../../../lib/cockpit/types.ts';
import type { Description, TensorSpec } from '../../../lib/market/types.ts';
import { canTakeImage, descriptionOf, emptyFields, fieldsOf, withReport } from './description-fields.ts';

const description: Description = {
  name: 'Digits',
  licence: 'Apache-2.0',
  inputs: [{ name: 'image', dataType: 'FP32', shape: [null, 1, 28, 28] }],
  outputs: [{ name: 'logits', dataType: 'FP32', shape: [null, 10] }],
  image: { channels: 'gray', layout: 'nchw', fit: 'contain', mean: [0.1307], std: [0.3081] },
  labels: { kind: 'inline', names: ['zero', 'one'] },
  tolerance: 0.001,
};

const report = (...inputs: TensorSpec[]): ModelReport => ({
  bytes: 1,
  irVersion: 10,
  opset: 18,
  producer: 'pytorch',
  inputs,
  outputs: description.outputs,
  runMs: 1,
  loadMs: 1,
});

test('a description survives the way through the form', () => {
  assert.deepEqual(descriptionOf(fieldsOf(description), description.labels), description);
});

test('a file fills in what is empty: name, tensors, and how an image becomes the input', () => {
  const [input] = description.inputs;
  assert.ok(input);
  const fields = withReport(emptyFields, report(input), 'my-model_v2.onnx');
  assert.equal(fields.name, 'my model v2');
  assert.equal(withReport(emptyFields, report(input), 'model.onnx').name, '');
  assert.deepEqual(fields.inputs, [{ name: 'image', dataType: 'FP32', shape: '* × 1 × 28 × 28' }]);
  assert.equal(fields.takesImage, true);
  assert.deepEqual([fields.image.channels, fields.image.layout], ['gray', 'nchw']);
});

test('channels at the end are seen as such', () => {
  const fields = withReport(emptyFields, report({ name: 'x', dataType: 'FP32', shape: [null, 224, 224, 3] }), 'x.onnx');
  assert.deepEqual([fields.image.channels, fields.image.layout], ['rgb', 'nhwc']);
});

test('another file does not change what a person wrote', () => {
  const written = { ...fieldsOf(description), licence: 'MIT', takesImage: false };
  const [input] = description.inputs;
  assert.ok(input);
  const fields = withReport(written, report(input), 'other.onnx');
  assert.deepEqual([fields.name, fields.licence, fields.takesImage], ['Digits', 'MIT', false]);
  assert.deepEqual(fields.image, written.image);
});

test('a model whose input is no image is not given one', () => {
  const fields = withReport(emptyFields, report({ name: 'tokens', dataType: 'INT64', shape: [null, 512] }), 'x.onnx');
  assert.equal(fields.takesImage, false);
  assert.equal(canTakeImage(fields.inputs), false);
  assert.equal(descriptionOf({ ...fields, licence: 'MIT' }, { kind: 'none' }).image, null);
});

test('a shape that is half typed takes no image and is refused', () => {
  const fields = {
    ...fieldsOf(description),
    inputs: [{ name: 'image', dataType: 'FP32', shape: '* × 1 × ' } as const],
  };
  assert.equal(canTakeImage(fields.inputs), false);
  assert.throws(() =>
    descriptionOf({ ...fields, inputs: [{ name: 'image', dataType: 'FP32', shape: 'a' }] }, { kind: 'none' }),
  );
});

test('an image is no part of the description once the shape of the input is none of one', () => {
  const fields = {
    ...fieldsOf(description),
    inputs: [{ name: 'image', dataType: 'FP32', shape: '* × 28 × 28' } as const],
  };
  assert.equal(descriptionOf(fields, { kind: 'none' }).image, null);
});
