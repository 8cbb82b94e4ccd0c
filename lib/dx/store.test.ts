import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryBlockstore } from 'blockstore-core';
import { MemoryDatastore } from 'datastore-core';
import { Key } from 'interface-datastore';
import { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';

import { buildDag, CHUNK_BYTES, DAG_PB, type Block } from './dag.ts';
import { defaultLimits } from './store-policy.ts';
import { Store } from './store.ts';

/** What stays over a restart, and a clock that stands still until it is moved. */
function disk() {
  const blockstore = new MemoryBlockstore();
  const datastore = new MemoryDatastore();
  const time = { now: 1000 };
  const limits = { ...defaultLimits, strangerBytes: 100 * CHUNK_BYTES, strangerMs: 1000 };
  const removed: string[] = [];
  const damaged: string[] = [];
  const open = () =>
    Store.open({
      blockstore,
      datastore,
      limits,
      now: () => time.now,
      onRemoved: (key) => removed.push(key),
      onDamaged: (cid) => damaged.push(cid.toString()),
    });
  const blocks = async () => {
    const all = [];
    for await (const { cid } of blockstore.getAll()) all.push(cid);
    return all.length;
  };
  return { blockstore, datastore, time, removed, damaged, open, blocks };
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

/** Changes one byte of a block, as a disk may. */
async function spoil(blockstore: MemoryBlockstore, { cid, bytes }: Block): Promise<void> {
  await blockstore.put(
    cid,
    bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
  );
}

test('a block that has been changed on the disk is not given away, and what it belongs to is kept no longer', async () => {
  const { open, blockstore, blocks, removed, damaged } = disk();
  const store = await open();
  const data = new Uint8Array(2 * CHUNK_BYTES).map((_, i) => (i >> 12) ^ (i >> 20));
  const key = await keep(store, data);
  const other = await keep(store, filled(10, 1));
  const [leaf] = (await buildDag(data)).blocks;
  assert.ok(leaf);
  await spoil(blockstore, leaf);
  assert.equal(await store.get(leaf.cid), undefined);
  assert.deepEqual(damaged, [leaf.cid.toString()]);
  assert.deepEqual(removed, [key]);
  assert.deepEqual(store.keys(), [other]);
  assert.deepEqual(store.stat(), { keys: 1, bytes: 10, strangerBytes: 10 });
  assert.equal(await blocks(), 1);
  assert.equal(await keep(store, data), key, 'it can be stored again');
  assert.deepEqual(await store.get(leaf.cid), leaf.bytes);
});

test('a node that has been changed on the disk does not keep the store from opening, and its key is not kept', async () => {
  const { open, blockstore, blocks, damaged } = disk();
  const first = await open();
  const data = new Uint8Array(2 * CHUNK_BYTES).map((_, i) => (i >> 12) ^ (i >> 20));
  await keep(first, data);
  const other = await keep(first, filled(10, 1));
  const root = (await buildDag(data)).blocks.at(-1);
  assert.ok(root);
  await spoil(blockstore, root);
  assert.deepEqual((await open()).keys(), [other]);
  assert.deepEqual(damaged, [root.cid.toString()]);
  assert.equal(await blocks(), 1, 'its leaves belong to nothing');
});

test('a node of another form than that of Dx is as if it were not there', async () => {
  const { open, blockstore, datastore, blocks } = disk();
  const bytes = new TextEncoder().encode('no node');
  const cid = CID.createV1(DAG_PB, await sha256.digest(bytes));
  await blockstore.put(cid, bytes);
  const entry = JSON.stringify({ bytes: 7, since: 1, referenced: false });
  await datastore.put(new Key(`/kept/${cid.toString()}`), new TextEncoder().encode(entry));
  assert.deepEqual((await open()).keys(), []);
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
