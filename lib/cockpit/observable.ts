/** Values that change, and values made of others. */
import type { Observable } from './types.ts';

/** A value that its owner changes. */
export class Value<T> implements Observable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();
  readonly #onUsed: ((isUsed: boolean) => void) | undefined;

  /** @param onUsed told when the first listener comes and when the last has gone, for values that cost something */
  constructor(first: T, onUsed?: (isUsed: boolean) => void) {
    this.#value = first;
    this.#onUsed = onUsed;
  }

  /** Whether anybody listens. */
  get isUsed(): boolean {
    return this.#listeners.size > 0;
  }

  get(): T {
    return this.#value;
  }

  /** Changes it; the same value again is no change. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Changes some fields of it. */
  patch(fields: Partial<T>): void {
    this.set({ ...this.#value, ...fields });
  }

  subscribe(listener: () => void): () => void {
    // Each subscription is one of its own, also of the same function.
    const own = () => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#onUsed?.(true);
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#onUsed?.(false);
    };
  }
}

/** Waits until a value is as wanted, and gives it. @throws the signal's reason */
export async function until<T, Wanted extends T>(
  observable: Observable<T>,
  isWanted: (value: T) => value is Wanted,
  signal: AbortSignal,
): Promise<Wanted> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Wanted>();
  const look = () => {
    const value = observable.get();
    if (isWanted(value)) resolve(value);
  };
  const abort = () => reject(signal.reason as Error);
  const unsubscribe = observable.subscribe(look);
  signal.addEventListener('abort', abort);
  look();
  try {
    return await promise;
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', abort);
  }
}
