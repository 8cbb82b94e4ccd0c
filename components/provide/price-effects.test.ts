import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { TabStrategy } from '../../lib/cockpit/types.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Rules } from '../../lib/market/types.ts';
import { effectsOf } from './price-effects.ts';
import { cardOf, servedOf } from './testing.ts';

const rules = { marketFee: 0.02 } as Rules;
const market = { cards: [cardOf(0, { royalty: AIRO / 100n })], rules, keyFloor: 0n };
const texts = (strategy: TabStrategy, keyFloor = 0n) =>
  effectsOf(strategy, [servedOf(0, { timeMs: 3_600 })], { ...market, keyFloor }).map(({ text }) => text);

test('a fixed price is told with what is left of it', () => {
  assert.deepEqual(texts({ kind: 'fixed', price: AIRO / 5n }), ['Model 0: 0.2 AIRO, of which 0.186 AIRO is yours.']);
});

test('a fixed price that pays nobody is told to lead to no bids', () => {
  const [effect] = effectsOf({ kind: 'fixed', price: AIRO / 100n }, [servedOf(0)], market);
  assert.equal(effect?.bids, false);
  assert.match(effect.text, /no bids\. It takes 0\.011 AIRO at least/);
  assert.deepEqual(texts({ kind: 'fixed', price: AIRO / 5n }, AIRO), ['Model 0: no bids. It takes 1 AIRO at least.']);
});

test('what it costs comes from the measured time, and is never below the floors', () => {
  const cost = { kind: 'cost', pricePerHour: 100n * AIRO, margin: 0, floor: 0n } as const;
  assert.deepEqual(texts(cost), ['Model 0: about 0.12 AIRO, of which 0.1076 AIRO is yours.']);
  assert.match(texts({ ...cost, floor: AIRO })[0] ?? '', /about 1 AIRO/);
  assert.match(texts(cost, 2n * AIRO)[0] ?? '', /about 2 AIRO/);
});

test('undercutting has a beginning and an end', () => {
  const undercut = { kind: 'undercut', floor: AIRO / 10n, step: 0.1 } as const;
  assert.match(texts(undercut)[0] ?? '', /from the most that an order pays down to 0\.1 AIRO/);
  assert.match(texts({ ...undercut, start: AIRO })[0] ?? '', /from 1 AIRO down to 0\.1 AIRO/);
});

test('nothing is told of models that are not ready, or gone from the market', () => {
  const strategy = { kind: 'fixed', price: AIRO } as const;
  assert.deepEqual(effectsOf(strategy, [servedOf(0, { state: 'failed' }), servedOf(7)], market), []);
});
