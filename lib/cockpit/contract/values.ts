/** What changes, and what is known of it. Part of `../types.ts`. */
import type { Block } from '../../market/chain.ts';

/** A value that changes. `get` gives the same object until it changes, as React's `useSyncExternalStore` needs it. */
export interface Observable<T> {
  get(): T;
  /** Calls `listener` after each change; returns what ends that. */
  subscribe(listener: () => void): () => void;
}

/** An error as it is shown. The name is stable; the message says what to do. */
export interface Problem {
  /** The error's name, such as `CallFailed`, `Cancelled`, `ChainUnavailable`, `NotOnnx`. */
  readonly name: string;
  /** What happened and how to avoid it, in plain words. */
  readonly message: string;
  /** The chain's own name where it refused a call: `marketplace.AlreadyBid`. */
  readonly chainError: string | null;
}

/**
 * What is known of a value that is read from the chain.
 *
 * - `loading`: nothing is known yet.
 * - `cached`: what the last look or the last visit knew; the chain has not answered yet. To be marked as such, with its
 *   time.
 * - `live`: as the best block has it. `isFinal` says that the finalized state has the very same; until then it is pending
 *   and may still be undone.
 * - `failed`: it cannot be read now; `value` is the last that was known, if any. It is read again with the next block.
 */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'cached'; readonly value: T; readonly asOfMs: number }
  | { readonly state: 'live'; readonly value: T; readonly block: Block; readonly isFinal: boolean }
  | { readonly state: 'failed'; readonly error: Problem; readonly value?: T; readonly asOfMs?: number };

/**
 * A value of the chain. While anybody subscribes it is read again with every best block. Two queries of the same key are
 * one object, so a view may call the function that makes it at each rendering.
 */
export type Query<T> = Observable<Loaded<T>>;
