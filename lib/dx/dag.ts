/**
 * How data becomes blocks. Data up to one chunk is one raw block. Longer data is a UnixFS file: raw leaves of one chunk
 * each, and above them a balanced tree of dag-pb nodes. All parameters are fixed, so that the same data always has the
 * same root, whoever computes it.
 *
 * @see https://specs.ipfs.tech/unixfs/
 */
import { code as DAG_PB, decode, encode, prepare, type PBLink } from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';

import { Corrupt } from './errors.ts';

export { DAG_PB };

/** The size of a leaf in bytes; only the last one may be smaller, and none is empty. */
export const CHUNK_BYTES = 1024 * 1024;

/** The most children of a node. Each node but the last of its level has exactly so many. */
export const MAX_CHILDREN = 1024;

/** The most data that one key can stand for: what a root and one level of nodes below it hold, 1 TiB. */
export const MAX_DATA_BYTES = CHUNK_BYTES * MAX_CHILDREN * MAX_CHILDREN;

/** The bytes of a SHA-256; a multihash may say that it is shorter. */
const digestBytes = 32;

export interface Block {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

export interface Dag {
  readonly root: CID;
  /** All blocks, the leaves first and the root last. Leaves are views of the data. */
  readonly blocks: readonly Block[];
}

/** The root of a part of the tree, with the bytes of data below it and the bytes of all blocks that it takes. */
export interface Subtree {
  readonly cid: CID;
  readonly dataBytes: number;
  readonly blockBytes: number;
}

/** The blocks that stand for some data. */
export async function buildDag(data: Uint8Array): Promise<Dag> {
  if (data.length <= CHUNK_BYTES) {
    const only = await makeBlock(raw.code, data);
    return { root: only.cid, blocks: [only] };
  }
  const leaves: Block[] = [];
  for (let at = 0; at < data.length; at += CHUNK_BYTES) {
    leaves.push(await makeBlock(raw.code, data.subarray(at, at + CHUNK_BYTES)));
  }
  const { root, nodes } = await buildTree(leaves.map(({ cid, bytes }) => leaf(cid, bytes.length)));
  return { root, blocks: [...leaves, ...nodes] };
}

/** The leaf of a tree. */
export function leaf(cid: CID, bytes: number): Subtree {
  return { cid, dataBytes: bytes, blockBytes: bytes };
}

/** The nodes above the leaves of a file, the root last. A single leaf is its own root. */
export async function buildTree(leaves: readonly Subtree[]): Promise<{ root: CID; nodes: readonly Block[] }> {
  const nodes: Block[] = [];
  let level = leaves;
  while (level.length > 1) {
    const parents: Subtree[] = [];
    for (let at = 0; at < level.length; at += MAX_CHILDREN) {
      const children = level.slice(at, at + MAX_CHILDREN);
      const node = await makeBlock(DAG_PB, encodeNode(children));
      nodes.push(node);
      parents.push({
        cid: node.cid,
        dataBytes: children.reduce((sum, child) => sum + child.dataBytes, 0),
        blockBytes: children.reduce((sum, child) => sum + child.blockBytes, node.bytes.length),
      });
    }
    level = parents;
  }
  const root = level[0];
  if (root === undefined) throw new RangeError('A file has at least one leaf.');
  return { root: root.cid, nodes };
}

/** What a node says of its file: how much data lies below it, and its children in order. */
export interface NodeShape {
  readonly dataBytes: number;
  readonly children: readonly { readonly cid: CID; readonly dataBytes: number }[];
}

/**
 * Reads a node and checks that its children are as {@link buildTree} arranges them. Whether the node is written exactly
 * as it should is known only when the tree has been built again from all its leaves.
 *
 * @throws {Corrupt} when it is not
 */
export function readNode(cid: CID, bytes: Uint8Array): NodeShape {
  let file: UnixFS;
  let links: PBLink[];
  try {
    const node = decode(bytes);
    if (node.Data === undefined) throw new Error('it has no data');
    file = UnixFS.unmarshal(node.Data);
    links = node.Links;
  } catch (error) {
    throw new Corrupt(`${cid.toString()} is no UnixFS node: ${error instanceof Error ? error.message : 'unreadable'}.`);
  }
  const children = links.map(({ Hash }, i) => ({ cid: Hash, dataBytes: Number(file.blockSizes[i] ?? -1n) }));
  const dataBytes = children.reduce((sum, child) => sum + child.dataBytes, 0);
  const expected = childSizes(dataBytes);
  const leafLevel = childSpan(dataBytes) === CHUNK_BYTES;
  const isCanonical =
    file.type === 'file' &&
    dataBytes > 0 &&
    dataBytes <= MAX_DATA_BYTES &&
    file.blockSizes.length === children.length &&
    children.length === expected.length &&
    children.every(({ cid: child, dataBytes: size }, i) => {
      return size === expected[i] && isOwn(child) && (child.code === raw.code) === leafLevel;
    });
  if (!isCanonical) throw notCanonical(cid);
  return { dataBytes, children };
}

/** A file is there, but in another form than the one that Dx gives to data. */
export function notCanonical(cid: CID): Corrupt {
  return new Corrupt(`${cid.toString()} is a file in a form that Dx does not use, so its key is not its content id.`);
}

/**
 * How many bytes each child of a node holds, in order.
 *
 * @param dataBytes the bytes below the node, more than none
 */
function childSizes(dataBytes: number): number[] {
  const span = childSpan(dataBytes);
  const count = Math.ceil(dataBytes / span);
  if (!(count <= MAX_CHILDREN)) return [];
  return Array.from({ length: count }, (_, i) => (i < count - 1 ? span : dataBytes - span * (count - 1)));
}

/** The bytes of data below a full child of a node with so many bytes below it. */
function childSpan(dataBytes: number): number {
  return dataBytes > CHUNK_BYTES * MAX_CHILDREN ? CHUNK_BYTES * MAX_CHILDREN : CHUNK_BYTES;
}

function encodeNode(children: readonly Subtree[]): Uint8Array {
  const file = new UnixFS({ type: 'file', blockSizes: children.map(({ dataBytes }) => BigInt(dataBytes)) });
  const Links = children.map(({ cid, blockBytes }) => ({ Name: '', Tsize: blockBytes, Hash: cid }));
  return encode(prepare({ Data: file.marshal(), Links }));
}

async function makeBlock(code: number, bytes: Uint8Array): Promise<Block> {
  return { cid: CID.createV1(code, await sha256.digest(bytes)), bytes };
}

function isOwn(cid: CID): boolean {
  const known = cid.code === raw.code || cid.code === DAG_PB;
  const { code, digest } = cid.multihash;
  return cid.version === 1 && known && code === sha256.code && digest.length === digestBytes;
}
