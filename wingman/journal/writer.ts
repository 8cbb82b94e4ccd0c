/** Writing to the journal, many changes at a time. */
import type { DatabaseSync } from 'node:sqlite';

import { toError } from '../../lib/provider/clock.ts';

type Change = () => void;

/** Commits are to take at most this part of the time. */
const SHARE = 0.1;
/** The pause between two commits, in milliseconds, whatever they take. */
const PAUSE_MS = { least: 10, most: 50 } as const;

/**
 * Collects changes and commits them together: each commit waits for the disk, with all else that this process does, and
 * one wait is as long for a hundred changes as for one. After a quiet time a change is committed at once; when there are
 * many, the next commit takes what comes within a few milliseconds.
 */
export class GroupWriter {
  readonly #database: DatabaseSync;
  readonly #waitsForDisk: boolean;
  #waiting: { readonly change: Change; readonly done: (error?: Error) => void }[] = [];
  #scheduled = false;
  /** When the next commit may begin, by `performance.now()`. */
  #notBefore = 0;

  /** @param waitsForDisk false for a database in memory, whose commits cost nothing */
  constructor(database: DatabaseSync, waitsForDisk: boolean) {
    this.#database = database;
    this.#waitsForDisk = waitsForDisk;
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
      const pause = this.#notBefore - performance.now();
      if (pause > 0) setTimeout(() => this.flush(), pause);
      else setImmediate(() => this.flush());
    });
  }

  /** Commits what waits. */
  flush(): void {
    this.#scheduled = false;
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    const began = performance.now();
    try {
      this.#commit(group.map(({ change }) => change));
      for (const { done } of group) done();
    } catch (error) {
      // One change that cannot be made must not take the others with it.
      if (group.length === 1) group[0]?.done(toError(error));
      else for (const { change, done } of group) this.#alone(change, done);
    }
    if (!this.#waitsForDisk) return;
    const ended = performance.now();
    const pause = (ended - began) * (1 / SHARE - 1);
    this.#notBefore = ended + Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, pause));
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
