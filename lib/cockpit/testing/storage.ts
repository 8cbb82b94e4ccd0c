/** What the Cockpit keeps, in memory. */
import type { Change, KeyValue } from '../key-value.ts';
import { Storage } from '../storage.ts';

/** What a browser's database does, in memory. */
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

/** A storage that is only memory. */
export function memoryStorage(): Storage {
  return new Storage(() => Promise.resolve(new MemoryKeyValue()));
}
