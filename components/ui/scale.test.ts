import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { areaPath, labelled, linePath, scaleFromZero } from './scale.ts';

test('the steps of an axis are round numbers with room for every value', () => {
  assert.deepEqual(scaleFromZero([0.3]).ticks, [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(scaleFromZero([7, 12]).ticks, [0, 5, 10, 15]);
  assert.deepEqual(scaleFromZero([100]).ticks, [0, 50, 100]);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), { minLength: 1 }), (values) => {
      const { ticks, min, max } = scaleFromZero(values);
      assert.equal(min, 0);
      assert.ok(max >= Math.max(...values) * (1 - 1e-8));
      assert.ok(ticks.length >= 2 && ticks.length <= 5, ticks.join());
    }),
  );
});

test('without any value above zero there is an axis all the same', () => {
  assert.deepEqual(scaleFromZero([]).ticks, [0, 1]);
  assert.deepEqual(scaleFromZero([0, Number.NaN]).ticks, [0, 1]);
});

test('paths go through the points, and an area comes down to its base', () => {
  const points = [
    { x: 0, y: 10 },
    { x: 5, y: 2.005 },
  ];
  assert.equal(linePath(points), 'M0 10L5 2.01');
  assert.equal(areaPath(points, 20), 'M0 10L5 2.01L5 20L0 20Z');
  assert.equal(areaPath([], 20), '');
});

test('labels are at the ends and evenly between, and never more than fit', () => {
  assert.deepEqual([...labelled(3, 5)], [0, 1, 2]);
  assert.deepEqual([...labelled(9, 3)], [0, 4, 8]);
  assert.deepEqual([...labelled(100, 1)], [0, 99]);
  assert.deepEqual([...labelled(0, 4)], []);
});
