import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Record } from '../../lib/market/types.ts';
import { summarize } from './record.ts';

const record: Record = {
  agreements: 4,
  open: 0,
  abandoned: 1,
  delivered: 90,
  missed: 3,
  consumerFaults: 20,
  providerFaults: 7,
  volume: 0n,
  slashed: 0n,
  counterparties: 1,
  counterpartiesPeak: 1,
  ratings: 2,
  ratingSum: 9,
  since: 0,
  lastActive: 0,
};

test("a consumer's faults do not count against a provider", () => {
  assert.deepEqual(summarize(record), { delivered: 90, due: 100, rating: 4.5, abandoned: 1 });
});

test('without ratings there is no mean, and nobody has no record', () => {
  assert.equal(summarize({ ...record, ratings: 0, ratingSum: 0 }).rating, null);
  assert.deepEqual(summarize(null), { delivered: 0, due: 0, rating: null, abandoned: 0 });
});
