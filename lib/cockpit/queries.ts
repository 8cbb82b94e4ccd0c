/**
 * Queries: values of the chain that are read again with each best block while somebody looks, and kept for the next visit.
 *
 * A value is pending until the finalized state says the same. That is asked when a value is new, and again when its block
 * should have become final; a value that does not change costs one reading per block.
 */
import type { Heads, MarketReads } from '../market/chain.ts';
import { LOADING, valueOf } from './loaded.ts';
import { Value } from './observable.ts';
import { problemOf, sameProblem } from './problem.ts';
import { serialize } from './serialize.ts';
import { CACHE_PREFIX, type Storage } from './storage.ts';
import type { Loaded, Observable, Query } from './types.ts';

/** What the newest blocks say. */
export interface Snapshot {
  readonly heads: Heads;
  /** The state at the best block, and at the finalized one. */
  readonly best: MarketReads;
  readonly finalized: MarketReads;
  /** How many blocks a period of the aggregates has. */
  readonly periodBlocks: number;
  /** When a block was or will be, in milliseconds since 1970. */
  readonly timeOf: (block: number) => number;
}

/** What a query is. */
export interface Definition<T> {
  /** Queries of the same key are the same. */
  readonly key: string;
  /** Reads it. What it takes from elsewhere than `reads` must not differ between best and finalized state. */
  readonly read: (reads: MarketReads, snapshot: Snapshot) => Promise<T>;
  /** The part of it that is compared with the finalized state; default: all of it. */
  readonly identity?: (value: T) => unknown;
  /** It is read with every so many blocks; default: each. */
  readonly everyBlocks?: number;
}

/** So many queries that nobody looks at are remembered. */
const remembered = 200;
/** A value that stays the same is kept with its new time so often. */
const keepEveryMs = 60_000;

export class Queries {
  readonly #snapshot: Observable<Snapshot | null>;
  readonly #storage: Storage;
  readonly #network: Observable<string | null>;
  readonly #all = new Map<string, LiveQuery<unknown>>();

  /**
   * @param network the id of the network, once it is known: what is kept belongs to it
   */
  constructor(snapshot: Observable<Snapshot | null>, storage: Storage, network: Observable<string | null>) {
    this.#snapshot = snapshot;
    this.#storage = storage;
    this.#network = network;
  }

  /** The query of this definition; the same object for the same key. */
  get<T>(definition: Definition<T>): Query<T> {
    const { key } = definition;
    const known = this.#all.get(key) as LiveQuery<T> | undefined;
    const query = known ?? new LiveQuery<T>(definition, this.#snapshot, this.#storage, this.#network);
    this.#all.delete(key);
    this.#all.set(key, query as LiveQuery<unknown>);
    if (known === undefined) this.#forgetOld();
    return query.value;
  }

  #forgetOld(): void {
    for (const [key, { value }] of this.#all) {
      if (this.#all.size <= remembered) return;
      if (!value.isUsed) this.#all.delete(key);
    }
  }
}

class LiveQuery<T> {
  readonly value: Value<Loaded<T>>;
  readonly #definition: Definition<T>;
  readonly #snapshot: Observable<Snapshot | null>;
  readonly #storage: Storage;
  readonly #network: Observable<string | null>;
  #stop: (() => void) | null = null;
  #isBusy = false;
  #isStale = false;
  /** The block in which the value was seen first as it is now, and the text of its identity. */
  #since: { readonly block: number; readonly text: string } | null = null;
  /** The best block of the last reading, and when that was. */
  #readAt = -Infinity;
  #readAtMs = 0;
  #keptAt = -Infinity;
  #lookedIntoCache = false;

  constructor(
    definition: Definition<T>,
    snapshot: Observable<Snapshot | null>,
    storage: Storage,
    network: Observable<string | null>,
  ) {
    this.#definition = definition;
    this.#snapshot = snapshot;
    this.#storage = storage;
    this.#network = network;
    this.value = new Value<Loaded<T>>(LOADING, (isUsed) => (isUsed ? this.#begin() : this.#pause()));
  }

  #begin(): void {
    const stops = [this.#snapshot.subscribe(() => this.#advance()), this.#network.subscribe(() => void this.#recall())];
    this.#stop = () => stops.forEach((stop) => stop());
    this.#outdate();
    this.#readAt = -Infinity;
    void this.#recall();
    this.#advance();
  }

  #pause(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** What nobody followed for some blocks is no longer live: it is of the last look, until the chain answers. */
  #outdate(): void {
    const shown = this.value.get();
    const best = this.#snapshot.get()?.heads.best.number;
    if (shown.state !== 'live' || best === undefined || best <= this.#readAt) return;
    this.value.set({ state: 'cached', value: shown.value, asOfMs: this.#readAtMs });
  }

  /** Shows what the last visit has kept, until the chain answers. */
  async #recall(): Promise<void> {
    const key = this.#cacheKey;
    if (key === null || this.#lookedIntoCache) return;
    this.#lookedIntoCache = true;
    const kept = (await this.#storage.get(key).catch(() => undefined)) as Kept<T> | undefined;
    if (kept === undefined || valueOf(this.value.get()) !== undefined) return;
    this.value.set({ state: 'cached', value: kept.value, asOfMs: kept.asOfMs });
  }

  get #cacheKey(): string | null {
    const network = this.#network.get();
    return network === null ? null : `${CACHE_PREFIX}${network}/${this.#definition.key}`;
  }

  #advance(): void {
    const snapshot = this.#snapshot.get();
    if (snapshot === null) return;
    if (this.#isBusy) {
      this.#isStale = true;
      return;
    }
    this.#isBusy = true;
    void this.#look(snapshot).finally(() => {
      this.#isBusy = false;
      if (!this.#isStale || this.#stop === null) return;
      this.#isStale = false;
      this.#advance();
    });
  }

  async #look(snapshot: Snapshot): Promise<void> {
    const { best, finalized } = snapshot.heads;
    const { everyBlocks = 1 } = this.#definition;
    try {
      const shown = this.value.get();
      const isDue = best.number >= this.#readAt + everyBlocks || best.number < this.#readAt || shown.state !== 'live';
      if (isDue) {
        this.#show(await this.#definition.read(snapshot.best, snapshot), snapshot);
        this.#readAt = best.number;
        this.#readAtMs = Date.now();
      }
      const now = this.value.get();
      if (now.state !== 'live' || this.#since === null) return;
      const isNew = this.#since.block === best.number;
      if (!now.isFinal && (isNew || finalized.number >= this.#since.block)) {
        const final = await this.#definition.read(snapshot.finalized, snapshot);
        if (this.#textOf(final) === this.#since.text) this.value.set({ ...now, isFinal: true });
      }
      await this.#keep();
    } catch (error) {
      this.#fail(error);
    }
  }

  #show(value: T, { heads: { best } }: Snapshot): void {
    const shown = this.value.get();
    const text = this.#textOf(value);
    const isSame = this.#since?.text === text;
    if (!isSame) {
      this.#since = { block: best.number, text };
      this.#keptAt = -Infinity;
    }
    const isFinal = isSame && shown.state === 'live' && shown.isFinal;
    const known = valueOf(shown);
    // The same object again, so that nothing is drawn anew for nothing.
    const same = known !== undefined && serialize(known) === serialize(value) ? known : value;
    if (shown.state === 'live' && same === shown.value && isFinal === shown.isFinal) return;
    this.value.set({ state: 'live', value: same, block: best, isFinal });
  }

  #fail(error: unknown): void {
    const shown = this.value.get();
    const problem = problemOf(error);
    if (shown.state === 'failed' && sameProblem(shown.error, problem)) return;
    this.#since = null;
    const known = valueOf(shown);
    const asOfMs = 'asOfMs' in shown && shown.asOfMs !== undefined ? shown.asOfMs : Date.now();
    this.value.set({ state: 'failed', error: problem, ...(known === undefined ? {} : { value: known, asOfMs }) });
  }

  /** Only what is final is kept: the next visit must not show what never was. */
  async #keep(): Promise<void> {
    const shown = this.value.get();
    const key = this.#cacheKey;
    if (key === null || shown.state !== 'live' || !shown.isFinal || Date.now() < this.#keptAt + keepEveryMs) return;
    this.#keptAt = Date.now();
    const kept: Kept<T> = { value: shown.value, asOfMs: Date.now() };
    await this.#storage.write([{ key, value: kept }]);
  }

  #textOf(value: T): string {
    const { identity } = this.#definition;
    return serialize(identity === undefined ? value : identity(value));
  }
}

interface Kept<T> {
  readonly value: T;
  readonly asOfMs: number;
}
