import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import type { Provider } from '../../lib/market/types.ts';
import {
  currentSetup,
  initialSetup,
  leastPrice,
  suggestedFloor,
  suggestedStake,
  wishKey,
  wishOf,
} from './setup-fields.ts';
import { cardOf } from './testing.ts';

const rules = { marketFee: 0.02 };
const values = { name: 'Tab', stake: 100n * AIRO, floorPrice: 1n, maxOpen: 8, topUp: AIRO };

test('the dearest model says what the least price is', () => {
  const cards = [cardOf(0, { royalty: AIRO / 100n }), cardOf(1, { royalty: AIRO / 10n })];
  assert.equal(leastPrice([], rules), 0n);
  const least = leastPrice(cards, rules);
  assert.ok(least - (least * 2n) / 100n >= AIRO / 10n);
});

test('the suggested floor leaves the provider something, in an amount that can be read', () => {
  assert.equal(suggestedFloor([cardOf(0, { royalty: AIRO / 100n })], rules), (AIRO * 13n) / 1_000n);
  assert.equal(suggestedFloor([], rules), AIRO / 1_000n);
});

test('where others sell for little, the floor leaves room below that', () => {
  const recentPrice = (AIRO * 22n) / 1_000n;
  const floor = suggestedFloor([cardOf(0, { royalty: AIRO / 100n, recentPrice })], rules);
  assert.equal(floor, (AIRO * 11n) / 1_000n);
});

test('a price that does not even pay the royalty is no guide', () => {
  const card = cardOf(0, { royalty: AIRO / 100n, recentPrice: AIRO / 100n });
  assert.ok(suggestedFloor([card], rules) > leastPrice([card], rules));
});

test('a wish is the same whatever the order of its models', () => {
  assert.equal(wishKey(wishOf(values, [2, 1])), wishKey(wishOf(values, [1, 2])));
  assert.notEqual(wishKey(wishOf(values, [1])), wishKey(wishOf({ ...values, floorPrice: 2n }, [1])));
});

test('a form begins with what the chain has, and with suggestions where it has nothing', () => {
  const all = { ...rules, minStake: 100n * AIRO };
  const fresh = initialSetup('Judy', null, [], all);
  assert.deepEqual([fresh.name, fresh.stake, fresh.topUp], ['Judy’s browser', 105n * AIRO, AIRO]);
  const profile = {
    name: 'Wingman',
    key: { scheme: 0, material: { inline: '0x' } },
    peer: '',
    peerProof: '0x',
  } as const;
  const before: Provider = {
    ...{ account: '5Me', profile: { ...profile, kind: 'server' }, stake: 250n * AIRO, reserved: 0n, openBids: 0 },
    ...{ openAgreements: 0, registeredAt: 1, leavesAt: null, models: [] },
    operator: { account: '5Op', floorPrice: 7n, maxOpen: 3 },
  };
  const known = initialSetup('Judy', before, [], all);
  assert.deepEqual([known.name, known.stake, known.floorPrice, known.maxOpen], ['Wingman', 250n * AIRO, 7n, 3]);
});

test('a stake that is enough stays; one that is not is made a little more than that', () => {
  const all = { minStake: 100n * AIRO };
  assert.equal(suggestedStake(100n * AIRO, all), 100n * AIRO);
  assert.equal(suggestedStake(100n * AIRO - 1n, all), 105n * AIRO);
});

test('a set-up that changes nothing gives the key no money', () => {
  const provider = { profile: { name: 'Tab' } as Provider['profile'], stake: 5n };
  assert.deepEqual(currentSetup(provider, { floorPrice: 2n, maxOpen: 4 }), {
    ...{ name: 'Tab', stake: 5n, floorPrice: 2n, maxOpen: 4, topUp: 0n },
  });
});
