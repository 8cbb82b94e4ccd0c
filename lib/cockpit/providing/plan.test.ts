import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Profile, Provider } from '../../market/types.ts';
import { testRules } from '../../provider/testing/market.ts';
import type { ServedModelInfo, SetupWish } from '../types.ts';
import { checkMoney, planSetup, type SetupFacts } from './plan.ts';

const key = { scheme: 0, material: { inline: '0x22' } } as const;
const profile: Profile = { name: 'A tab', key, peer: 'peer', peerProof: '0x00', kind: 'browser' };
const ready: ServedModelInfo = {
  ...{ model: 3, version: 1, name: 'ResNet', state: 'ready', bytes: 10, bytesHere: 10, timeMs: 4.25 },
  ...{ backend: null, isAnnounced: false, problem: null },
};
const wish: SetupWish = { name: 'A tab', stake: 200n, floorPrice: 5n, maxOpen: 2, topUp: 50n, models: [3] };
const facts: SetupFacts = {
  ...{ found: null, offers: [], rules: testRules, free: 10n ** 15n, existentialDeposit: 10n, profile },
  ...{ operator: { address: 'operator', free: 0n }, models: [ready] },
};
const found: Provider = {
  ...{ account: 'alice', profile, operator: { account: 'operator', floorPrice: 5n, maxOpen: 2 }, stake: 200n },
  ...{ reserved: 0n, openBids: 0, openAgreements: 0, registeredAt: 1, leavesAt: null, models: [3] },
};
const offer = { model: 3, provider: 'alice', version: 1, timeMicroseconds: 4_000, announcedAt: 1 };

const names = (setup: ReturnType<typeof planSetup>) => setup.calls.map(({ call }) => call);

test('a new provider is registered with its key and stake, its model is offered, and the key gets money', () => {
  const setup = planSetup(wish, facts);
  assert.deepEqual(setup.calls, [
    { call: 'registerProvider', profile, operator: { account: 'operator', floorPrice: 5n, maxOpen: 2 }, stake: 200n },
    { call: 'announce', model: 3, version: 1, timeMicroseconds: 4_250 },
    { call: 'transfer', to: 'operator', amount: 50n },
  ]);
  const { steps, needs, replaces } = setup.plan;
  assert.equal(steps.length, 4);
  assert.equal(
    needs,
    steps.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n),
  );
  assert.ok(needs > 250n, 'the deposits are counted');
  assert.equal(replaces, null);
});

test('where all is as wished there is nothing to sign', () => {
  const setup = planSetup(
    { ...wish, topUp: 0n },
    { ...facts, found, offers: [offer], operator: { address: 'operator', free: 99n } },
  );
  assert.deepEqual(setup, { plan: { steps: [], needs: 0n, free: facts.free, replaces: null }, calls: [] });
});

test('only what differs is changed', () => {
  const renamed = { ...profile, name: 'Another name' };
  const changed = { ...wish, name: renamed.name, stake: 300n, floorPrice: 6n };
  const slow = { ...offer, timeMicroseconds: 9_000 };
  const setup = planSetup(changed, { ...facts, found, profile: renamed, offers: [slow, { ...offer, model: 8 }] });
  assert.deepEqual(names(setup), [
    'updateProfile',
    'setOperator',
    'raiseStake',
    'announce',
    'withdrawOffer',
    'transfer',
  ]);
  assert.equal(setup.plan.needs, 150n);
  assert.equal(setup.plan.replaces, null);
});

test('what other keys of the account lose is said', () => {
  const elsewhere = { ...found, profile: { ...profile, name: 'Wingman', peer: 'other' }, openAgreements: 2 };
  const { plan } = planSetup(wish, { ...facts, found: elsewhere, offers: [offer] });
  assert.match(plan.replaces ?? '', /"Wingman".* 2 open agreements/);
  const otherKey = { ...found, operator: { account: 'another key', floorPrice: 5n, maxOpen: 2 } };
  assert.match(planSetup(wish, { ...facts, found: otherKey, offers: [offer] }).plan.replaces ?? '', /"A tab"/);
  assert.equal(planSetup(wish, { ...facts, found: { ...found, operator: null }, offers: [offer] }).plan.replaces, null);
});

const wrong: readonly (readonly [string, Partial<SetupWish>, Partial<SetupFacts>, RegExp])[] = [
  ['no name', { name: ' ' }, {}, /Give the provider a name/],
  ['a name that is too long', { name: 'ü'.repeat(33) }, {}, /66 bytes/],
  ['a stake below the minimum', { stake: 99n }, {}, /at least 0\.0000000001 AIRO/],
  ['a stake below the present one', { stake: 150n }, { found }, /cannot be lowered/],
  ['an account that leaves', {}, { found: { ...found, leavesAt: 77 } }, /block 77/],
  ['a floor below 0', { floorPrice: -1n }, {}, /floor price/],
  ['a floor above the highest price', { floorPrice: testRules.maxPrice + 1n }, {}, /floor price/],
  ['nothing that may be open', { maxOpen: 0 }, {}, /whole number from 1/],
  ['half a bid', { maxOpen: 1.5 }, {}, /whole number from 1/],
  ['a negative top-up', { topUp: -1n }, {}, /below 0/],
  ['a key without money', { topUp: 19n }, {}, /needs money for fees/],
  ['no model', { models: [] }, {}, /at least one model/],
  ['a model that is not here', { models: [3, 4] }, {}, /Model 4 is not ready/],
  ['a model that is not ready', {}, { models: [{ ...ready, state: 'measuring' }] }, /Model 3 is not ready/],
];
for (const [what, wished, known, message] of wrong) {
  test(`${what} is refused by name`, () => {
    assert.throws(() => planSetup({ ...wish, ...wished }, { ...facts, ...known }), { name: 'InvalidSetup', message });
  });
}

test('an account that cannot pay for it, its fee and its life is told how much is missing', () => {
  const setup = planSetup(wish, facts);
  const poor = (free: bigint) => ({ ...setup, plan: { ...setup.plan, free } });
  const least = setup.plan.needs + 7n + 10n;
  assert.throws(() => checkMoney(poor(least - 1n), 7n, 10n), {
    name: 'InvalidSetup',
    message: /0\.000000000001 AIRO more/,
  });
  checkMoney(poor(least), 7n, 10n);
});
