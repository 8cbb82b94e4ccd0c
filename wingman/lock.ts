/** One Wingman per base path. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { BasePathLocked } from './errors.ts';

/** SQLite's code for a database that somebody else has locked. */
const SQLITE_BUSY = 5;

/**
 * Locks a base path for this process. The lock is one of the operating system on a SQLite file, so it ends with the
 * process, however that ends, and no stale lock can be left behind.
 *
 * @returns a function that releases it
 * @throws {BasePathLocked} when another Wingman has it
 */
export function lockBasePath(basePath: string): () => void {
  const database = new DatabaseSync(join(basePath, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) throw new BasePathLocked(basePath, { cause: error });
    throw error;
  }
  return () => database.close();
}
