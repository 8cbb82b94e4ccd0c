/** What is kept in the browser, as little as is needed of a database. */

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
