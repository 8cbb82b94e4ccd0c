import assert from 'node:assert/strict';
import { test } from 'node:test';

import { journalConformance } from './testing/journal-conformance.ts';
import { createMemoryJournal } from './memory-journal.ts';

journalConformance('a journal in memory', createMemoryJournal);

test('a journal in memory does not grow without end', async () => {
  const journal = createMemoryJournal();
  const execution = {
    agreement: 0,
    payload: 'p',
    stage: 'answered',
    times: {},
    output: null,
    failure: null,
    reason: null,
  } as const;
  for (let index = 0; index < 10_001; index++) await journal.saveExecution({ ...execution, index });
  assert.equal(await journal.execution(0, 0), null);
  assert.notEqual(await journal.execution(0, 1), null);
  assert.equal((await journal.executions({ limit: 20_000 })).length, 10_000);
});
