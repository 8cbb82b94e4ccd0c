import assert from 'node:assert/strict';
import { test } from 'node:test';

import { unixfs } from '@helia/unixfs';
import { encode, prepare } from '@ipld/dag-pb';
import { MemoryBlockstore } from 'blockstore-core';
import { UnixFS } from 'ipfs-unixfs';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create as digestOf } from 'multiformats/hashes/digest';
import { sha256 } from 'multiformats/hashes/sha2';

import { buildDag, buildTree, CHUNK_BYTES, DAG_PB, leaf, MAX_CHILDREN, readNode, type Block } from './dag.ts';

const cidOf = async (code: number, bytes: Uint8Array) => CID.createV1(code, await sha256.digest(bytes));

/** A file's node with these links, as somebody else could make it. */
async function node(links: readonly { cid: CID; size: number }[], changes: Partial<UnixFS> = {}): Promise<Block> {
  const file = new UnixFS({ type: 'file', blockSizes: links.map(({ size }) => BigInt(size)) });
  Object.assign(file, changes);
  const Links = links.map(({ cid, size }) => ({ Name: '', Tsize: size, Hash: cid }));
  const bytes = encode(prepare({ Data: file.marshal(), Links }));
  return { cid: await cidOf(DAG_PB, bytes), bytes };
}

const isCorrupt = { name: 'Corrupt' };

test('more leaves than a node can have children are arranged as the importer of Helia does it', async () => {
  const chunk = 16;
  const data = new Uint8Array(chunk * (2 * MAX_CHILDREN + 1) + 5).map((_, i) => (i * i) & 0xff);
  const leaves = [];
  for (let at = 0; at < data.length; at += chunk) {
    const bytes = data.subarray(at, at + chunk);
    leaves.push(leaf(await cidOf(raw.code, bytes), bytes.length));
  }
  const files = unixfs({ blockstore: new MemoryBlockstore() });
  const expected = await files.addBytes(data, {
    cidVersion: 1,
    rawLeaves: true,
    chunker: fixedSize({ chunkSize: chunk }),
    layout: balanced({ maxChildrenPerNode: MAX_CHILDREN }),
  });
  const { root, nodes } = await buildTree(leaves);
  assert.equal(root.toString(), expected.toString());
  assert.equal(nodes.length, 4);
});

test('a node says where its children lie', async () => {
  const size = 2.5 * CHUNK_BYTES;
  const { root, blocks } = await buildDag(new Uint8Array(size));
  const { dataBytes, children } = readNode(root, blocks.at(-1)?.bytes ?? new Uint8Array());
  assert.equal(dataBytes, size);
  assert.deepEqual(
    children.map((child) => child.dataBytes),
    [CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES / 2],
  );
});

test('the two levels of a file above 1 GiB are recognized', async () => {
  const full = leaf(await cidOf(raw.code, new Uint8Array([1])), CHUNK_BYTES);
  const { root, nodes } = await buildTree(new Array<typeof full>(MAX_CHILDREN + 2).fill(full));
  const shape = readNode(root, nodes.at(-1)?.bytes ?? new Uint8Array());
  assert.equal(shape.dataBytes, (MAX_CHILDREN + 2) * CHUNK_BYTES);
  assert.deepEqual(
    shape.children.map(({ cid, dataBytes }) => [cid.code, dataBytes / CHUNK_BYTES]),
    [
      [DAG_PB, MAX_CHILDREN],
      [DAG_PB, 2],
    ],
  );
});

test('bytes that are no UnixFS node are refused', async () => {
  const cid = await cidOf(DAG_PB, new Uint8Array());
  assert.throws(() => readNode(cid, new Uint8Array([1, 2, 3])), isCorrupt);
  assert.throws(() => readNode(cid, new Uint8Array()), isCorrupt);
  assert.throws(() => readNode(cid, encode(prepare({ Data: new Uint8Array([255]), Links: [] }))), isCorrupt);
});

test('a node in another form than that of Dx is refused', async () => {
  const full = { cid: await cidOf(raw.code, new Uint8Array([1])), size: CHUNK_BYTES };
  const inner = { cid: await cidOf(DAG_PB, new Uint8Array([1])), size: CHUNK_BYTES };
  const version0 = { cid: CID.createV0(await sha256.digest(new Uint8Array([2]))), size: CHUNK_BYTES };
  const shortened = { cid: CID.createV1(raw.code, digestOf(sha256.code, new Uint8Array(4))), size: CHUNK_BYTES };
  const forms: Readonly<Record<string, Block>> = {
    'smaller chunks': await node([{ ...full, size: CHUNK_BYTES / 2 }, { ...full, size: CHUNK_BYTES / 2 }, full]),
    'larger chunks': await node([{ ...full, size: 2 * CHUNK_BYTES }]),
    'an empty leaf at the end': await node([full, { ...full, size: 0 }]),
    'nothing at all': await node([]),
    'leaves that are nodes': await node([full, inner]),
    'leaves of version 0': await node([full, version0]),
    'leaves with a shortened hash': await node([full, shortened]),
    'a directory': await node([full, full], { type: 'directory' }),
  };
  for (const [form, { cid, bytes }] of Object.entries(forms)) {
    assert.throws(() => readNode(cid, bytes), isCorrupt, form);
  }
});
