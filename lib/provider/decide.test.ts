import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Order, Provider, Record } from '../market/types.ts';
import { decide, questionOf, strategyFor, type Situation } from './decide.ts';
import { orderRules, type OrderRule } from './rules.ts';
import { testOrder, testRules } from './testing/market.ts';
import { testSettings } from './testing/world.ts';

const order: Order = {
  ...testOrder,
  id: 7,
  consumer: 'consumer',
  version: 1,
  royalty: 0n,
  placedAt: 0,
  bidsUntil: 10,
  acceptUntil: 20,
  reserve: 50n,
  held: 0n,
  bids: [],
};

const provider: Provider = {
  account: 'alice',
  profile: { name: 'alice', key: testOrder.key, peer: 'peer', peerProof: '0x', kind: 'server' },
  operator: { account: 'operator', floorPrice: 10n, maxOpen: 2 },
  stake: 1000n,
  reserved: 0n,
  openBids: 0,
  openAgreements: 0,
  registeredAt: 0,
  leavesAt: null,
  models: [0],
};

const situation: Situation = {
  order,
  block: 5,
  rules: testRules,
  settings: testSettings,
  account: 'alice',
  signer: 'alice',
  provider,
  record: null,
  announced: 1,
  readiness: { state: 'ready', reason: null, newest: 1, timeMs: 100, concurrency: 1 },
  promises: [],
  underway: { reserve: 0n, count: 0 },
};

const noHook = () => Promise.reject(new Error('There is no hook in this test.'));

async function ruleOf(change: Partial<Situation>): Promise<string> {
  const { action, price, rule, reason } = await decide({ ...situation, ...change }, noHook);
  assert.equal(action, 'decline');
  assert.equal(price, null);
  assert.notEqual(reason, '');
  return rule;
}

const promised = { what: 'agreement 1', inFlight: 10, responseDeadline: 20, workMs: 100 };
const cases: Readonly<globalThis.Record<OrderRule, Partial<Situation>>> = {
  paused: { settings: { ...testSettings, paused: true } },
  notServed: { settings: { ...testSettings, models: [{ model: 5 }] } },
  ownOrder: { order: { ...order, consumer: 'alice' } },
  keyUnusable: { order: { ...order, key: { scheme: 0, material: { inline: `0x${'00'.repeat(32)}` } } } },
  biddingClosed: { block: 9 },
  notAProvider: { provider: null },
  leaving: { provider: { ...provider, leavesAt: 100 } },
  notTheOperator: { signer: 'stranger' },
  versionNotServed: { readiness: { ...situation.readiness, state: 'absent', newest: 2 } },
  modelNotReady: { readiness: { ...situation.readiness, state: 'failed', reason: 'no memory' } },
  notMeasured: { readiness: { ...situation.readiness, timeMs: null } },
  notAnnounced: { announced: null },
  stakeTooLow: { provider: { ...provider, stake: 99n } },
  recordTooLow: { order: { ...order, minRecord: { delivered: 1, reliability: 0 } } },
  stakeInUse: { provider: { ...provider, reserved: 951n } },
  operatorMaxOpen: { signer: 'operator', provider: { ...provider, openBids: 1, openAgreements: 1 } },
  maxOpen: { settings: { ...testSettings, maxOpen: 1 }, promises: [promised] },
  inFlight: { settings: { ...testSettings, maxInFlight: 19 }, promises: [promised] },
  deadlineTooShort: { order: { ...order, responseDeadline: 3 }, promises: [{ ...promised, workMs: 10_000 }] },
};

test('An order with nothing against it is bid on', async () => {
  const { action, price, rule } = await decide(situation, noHook);
  assert.deepEqual([action, price, rule], ['bid', 1000n, 'strategy']);
});

for (const rule of orderRules) {
  test(`An order is declined by the rule ${rule}, with a reason`, async () => {
    assert.equal(await ruleOf(cases[rule]), rule);
  });
}

test('The rules are looked at in their order', async () => {
  let all: Partial<Situation> = {};
  for (const rule of orderRules.toReversed()) {
    // Of two that change the same part only the earlier one is left, which is the one that has to be found.
    all = { ...all, ...cases[rule] };
    assert.equal(await ruleOf(all), rule);
  }
});

test('A bid that stands is held whatever speaks against a new one', async () => {
  const standing = { ...order, bids: [{ provider: 'alice', price: 400n, at: 1 }] };
  const held = await decide({ ...situation, ...cases.paused, order: standing }, noHook);
  assert.deepEqual([held.action, held.price, held.rule], ['hold', 400n, 'paused']);
  assert.match(held.reason, /stands/);
});

test('An improvement needs neither free stake nor capacity', async () => {
  const bids = [
    { provider: 'other', price: 300n, at: 2 },
    { provider: 'alice', price: 400n, at: 1 },
  ];
  const full = { ...cases.maxOpen, provider: { ...provider, reserved: 1000n }, order: { ...order, bids } };
  const { action, price } = await decide({ ...situation, ...full }, noHook);
  assert.deepEqual([action, price], ['improve', 285n]);
});

test('An order for less stake than the provider has, but more than it wants, names the order’s wish', async () => {
  const { reason } = await decide({ ...situation, order: { ...order, minStake: 2000n } }, noHook);
  assert.match(reason, /the order asks for 0\.000000002 AIRO/);
});

test('Failed and missed inferences count against a record', async () => {
  const wanted = { ...order, minRecord: { delivered: 9, reliability: 0.9 } };
  const record = { delivered: 9, missed: 1, providerFaults: 0 } as Record;
  assert.equal((await decide({ ...situation, order: wanted, record }, noHook)).action, 'bid');
  const worse = { ...record, providerFaults: 1 };
  assert.equal((await decide({ ...situation, order: wanted, record: worse }, noHook)).rule, 'recordTooLow');
});

test('What is promised already can make a deadline too short, and only so much of the machine may be promised', async () => {
  // 10 requests of 100 ms are 1 s of work, and 3 blocks leave 1.5 s.
  const near = { order: { ...order, responseDeadline: 3 } };
  assert.equal((await decide({ ...situation, ...near }, noHook)).action, 'bid');
  assert.equal((await decide({ ...situation, ...near, promises: [promised] }, noHook)).action, 'bid');
  const asNear = { ...promised, responseDeadline: 3 };
  const both = await decide({ ...situation, ...near, promises: [asNear] }, noHook);
  assert.equal(both.rule, 'deadlineTooShort');
  assert.match(both.reason, /2000 ms.*3 blocks leaves 1500 ms/);
  const half = { ...testSettings, utilization: 0.5 };
  assert.equal((await decide({ ...situation, ...near, settings: half }, noHook)).rule, 'deadlineTooShort');
});

test('An operator key’s floor binds the strategy', async () => {
  const cheap = { ...testSettings, strategy: { kind: 'undercut', floor: 1n, step: 0, start: 5n } as const };
  const { price, rule } = await decide({ ...situation, signer: 'operator', settings: cheap }, noHook);
  assert.deepEqual([price, rule], [10n, 'floor']);
});

test('A hook is not asked about an order that is out of the question', async () => {
  const hook = { kind: 'external', floor: 5000n, hook: { url: 'http://localhost' }, timeoutMs: 1 } as const;
  const { rule } = await decide({ ...situation, settings: { ...testSettings, strategy: hook } }, noHook);
  assert.equal(rule, 'belowFloor');
});

test('A hook’s question is plain JSON with all that matters', () => {
  const question = questionOf(situation, strategyFor(testSettings, 0));
  assert.deepEqual(JSON.parse(JSON.stringify(question)), question);
  const { order: asked, floor, timeMs } = question as { order: { maxPrice: string }; floor: string; timeMs: number };
  assert.deepEqual([asked.maxPrice, floor, timeMs], ['1000', '100', 100]);
});
