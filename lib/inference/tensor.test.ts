import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { checkTensor, decodeBytes, elementCount, encodeBytes, fromNumbers, toNumbers, view } from './tensor.ts';
import { dataTypes } from '../market/types.ts';

const invalid = { name: 'InvalidTensor' };

test('a scalar has one element, and a shape with a 0 none', () => {
  assert.equal(elementCount([]), 1);
  assert.equal(elementCount([2, 3, 4]), 24);
  assert.equal(elementCount([1e9, 1e9, 0]), 0);
});

test('a shape that is no product of whole numbers is refused', () => {
  for (const shape of [[-1], [1.5], [NaN], [2 ** 30, 2 ** 30]]) assert.throws(() => elementCount(shape), invalid);
});

test('data that is longer or shorter than the shape says is refused, with the length that it should have', () => {
  const tensor = { name: 'x', dataType: 'FP32', shape: [2, 2] } as const;
  assert.throws(() => checkTensor({ ...tensor, data: new Uint8Array(15) }), {
    ...invalid,
    message: /"x".* needs 16 bytes/,
  });
  assert.throws(() => checkTensor({ ...tensor, data: new Uint8Array(17) }), invalid);
  assert.equal(checkTensor({ ...tensor, data: new Uint8Array(16) }).data.length, 16);
});

test('a BOOL other than 0 and 1 is refused', () => {
  const tensor = { name: 'x', dataType: 'BOOL', shape: [2] } as const;
  assert.throws(() => checkTensor({ ...tensor, data: Uint8Array.of(1, 2) }), invalid);
  assert.ok(checkTensor({ ...tensor, data: Uint8Array.of(1, 0) }));
});

test('aligned data is seen in place, other data is copied, and both have the same elements', () => {
  const memory = new Uint8Array(12);
  new DataView(memory.buffer).setFloat32(4, 1.5, true);
  new DataView(memory.buffer).setFloat32(1, -2, true);
  const at = (start: number) =>
    ({ name: 'x', dataType: 'FP32', shape: [1], data: memory.subarray(start, start + 4) }) as const;
  const shared = view(at(1));
  assert.deepEqual([...shared], [-2]);
  assert.notEqual(shared.buffer, memory.buffer);
  new DataView(memory.buffer).setFloat32(4, 1.5, true);
  const aligned = view(at(4));
  assert.deepEqual([...aligned], [1.5]);
  assert.equal(aligned.buffer, memory.buffer);
});

test('numbers come back from each data type as they went in', () => {
  for (const dataType of dataTypes) {
    if (dataType === 'BYTES') continue;
    assert.deepEqual([...toNumbers(fromNumbers('x', dataType, [3], [0, 1, 1]))], [0, 1, 1], dataType);
  }
});

test('integers are rounded and clamped to what the data type can hold', () => {
  const numbers = (dataType: 'UINT8' | 'INT8' | 'INT64' | 'UINT64', values: number[]) => [
    ...view(fromNumbers('x', dataType, [values.length], values)),
  ];
  assert.deepEqual(numbers('UINT8', [-5, 1.5, 300, NaN]), [0, 2, 255, 0]);
  assert.deepEqual(numbers('INT8', [-500, -1.2, 127.4]), [-128, -1, 127]);
  assert.deepEqual(numbers('INT64', [1e30, -Infinity, NaN, -2.4]), [2n ** 63n - 1n, -(2n ** 63n), 0n, -2n]);
  assert.deepEqual(numbers('UINT64', [-1, Infinity]), [0n, 2n ** 64n - 1n]);
});

test('a shape with another number of elements than there are numbers is refused', () => {
  assert.throws(() => fromNumbers('x', 'FP32', [3], [1, 2]), invalid);
});

test('BYTES are no numbers', () => {
  const tensor = { name: 'x', dataType: 'BYTES', shape: [0], data: new Uint8Array() } as const;
  for (const use of [() => view(tensor), () => toNumbers(tensor), () => fromNumbers('x', 'BYTES', [0], [])]) {
    assert.throws(use, invalid);
  }
});

test('the elements of BYTES come back as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (elements) => {
      const tensor = { name: 'x', dataType: 'BYTES', shape: [elements.length], data: encodeBytes(elements) } as const;
      assert.deepEqual(decodeBytes(checkTensor(tensor)), elements);
    }),
  );
});

test('BYTES whose lengths do not add up, or are other than the shape says, are refused', () => {
  const tensor = (shape: number[], ...data: number[]) =>
    ({ name: 'x', dataType: 'BYTES', shape, data: Uint8Array.from(data) }) as const;
  assert.throws(() => checkTensor(tensor([1], 2, 0, 0, 0, 65)), {
    ...invalid,
    message: /Element 0 .* beyond the data/,
  });
  assert.throws(() => checkTensor(tensor([1], 1, 0, 0, 0, 65, 9)), invalid);
  assert.throws(() => checkTensor(tensor([1], 0, 0, 0, 0, 0, 0, 0, 0)), { ...invalid, message: /2 elements/ });
  assert.throws(() => checkTensor(tensor([1_000_000], 0, 0, 0, 0)), invalid);
});
