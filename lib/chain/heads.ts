/** The newest blocks of the chain, as they come. */
import type { Connection } from './connection.ts';
import type { RuntimeKeeper } from './runtime-keeper.ts';
import { unlessAborted } from './waiting.ts';
import type { Block, HeadFollower, Heads } from '../market/chain.ts';
import type { Hex } from '../market/types.ts';

/** A block's header as JSON-RPC gives it, as far as it is used here. */
export interface Header {
  readonly number: Hex;
  readonly parentHash: Hex;
}

const newHeads = {
  type: 'chain_newHead',
  subscribe: 'chain_subscribeNewHeads',
  unsubscribe: 'chain_unsubscribeNewHeads',
} as const;
const finalizedHeads = {
  type: 'chain_finalizedHead',
  subscribe: 'chain_subscribeFinalizedHeads',
  unsubscribe: 'chain_unsubscribeFinalizedHeads',
} as const;

/**
 * Keeps the newest heads, for all who follow them by one subscription each for best and finalized blocks. The provider
 * subscribes again after a lost connection, and the chain then begins with its present heads.
 */
export class HeadTracker implements HeadFollower {
  readonly #connection: Connection;
  readonly #runtime: RuntimeKeeper;
  #best: Block | undefined;
  #finalized: Block | undefined;
  #change = Promise.withResolvers<undefined>();

  private constructor(connection: Connection, runtime: RuntimeKeeper) {
    this.#connection = connection;
    this.#runtime = runtime;
  }

  /** Begins to follow. @throws {ChainUnavailable} when the chain does not answer */
  static async start(connection: Connection, runtime: RuntimeKeeper): Promise<HeadTracker> {
    const tracker = new HeadTracker(connection, runtime);
    await connection.subscribe<Header>(newHeads, [], (error, header) => {
      if (error === null) tracker.#set({ best: tracker.#block(header) });
    });
    await connection.subscribe<Header>(finalizedHeads, [], (error, header) => {
      if (error === null) tracker.#set({ finalized: tracker.#block(header) });
    });
    return tracker;
  }

  /** The newest heads, once both are known. @throws the signal's reason, or that the connection is closed */
  async current(signal?: AbortSignal): Promise<Heads> {
    for (;;) {
      const heads = this.latest;
      if (heads !== undefined) return heads;
      await this.changed(signal);
    }
  }

  /** The newest heads, unless there are none yet. */
  get latest(): Heads | undefined {
    if (this.#best === undefined || this.#finalized === undefined) return undefined;
    // The two subscriptions are apart: a block may be known as final before it is known as the best.
    const best = this.#best.number < this.#finalized.number ? this.#finalized : this.#best;
    return { best, finalized: this.#finalized };
  }

  /** Waits for the next change. @throws the signal's reason, or that the connection is closed */
  async changed(signal?: AbortSignal): Promise<undefined> {
    const change = unlessAborted(this.#change.promise, this.#connection.closed);
    return signal === undefined ? change : unlessAborted(change, signal);
  }

  async *heads(signal: AbortSignal): AsyncGenerator<Heads> {
    const stopped = () => signal.aborted;
    let last: Heads | undefined;
    while (!stopped()) {
      const heads = this.latest;
      if (heads !== undefined && !same(heads, last)) {
        last = heads;
        yield heads;
        continue;
      }
      try {
        await this.changed(signal);
      } catch (error) {
        if (stopped()) return;
        throw error;
      }
    }
  }

  #block(header: Header): Block {
    return { number: Number(header.number), hash: this.#runtime.current.headerHash(header) };
  }

  #set(heads: { readonly best?: Block; readonly finalized?: Block }): void {
    this.#best = heads.best ?? this.#best;
    this.#finalized = heads.finalized ?? this.#finalized;
    this.#change.resolve(undefined);
    this.#change = Promise.withResolvers();
  }
}

function same(a: Heads, b: Heads | undefined): boolean {
  return a.best.hash === b?.best.hash && a.finalized.hash === b.finalized.hash;
}
