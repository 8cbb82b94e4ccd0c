/** Locks between processes. They are the operating system's, on a SQLite file: each ends with its process, however that ends. */
import { DatabaseSync } from 'node:sqlite';

import { waitFor } from './wait.ts';

/** SQLite's code for a database that somebody else has locked. */
const SQLITE_BUSY = 5;

/**
 * Locks a file for this process; the file is made if it is not there, and stays.
 *
 * @returns a function that releases it, or nothing when somebody else has it
 */
export function tryLock(file: string): (() => void) | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return () => database.close();
}

export interface LockOptions {
  /** Called once if another process has it. */
  readonly onWait?: () => void;
  /** How long another process may have it. Default: 10 min. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does something while nobody else who locks the same file does.
 *
 * @throws when another process has it for too long
 */
export async function withLock<T>(
  file: string,
  { onWait, timeoutMs = 600_000, signal }: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  let release = tryLock(file);
  if (release === undefined) {
    onWait?.();
    const what = `${file}, which another process has,`;
    release = await waitFor(() => tryLock(file), { what, timeoutMs, everyMs: 200, signal });
  }
  try {
    return await work();
  } finally {
    release();
  }
}
