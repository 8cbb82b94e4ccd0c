import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { PeriodInfo } from '../../lib/cockpit/types.ts';
import { earnedBy, totalOf } from './earnings.ts';
import { agreementOf } from './testing.ts';

const period = (volume: bigint, royalties: bigint, fees: bigint): PeriodInfo => ({
  ...{ index: 0, startsAtMs: 0, endsAtMs: 1, fromBlock: 0, priceMean: null, agreements: 2, agreed: 3, priceLow: 0n },
  ...{ priceHigh: 0n, priceSum: 0n, delivered: 4, failed: 0, missed: 0, volume, royalties, fees },
});

test('royalties and fees are not the provider’s', () => {
  assert.deepEqual(totalOf([period(100n, 10n, 2n), period(50n, 5n, 1n)]), {
    ...{ earned: 132n, delivered: 8, agreements: 4 },
  });
  assert.deepEqual(totalOf([]), { earned: 0n, delivered: 0, agreements: 0 });
});

test('an agreement brings what was delivered in it, and nothing for what was missed', () => {
  const counts = { requested: 5, answered: 0, delivered: 3, consumerFaults: 1, providerFaults: 0, missed: 1 };
  assert.equal(earnedBy(agreementOf(1, { price: 100n, royalty: 10n, fee: 5n, counts })), 255n);
});
