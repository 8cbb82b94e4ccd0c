import assert from 'node:assert/strict';
import { test } from 'node:test';

import { steps, stepStates } from './light-client.ts';

const block = { number: 1, hash: '0x01' } as const;

test('each phase has the steps before it behind it', () => {
  assert.deepEqual(stepStates({ phase: 'configuring', best: null, peers: null }), [
    'current',
    'todo',
    'todo',
    'todo',
    'todo',
  ]);
  assert.deepEqual(stepStates({ phase: 'syncing', best: null, peers: 1 }), ['done', 'done', 'done', 'current', 'todo']);
  assert.deepEqual(
    stepStates({ phase: 'ready', best: block, peers: 1 }),
    steps.map(() => 'done'),
  );
});

test('a lost connection is looked for again, and is not called ready', () => {
  assert.deepEqual(stepStates({ phase: 'lost', best: block, peers: 0 }), ['done', 'done', 'current', 'todo', 'todo']);
});

test('a failure is marked, and nothing behind it is', () => {
  assert.equal(stepStates({ phase: 'failed', best: null, peers: null })[0], 'failed');
  assert.equal(stepStates({ phase: 'failed', best: null, peers: 2 })[3], 'failed');
});
