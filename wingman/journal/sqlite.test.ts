import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import { journalConformance } from '../../lib/provider/testing/journal-conformance.ts';
import type { Decision, Execution } from '../../lib/provider/ports.ts';
import { start } from '../../scripts/lib/process.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { migrations } from './schema.ts';
import { SqliteJournal } from './sqlite.ts';

async function fileOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-journal-'));
  afterwards(t, () => rm(folder, { recursive: true }));
  return join(folder, 'journal.sqlite');
}

async function open(t: TestContext, file?: string): Promise<SqliteJournal> {
  const journal = new SqliteJournal(file ?? (await fileOf(t)));
  afterwards(t, () => journal.close());
  return journal;
}

const decision: Decision = {
  order: 1,
  at: 1_000,
  block: 5,
  action: 'bid',
  price: 2n ** 100n,
  rule: 'fixed',
  reason: 'because',
  result: 'pending',
  error: null,
};
const execution: Execution = {
  agreement: 1,
  index: 0,
  payload: 'bafkrei',
  stage: 'seen',
  times: { seen: 1_000 },
  output: null,
  failure: null,
  reason: null,
};

journalConformance('a journal in SQLite', (t) => open(t));

test('what was written is there after closing and opening', async (t) => {
  const file = await fileOf(t);
  const first = new SqliteJournal(file);
  const answered: Execution = {
    ...execution,
    stage: 'answered',
    times: { seen: 1_000, answered: 2_000 },
    output: { content: 'bafkreiresult', commitment: '0xab' },
  };
  await Promise.all([first.saveDecision(decision), first.saveExecution(answered), first.saveTiming(1, 0, 4.5)]);
  first.close();
  const journal = await open(t, file);
  assert.deepEqual(await journal.decisions({ limit: 10 }), [decision]);
  assert.deepEqual(await journal.execution(1, 0), answered);
  assert.deepEqual(await journal.timings(1, 0, 10), [4.5]);
});

test('what waits to be written is written when the journal is closed', async (t) => {
  const file = await fileOf(t);
  const first = new SqliteJournal(file);
  const written = first.saveExecution(execution);
  first.close();
  await written;
  assert.deepEqual(await (await open(t, file)).execution(1, 0), execution);
});

test('a change that cannot be made does not take others of its group with it', async (t) => {
  const journal = await open(t);
  const impossible = { ...execution, index: 1, stage: null } as unknown as Execution;
  const results = await Promise.allSettled([
    journal.saveExecution(execution),
    journal.saveExecution(impossible),
    journal.saveDecision(decision),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(await journal.execution(1, 0), execution);
  assert.equal(await journal.execution(1, 1), null);
  assert.deepEqual(await journal.decisions({ limit: 10 }), [decision]);
});

test('pages go on where the one before has ended, whatever came in between', async (t) => {
  const journal = await open(t);
  for (let index = 0; index < 5; index++) await journal.saveExecution({ ...execution, index });
  const first = journal.executionPage({ limit: 2 });
  assert.deepEqual(
    first.map(({ entry }) => entry.index),
    [4, 3],
  );
  await journal.saveExecution({ ...execution, index: 5 });
  const second = journal.executionPage({ limit: 2, before: first.at(-1)?.place });
  assert.deepEqual(
    second.map(({ entry }) => entry.index),
    [2, 1],
  );
});

test('pruning removes old decisions and executions that have ended, and nothing that goes on', async (t) => {
  const journal = await open(t);
  await journal.saveDecision(decision);
  await journal.saveDecision({ ...decision, at: 3_000 });
  await journal.saveExecution({ ...execution, index: 0, stage: 'uploaded' });
  await journal.saveExecution({ ...execution, index: 1, stage: 'answered' });
  assert.equal(await journal.prune(2_000), 1);
  assert.deepEqual(
    (await journal.decisions({ limit: 10 })).map(({ at }) => at),
    [3_000],
  );
  assert.equal(await journal.prune(Date.now() + 60_000), 2);
  assert.notEqual(await journal.execution(1, 0), null);
  assert.equal(await journal.execution(1, 1), null);
});

test('no more than the newest hundred times of a version are kept', async (t) => {
  const journal = await open(t);
  await Promise.all(Array.from({ length: 130 }, (_, ms) => journal.saveTiming(1, 0, ms)));
  await journal.saveTiming(1, 1, 7);
  const kept = await journal.timings(1, 0, 1_000);
  assert.equal(kept.length, 100);
  assert.deepEqual([kept[0], kept.at(-1)], [129, 30]);
  assert.deepEqual(await journal.timings(1, 1, 10), [7]);
});

test('a journal of a newer Wingman is refused and left as it is', async (t) => {
  const file = await fileOf(t);
  new SqliteJournal(file).close();
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  database.close();
  assert.throws(() => new SqliteJournal(file), { name: 'JournalUnusable', message: /Use the newer Wingman/ });
});

test('a journal is of one chain', async (t) => {
  const journal = await open(t);
  await journal.claimChain('0x01');
  await journal.claimChain('0x01');
  await assert.rejects(journal.claimChain('0x02'), {
    name: 'JournalUnusable',
    message: /0x01.*0x02.*another base path/s,
  });
});

test('a file that is no journal is refused', async (t) => {
  const file = await fileOf(t);
  await writeFile(file, 'this is no database, but a text that is long enough to look like a header of one\n'.repeat(9));
  assert.throws(() => new SqliteJournal(file), { name: 'JournalUnusable', message: /cannot be used as journal/ });
});

test('after a kill in the middle of writing, all that was confirmed is there, and nothing is half there', async (t) => {
  const file = await fileOf(t);
  let confirmed = -1;
  const child = await start(process.execPath, [join(import.meta.dirname, '..', 'testing', 'write-journal.ts'), file], {
    onLine: (line) => (confirmed = Number(line)),
  });
  afterwards(t, () => child.kill());
  await waitFor(() => confirmed >= 10, { what: 'ten turns', timeoutMs: 60_000, signal: t.signal });
  await child.kill();

  const journal = await open(t, file);
  for (let turn = 0; turn <= confirmed; turn++) {
    const executions = await journal.executions({ agreement: turn, limit: 100 });
    assert.equal(executions.length, 20, `turn ${turn}`);
    for (const { stage, output, index } of executions) {
      assert.equal(stage, 'uploaded');
      assert.equal(output?.content, `result ${turn} ${index}`);
    }
  }
  const database = new DatabaseSync(file, { readOnly: true });
  afterwards(t, () => database.close());
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
});
