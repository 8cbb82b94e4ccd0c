import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryBlockstore } from 'blockstore-core';
import { MemoryDatastore } from 'datastore-core';
import { Key } from 'interface-datastore';

import { buildDag, CHUNK_BYTES } from './dag.ts';
import { defaultLimits } from './store-policy.ts';
import { Store } from './store.ts';

/** What stays over a restart, and a clock that stands still until it is moved. */
function disk() {
  const blockstore = new MemoryBlockstore();
  const datastore = new MemoryDatastore();
  const time = { now: 1000 };
  const limits = { ...defaultLimits, strangerBytes: 100 * CHUNK_BYTES, strangerMs: 1000 };
  const removed: string[] = [];
  const open = () =>
    Store.open({ blockstore, datastore, limits, now: () => time.now, onRemoved: (key) => removed.push(key) });
  const blocks = async () => {
    const all = [];
    for await (const { cid } of blockstore.getAll()) all.push(cid);
    return all.length;
  };
  return { blockstore, datastore, time, removed, open, blocks };
}

async function keep(store: Store, data: Uint8Array): Promise<string> {
  const { root, blocks } = await buildDag(data);
  const key = root.toString();
  assert.ok((await store.reserve(key, data.length)).admitted);
  for (const block of blocks) await store.put(block);
  await store.commit(
    key,
    blocks.map(({ cid }) => cid),
  );
  await store.release(key);
  return key;
}

const filled = (bytes: number, value: number) => new Uint8Array(bytes).fill(value);

test('what is kept is there after a restart, with all its blocks', async () => {
  const { open, blocks } = disk();
  const first = await open();
  const data = new Uint8Array(2.5 * CHUNK_BYTES).map((_, i) => (i >> 12) ^ (i >> 20));
  const key = await keep(first, data);
  const second = await open();
  assert.ok(second.holds(key));
  assert.deepEqual(second.keys(), [key]);
  assert.equal(second.stat().bytes, data.length);
  for (const { cid, bytes } of (await buildDag(data)).blocks) assert.deepEqual(await second.get(cid), bytes);
  assert.equal(await blocks(), 4);
});

test('blocks that an earlier process did not finish storing are removed at the next start', async () => {
  const { open, blocks } = disk();
  const first = await open();
  const kept = await keep(first, filled(10, 1));
  const { root, blocks: parts } = await buildDag(filled(2 * CHUNK_BYTES, 2));
  await first.reserve(root.toString(), 2 * CHUNK_BYTES);
  for (const block of parts) await first.put(block);
  const second = await open();
  assert.deepEqual(second.keys(), [kept]);
  assert.equal(await blocks(), 1);
});

test('a key of which a block has been lost counts as not kept', async () => {
  const { open, blockstore, blocks } = disk();
  const first = await open();
  const data = new Uint8Array(2 * CHUNK_BYTES).map((_, i) => (i >> 12) ^ (i >> 20));
  const key = await keep(first, data);
  const [lost] = (await buildDag(data)).blocks;
  assert.ok(lost);
  await blockstore.delete(lost.cid);
  const second = await open();
  assert.equal(second.holds(key), false);
  assert.equal(await blocks(), 0);
});

test('an entry that cannot be read is as if it were not there', async () => {
  const { open, datastore } = disk();
  const store = await open();
  const key = await keep(store, filled(10, 1));
  await datastore.put(new Key(`/kept/${key}`), new TextEncoder().encode('{"bytes":'));
  await datastore.put(new Key('/kept/nonsense'), new TextEncoder().encode('{}'));
  assert.deepEqual((await open()).keys(), []);
});

test('a block that two files have in common stays as long as one of them', async () => {
  const { open, time, removed, blocks } = disk();
  const store = await open();
  const chunk = filled(CHUNK_BYTES, 7);
  const whole = new Uint8Array(CHUNK_BYTES + 5);
  whole.set(chunk);
  const old = await keep(store, whole);
  time.now += 500;
  const young = await keep(store, chunk);
  time.now += 500;
  await store.collect();
  assert.deepEqual(removed, [old]);
  assert.ok(store.holds(young));
  assert.equal(await blocks(), 1);
  time.now += 500;
  await store.collect();
  assert.equal(await blocks(), 0);
});

test('storing the same twice at the same time keeps it once', async () => {
  const { open, time, blocks } = disk();
  const store = await open();
  const data = filled(3 * CHUNK_BYTES, 9);
  const [key] = await Promise.all([keep(store, data), keep(store, data)]);
  assert.deepEqual(store.keys(), [key]);
  assert.equal(store.stat().bytes, data.length);
  time.now += 1000;
  await store.collect();
  assert.equal(await blocks(), 0);
});

test('what was begun and given up leaves nothing behind', async () => {
  const { open, blocks } = disk();
  const store = await open();
  const { root, blocks: parts } = await buildDag(filled(10, 1));
  await store.reserve(root.toString(), 10);
  for (const block of parts) await store.put(block);
  await store.release(
    root.toString(),
    parts.map(({ cid }) => cid),
  );
  assert.deepEqual(store.stat(), { keys: 0, bytes: 0, strangerBytes: 0 });
  assert.equal(await blocks(), 0);
});

test('that the chain refers to something is remembered over a restart', async () => {
  const { open, time } = disk();
  const first = await open();
  const key = await keep(first, filled(10, 1));
  await keep(first, filled(10, 2));
  await first.collect(new Set([key]));
  time.now += 10_000;
  const second = await open();
  await second.collect();
  assert.deepEqual(second.keys(), [key]);
  assert.equal(second.stat().strangerBytes, 0);
});
