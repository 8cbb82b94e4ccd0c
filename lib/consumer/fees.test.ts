import assert from 'node:assert/strict';
import { test } from 'node:test';

import { feesOfSending } from './fees.ts';

const fees = { one: 10n, batch: 100n, batchSize: 16 };

test('a few inferences are reckoned one by one, with half as much again', () => {
  assert.equal(feesOfSending(0, fees), 0n);
  assert.equal(feesOfSending(1, fees), 15n);
  assert.equal(feesOfSending(32, fees), 480n);
});

test('many are reckoned in batches, the last of which need not be full', () => {
  assert.equal(feesOfSending(33, fees), 630n);
  assert.equal(feesOfSending(48, fees), 630n);
  assert.equal(feesOfSending(49, fees), 780n);
  assert.equal(feesOfSending(32 + 1_600, fees), 480n + 15_000n);
});
