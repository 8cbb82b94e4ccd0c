import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { PeriodInfo } from '../../lib/cockpit/types.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { formatAiro, prices, royalties } from './history.ts';

const noon = new Date(2026, 4, 7, 12, 5).getTime();
const period = (more: Partial<PeriodInfo>): PeriodInfo => ({
  index: 1,
  agreements: 1,
  agreed: 1,
  priceLow: 0n,
  priceHigh: 0n,
  priceSum: 0n,
  delivered: 1,
  failed: 0,
  missed: 0,
  volume: 0n,
  royalties: 0n,
  fees: 0n,
  fromBlock: 0,
  startsAtMs: noon,
  endsAtMs: noon + 3_600_000,
  priceMean: null,
  ...more,
});

test('periods in which nothing was agreed have no price', () => {
  const data = prices([period({}), period({ priceMean: AIRO / 4n })], 'en-GB');
  assert.deepEqual(data, [{ label: '12:05', value: 0.25 }]);
});

test('periods of a day are named by their date', () => {
  const [day] = royalties([period({ royalties: 2n * AIRO, endsAtMs: noon + 86_400_000 })], 'en-GB');
  assert.deepEqual(day, { label: '7 May', value: 2 });
});

test('a number of AIRO keeps its unit and what counts', () => {
  assert.equal(formatAiro(0.25), '0.25 AIRO');
  assert.equal(formatAiro(1 / 3), '0.3333 AIRO');
  assert.equal(formatAiro(0), '0 AIRO');
  assert.equal(formatAiro(0.000_000_012), '0.000000012 AIRO');
});
