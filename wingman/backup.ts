/** A copy of what a Wingman cannot make again: its journal and its keys. Models, and what Dx holds, are fetched anew. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { BackupFailed, messageOf } from './errors.ts';
import { writeSecretFile } from './secrets.ts';

const journal = 'journal.sqlite';
/** For payloads, of the Dx peer, and of the REST API. */
const secrets = ['payload-key.json', 'peer-key', 'api-token'];

/**
 * Copies the journal and the keys of a base path into a new folder, which is itself a base path then. A Wingman may be
 * running on it: the copy of the journal is of one moment.
 *
 * @returns the names of the files that were copied
 * @throws {BackupFailed} when there is nothing to copy, or the folder is there already; nothing is left behind then
 */
export async function backUp(basePath: string, folder: string): Promise<readonly string[]> {
  if (!existsSync(join(basePath, journal))) {
    throw new BackupFailed(`${basePath} has no journal: no Wingman has run there yet. Check basePath.`);
  }
  if (existsSync(folder)) {
    throw new BackupFailed(`${folder} is there already. Name a new folder; a backup never replaces another one.`);
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const copied = secrets.filter((name) => existsSync(join(basePath, name)));
    for (const name of copied) writeSecretFile(join(folder, name), readFileSync(join(basePath, name), 'utf8'));
    await copyJournal(join(basePath, journal), join(folder, journal));
    return [...copied, journal];
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new BackupFailed(`${basePath} cannot be copied to ${folder}: ${messageOf(error)}.`, { cause: error });
  }
}

/** SQLite copies what was committed at one moment, while others go on writing. */
async function copyJournal(from: string, to: string): Promise<void> {
  const database = new DatabaseSync(from, { readOnly: true });
  try {
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
  await chmod(to, 0o600);
}
