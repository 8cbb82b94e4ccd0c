import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Random } from './random.ts';

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

test('the same seed gives the same numbers, another one others', () => {
  assert.deepEqual(take(new Random(7), 20), take(new Random(7), 20));
  assert.notDeepEqual(take(new Random(7), 20), take(new Random(8), 20));
});

test('numbers are evenly spread and keep within their ends', () => {
  const random = new Random(1);
  const drawn = Array.from({ length: 6_000 }, () => random.between(1, 6));
  for (let face = 1; face <= 6; face++) {
    const times = drawn.filter((number) => number === face).length;
    assert.ok(times > 850 && times < 1_150, `${face} came ${times} times`);
  }
  assert.throws(() => random.pick([]), /nothing to pick/);
});

test('what somebody else draws does not change the numbers of a fork', () => {
  const [one, two] = [new Random(3), new Random(3)];
  const [ofOne, ofTwo] = [one.fork(), two.fork()];
  take(one, 5);
  assert.deepEqual(take(ofOne, 10), take(ofTwo, 10));
});
