import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { fromBfloat16, fromHalf, toBfloat16, toHalf } from './half.ts';

/** Memory in which Node itself keeps 16-bit floating point, which its type declarations do not know yet. */
const memory = new DataView(new ArrayBuffer(4)) as DataView & {
  getFloat16(at: number): number;
  setFloat16(at: number, value: number): void;
};

test('every binary16 is the number that the engine makes of its bits', () => {
  for (let half = 0; half < 0x10000; half++) {
    memory.setUint16(0, half);
    assert.ok(Object.is(fromHalf(half), memory.getFloat16(0)), `0x${half.toString(16)}`);
  }
});

test('a number becomes the binary16 that the engine makes of it', () => {
  const expected = (value: number) => {
    memory.setFloat16(0, value);
    return memory.getUint16(0);
  };
  const edges = [
    0,
    -0,
    65_504,
    65_519.99,
    65_520,
    -65_520,
    2 ** -14,
    2 ** -24,
    2 ** -25,
    2 ** -25 * 1.01,
    2047.5,
    2048,
  ];
  for (const value of [...edges, Infinity, -Infinity]) assert.equal(toHalf(value), expected(value), `${value}`);
  fc.assert(
    fc.property(fc.double({ min: -70_000, max: 70_000, noNaN: true }), (value) => toHalf(value) === expected(value)),
  );
  fc.assert(
    fc.property(fc.double({ min: -1e-3, max: 1e-3, noNaN: true }), (value) => toHalf(value) === expected(value)),
  );
  assert.ok(Number.isNaN(fromHalf(toHalf(NaN))));
});

test('a bfloat16 is the upper half of a float, rounded to the nearest and to even', () => {
  assert.equal(fromBfloat16(0x3fc0), 1.5);
  assert.equal(toBfloat16(1.5), 0x3fc0);
  assert.equal(toBfloat16(1 + 2 ** -8), 0x3f80);
  assert.equal(toBfloat16(1 + 3 * 2 ** -8), 0x3f82);
  assert.equal(toBfloat16(-Infinity), 0xff80);
  assert.equal(toBfloat16(3.4e38), 0x7f80);
  assert.ok(Number.isNaN(fromBfloat16(toBfloat16(NaN))));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), (bits) => {
      const value = fromBfloat16(bits);
      return Number.isNaN(value) || toBfloat16(value) === bits;
    }),
  );
});
