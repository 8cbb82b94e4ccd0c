import assert from 'node:assert/strict';
import { test } from 'node:test';

import { combine } from './combine.ts';

function observable<T>(first: T) {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set: (next: T) => {
      value = next;
      listeners.forEach((listener) => listener());
    },
    listeners,
  };
}

test('the same array is given until a part changes', () => {
  const [a, b] = [observable(1), observable(2)];
  const both = combine([a, b]);
  const before = both.get();
  assert.deepEqual(before, [1, 2]);
  assert.equal(both.get(), before);
  b.set(3);
  assert.deepEqual(both.get(), [1, 3]);
  assert.notEqual(both.get(), before);
});

test('nothing combined is an empty array, always the same', () => {
  const none = combine([]);
  assert.equal(none.get(), none.get());
});

test('a change of any part is told until one has enough', () => {
  const [a, b] = [observable(1), observable(2)];
  let told = 0;
  const stop = combine([a, b]).subscribe(() => (told += 1));
  a.set(5);
  b.set(6);
  assert.equal(told, 2);
  stop();
  assert.equal(a.listeners.size + b.listeners.size, 0);
});
