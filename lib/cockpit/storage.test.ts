import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Change } from './key-value.ts';
import { MemoryKeyValue } from './testing/storage.ts';
import { Storage } from './storage.ts';

/** A database that takes only so many entries. */
class SmallDatabase extends MemoryKeyValue {
  #room: number;
  readonly #keys = new Set<string>();

  constructor(room: number) {
    super();
    this.#room = room;
  }

  enlarge(room: number): void {
    this.#room = room;
  }

  override async write(changes: readonly Change[]): Promise<void> {
    const keys = new Set(this.#keys);
    for (const { key, value } of changes) {
      if (value === undefined) keys.delete(key);
      else keys.add(key);
    }
    if (keys.size > this.#room) throw new DOMException('It is full.', 'QuotaExceededError');
    await super.write(changes);
    this.#keys.clear();
    for (const key of keys) this.#keys.add(key);
  }
}

test('entries come by prefix, in the order of their keys, and are copies', async () => {
  const storage = new Storage(() => Promise.resolve(new MemoryKeyValue()));
  const value = { amount: 5n, bytes: new Uint8Array([1]) };
  await storage.write([
    { key: 'b/2', value },
    { key: 'b/1', value: 'one' },
    { key: 'c', value: 'other' },
  ]);
  value.bytes[0] = 9;
  assert.deepEqual(await storage.entries('b/'), [
    ['b/1', 'one'],
    ['b/2', { amount: 5n, bytes: new Uint8Array([1]) }],
  ]);
  await storage.write([{ key: 'b/1', value: undefined }]);
  assert.equal(await storage.get('b/1'), undefined);
  assert.deepEqual(storage.status.get(), { state: 'persistent', problem: null });
});

test('nothing is opened before it is needed', () => {
  let opened = 0;
  const storage = new Storage(() => Promise.resolve(((opened += 1), new MemoryKeyValue())));
  assert.deepEqual([opened, storage.status.get().state], [0, 'opening']);
});

test('where the browser keeps nothing, it goes on in memory and says so', async () => {
  const storage = new Storage(() => Promise.reject(new DOMException('No.', 'SecurityError')));
  await storage.write([{ key: 'a', value: 1 }]);
  assert.equal(await storage.get('a'), 1);
  assert.deepEqual(await storage.entries(''), [['a', 1]]);
  const { state, problem } = storage.status.get();
  assert.deepEqual([state, problem?.name], ['memory', 'StorageForbidden']);
});

test('when it is full, the cache goes first', async () => {
  const storage = new Storage(() => Promise.resolve(new SmallDatabase(2)));
  await storage.write([{ key: 'cache/a', value: 1 }]);
  await storage.write([{ key: 'keys/a', value: 2 }]);
  await storage.write([{ key: 'keys/b', value: 3 }]);
  assert.deepEqual(await storage.entries(''), [
    ['keys/a', 2],
    ['keys/b', 3],
  ]);
  assert.equal(storage.status.get().state, 'persistent');
});

test('when it stays full, what is new is in memory in front of what is kept', async () => {
  const storage = new Storage(() => Promise.resolve(new SmallDatabase(1)));
  await storage.write([{ key: 'keys/a', value: 1 }]);
  await storage.write([{ key: 'keys/b', value: 2 }]);
  await storage.write([{ key: 'keys/a', value: undefined }]);
  assert.deepEqual(await storage.entries('keys/'), [['keys/b', 2]]);
  assert.equal(await storage.get('keys/a'), undefined);
  const { state, problem } = storage.status.get();
  assert.deepEqual([state, problem?.name], ['memory', 'StorageFull']);
});

test('when there is room again, what was in memory is kept, and it says so', async () => {
  const database = new SmallDatabase(1);
  const storage = new Storage(() => Promise.resolve(database), 0);
  await storage.write([{ key: 'keys/a', value: 1 }]);
  await storage.write([{ key: 'keys/b', value: 2 }]);
  await storage.write([{ key: 'keys/a', value: 3 }]);
  assert.deepEqual(await database.entries(''), [['keys/a', 1]]);
  await storage.tryAgain();
  assert.equal(storage.status.get().state, 'memory');

  database.enlarge(2);
  await storage.tryAgain();
  assert.deepEqual(storage.status.get(), { state: 'persistent', problem: null });
  const kept = [
    ['keys/a', 3],
    ['keys/b', 2],
  ];
  assert.deepEqual([await database.entries(''), await storage.entries('')], [kept, kept]);
});

test('a further change takes along what was in memory, and what comes meanwhile is kept too', async () => {
  const database = new SmallDatabase(1);
  const storage = new Storage(() => Promise.resolve(database), 0);
  await storage.write([{ key: 'a', value: 1 }]);
  await storage.write([{ key: 'b', value: 2 }]);
  database.enlarge(4);
  await Promise.all([storage.write([{ key: 'c', value: 3 }]), storage.write([{ key: 'b', value: 4 }])]);
  assert.equal(storage.status.get().state, 'persistent');
  await storage.write([{ key: 'a', value: undefined }]);
  assert.deepEqual(await database.entries(''), [
    ['b', 4],
    ['c', 3],
  ]);
});

test('a database that is full is not tried again with each change', async () => {
  let tried = 0;
  class Full extends MemoryKeyValue {
    override write(): Promise<void> {
      tried += 1;
      return Promise.reject(new DOMException('It is full.', 'QuotaExceededError'));
    }
  }
  const storage = new Storage(() => Promise.resolve(new Full()), 60_000);
  await storage.write([{ key: 'a', value: 1 }]);
  const first = tried;
  for (const value of [2, 3]) await storage.write([{ key: 'a', value }]);
  await storage.tryAgain();
  assert.equal(tried, first);
  assert.equal(await storage.get('a'), 3);
});

test('a value that cannot be kept is refused, and changes nothing', async () => {
  const storage = new Storage(() => Promise.resolve(new MemoryKeyValue()));
  await assert.rejects(
    storage.write([
      { key: 'a', value: 1 },
      { key: 'b', value: () => 2 },
    ]),
    { name: 'DataCloneError' },
  );
  assert.deepEqual(await storage.entries(''), []);
  assert.equal(storage.status.get().state, 'persistent');
});
