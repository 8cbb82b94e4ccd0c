import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import type { Model, Rules } from '../../lib/market/types.ts';
import { blocksFor, outlookOf, toWish, type OrderFields } from './wish.ts';

const rules: Rules = {
  minStake: 0n,
  maxPrice: 1_000n * AIRO,
  reserveRate: 0.5,
  penaltyRate: 0.1,
  marketFee: 0,
  treasury: '5Treasury',
  bidStep: 0.01,
  maxBids: 8,
  maxBatch: 16,
  maxInFlight: 64,
  minResponseDeadline: 3,
  retention: 100,
  blockTimeMs: 2_000,
};
const model: Model = {
  id: 3,
  owner: null,
  royalty: AIRO / 100n,
  retired: false,
  registeredAt: 0,
  offers: 0,
  newest: {
    version: 0,
    content: 'bafy',
    size: 1,
    publishedAt: 0,
    description: {
      name: 'Digits',
      licence: 'MIT',
      inputs: [],
      outputs: [],
      image: null,
      labels: { kind: 'none' },
      tolerance: 0,
    },
  },
};
const fields: OrderFields = {
  inferences: 10,
  maxPrice: AIRO / 2n,
  deadlineSeconds: 31,
  providers: 2,
  biddingSeconds: 12,
  acceptanceSeconds: 60,
  lifetimeMinutes: 60,
  maxInFlight: null,
  minStake: 0n,
  minDelivered: 0,
  minReliabilityPercent: 95,
};

test('a duration becomes blocks that last at least as long', () => {
  assert.equal(blocksFor(30_000, rules), 15);
  assert.equal(blocksFor(30_001, rules), 16);
});

test('what the form says is what is ordered', () => {
  const wish = toWish(3, fields, rules);
  assert.equal(wish.responseDeadline, 16);
  assert.equal(wish.biddingPeriod, 6);
  assert.equal(wish.lifetime, 1_800);
  assert.equal(wish.minReliability, 0.95);
  assert.equal('maxInFlight' in wish, false);
  assert.equal(toWish(3, { ...fields, maxInFlight: 4 }, rules).maxInFlight, 4);
});

test('what is held is providers × inferences × price', () => {
  const outlook = outlookOf(toWish(3, fields, rules), model, rules, 10n * AIRO);
  assert.equal(outlook.isPossible, true);
  assert.equal(outlook.summary.held, 10n * AIRO);
});

test('a balance that is too small is refused before anything is signed', () => {
  const outlook = outlookOf(toWish(3, fields, rules), model, rules, 10n * AIRO - 1n);
  assert.ok(!outlook.isPossible);
  assert.match(outlook.reason, /less than what this order holds/);
  assert.equal(outlookOf(toWish(3, fields, rules), model, rules, undefined).isPossible, true);
});

test('what the market would refuse is refused with its reason', () => {
  const low = outlookOf(toWish(3, { ...fields, maxPrice: AIRO / 200n }, rules), model, rules, undefined);
  assert.ok(!low.isPossible);
  assert.match(low.reason, /does not cover the model's royalty/);
  const retired = outlookOf(toWish(3, fields, rules), { ...model, retired: true }, rules, undefined);
  assert.ok(!retired.isPossible);
  assert.match(retired.reason, /retired/);
});
