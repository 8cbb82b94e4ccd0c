import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { PeriodInfo } from '../lib/cockpit/types.ts';
import { AIRO } from '../lib/market/amounts.ts';
import { periodLabel, sumByPeriod } from './periods.ts';

const hourMs = 3_600_000;
const period = (index: number, volume: bigint, delivered = 1): PeriodInfo => ({
  ...{ index, volume, delivered, startsAtMs: index * hourMs, endsAtMs: (index + 1) * hourMs, fromBlock: index * 1_800 },
  ...{ priceMean: null, agreements: 1, agreed: 1, priceLow: 0n, priceHigh: 0n, priceSum: 0n, failed: 0, missed: 0 },
  ...{ royalties: 0n, fees: 0n },
});
const volumeOf = ({ volume }: PeriodInfo) => volume;

test('histories are added up by period, and time without any is drawn as zero, from the chain’s beginning on', () => {
  const sums = sumByPeriod([[period(3, AIRO), period(6, AIRO)], [period(6, 2n * AIRO)]], volumeOf);
  assert.deepEqual(
    sums.map(({ index, amount, startsAtMs }) => [index, amount, startsAtMs]),
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
  assert.equal(sums.at(-1)?.delivered, 2);
});

test('a long pause does not make an endless chart', () => {
  const sums = sumByPeriod([[period(1, AIRO), period(1_000_000, AIRO)]], volumeOf);
  assert.equal(sums.length, 120);
  assert.equal(sums.at(-1)?.index, 1_000_000);
});

test('without history there is nothing to draw', () => {
  assert.deepEqual(sumByPeriod([[], []], volumeOf), []);
});

test('a period is named by its day, or by its time where there are several a day', () => {
  assert.equal(periodLabel(Date.UTC(2026, 10, 23, 14, 5), 24 * hourMs, 'UTC'), '23 Nov');
  assert.equal(periodLabel(Date.UTC(2026, 10, 23, 14, 5), hourMs, 'UTC'), '14:05');
});
