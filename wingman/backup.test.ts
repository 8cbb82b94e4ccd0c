import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { afterwards } from '../test/support/cleanup.ts';
import { backUp } from './backup.ts';
import { SqliteJournal } from './journal/sqlite.ts';
import { loadKeys } from './keys.ts';

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-backup-'));
  afterwards(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}

const execution = {
  ...{ agreement: 1, index: 0, payload: 'bafkrei', stage: 'uploaded' as const, times: { seen: 1_000 } },
  output: { content: 'bafkreiresult', commitment: '0xab' as const },
  ...{ failure: null, reason: null },
};

test('a backup has what was written until now, although the journal is open, and opens as a base path', async (t) => {
  const [from, to] = [await folderOf(t), join(await folderOf(t), 'backup')];
  const keys = await loadKeys(from);
  const journal = new SqliteJournal(join(from, 'journal.sqlite'));
  afterwards(t, () => journal.close());
  await journal.saveExecution(execution);
  assert.deepEqual(await backUp(from, to), ['payload-key.json', 'peer-key', 'journal.sqlite']);
  await journal.saveExecution({ ...execution, index: 1 });

  const copy = new SqliteJournal(join(to, 'journal.sqlite'));
  afterwards(t, () => copy.close());
  assert.deepEqual(await copy.execution(1, 0), execution);
  assert.equal(await copy.execution(1, 1), null);
  assert.deepEqual(await loadKeys(to), keys);
});

test('only the owner can read a backup', async (t) => {
  const [from, to] = [await folderOf(t), join(await folderOf(t), 'backup')];
  await loadKeys(from);
  new SqliteJournal(join(from, 'journal.sqlite')).close();
  await backUp(from, to);
  assert.equal((await stat(to)).mode & 0o777, 0o700);
  for (const name of await readdir(to)) assert.equal((await stat(join(to, name))).mode & 0o777, 0o600, name);
});

test('a folder that is there is refused and left as it is, and so is a base path without a journal', async (t) => {
  const [from, to] = [await folderOf(t), await folderOf(t)];
  await assert.rejects(backUp(from, join(to, 'new')), { name: 'BackupFailed', message: /has no journal/ });
  new SqliteJournal(join(from, 'journal.sqlite')).close();
  await writeFile(join(to, 'mine'), 'mine');
  await assert.rejects(backUp(from, to), { name: 'BackupFailed', message: /is there already/ });
  assert.equal(await readFile(join(to, 'mine'), 'utf8'), 'mine');
});

test('a journal that is none leaves no half a backup', async (t) => {
  const [from, to] = [await folderOf(t), join(await folderOf(t), 'backup')];
  await writeFile(
    join(from, 'journal.sqlite'),
    'no database at all, but long enough to be read as the head of one ....',
  );
  await assert.rejects(backUp(from, to), { name: 'BackupFailed', message: /cannot be copied/ });
  await assert.rejects(stat(to), { code: 'ENOENT' });
});
