import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../market/amounts.ts';
import type { Model, Order } from '../../market/types.ts';
import { rules as smallRules } from '../../consumer/testing/market.ts';
import { model as testModel } from '../../consumer/testing/parts.ts';
import type { PeriodInfo } from '../types.ts';
import { suggestPrice } from './models.ts';

const rules = { ...smallRules, maxPrice: 1_000n * AIRO };
const model: Model = { ...testModel, royalty: AIRO / 100n };
const orderWith = (...prices: readonly bigint[]) =>
  ({ bids: prices.map((price) => ({ provider: 'p', price, at: 0 })) }) as unknown as Order;
const period = (agreed: number, priceLow: bigint, priceHigh: bigint) =>
  ({ agreed, priceLow, priceHigh }) as unknown as PeriodInfo;

test('bids that stand now count most, with some room above the highest', () => {
  const suggestion = suggestPrice(model, [period(5, AIRO, AIRO)], [orderWith(AIRO / 10n), orderWith(AIRO / 5n)], rules);
  assert.deepEqual(suggestion, {
    ...{ maxPrice: AIRO / 4n, basis: 'openBids', least: suggestion.least },
    reason: 'Bids on open orders of this model are between 0.1 AIRO and 0.2 AIRO.',
  });
});

test('without bids the newest period in which something was agreed counts', () => {
  const history = [period(9, AIRO, AIRO), period(2, AIRO / 10n, AIRO / 2n), period(0, 0n, 0n)];
  const suggestion = suggestPrice(model, history, [orderWith()], rules);
  assert.deepEqual([suggestion.maxPrice, suggestion.basis], [(AIRO * 63n) / 100n, 'recentAgreements']);
});

test('without anything it covers the royalty and the fee several times', () => {
  const { maxPrice, least, basis } = suggestPrice(model, [], [], rules);
  assert.equal(basis, 'royalty');
  assert.ok(least > model.royalty && maxPrice >= least * 10n && maxPrice < least * 11n);
  assert.match(maxPrice.toString(), /^\d{1,2}0*$/);
});

test('it is never below what the chain refuses, nor above', () => {
  const dear = { ...model, royalty: 10n * AIRO };
  const low = suggestPrice(dear, [], [orderWith(AIRO)], rules);
  assert.ok(low.maxPrice >= low.least && low.maxPrice < (low.least * 11n) / 10n);
  assert.match(low.maxPrice.toString(), /^\d{1,2}0*$/);
  const high = suggestPrice(model, [], [orderWith(1_000n * AIRO)], rules);
  assert.equal(high.maxPrice, rules.maxPrice);
});
