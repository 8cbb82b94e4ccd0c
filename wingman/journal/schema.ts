/** The tables of the journal, as steps from one version to the next. The version is SQLite's `user_version`. */
import type { DatabaseSync } from 'node:sqlite';

import { JournalUnusable } from '../errors.ts';

/** Each entry leads from the version of its index to the next one. Entries that were released are never changed. */
export const migrations: readonly string[] = [
  `CREATE TABLE decisions (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     "order" INTEGER NOT NULL,
     at INTEGER NOT NULL,
     block INTEGER NOT NULL,
     action TEXT NOT NULL,
     price TEXT,
     rule TEXT NOT NULL,
     reason TEXT NOT NULL,
     result TEXT,
     error TEXT,
     UNIQUE ("order", at)
   ) STRICT;
   CREATE INDEX decisions_at ON decisions (at);
   CREATE TABLE executions (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     agreement INTEGER NOT NULL,
     "index" INTEGER NOT NULL,
     payload TEXT NOT NULL,
     stage TEXT NOT NULL,
     times TEXT NOT NULL,
     content TEXT,
     commitment TEXT,
     failure TEXT,
     reason TEXT,
     changed INTEGER NOT NULL,
     UNIQUE (agreement, "index")
   ) STRICT;
   CREATE INDEX executions_stage ON executions (stage, sequence);
   CREATE TABLE timings (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT,
     model INTEGER NOT NULL,
     version INTEGER NOT NULL,
     ms REAL NOT NULL
   ) STRICT;
   CREATE INDEX timings_model ON timings (model, version, sequence);
   CREATE TABLE settings (
     key TEXT PRIMARY KEY,
     value TEXT NOT NULL,
     over TEXT NOT NULL,
     at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE chain (
     genesis TEXT NOT NULL
   ) STRICT;`,
];

/**
 * Brings a database to the newest version, each step as a whole or not at all.
 *
 * @throws {JournalUnusable} when it is of a newer Wingman than this
 */
export function migrate(database: DatabaseSync, file: string): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found > migrations.length) {
    throw new JournalUnusable(
      `${file} has version ${found}, and this Wingman knows up to ${migrations.length}. Use the newer Wingman that wrote ` +
        'it, or another base path.',
    );
  }
  migrations.slice(found).forEach((step, index) => {
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${found + index + 1}; COMMIT`);
  });
}
