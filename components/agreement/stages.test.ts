import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InferenceInfo } from '../../lib/cockpit/types.ts';
import { stepsOf, tallyOf, totalMs, truthOfInference } from './stages.ts';
import { inference } from './testing.ts';

const asked = { requests: [{ index: 4, requestedAt: 20 }], responseDeadline: 5 };
const states = (info: InferenceInfo) => stepsOf(info).map(({ state }) => state);

test('what is queued is being encrypted', () => {
  assert.deepEqual(states(inference()), ['current', 'todo', 'todo', 'todo', 'todo', 'todo']);
});

test('after the registration the model runs', () => {
  assert.deepEqual(states(inference({ stage: 'requested' })), ['done', 'done', 'done', 'current', 'todo', 'todo']);
});

test('what is paused has no current step', () => {
  assert.deepEqual(states(inference({ state: 'paused', stage: 'sealed' })), [
    'done',
    'todo',
    'todo',
    'todo',
    'todo',
    'todo',
  ]);
});

test('an answer has all steps done, each with its time', () => {
  const times = { sealed: 1_010, uploaded: 1_200, requested: 2_200, answered: 4_200, downloaded: 4_300, opened: 4_305 };
  const steps = stepsOf(inference({ state: 'answered', stage: 'opened', times }));
  assert.deepEqual(
    steps.map(({ state, note }) => [state, note]),
    ['10 ms', '190 ms', '1 s', '2 s', '100 ms', '5 ms'].map((took) => ['done', took]),
  );
  assert.equal(totalMs(inference({ times })), 3_305);
  assert.equal(totalMs(inference()), null);
});

test('each way to fail shows where', () => {
  const cases: readonly (readonly [InferenceInfo['state'], InferenceInfo['stage'], number])[] = [
    ['notSent', 'uploaded', 2],
    ['failed', 'answered', 3],
    ['missed', 'requested', 3],
    ['resultMissing', 'answered', 4],
    ['resultCorrupt', 'downloaded', 5],
  ];
  for (const [state, stage, place] of cases) {
    const shown = states(inference({ state, stage }));
    assert.equal(shown.indexOf('failed'), place, state);
    assert.ok(
      shown.slice(0, place).every((one) => one === 'done'),
      state,
    );
    assert.ok(
      shown.slice(place + 1).every((one) => one === 'todo'),
      state,
    );
  }
});

test('a result is pending until its block is final, and never taken for final before', () => {
  const answered = inference({ state: 'answered', block: 12 });
  assert.equal(truthOfInference(answered, 11, asked), 'pending');
  assert.equal(truthOfInference(answered, 12, asked), 'final');
  assert.equal(truthOfInference(answered, null, asked), 'cached');
  assert.equal(truthOfInference(inference(), 12, asked), 'live');
  assert.equal(truthOfInference(inference({ state: 'notSent' }), 12, asked), undefined);
});

test('a miss is final once the block of its deadline is', () => {
  const missed = inference({ state: 'missed', index: 4 });
  assert.equal(truthOfInference(missed, 24, asked), 'pending');
  assert.equal(truthOfInference(missed, 25, asked), 'final');
  assert.equal(truthOfInference(inference({ state: 'missed', index: 5 }), 25, asked), undefined);
});

test('inferences are counted by what became of them', () => {
  const some = (['answered', 'working', 'missed', 'failed', 'paused'] as const).map((state) => inference({ state }));
  assert.deepEqual(tallyOf(some), { all: 5, answered: 1, working: 1, paused: 1, without: 2 });
});
