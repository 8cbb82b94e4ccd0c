/**
 * What a peer keeps of what is not its own: all that the chain refers to, and strangers' data within a small quota and
 * for a short time. Pure bookkeeping over keys and sizes, with the time given.
 */
import type { ContentId } from './types.ts';

export interface StoreLimits {
  /** The most bytes of data that the chain does not refer to. Default: 256 MiB. */
  readonly strangerBytes: number;
  /** How long data that the chain does not refer to is kept, in milliseconds. Default: 10 minutes. */
  readonly strangerMs: number;
  /** The most bytes of all data. Default: 64 GiB. */
  readonly totalBytes: number;
}

export const defaultLimits: StoreLimits = {
  strangerBytes: 256 * 1024 ** 2,
  strangerMs: 10 * 60_000,
  totalBytes: 64 * 1024 ** 3,
};

/** Something that is kept. */
export interface Kept {
  readonly key: ContentId;
  readonly bytes: number;
  /** Since when it is as it is: stored, referred to, or no longer referred to. In milliseconds since 1970. */
  readonly since: number;
  readonly referenced: boolean;
}

export type Admission =
  /** There is room for it, once these are removed. */
  | { readonly admitted: true; readonly evict: readonly ContentId[] }
  | { readonly admitted: false; readonly reason: 'TooLarge' | 'Full'; readonly message: string };

interface Entry extends Kept {
  /** Being stored or passed on: it stays, whatever its age. */
  readonly pins: number;
}

export class StorePolicy {
  readonly #limits: StoreLimits;
  /** The oldest first. */
  readonly #entries = new Map<ContentId, Entry>();
  #references: ReadonlySet<ContentId> = new Set();
  #strangerBytes = 0;
  #totalBytes = 0;

  constructor(limits: StoreLimits = defaultLimits) {
    this.#limits = limits;
  }

  get strangerBytes(): number {
    return this.#strangerBytes;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get count(): number {
    return this.#entries.size;
  }

  get(key: ContentId): Kept | undefined {
    return this.#entries.get(key);
  }

  *keys(): Generator<ContentId> {
    yield* this.#entries.keys();
  }

  /** Takes note of what is there already, from a time before. It is neither refused nor evicted by this. */
  restore({ key, bytes, since, referenced }: Kept): void {
    this.#remove(key);
    this.#add({ key, bytes, since, referenced, pins: 0 });
  }

  /**
   * Decides about something that is to be stored. When it is admitted, room is taken for it, and it is pinned until
   * {@link unpin}; what it displaces is no longer counted.
   *
   * @param own whether it is this peer's own, which is never refused
   */
  admit(key: ContentId, bytes: number, now: number, own = false): Admission {
    const { strangerBytes, totalBytes } = this.#limits;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#replace({ ...known, since: known.referenced ? known.since : now, pins: known.pins + 1 });
      return { admitted: true, evict: [] };
    }
    const referenced = this.#references.has(key);
    if (!own && !referenced && bytes > strangerBytes) {
      const message = `It has ${bytes} bytes; without a reference on the chain at most ${strangerBytes} are kept.`;
      return { admitted: false, reason: 'TooLarge', message };
    }
    const evict: ContentId[] = [];
    let freed = 0;
    const tooMuch = () =>
      this.#totalBytes - freed + bytes > totalBytes ||
      (!referenced && this.#strangerBytes - freed + bytes > strangerBytes);
    for (const entry of this.#entries.values()) {
      if (!tooMuch()) break;
      if (entry.referenced || entry.pins > 0) continue;
      evict.push(entry.key);
      freed += entry.bytes;
    }
    if (!own && tooMuch()) {
      const message = `There is no room for ${bytes} bytes beside what must be kept.`;
      return { admitted: false, reason: 'Full', message };
    }
    for (const gone of evict) this.#remove(gone);
    this.#add({ key, bytes, since: now, referenced, pins: 1 });
    return { admitted: true, evict };
  }

  /** It stays whatever happens, until {@link unpin} is called as often. */
  pin(key: ContentId): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#entries.set(key, { ...entry, pins: entry.pins + 1 });
  }

  unpin(key: ContentId): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#entries.set(key, { ...entry, pins: Math.max(0, entry.pins - 1) });
  }

  /** Something is not there after all. */
  remove(key: ContentId): void {
    this.#remove(key);
  }

  /**
   * Takes note of what the chain refers to now.
   *
   * @returns what has changed by that
   */
  setReferences(references: ReadonlySet<ContentId>, now: number): readonly Kept[] {
    this.#references = references;
    const changed: Kept[] = [];
    for (const entry of [...this.#entries.values()]) {
      const referenced = references.has(entry.key);
      if (referenced === entry.referenced) continue;
      const replaced = { ...entry, referenced, since: now };
      this.#replace(replaced);
      changed.push(replaced);
    }
    return changed;
  }

  /** Removes from the books what is over its time or over the quota, and returns it: it is to be deleted. */
  expire(now: number): readonly ContentId[] {
    const expired: ContentId[] = [];
    for (const entry of [...this.#entries.values()]) {
      if (entry.referenced || entry.pins > 0) continue;
      const isOld = now - entry.since >= this.#limits.strangerMs;
      const isTooMuch = this.#strangerBytes > this.#limits.strangerBytes || this.#totalBytes > this.#limits.totalBytes;
      if (!isOld && !isTooMuch) continue;
      this.#remove(entry.key);
      expired.push(entry.key);
    }
    return expired;
  }

  /** Entries are in the order of their time, so what changes goes to the end. */
  #replace(entry: Entry): void {
    this.#remove(entry.key);
    this.#add(entry);
  }

  #add(entry: Entry): void {
    this.#entries.set(entry.key, entry);
    this.#totalBytes += entry.bytes;
    if (!entry.referenced) this.#strangerBytes += entry.bytes;
  }

  #remove(key: ContentId): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#totalBytes -= entry.bytes;
    if (!entry.referenced) this.#strangerBytes -= entry.bytes;
  }
}
