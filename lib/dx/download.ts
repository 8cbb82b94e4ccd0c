/** Putting data together from its blocks, wherever they come from, and believing nothing. */
import type { PeerId } from '@libp2p/interface';
import type { CID } from 'multiformats/cid';

import { buildTree, CHUNK_BYTES, DAG_PB, leaf, notCanonical, readNode, type Block } from './dag.ts';
import { Corrupt, TooLarge } from './errors.ts';

/** A block whose hash has been checked, and who gave it. */
export interface GivenBlock {
  readonly bytes: Uint8Array;
  readonly from?: PeerId;
}

export interface FetchDagOptions {
  /** Gets a block; `likely` are the peers that gave other blocks of the same data. */
  readonly fetch: (cid: CID, likely: readonly PeerId[]) => Promise<GivenBlock>;
  /** @throws {TooLarge} beyond this many bytes, before they are fetched */
  readonly maxBytes: number;
  /** Called once, before the first leaf, with the size of all data. */
  readonly onSize: (bytes: number) => void;
  /** Called for each block; for a leaf with the place of its data, for a node without. */
  readonly onBlock: (block: Block, offset: number | undefined) => Promise<void> | void;
}

/** So many leaves are fetched at once. */
const window = 8;

interface Place {
  readonly cid: CID;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Fetches all blocks of some data.
 *
 * @throws {TooLarge} when there is more than `maxBytes`
 * @throws {Corrupt} when it is not in the one form that Dx gives to data, so that `root` is not its content id
 */
export async function fetchDag(root: CID, options: FetchDagOptions): Promise<void> {
  const { fetch, maxBytes, onSize, onBlock } = options;
  const first = await fetch(root, []);
  if (root.code !== DAG_PB) {
    if (first.bytes.length > CHUNK_BYTES) throw new Corrupt(`${root.toString()} is a single block above 1 MiB.`);
    if (first.bytes.length > maxBytes) throw tooLarge(root, first.bytes.length, maxBytes);
    onSize(first.bytes.length);
    await onBlock({ cid: root, bytes: first.bytes }, 0);
    return;
  }
  const { dataBytes } = readNode(root, first.bytes);
  if (dataBytes > maxBytes) throw tooLarge(root, dataBytes, maxBytes);
  onSize(dataBytes);

  const likely: PeerId[] = first.from === undefined ? [] : [first.from];
  const leaves: Place[] = [];
  let nodes = [{ place: { cid: root, offset: 0, bytes: dataBytes }, given: first }];
  while (nodes.length > 0) {
    const below: Place[] = [];
    for (const { place, given } of nodes) {
      const shape = readNode(place.cid, given.bytes);
      if (shape.dataBytes !== place.bytes) throw notCanonical(root);
      await onBlock({ cid: place.cid, bytes: given.bytes }, undefined);
      let { offset } = place;
      for (const child of shape.children) {
        const next = { cid: child.cid, offset, bytes: child.dataBytes };
        (child.cid.code === DAG_PB ? below : leaves).push(next);
        offset += child.dataBytes;
      }
    }
    nodes = await Promise.all(below.map(async (place) => ({ place, given: await fetch(place.cid, likely) })));
  }
  // The tree over these leaves is known before a single one is fetched, and with it the key that it must have.
  const tree = await buildTree(leaves.map(({ cid, bytes }) => leaf(cid, bytes)));
  if (!tree.root.equals(root)) throw notCanonical(root);

  const waiting = leaves.values();
  const work = async () => {
    for (const place of waiting) {
      const { bytes, from } = await fetch(place.cid, likely);
      if (bytes.length !== place.bytes) throw notCanonical(root);
      if (from !== undefined && !likely.some((peer) => peer.equals(from))) likely.push(from);
      await onBlock({ cid: place.cid, bytes }, place.offset);
    }
  };
  await Promise.all(Array.from({ length: window }, work));
}

function tooLarge(root: CID, bytes: number, maxBytes: number): TooLarge {
  return new TooLarge(`${root.toString()} has ${bytes} bytes, and at most ${maxBytes} are taken.`);
}
