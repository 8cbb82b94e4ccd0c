/** The blocks that a peer holds, what they belong to, and the policy that decides which of them stay. */
import type { Blockstore } from 'interface-blockstore';
import { Key, type Datastore } from 'interface-datastore';
import { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';

import { blockKey, digestKey, type BlockReader } from './bitswap/link.ts';
import { parseContentId } from './content-id.ts';
import { DAG_PB, readNode, type Block } from './dag.ts';
import { Corrupt } from './errors.ts';
import { StorePolicy, type Admission, type Kept, type StoreLimits } from './store-policy.ts';
import type { ContentId } from './types.ts';

const prefix = '/kept';

export interface StoreOptions {
  readonly blockstore: Blockstore;
  /** Keeps the list of what is kept. */
  readonly datastore: Datastore;
  readonly limits: StoreLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called after something has been removed. */
  readonly onRemoved?: (key: ContentId) => void;
  /** Called after a block that did not have its hash any more has been removed. */
  readonly onDamaged?: (cid: CID) => void;
}

export interface StoreStat {
  /** How many keys are kept. */
  readonly keys: number;
  readonly bytes: number;
  /** Of these, the bytes that the chain does not refer to. */
  readonly strangerBytes: number;
}

/** A key is stored by {@link Store.reserve}, then {@link Store.put} for its blocks, then {@link Store.commit}. */
export class Store implements BlockReader {
  readonly #options: StoreOptions;
  readonly #policy: StorePolicy;
  /** How many keys a block belongs to: files can have blocks in common. */
  readonly #uses = new Map<string, number>();
  readonly #committed = new Map<ContentId, readonly CID[]>();

  private constructor(options: StoreOptions) {
    this.#options = options;
    this.#policy = new StorePolicy(options.limits);
  }

  /** Opens a store, and removes what an earlier process left half done. */
  static async open(options: StoreOptions): Promise<Store> {
    const store = new Store(options);
    await store.#restore();
    return store;
  }

  async has(cid: CID): Promise<boolean> {
    return this.#options.blockstore.has(cid);
  }

  /**
   * A block, if it is here. A disk can rot, so it is checked like one from a stranger: what has another hash is removed,
   * and what it was a part of is no longer kept.
   */
  async get(cid: CID): Promise<Uint8Array | undefined> {
    const bytes = await this.#read(cid);
    if (bytes === undefined) return undefined;
    const { digest } = await sha256.digest(bytes);
    if (digestKey(digest) === blockKey(cid)) return bytes;
    await this.#options.blockstore.delete(cid);
    await this.#forgetAllWith(cid);
    this.#options.onDamaged?.(cid);
    return undefined;
  }

  /** Whether all blocks of a key are here. */
  holds(key: ContentId): boolean {
    return this.#committed.has(key);
  }

  keys(): readonly ContentId[] {
    return [...this.#committed.keys()];
  }

  stat(): StoreStat {
    const { count, totalBytes, strangerBytes } = this.#policy;
    return { keys: count, bytes: totalBytes, strangerBytes };
  }

  /** Makes room. When it is admitted, {@link commit} or {@link release} must follow. */
  async reserve(key: ContentId, bytes: number, own = false): Promise<Admission> {
    const admission = this.#policy.admit(key, bytes, this.#options.now(), own);
    if (admission.admitted) for (const gone of admission.evict) await this.#delete(gone);
    return admission;
  }

  async put({ cid, bytes }: Block): Promise<void> {
    this.#use(cid);
    await this.#options.blockstore.put(cid, bytes);
  }

  /** All blocks of a key are stored: it counts as kept from here on, also after a crash. */
  async commit(key: ContentId, blocks: readonly CID[]): Promise<void> {
    const kept = this.#policy.get(key);
    if (kept === undefined) throw new Error(`${key} was not reserved.`);
    const before = this.#committed.get(key);
    this.#committed.set(key, blocks);
    // It was stored twice at the same time; its blocks are counted for one of them.
    if (before !== undefined) await this.#unuse(before);
    await this.#save(kept);
  }

  /** Ends a reservation. What was not committed is removed, with the blocks that were put for it. */
  async release(key: ContentId, uncommitted: readonly CID[] = []): Promise<void> {
    this.#policy.unpin(key);
    await this.#unuse(uncommitted);
    if (!this.#committed.has(key)) this.#policy.remove(key);
  }

  /** Takes note of what the chain refers to, and removes what has to go. */
  async collect(references?: ReadonlySet<ContentId>): Promise<void> {
    const now = this.#options.now();
    if (references !== undefined) {
      for (const kept of this.#policy.setReferences(references, now)) {
        if (this.#committed.has(kept.key)) await this.#save(kept);
      }
    }
    for (const key of this.#policy.expire(now)) await this.#delete(key);
  }

  async #read(cid: CID): Promise<Uint8Array | undefined> {
    try {
      const parts: Uint8Array[] = [];
      for await (const part of this.#options.blockstore.get(cid)) parts.push(part);
      const only = parts[0];
      return parts.length === 1 && only !== undefined ? only : join(parts);
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundError') return undefined;
      throw error;
    }
  }

  /** What has lost a block does not count as kept, so that it is stored anew when somebody brings it again. */
  async #forgetAllWith(lost: CID): Promise<void> {
    const block = blockKey(lost);
    for (const [key, blocks] of [...this.#committed]) {
      if (!blocks.some((cid) => blockKey(cid) === block)) continue;
      this.#policy.remove(key);
      await this.#delete(key);
    }
  }

  async #delete(key: ContentId): Promise<void> {
    const blocks = this.#committed.get(key);
    this.#committed.delete(key);
    await this.#options.datastore.delete(indexKey(key));
    if (blocks !== undefined) await this.#unuse(blocks);
    this.#options.onRemoved?.(key);
  }

  #use(cid: CID): void {
    const key = blockKey(cid);
    this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
  }

  async #unuse(cids: readonly CID[]): Promise<void> {
    for (const cid of cids) {
      const key = blockKey(cid);
      const uses = (this.#uses.get(key) ?? 0) - 1;
      if (uses > 0) this.#uses.set(key, uses);
      else {
        this.#uses.delete(key);
        await this.#options.blockstore.delete(cid);
      }
    }
  }

  async #save({ key, bytes, since, referenced }: Kept): Promise<void> {
    const line = JSON.stringify({ bytes, since, referenced });
    await this.#options.datastore.put(indexKey(key), new TextEncoder().encode(line));
  }

  async #restore(): Promise<void> {
    const kept: Kept[] = [];
    for await (const { key, value } of this.#options.datastore.query({ prefix })) {
      const entry = readEntry(key.baseNamespace(), value);
      if (entry === undefined) await this.#options.datastore.delete(key);
      else kept.push(entry);
    }
    for (const entry of kept.sort((a, b) => a.since - b.since)) {
      const blocks = await this.#blocksOf(parseContentId(entry.key));
      if (blocks === undefined) {
        await this.#options.datastore.delete(indexKey(entry.key));
        continue;
      }
      blocks.forEach((cid) => this.#use(cid));
      this.#committed.set(entry.key, blocks);
      this.#policy.restore(entry);
    }
    const orphans: CID[] = [];
    for await (const { cid } of this.#options.blockstore.getAll())
      if (!this.#uses.has(blockKey(cid))) orphans.push(cid);
    for (const cid of orphans) await this.#options.blockstore.delete(cid);
  }

  /** The blocks of a file, or `undefined` when some are missing. Only its nodes are read. */
  async #blocksOf(cid: CID): Promise<CID[] | undefined> {
    if (cid.code !== DAG_PB) return (await this.has(cid)) ? [cid] : undefined;
    const bytes = await this.get(cid);
    const children = bytes && childrenOf(cid, bytes);
    if (children === undefined) return undefined;
    const found: CID[] = [];
    for (const child of children) {
      const below = await this.#blocksOf(child);
      if (below === undefined) return undefined;
      found.push(...below);
    }
    return [...found, cid];
  }
}

function indexKey(key: ContentId): Key {
  return new Key(`${prefix}/${key}`);
}

/** The children of a node, or `undefined` when it is none of Dx. */
function childrenOf(cid: CID, bytes: Uint8Array): readonly CID[] | undefined {
  try {
    return readNode(cid, bytes).children.map((child) => child.cid);
  } catch (error) {
    if (error instanceof Corrupt) return undefined;
    throw error;
  }
}

/** What is written on disk may have been changed or cut short; then it is as if it were not there. */
function readEntry(key: string, value: Uint8Array): Kept | undefined {
  try {
    parseContentId(key);
    const entry = JSON.parse(new TextDecoder().decode(value)) as Record<string, unknown>;
    const { bytes, since, referenced } = entry;
    if (typeof bytes !== 'number' || typeof since !== 'number' || typeof referenced !== 'boolean') return undefined;
    return { key, bytes, since, referenced };
  } catch {
    return undefined;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
