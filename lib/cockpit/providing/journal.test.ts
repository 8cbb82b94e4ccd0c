import assert from 'node:assert/strict';
import { test } from 'node:test';

import { journalConformance } from '../../provider/testing/journal-conformance.ts';
import type { Decision, Execution } from '../../provider/ports.ts';
import type { Change } from '../key-value.ts';
import { MemoryKeyValue, memoryStorage } from '../testing/storage.ts';
import { openJournal } from './journal.ts';

journalConformance('the journal of a tab', () => openJournal(memoryStorage(), 'test'));

const execution: Execution = {
  ...{ agreement: 1, index: 0, payload: 'bafkreipayload', stage: 'answered', times: { seen: 1 } },
  ...{ output: null, failure: null, reason: null },
};
const decision: Decision = {
  ...{ order: 1, at: 1, block: 1, action: 'decline', price: null, rule: 'paused', reason: 'It is off.' },
  ...{ result: null, error: null },
};

test('what was written is there when the journal is opened again, in the same order', async () => {
  const values = new MemoryKeyValue();
  const first = await openJournal(values, 'test');
  for (const index of [9, 10, 2]) await first.saveExecution({ ...execution, index, stage: 'seen' });
  await first.saveExecution({ ...execution, index: 9, stage: 'uploaded' });
  for (const at of [5, 1_000, 7]) await first.saveDecision({ ...decision, at });
  for (const ms of [1.5, 2.5]) await first.saveTiming(3, 1, ms);

  const again = await openJournal(values, 'test');
  assert.deepEqual(
    (await again.executions({ limit: 10 })).map(({ index, stage }) => [index, stage]),
    [
      [2, 'seen'],
      [10, 'seen'],
      [9, 'uploaded'],
    ],
  );
  assert.deepEqual(
    again.newestDecisions(2).map(({ at }) => at),
    [7, 1_000],
  );
  assert.deepEqual(await again.timings(3, 1, 10), [2.5, 1.5]);
  assert.deepEqual(await (await openJournal(values, 'another network')).executions({ limit: 10 }), []);
});

test('the newest entries are the same list until there is something new', async () => {
  const journal = await openJournal(new MemoryKeyValue(), 'test');
  for (const index of [1, 2, 3]) await journal.saveExecution({ ...execution, index });
  const before = journal.newestExecutions(2);
  assert.deepEqual(
    before.map(({ index }) => index),
    [3, 2],
  );
  await journal.saveDecision(decision);
  assert.equal(journal.newestExecutions(2), before);
  await journal.saveExecution({ ...execution, index: 2, stage: 'missed' });
  const after = journal.newestExecutions(2);
  assert.deepEqual(
    after.map(({ index, stage }) => [index, stage]),
    [
      [3, 'answered'],
      [2, 'missed'],
    ],
  );
  assert.equal(before[1]?.stage, 'answered');
});

test('old entries go, and executions that have not ended stay', async () => {
  const values = new MemoryKeyValue();
  const journal = await openJournal(values, 'test');
  await journal.saveExecution({ ...execution, agreement: 0, stage: 'uploaded' });
  await Promise.all(Array.from({ length: 2_001 }, (_, index) => journal.saveExecution({ ...execution, index })));
  await Promise.all(Array.from({ length: 1_001 }, (_, at) => journal.saveDecision({ ...decision, at })));

  const again = await openJournal(values, 'test');
  assert.equal((await again.executions({ limit: 9_999 })).length, 2_000);
  assert.equal((await again.decisions({ limit: 9_999 })).length, 1_000);
  assert.equal((await again.execution(0, 0))?.stage, 'uploaded');
  assert.equal(await again.execution(1, 0), null);
});

test('what comes while something is written goes together in one further transaction', async () => {
  const groups: (readonly Change[])[] = [];
  const values = new MemoryKeyValue();
  const journal = await openJournal(
    {
      get: (key) => values.get(key),
      entries: (prefix) => values.entries(prefix),
      write: (changes) => {
        groups.push(changes);
        return values.write(changes);
      },
      close: () => values.close(),
    },
    'test',
  );
  await Promise.all([0, 1, 2, 3].map((index) => journal.saveExecution({ ...execution, index })));
  assert.deepEqual(
    groups.map(({ length }) => length),
    [1, 3],
  );
});

test('an entry that cannot be written is told, and the next one is written', async () => {
  let refuses = true;
  const values = new MemoryKeyValue();
  const journal = await openJournal(
    {
      get: (key) => values.get(key),
      entries: (prefix) => values.entries(prefix),
      write: (changes) => (refuses ? Promise.reject(new Error('The disk is full.')) : values.write(changes)),
      close: () => values.close(),
    },
    'test',
  );
  await assert.rejects(journal.saveExecution(execution), { message: 'The disk is full.' });
  refuses = false;
  await journal.saveExecution(execution);
  assert.notEqual(await (await openJournal(values, 'test')).execution(1, 0), null);
});
