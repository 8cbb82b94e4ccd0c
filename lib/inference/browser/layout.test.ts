import assert from 'node:assert/strict';
import { test } from 'node:test';

import { layOut } from './layout.ts';

const MiB = 2 ** 20;

test('a model of usual size runs in as many workers as there are threads', () => {
  assert.deepEqual(layOut(1, 45 * MiB), { workers: 1, threads: 1 });
  assert.deepEqual(layOut(2, 45 * MiB), { workers: 2, threads: 1 });
  assert.deepEqual(layOut(4, 45 * MiB), { workers: 4, threads: 1 });
});

test('copies of a large model do not take more than the memory for them, and all threads are used', () => {
  assert.deepEqual(layOut(4, 100 * MiB), { workers: 2, threads: 2 });
  assert.deepEqual(layOut(4, 80 * MiB), { workers: 2, threads: 2 });
  assert.deepEqual(layOut(3, 100 * MiB), { workers: 1, threads: 3 });
  assert.deepEqual(layOut(4, 1_000 * MiB), { workers: 1, threads: 4 });
});

test('an empty file is none of its concerns', () => {
  assert.deepEqual(layOut(2, 0), { workers: 2, threads: 1 });
});
