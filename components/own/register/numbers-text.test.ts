import assert from 'node:assert/strict';
import { test } from 'node:test';

import { numbersText, parseNumbers, repeatTo } from './numbers-text.ts';

test('numbers are read as they are written', () => {
  const mean = [0.485, 0.456, -0.406];
  assert.deepEqual(parseNumbers(numbersText(mean), { count: 3 }), mean);
  assert.deepEqual(parseNumbers('.5', { count: 1 }), [0.5]);
});

test('there is one for each channel', () => {
  assert.throws(() => parseNumbers('0.5', { count: 3 }), /there are 1/);
  assert.throws(() => parseNumbers('', { count: 1 }), /there are 0/);
});

test('what would divide by zero is refused', () => {
  assert.throws(() => parseNumbers('0', { count: 1, positive: true }), /more than zero/);
  assert.throws(() => parseNumbers('0.0000001', { count: 1, positive: true }), /more than zero/);
  assert.throws(() => parseNumbers('one', { count: 1 }), /not a number/);
});

test('another number of channels repeats what was the same for all, and keeps what was not', () => {
  assert.equal(repeatTo('0.5', 3), '0.5, 0.5, 0.5');
  assert.equal(repeatTo('0.5, 0.5, 0.5', 1), '0.5');
  assert.equal(repeatTo('0.485, 0.456, 0.406', 1), '0.485, 0.456, 0.406');
  assert.equal(repeatTo('', 3), '');
});
