/** What is kept in the browser, as little as is needed of a database; and the same in memory where nothing can be kept. */

/** A change: a value under a key, or none any more. */
export interface Change {
  readonly key: string;
  /** Anything that can be cloned; `undefined` removes the key. */
  readonly value: unknown;
}

/** Values by keys. Several tabs may use it at a time. */
export interface KeyValue {
  get(key: string): Promise<unknown>;
  /** All entries whose keys begin with the prefix, in the order of the keys. */
  entries(prefix: string): Promise<readonly (readonly [key: string, value: unknown])[]>;
  /** Makes all changes or none; returns when they are kept. */
  write(changes: readonly Change[]): Promise<void>;
  close(): void;
}

/** Keeps everything as long as the page lives. */
export class MemoryKeyValue implements KeyValue {
  readonly #values = new Map<string, unknown>();

  get(key: string): Promise<unknown> {
    return Promise.resolve(structuredClone(this.#values.get(key)));
  }

  entries(prefix: string): Promise<readonly (readonly [string, unknown])[]> {
    const found = [...this.#values].filter(([key]) => key.startsWith(prefix));
    found.sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.resolve(structuredClone(found));
  }

  write(changes: readonly Change[]): Promise<void> {
    // Cloned first: a value that cannot be is refused before anything has changed.
    for (const { key, value } of changes.map((change) => structuredClone(change))) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value);
    }
    return Promise.resolve();
  }

  close(): void {
    this.#values.clear();
  }
}
