import assert from 'node:assert/strict';
import { test } from 'node:test';

import { memoryLocks } from './locks.ts';

test('one has a lock at a time, and others can wait until it is free', async (t) => {
  const locks = memoryLocks();
  const release = await locks.take('a');
  assert.ok(release !== null);
  assert.equal(await locks.take('a'), null);
  assert.deepEqual([await locks.isTaken('a'), await locks.isTaken('b')], [true, false]);
  const free = locks.untilFree('a', t.signal);
  release();
  await free;
  assert.notEqual(await locks.take('a'), null);
  // Given back twice is given back once.
  release();
  assert.equal(await locks.isTaken('a'), true);
});

test('a wait ends with its signal', async () => {
  const locks = memoryLocks();
  await locks.take('a');
  const stopping = new AbortController();
  const waiting = locks.untilFree('a', stopping.signal);
  stopping.abort(new Error('over'));
  await assert.rejects(waiting, { message: 'over' });
});
