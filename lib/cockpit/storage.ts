/** What is kept, with a way to go on when the browser does not let it: in memory, and saying so. */
import { StorageForbidden, StorageFull } from './errors.ts';
import type { Change, KeyValue } from './key-value.ts';
import { Value } from './observable.ts';
import { problemOf } from './problem.ts';
import type { StorageStatus } from './types.ts';

/** Entries under this prefix can be had again at any time: they go first when there is no room. */
export const CACHE_PREFIX = 'cache/';
/**
 * Keeps values in a database for as long as that works. When it cannot be opened, everything is in memory. When it does
 * not take a change because it is full, the cache is given up; if that is not enough, this and all further changes are in
 * memory, in front of what the database has, until it takes them.
 */
export class Storage implements KeyValue {
  readonly status = new Value<StorageStatus>({ state: 'opening', problem: null });
  readonly #open: () => Promise<KeyValue>;
  #opening: Promise<KeyValue | null> | null = null;
  /** Changes that the database did not take; a removed key is `undefined`. */
  readonly #unkept = new Map<string, unknown>();
  readonly #tryEveryMs: number;
  #trying: Promise<void> | null = null;
  #triedAtMs = 0;
  #closed = false;

  /**
   * @param open opens the database, when it is needed first
   * @param tryEveryMs how often a database that is full is tried again, at most
   */
  constructor(open: () => Promise<KeyValue>, tryEveryMs = 5_000) {
    this.#open = open;
    this.#tryEveryMs = tryEveryMs;
  }

  async get(key: string): Promise<unknown> {
    if (this.#unkept.has(key)) return structuredClone(this.#unkept.get(key));
    return (await this.#database())?.get(key);
  }

  async entries(prefix: string): Promise<readonly (readonly [string, unknown])[]> {
    const found = new Map((await (await this.#database())?.entries(prefix)) ?? []);
    for (const [key, value] of this.#unkept) {
      if (!key.startsWith(prefix)) continue;
      if (value === undefined) found.delete(key);
      else found.set(key, structuredClone(value));
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async write(changes: readonly Change[]): Promise<void> {
    if (this.#closed || changes.length === 0) return;
    const database = await this.#database();
    if (database === null || this.status.get().state === 'memory') {
      this.#remember(changes);
      await this.tryAgain();
      return;
    }
    try {
      await database.write(changes);
    } catch (error) {
      if (isUncloneable(error)) throw error;
      await this.#writeSomehow(database, changes, error);
    }
  }

  /**
   * Writes what is in memory only if the database takes it by now, which every further change tries as well; `status` says
   * what came of it. Never throws.
   */
  async tryAgain(): Promise<void> {
    const database = await this.#database();
    if (this.#closed || database === null || this.status.get().state !== 'memory') return;
    if (this.#trying === null && Date.now() - this.#triedAtMs < this.#tryEveryMs) return;
    this.#trying ??= this.#keepRest(database).finally(() => (this.#trying = null));
    await this.#trying;
  }

  close(): void {
    this.#closed = true;
    void this.#opening?.then((database) => database?.close());
  }

  #database(): Promise<KeyValue | null> {
    return (this.#opening ??= this.#tryToOpen());
  }

  async #tryToOpen(): Promise<KeyValue | null> {
    try {
      const database = await this.#open();
      this.status.set({ state: 'persistent', problem: null });
      return database;
    } catch (error) {
      const problem = new StorageForbidden(
        'The browser does not let this page keep anything, as in a private window. Keys and results are gone when the tab is closed: finish what you began, or export it.',
        { cause: error },
      );
      this.status.set({ state: 'memory', problem: problemOf(problem) });
      return null;
    }
  }

  async #writeSomehow(database: KeyValue, changes: readonly Change[], cause: unknown): Promise<void> {
    const needed = changes.filter(({ key }) => !key.startsWith(CACHE_PREFIX));
    try {
      const cached = await database.entries(CACHE_PREFIX);
      await database.write(cached.map(([key]) => ({ key, value: undefined })));
      await database.write(needed);
    } catch {
      const problem = new StorageFull(
        'The browser takes no more data of this page. What is new is gone when the tab is closed: export it, or free some space on this device.',
        { cause },
      );
      this.#remember(needed);
      this.#triedAtMs = Date.now();
      this.status.set({ state: 'memory', problem: problemOf(problem) });
    }
  }

  async #keepRest(database: KeyValue): Promise<void> {
    try {
      // More can come while it is written.
      while (this.#unkept.size > 0) {
        const rest = [...this.#unkept].map(([key, value]) => ({ key, value }));
        await database.write(rest);
        for (const { key, value } of rest) if (this.#unkept.get(key) === value) this.#unkept.delete(key);
      }
    } catch {
      // There is still no room.
      this.#triedAtMs = Date.now();
      return;
    }
    this.status.set({ state: 'persistent', problem: null });
  }

  #remember(changes: readonly Change[]): void {
    for (const { key, value } of changes.map((change) => structuredClone(change))) this.#unkept.set(key, value);
  }
}

/** A value that cannot be kept at all, which is a mistake of the caller's. */
function isUncloneable(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'DataCloneError';
}
