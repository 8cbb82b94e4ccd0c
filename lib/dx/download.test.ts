import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CID } from 'multiformats/cid';

import { buildDag, buildTree, CHUNK_BYTES, leaf, type Dag } from './dag.ts';
import { fetchDag } from './download.ts';

/** Fetches from a made-up network that has exactly these blocks; returns the data and what was asked for. */
async function fetchFrom({ root, blocks }: Dag, maxBytes = 100 * CHUNK_BYTES) {
  const known = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]));
  const asked: string[] = [];
  let data = new Uint8Array();
  await fetchDag(root, {
    maxBytes,
    fetch: (cid: CID) => {
      asked.push(cid.toString());
      const bytes = known.get(cid.toString());
      return bytes === undefined
        ? Promise.reject(new Error(`${cid.toString()} is not there`))
        : Promise.resolve({ bytes });
    },
    onSize: (size) => (data = new Uint8Array(size)),
    onBlock: ({ bytes }, offset) => {
      if (offset !== undefined) data.set(bytes, offset);
    },
  });
  return { data, asked };
}

const mixed = (bytes: number) => new Uint8Array(bytes).map((_, i) => (i >> 20) ^ (i >> 10) ^ i);

for (const size of [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 20 * CHUNK_BYTES + 7]) {
  test(`${size} bytes come out as they went in`, async () => {
    const data = mixed(size);
    assert.ok(Buffer.from((await fetchFrom(await buildDag(data))).data).equals(data));
  });
}

test('data above the limit is refused before any of its leaves is fetched', async () => {
  const dag = await buildDag(mixed(3 * CHUNK_BYTES));
  const asked: string[] = [];
  const fetching = fetchDag(dag.root, {
    maxBytes: 3 * CHUNK_BYTES - 1,
    fetch: (cid) => {
      asked.push(cid.toString());
      return Promise.resolve({ bytes: dag.blocks.at(-1)?.bytes ?? new Uint8Array() });
    },
    onSize: () => assert.fail('the size was accepted'),
    onBlock: () => assert.fail('a block was accepted'),
  });
  await assert.rejects(fetching, { name: 'TooLarge' });
  assert.deepEqual(asked, [dag.root.toString()]);
});

test('a single block above the limit, or above 1 MiB, is refused', async () => {
  const small = await buildDag(mixed(100));
  await assert.rejects(fetchFrom(small, 99), { name: 'TooLarge' });
  const [leafBlock] = (await buildDag(mixed(10))).blocks;
  assert.ok(leafBlock);
  const fat = { cid: leafBlock.cid, bytes: new Uint8Array(CHUNK_BYTES + 1) };
  await assert.rejects(fetchFrom({ root: fat.cid, blocks: [fat] }), { name: 'Corrupt' });
});

test('a root whose leaves are not as long as it says is refused', async () => {
  const { blocks } = await buildDag(mixed(2 * CHUNK_BYTES + 10));
  const [first, second, last] = blocks;
  assert.ok(first && second && last);
  // The same leaves, of which the last is said to be longer than it is.
  const { root, nodes } = await buildTree([
    leaf(first.cid, CHUNK_BYTES),
    leaf(second.cid, CHUNK_BYTES),
    leaf(last.cid, 11),
  ]);
  await assert.rejects(fetchFrom({ root, blocks: [...nodes, first, second, last] }), { name: 'Corrupt' });
});

test('a root that says of its children what Dx would not say is refused', async () => {
  const { blocks } = await buildDag(mixed(2 * CHUNK_BYTES));
  const [first, second] = blocks;
  assert.ok(first && second);
  const lying = [
    { ...leaf(first.cid, CHUNK_BYTES), blockBytes: 1 },
    { ...leaf(second.cid, CHUNK_BYTES), blockBytes: 2 },
  ];
  const { root, nodes } = await buildTree(lying);
  await assert.rejects(fetchFrom({ root, blocks: [...nodes, first, second] }), { name: 'Corrupt' });
});
