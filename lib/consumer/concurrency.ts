/** Small tools for things that happen at the same time. */

/** Values from several producers for one consumer, in the order in which they came. */
export class Channel<T> {
  readonly #values: T[] = [];
  #ended: { readonly error: Error | null } | null = null;
  #wake: (() => void) | null = null;

  push(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  /** Ends it; what was pushed before still arrives. */
  close(): void {
    this.#end(null);
  }

  /** Ends it with an error; what was pushed before still arrives. */
  fail(error: unknown): void {
    this.#end(error instanceof Error ? error : new Error(String(error)));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) yield value;
      else if (this.#ended === null) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#ended.error === null) return;
      else throw this.#ended.error;
    }
  }

  #end(error: Error | null): void {
    this.#ended ??= { error };
    this.#wake?.();
  }
}

/** Something changes, and others wait for that. Who remembers {@link count} misses no change in between. */
export class Pulse {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** How often it has changed. */
  get count(): number {
    return this.#count;
  }

  beat(): void {
    this.#count += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Waits until there were more than `seen` changes; rejects with the signal's reason when it aborts. */
  async after(seen: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#count > seen) return;
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(() => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
    });
  }
}

/** Runs tasks, at most `most` at a time, in the order in which they were given. */
export class Limit {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await task();
    } finally {
      // The place goes to the next one without becoming free in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
