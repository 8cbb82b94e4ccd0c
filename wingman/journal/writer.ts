/** Writing to the journal, many changes at a time. */
import type { DatabaseSync } from 'node:sqlite';

import { toError } from '../../lib/provider/clock.ts';

type Change = () => void;

/**
 * Collects the changes of one turn of the event loop and commits them together: each commit waits for the disk, and one
 * wait is as long for a hundred changes as for one.
 */
export class GroupWriter {
  readonly #database: DatabaseSync;
  #waiting: { readonly change: Change; readonly done: (error?: Error) => void }[] = [];
  #scheduled = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Applies a change; resolves when it is on disk. */
  write(change: Change): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        change,
        done: (error) => {
          if (error === undefined) resolve();
          else reject(error);
        },
      });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  /** Commits what waits. */
  flush(): void {
    this.#scheduled = false;
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    try {
      this.#commit(group.map(({ change }) => change));
      for (const { done } of group) done();
    } catch (error) {
      // One change that cannot be made must not take the others with it.
      if (group.length === 1) group[0]?.done(toError(error));
      else for (const { change, done } of group) this.#alone(change, done);
    }
  }

  #alone(change: Change, done: (error?: Error) => void): void {
    try {
      this.#commit([change]);
      done();
    } catch (error) {
      done(toError(error));
    }
  }

  #commit(changes: readonly Change[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const change of changes) change();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
