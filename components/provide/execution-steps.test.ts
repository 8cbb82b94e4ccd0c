import assert from 'node:assert/strict';
import { test } from 'node:test';

import { consequenceOf, lastMs, resultOf, stepsOf, totalMs } from './execution-steps.ts';
import { executionOf } from './testing.ts';

const states = (execution: ReturnType<typeof executionOf>) => stepsOf(execution).map(({ state }) => state);

test('what is done is told with its time, what goes on is the step after it', () => {
  const execution = executionOf(0, { stage: 'downloaded', times: { seen: 1_000, downloaded: 1_250 } });
  assert.deepEqual(
    stepsOf(execution).map(({ label, state, note }) => [label, state, note]),
    [
      ['Notice', 'done', undefined],
      ['Fetch', 'done', '250 ms'],
      ['Run', 'current', undefined],
      ['Upload', 'todo', undefined],
      ['Answer', 'todo', undefined],
    ],
  );
  assert.equal(totalMs(execution), null);
  assert.equal(lastMs(execution), 1_250);
});

test('an answer ends all steps', () => {
  const times = { seen: 1_000, downloaded: 1_100, executed: 1_120, uploaded: 1_200, answered: 3_000 };
  const execution = executionOf(0, { stage: 'answered', times });
  assert.deepEqual(states(execution), ['done', 'done', 'done', 'done', 'done']);
  assert.equal(totalMs(execution), 2_000);
  assert.deepEqual(resultOf(execution), { text: 'Answered', tone: 'good' });
});

test('a failure is shown where it came, and says whose it is', () => {
  const execution = executionOf(0, {
    ...{ stage: 'failed', failure: 'InvalidTensor', reason: 'The tensor is too short.' },
    times: { seen: 1_000, downloaded: 1_100, failed: 1_300 },
  });
  assert.deepEqual(states(execution), ['done', 'done', 'failed', 'todo', 'todo']);
  assert.equal(resultOf(execution).text, 'Refused');
  assert.match(consequenceOf(execution) ?? '', /not against you/);
  const own = { ...execution, failure: 'ExecutionFailed' } as const;
  assert.deepEqual([resultOf(own).text, consequenceOf(own)], ['Failed', 'It is refunded and counts in your record.']);
});

test('a deadline that was missed costs something, and says so', () => {
  const execution = executionOf(0, { stage: 'missed', times: { seen: 1_000, missed: 9_000 } });
  assert.deepEqual(states(execution), ['done', 'failed', 'todo', 'todo', 'todo']);
  assert.equal(resultOf(execution).text, 'Missed');
  assert.match(consequenceOf(execution) ?? '', /penalty/);
  assert.equal(consequenceOf(executionOf(0)), null);
});
