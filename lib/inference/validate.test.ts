import assert from 'node:assert/strict';
import { test } from 'node:test';

import { frame } from './message.ts';
import { encodeRequest } from './open-inference.ts';
import { encodeBytes, fromNumbers } from './tensor.ts';
import type { Tensor } from './types.ts';
import {
  describedOutputs,
  MAX_BYTES_ELEMENT,
  MAX_FREE_DIMENSION,
  maxRequestBytes,
  validateInputs,
  validateOneInference,
} from './validate.ts';
import { describeTensors } from '../../test/support/inference.ts';

const description = describeTensors(
  [
    { name: 'image', dataType: 'FP32', shape: [null, 1, 2] },
    { name: 'tokens', dataType: 'INT64', shape: [null, null] },
  ],
  [{ name: 'logits', dataType: 'FP32', shape: [null, 3] }],
);
const floats = (name: string, shape: number[]) =>
  fromNumbers(name, 'FP32', shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0));
const tokens = (shape: number[]) =>
  fromNumbers('tokens', 'INT64', shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0));
const image = floats('image', [1, 1, 2]);

const refusal = (inputs: Tensor[], message: RegExp, check = validateInputs) =>
  assert.throws(() => check(description, { inputs }), { name: 'InvalidTensor', message });

test('inputs as described are taken in any order, free dimensions with any number from 1 on', () => {
  validateInputs(description, { inputs: [tokens([1, 7]), image] });
  validateInputs(description, { inputs: [floats('image', [5, 1, 2]), tokens([5, 1])] });
});

test('a missing, an unknown and a doubled input are refused with what was expected', () => {
  const expected = /Expected "image" of FP32 \[any, 1, 2\], "tokens" of INT64 \[any, any\]/;
  refusal([image], expected);
  refusal([image], /"tokens" is missing/);
  refusal([image, tokens([1, 1]), floats('mask', [1])], /no input "mask"/);
  refusal([image, image, tokens([1, 1])], /"image" is there more than once/);
  refusal([], /"image" is missing/);
});

test('another data type, rank, size or an empty free dimension is refused', () => {
  refusal([fromNumbers('image', 'FP64', [1, 1, 2], [0, 0]), tokens([1, 1])], /"image" is FP64/);
  refusal([floats('image', [1, 2]), tokens([1, 1])], /FP32 \[1, 2\]/);
  refusal([floats('image', [1, 2, 2]), tokens([1, 1])], /FP32 \[1, 2, 2\]/);
  refusal([image, tokens([1, 0])], /INT64 \[1, 0\]/);
});

test('data of another length than the shape says is refused', () => {
  refusal([{ ...image, data: image.data.subarray(1) }, tokens([1, 1])], /needs 8 bytes/);
});

test('a batch is not one inference, and a free dimension has a bound', () => {
  validateOneInference(description, { inputs: [image, tokens([1, MAX_FREE_DIMENSION])] });
  refusal([floats('image', [2, 1, 2]), tokens([1, 1])], /batch of 2/, validateOneInference);
  refusal([image, tokens([1, MAX_FREE_DIMENSION + 1])], /at most 1024/, validateOneInference);
});

test('the largest request for one inference fits the bound, with names as long as they may be', () => {
  const name = (i: number) => `${i}`.padEnd(64, '"');
  const wide = describeTensors(
    [
      { name: name(1), dataType: 'FP32', shape: [null, 3, 16, 16] },
      { name: name(2), dataType: 'BYTES', shape: [null, 2] },
      { name: name(3), dataType: 'INT64', shape: [null, null] },
    ],
    [],
  );
  const inputs = [
    floats(name(1), [1, 3, 16, 16]),
    {
      name: name(2),
      dataType: 'BYTES',
      shape: [1, 2],
      data: encodeBytes([new Uint8Array(MAX_BYTES_ELEMENT), new Uint8Array(MAX_BYTES_ELEMENT)]),
    },
    { ...tokens([1, MAX_FREE_DIMENSION]), name: name(3) },
  ] as const;
  validateOneInference(wide, { inputs });
  const largest = frame(encodeRequest({ id: '"'.repeat(256), inputs })).length;
  assert.ok(largest <= maxRequestBytes(wide));
  assert.ok(maxRequestBytes(wide) - largest < 16_384);
});

test('only the described outputs are given on, and another shape is the model’s failure', () => {
  const response = { model: 'm', outputs: [floats('extra', [1]), floats('logits', [1, 3])] };
  assert.deepEqual(
    describedOutputs(description, response).map(({ name }) => name),
    ['logits'],
  );
  assert.throws(() => describedOutputs(description, { model: 'm', outputs: [floats('logits', [1, 4])] }), {
    name: 'ExecutionFailed',
    message: /"logits" is FP32 \[1, 4\]. Expected "logits" of FP32 \[any, 3\]/,
  });
});
