import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';

import type { MarketReads } from '../market/chain.ts';
import { valueOf } from './loaded.ts';
import { Value } from './observable.ts';
import { Queries, type Definition, type Snapshot } from './queries.ts';
import type { Storage } from './storage.ts';
import { memoryStorage } from './testing/storage.ts';

/** A chain whose whole state is a text, which the reads give as the name of the only provider. */
function stateAt(text: string | Error, reads: string[] = []): MarketReads {
  const read = () => {
    reads.push(String(text));
    return text instanceof Error ? Promise.reject(text) : Promise.resolve([{ account: text }]);
  };
  return { providers: read } as unknown as MarketReads;
}

function snapshot(
  best: readonly [number, string | Error],
  finalized: readonly [number, string | Error],
  reads: string[] = [],
) {
  const block = (number: number) => ({ number, hash: `0x${number}` as const });
  return {
    heads: { best: block(best[0]), finalized: block(finalized[0]) },
    best: stateAt(best[1], reads),
    finalized: stateAt(finalized[1], reads),
    periodBlocks: 10,
    timeOf: (number: number) => number,
  } satisfies Snapshot;
}

const name: Definition<string> = {
  key: 'name',
  read: async (reads) => (await reads.providers())[0]?.account ?? '',
};

function world(storage: Storage = memoryStorage()) {
  const snapshots = new Value<Snapshot | null>(null);
  const network = new Value<string | null>(null);
  return { snapshots, network, storage, queries: new Queries(snapshots, storage, network) };
}

/** Lets everything that can go on go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
}

test('queries of one key are one object', () => {
  const { queries } = world();
  assert.equal(queries.get(name), queries.get({ ...name }));
  assert.notEqual(queries.get(name), queries.get({ ...name, key: 'other' }));
});

test('a new value is pending until the finalized state says the same', async () => {
  const { queries, snapshots } = world();
  const query = queries.get(name);
  query.subscribe(() => undefined);
  snapshots.set(snapshot([5, 'new'], [3, 'old']));
  await settle();
  assert.deepEqual(query.get(), { state: 'live', value: 'new', block: { number: 5, hash: '0x5' }, isFinal: false });
  snapshots.set(snapshot([7, 'new'], [5, 'new']));
  await settle();
  const loaded = query.get();
  assert.deepEqual([loaded.state, loaded.state === 'live' && loaded.isFinal], ['live', true]);
});

test('a value from a block that was replaced does not become final', async () => {
  const { queries, snapshots } = world();
  const query = queries.get(name);
  query.subscribe(() => undefined);
  snapshots.set(snapshot([5, 'fork'], [3, 'old']));
  await settle();
  snapshots.set(snapshot([7, 'fork'], [5, 'old']));
  await settle();
  const loaded = query.get();
  assert.deepEqual([loaded.state, loaded.state === 'live' && loaded.isFinal], ['live', false]);
});

test('a value that stays is read once a block, and stays the same object', async () => {
  const { queries, snapshots } = world();
  const query = queries.get({
    key: 'object',
    read: async (reads: MarketReads) => ({ name: await name.read(reads, snapshot([0, ''], [0, ''])) }),
  });
  query.subscribe(() => undefined);
  snapshots.set(snapshot([5, 'same'], [5, 'same']));
  await settle();
  const first = query.get();
  const reads: string[] = [];
  snapshots.set(snapshot([6, 'same'], [5, 'same'], reads));
  await settle();
  assert.equal(query.get(), first);
  assert.deepEqual(reads, ['same']);
});

test('nobody looks, nothing is read', async () => {
  const { queries, snapshots } = world();
  const query = queries.get(name);
  const reads: string[] = [];
  const stop = query.subscribe(() => undefined);
  stop();
  snapshots.set(snapshot([5, 'a'], [5, 'a'], reads));
  await settle();
  assert.deepEqual([reads, query.get().state], [[], 'loading']);
});

test('what was final is shown at the next visit, marked, until the chain answers', async () => {
  const storage = memoryStorage();
  const first = world(storage);
  first.network.set('net');
  first.queries.get(name).subscribe(() => undefined);
  first.snapshots.set(snapshot([5, 'kept'], [5, 'kept']));
  await settle();

  const second = world(storage);
  const query = second.queries.get(name);
  query.subscribe(() => undefined);
  await settle();
  assert.equal(query.get().state, 'loading');
  second.network.set('net');
  await settle();
  const loaded = query.get();
  assert.ok(loaded.state === 'cached' && loaded.value === 'kept' && loaded.asOfMs > 0);
  second.snapshots.set(snapshot([9, 'new'], [8, 'kept']));
  await settle();
  assert.equal(query.get().state, 'live');

  const other = world(storage);
  other.network.set('another network');
  other.queries.get(name).subscribe(() => undefined);
  await settle();
  assert.equal(other.queries.get(name).get().state, 'loading');
});

test('what nobody followed for some blocks is not shown as live until it was read again', async () => {
  const { queries, snapshots } = world();
  const query = queries.get(name);
  const states: string[] = [];
  const look = () => states.push(`${query.get().state} ${valueOf(query.get()) ?? ''}`);
  const stop = query.subscribe(look);
  snapshots.set(snapshot([5, 'old'], [5, 'old']));
  await settle();
  stop();
  query.subscribe(look)();
  assert.equal(query.get().state, 'live', 'there is no newer block');
  snapshots.set(snapshot([6, 'new'], [6, 'new']));
  await settle();
  states.length = 0;
  query.subscribe(look);
  assert.equal(query.get().state, 'cached');
  await settle();
  const loaded = query.get();
  assert.ok(loaded.state === 'live' && loaded.value === 'new' && loaded.isFinal);
  assert.deepEqual(states.slice(-2), ['live new', 'live new']);
});

test('what was only pending is not kept', async () => {
  const storage = memoryStorage();
  const { queries, network, snapshots } = world(storage);
  network.set('net');
  queries.get(name).subscribe(() => undefined);
  snapshots.set(snapshot([5, 'pending'], [3, 'old']));
  await settle();
  assert.deepEqual(await storage.entries('cache/'), []);
});

test('a read that fails keeps the last value beside the error, and heals with the next block', async () => {
  const { queries, snapshots } = world();
  const query = queries.get(name);
  query.subscribe(() => undefined);
  snapshots.set(snapshot([5, 'a'], [5, 'a']));
  await settle();
  snapshots.set(snapshot([6, new Error('no proof')], [5, 'a']));
  await settle();
  const failed = query.get();
  assert.ok(failed.state === 'failed' && failed.error.message === 'no proof' && failed.value === 'a');
  snapshots.set(snapshot([7, 'b'], [7, 'b']));
  await settle();
  const healed = query.get();
  assert.ok(healed.state === 'live' && healed.value === 'b' && healed.isFinal);
});

test('what a definition leaves out of its identity does not make it pending', async () => {
  const { queries, snapshots } = world();
  const query = queries.get({
    key: 'countdown',
    read: (_, { heads }) => Promise.resolve({ same: 1, blocksLeft: 100 - heads.best.number }),
    identity: ({ same }) => same,
  });
  query.subscribe(() => undefined);
  for (const number of [5, 6, 7]) {
    snapshots.set(snapshot([number, ''], [3, '']));
    await settle();
  }
  const loaded = query.get();
  assert.ok(loaded.state === 'live' && loaded.isFinal && loaded.value.blocksLeft === 93);
});
