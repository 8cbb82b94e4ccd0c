import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isSettled, stages, stageStates } from './stages.ts';

const sent = { hash: '0x01', block: null } as const;
const included = { hash: '0x01', block: { number: 7, hash: '0x02' } } as const;

test('a transaction is in exactly one stage until it is final', () => {
  assert.deepEqual(stageStates({ state: 'signing', hash: null, block: null }), ['current', 'todo', 'todo', 'todo']);
  assert.deepEqual(stageStates({ state: 'signed', ...sent }), ['done', 'current', 'todo', 'todo']);
  assert.deepEqual(stageStates({ state: 'broadcast', ...sent }), ['done', 'done', 'current', 'todo']);
  assert.deepEqual(stageStates({ state: 'inBestBlock', ...included }), ['done', 'done', 'done', 'current']);
  assert.deepEqual(
    stageStates({ state: 'finalized', ...included }),
    stages.map(() => 'done'),
  );
});

test('what fails, fails in the stage that it was in', () => {
  assert.deepEqual(stageStates({ state: 'cancelled', hash: null, block: null }), ['failed', 'todo', 'todo', 'todo']);
  assert.deepEqual(stageStates({ state: 'failed', hash: null, block: null }), ['failed', 'todo', 'todo', 'todo']);
  assert.deepEqual(stageStates({ state: 'failed', ...sent }), ['done', 'failed', 'todo', 'todo']);
  assert.deepEqual(stageStates({ state: 'failed', ...included }), ['done', 'done', 'failed', 'todo']);
  assert.deepEqual(stageStates({ state: 'lost', ...sent }), ['done', 'done', 'failed', 'todo']);
});

test('a transaction in a block that is not final is not settled', () => {
  assert.equal(isSettled('inBestBlock'), false);
  assert.equal(isSettled('finalized'), true);
  assert.equal(isSettled('lost'), true);
});
