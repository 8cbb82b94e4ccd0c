import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { PeriodInfo } from '../../lib/cockpit/types.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { royaltyPeriods, totalsOf } from './royalties.ts';

const hourMs = 3_600_000;
const period = (index: number, royalties: bigint, delivered = 1): PeriodInfo => ({
  index,
  royalties,
  delivered,
  startsAtMs: index * hourMs,
  endsAtMs: (index + 1) * hourMs,
  fromBlock: index * 1_800,
  priceMean: null,
  agreements: 1,
  agreed: 1,
  priceLow: 0n,
  priceHigh: 0n,
  priceSum: 0n,
  failed: 0,
  missed: 0,
  volume: 0n,
  fees: 0n,
});

test('models are added up by period, and time without any is drawn as zero, from the chain’s beginning on', () => {
  const periods = royaltyPeriods([[period(3, AIRO), period(6, AIRO)], [period(6, 2n * AIRO)]]);
  assert.deepEqual(
    periods.map(({ index, royalties, startsAtMs }) => [index, royalties, startsAtMs]),
    [
      [0, 0n, 0],
      [1, 0n, hourMs],
      [2, 0n, 2 * hourMs],
      [3, AIRO, 3 * hourMs],
      [4, 0n, 4 * hourMs],
      [5, 0n, 5 * hourMs],
      [6, 3n * AIRO, 6 * hourMs],
    ],
  );
});

test('without history there is nothing to draw and nothing earned', () => {
  assert.deepEqual(royaltyPeriods([[], []]), []);
  assert.deepEqual(totalsOf([{ history: [] }]), { royalties: 0n, delivered: 0 });
  assert.deepEqual(totalsOf([{ history: [period(1, AIRO, 4), period(2, AIRO, 5)] }]), {
    royalties: 2n * AIRO,
    delivered: 9,
  });
});
