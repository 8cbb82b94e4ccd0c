/** What the consumer remembers, in SQLite. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Hex } from '../../market/types.ts';
import { keyName } from '../keys.ts';
import type { KeyPair, SentRequest, Store } from '../ports.ts';

/** Files that only their owner can read: there are private keys in them. */
const ownerOnly = 0o600;
const schemaVersion = 1;

/**
 * Opens what the consumer remembers of a chain, and makes it if there is nothing yet. Chains have a file each, by their
 * genesis hash, because agreements of different chains have the same numbers.
 *
 * @throws when the file is of a newer version of this program, or cannot be opened
 */
export function openStore(folder: string, genesisHash: Hex): Store & { close(): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `consumer-${genesisHash.slice(2, 18)}.sqlite`);
  // Made before SQLite opens it, so that it and the files beside it are never readable for others.
  closeSync(openSync(file, 'a', ownerOnly));
  chmodSync(file, ownerOnly);
  // Other processes may write at the same time; each waits for the other.
  const database = new DatabaseSync(file, { timeout: 10_000 });
  try {
    prepare(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
  const statements = {
    saveKey: database.prepare('INSERT OR REPLACE INTO keys (public, private) VALUES (?, ?)'),
    key: database.prepare('SELECT private FROM keys WHERE public = ?'),
    saveSent: database.prepare(
      'INSERT OR REPLACE INTO sent (agreement, place, payload, label, sent_at) VALUES (?, ?, ?, ?, ?)',
    ),
    sent: database.prepare(
      'SELECT agreement, place, payload, label, sent_at FROM sent WHERE agreement = ? ORDER BY place, sent_at',
    ),
    forgetSent: database.prepare('DELETE FROM sent WHERE agreement = ? AND place = ? AND payload = ?'),
  };
  const together = (work: () => void) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
    return Promise.resolve();
  };
  return {
    saveKey: ({ publicKey, privateKey }: KeyPair) =>
      together(() => statements.saveKey.run(keyName(publicKey), privateKey)),
    privateKey: (publicKey) => {
      const row = statements.key.get(keyName(publicKey)) as { private: Uint8Array } | undefined;
      return Promise.resolve(row === undefined ? null : new Uint8Array(row.private));
    },
    saveSent: (requests) =>
      together(() => {
        for (const { agreement, index, payload, label, sentAt } of requests) {
          statements.saveSent.run(agreement, index, payload, label, sentAt);
        }
      }),
    sent: (agreement) => {
      const rows = statements.sent.all(agreement) as unknown as readonly SentRow[];
      return Promise.resolve(rows.map(sentRequest));
    },
    forgetSent: (requests) =>
      together(() => {
        for (const { agreement, index, payload } of requests) statements.forgetSent.run(agreement, index, payload);
      }),
    close: () => database.close(),
  };
}

interface SentRow {
  readonly agreement: number;
  readonly place: number;
  readonly payload: string;
  readonly label: string;
  readonly sent_at: number;
}

function sentRequest({ agreement, place, payload, label, sent_at: sentAt }: SentRow): SentRequest {
  return { agreement, index: place, payload, label, sentAt };
}

function prepare(database: DatabaseSync, file: string): void {
  // Every change is on disk when its statement returns, also through a power cut.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > schemaVersion) {
    throw new Error(`${file} was written by a newer version of Airo. Use that version, or another folder.`);
  }
  database.exec(`
    CREATE TABLE IF NOT EXISTS keys (public TEXT PRIMARY KEY, private BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS sent (
      agreement INTEGER NOT NULL,
      place INTEGER NOT NULL,
      payload TEXT NOT NULL,
      label TEXT NOT NULL,
      sent_at INTEGER NOT NULL,
      PRIMARY KEY (agreement, place, payload)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = ${schemaVersion};
  `);
}
