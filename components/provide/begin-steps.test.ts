import assert from 'node:assert/strict';
import { test } from 'node:test';

import { beginSteps } from './begin-steps.ts';
import { servedOf } from './testing.ts';

test('signing comes once a model is ready', () => {
  const states = (...models: Parameters<typeof beginSteps>[0]) => beginSteps(models).map(({ state }) => state);
  assert.deepEqual(states(), ['current', 'todo', 'todo']);
  assert.deepEqual(states(servedOf(0, { state: 'downloading' })), ['current', 'todo', 'todo']);
  assert.deepEqual(states(servedOf(0, { state: 'failed' }), servedOf(1)), ['done', 'current', 'todo']);
});
