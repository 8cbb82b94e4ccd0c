import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';

import { splitDigits, type Digit, type Split } from './digits.ts';
import { seededRandom, shuffled } from './random.ts';

let split: Split;
before(async () => {
  split = await splitDigits();
});

const hashOf = ({ pixels }: Digit) => createHash('sha256').update(pixels).digest('hex');

test('the three parts hold all digits of the package, and no image is in two of them', () => {
  const all = [...split.training, ...split.validation, ...split.test];
  assert.equal(all.length, 10_000);
  assert.equal(new Set(all.map(hashOf)).size, 10_000);
  assert.equal(new Set(all.map(({ label, index }) => `${label}-${index}`)).size, 10_000);
});

test('validation and test hold a hundred digits of each class', () => {
  for (const part of [split.validation, split.test]) {
    for (let label = 0; label < 10; label += 1) {
      assert.equal(part.filter((digit) => digit.label === label).length, 100);
    }
  }
});

test('the split is the one that the model was trained with', async () => {
  const names = split.test.map(({ label, index }) => `${label}-${index}`).join(' ');
  assert.equal(
    createHash('sha256').update(names).digest('hex'),
    '5561bb0b6b6d086e7775aeed11c3effa2f2f82055463a82236fb3c391dadf02a',
  );
  assert.deepEqual((await splitDigits()).test, split.test);
});

test('pixels are whole grey values from black to white', () => {
  const digit = split.training[0];
  assert.ok(digit);
  assert.equal(digit.pixels.length, 28 * 28);
  assert.equal(Math.min(...digit.pixels), 0);
  assert.ok(Math.max(...digit.pixels) > 250);
});

test('a seeded shuffle keeps every element and depends on the seed alone', () => {
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  const once = shuffled(numbers, seededRandom(7));
  assert.deepEqual(shuffled(numbers, seededRandom(7)), once);
  assert.notDeepEqual(shuffled(numbers, seededRandom(8)), once);
  assert.notDeepEqual(once, numbers);
  assert.deepEqual(
    [...once].sort((a, b) => a - b),
    numbers,
  );
});

test('random numbers are spread evenly between 0 and 1', () => {
  const random = seededRandom(1);
  const tenths = new Array<number>(10).fill(0);
  for (let count = 0; count < 10_000; count += 1) {
    const tenth = Math.floor(random() * 10);
    tenths[tenth] = (tenths[tenth] ?? NaN) + 1;
  }
  assert.ok(
    tenths.every((count) => count > 900 && count < 1100),
    tenths.join(' '),
  );
});
