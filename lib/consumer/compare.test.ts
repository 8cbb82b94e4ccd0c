import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeBytes, fromNumbers } from '../inference/tensor.ts';
import type { InferenceResponse } from '../inference/types.ts';
import type { Description } from '../market/types.ts';
import { compareResults } from './compare.ts';

const description: Description = {
  ...{ name: 'm', licence: 'MIT', inputs: [], image: null, labels: { kind: 'none' }, tolerance: 0.01 },
  outputs: [{ name: 'logits', dataType: 'FP64', shape: [null] }],
};
const response = (...values: readonly number[]): InferenceResponse => ({
  model: 'm',
  outputs: [fromNumbers('logits', 'FP64', [values.length], values)],
});

test('results within the tolerance agree, and all of them are the majority', () => {
  const found = compareResults(description, [response(1, 2), response(1.009, 2), response(1, 1.995)]);
  assert.deepEqual([found.groups, found.agree, found.majority], [[[0, 1, 2]], true, [0, 1, 2]]);
  assert.ok(Math.abs(found.largestDifference - 0.009) < 1e-9);
});

test('one of three that differs is outvoted', () => {
  const found = compareResults(description, [response(1), response(5), response(1)]);
  assert.deepEqual([found.groups, found.agree, found.majority], [[[0, 2], [1]], false, [0, 2]]);
  assert.equal(found.largestDifference, 4);
});

test('without more than half there is no majority', () => {
  assert.equal(compareResults(description, [response(1), response(2)]).majority, null);
  assert.equal(compareResults(description, [response(1), response(1), response(2), response(3)]).majority, null);
});

test('small steps do not add up to a large one', () => {
  const found = compareResults(description, [response(1), response(1.008), response(1.016)]);
  assert.deepEqual(found.groups, [[0, 1], [2]]);
});

test('no result, another shape, a missing output or no number agrees with nobody', () => {
  const other: InferenceResponse = { model: 'm', outputs: [fromNumbers('probabilities', 'FP64', [1], [1])] };
  const found = compareResults(description, [response(1), null, response(1, 1), other, response(NaN)]);
  assert.equal(found.groups.length, 5);
  assert.equal(found.largestDifference, Infinity);
});

test('the same infinities and the same lack of a number agree', () => {
  const odd = () => response(Infinity, -Infinity, NaN);
  assert.ok(compareResults(description, [odd(), odd()]).agree);
  assert.ok(!compareResults(description, [response(Infinity), response(-Infinity)]).agree);
});

test('texts agree when they are the same', () => {
  const texts = { ...description, outputs: [{ name: 'text', dataType: 'BYTES' as const, shape: [1] }] };
  const said = (text: string): InferenceResponse => ({
    model: 'm',
    outputs: [{ name: 'text', dataType: 'BYTES', shape: [1], data: encodeBytes([new TextEncoder().encode(text)]) }],
  });
  assert.ok(compareResults(texts, [said('yes'), said('yes')]).agree);
  assert.ok(!compareResults(texts, [said('yes'), said('no!')]).agree);
});
