import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until, Value } from './observable.ts';

test('listeners are told of changes, and only of changes', () => {
  const value = new Value(1);
  const seen: number[] = [];
  const stop = value.subscribe(() => seen.push(value.get()));
  value.set(2);
  value.set(2);
  value.set(3);
  stop();
  value.set(4);
  assert.deepEqual(seen, [2, 3]);
});

test('the owner is told when the first listener comes and when the last has gone', () => {
  const used: boolean[] = [];
  const value = new Value(0, (isUsed) => used.push(isUsed));
  const listener = () => undefined;
  const [first, second] = [value.subscribe(listener), value.subscribe(listener)];
  first();
  first();
  assert.deepEqual([used, value.isUsed], [[true], true]);
  second();
  assert.deepEqual([used, value.isUsed], [[true, false], false]);
});

test('who waits for a value gets it, at once or later, or the reason why not', async () => {
  const value = new Value<number | null>(null);
  const isThere = (found: number | null) => found !== null;
  const waiting = until(value, isThere, AbortSignal.timeout(10_000));
  value.set(5);
  assert.equal(await waiting, 5);
  assert.equal(await until(value, isThere, AbortSignal.timeout(10_000)), 5);
  value.set(null);
  const stopping = new AbortController();
  const given = until(value, isThere, stopping.signal);
  stopping.abort(new Error('over'));
  await assert.rejects(given, { message: 'over' });
  assert.equal(value.isUsed, false);
});
