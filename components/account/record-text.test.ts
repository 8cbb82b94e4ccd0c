import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Record as AccountRecord } from '../../lib/market/types.ts';
import { ratingText, reliabilityText } from './record-text.ts';

const record = (fields: Partial<AccountRecord>): AccountRecord => ({
  agreements: 1,
  open: 0,
  abandoned: 0,
  delivered: 0,
  missed: 0,
  consumerFaults: 0,
  providerFaults: 0,
  volume: 0n,
  slashed: 0n,
  counterparties: 1,
  counterpartiesPeak: 1,
  ratings: 0,
  ratingSum: 0,
  since: 1,
  lastActive: 1,
  ...fields,
});

test('a rating is a mean with the number of ratings behind it', () => {
  assert.equal(ratingText(record({ ratings: 2, ratingSum: 9 })), '4.5 of 5 stars, by 2 ratings');
  assert.equal(ratingText(record({ ratings: 1, ratingSum: 4 })), '4 of 5 stars, by 1 rating');
  assert.equal(ratingText(record({})), 'not rated yet');
});

test('reliability never claims all when something was missed, and nothing without evidence', () => {
  assert.match(reliabilityText(record({ delivered: 9_999, missed: 1 })), /^> 99\.9 %/);
  assert.match(reliabilityText(record({ delivered: 10, consumerFaults: 3 })), /^100 %/);
  assert.equal(reliabilityText(record({ consumerFaults: 1 })), 'none asked for yet');
});
