/** What is decided, against the chain's rules as the scripted market has them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { CallFailed } from '../market/errors.ts';
import type { Bid, Order, Provider, Record, Rules } from '../market/types.ts';
import { decide, type Situation } from './decide.ts';
import { testOrder, testRules } from './testing/market.ts';
import { apply, emptyState, type State } from './testing/state.ts';
import { testSettings } from './testing/world.ts';

const price = fc.bigInt({ min: 1n, max: 2_000n });
const part = fc.integer({ min: 0, max: 200_000_000 }).map((parts) => parts / 1e9);

const situations = fc
  .record({
    maxPrice: price,
    royalty: fc.bigInt({ min: 0n, max: 500n }),
    prices: fc.array(price, { maxLength: 4 }),
    own: fc.option(price, { freq: 1 }),
    stake: fc.bigInt({ min: 0n, max: 2_000n }),
    reserved: fc.bigInt({ min: 0n, max: 100n }),
    minStake: fc.bigInt({ min: 0n, max: 1_000n }),
    signer: fc.constantFrom('alice', 'operator', 'stranger'),
    operator: fc.option(fc.record({ floorPrice: price, maxOpen: fc.integer({ min: 0, max: 3 }) })),
    open: fc.integer({ min: 0, max: 3 }),
    leavesAt: fc.option(fc.constant(99), { freq: 8 }),
    announced: fc.option(fc.integer({ min: 0, max: 1 })),
    record: fc.option(
      fc.record({
        delivered: fc.integer({ min: 0, max: 20 }),
        missed: fc.integer({ min: 0, max: 3 }),
        providerFaults: fc.integer({ min: 0, max: 3 }),
      }),
    ),
    minRecord: fc.record({ delivered: fc.integer({ min: 0, max: 4 }), reliability: fc.constantFrom(0, 0.5, 0.9, 1) }),
    consumer: fc.constantFrom('consumer', 'consumer', 'consumer', 'alice'),
    bidsUntil: fc.integer({ min: 4, max: 20 }),
    bidStep: part,
    marketFee: part,
    maxBids: fc.integer({ min: 2, max: 5 }),
  })
  .map((given) => {
    const rules: Rules = { ...testRules, bidStep: given.bidStep, marketFee: given.marketFee, maxBids: given.maxBids };
    const most = (of: bigint) => (of < given.maxPrice ? of : given.maxPrice);
    const others = given.prices
      .slice(0, given.own === null ? rules.maxBids : rules.maxBids - 1)
      .map((of, place) => ({ provider: `other ${place}`, price: most(of), at: 0 }));
    const own: Bid[] = given.own === null ? [] : [{ provider: 'alice', price: most(given.own), at: 0 }];
    const order: Order = {
      ...testOrder,
      id: 0,
      maxPrice: given.maxPrice,
      minStake: given.minStake,
      minRecord: given.minRecord,
      consumer: given.consumer,
      version: 0,
      royalty: given.royalty,
      placedAt: 0,
      bidsUntil: given.bidsUntil,
      acceptUntil: 100,
      reserve: given.maxPrice / 5n,
      held: 0n,
      bids: [...others, ...own].sort((a, b) => Number(a.price - b.price)),
    };
    const provider: Provider = {
      account: 'alice',
      profile: {
        name: 'alice',
        key: testOrder.key,
        peer: 'peer',
        peerProof: '0x',
        kind: 'server',
      },
      operator: given.operator === null ? null : { account: 'operator', ...given.operator },
      stake: given.stake,
      reserved: given.reserved,
      openBids: given.open,
      openAgreements: 0,
      registeredAt: 0,
      leavesAt: given.leavesAt,
      models: [0],
    };
    return { order, provider, rules, given, record: given.record as Record | null };
  });

type Given = typeof situations extends fc.Arbitrary<infer T> ? T : never;

function stateOf({ order, provider, given, record }: Given): State {
  const state = emptyState();
  state.number = 5;
  state.orders.set(0, structuredClone(order));
  state.providers.set('alice', structuredClone(provider));
  for (const { provider: account } of order.bids) {
    if (account !== 'alice') state.providers.set(account, { ...provider, account, operator: null, reserved: 10_000n });
  }
  if (given.announced !== null) {
    const offer = { provider: 'alice', version: given.announced, timeMicroseconds: 1, announcedAt: 0 };
    state.offers.set(0, new Map([['alice', offer]]));
  }
  if (record !== null) state.records.set('alice', record);
  return state;
}

/** The error's name with which the scripted market refuses a bid in block 5, or `null`. */
function verdictOf(given: Given, signer: string, bid: bigint): string | null {
  const first = given.order.bids.every(({ provider }) => provider !== 'alice');
  try {
    const call = { call: first ? 'placeBid' : 'improveBid', order: 0, price: bid } as const;
    apply(stateOf(given), given.rules, signer, call);
    return null;
  } catch (error) {
    if (error instanceof CallFailed) return error.error.replace('marketplace.', '');
    throw error;
  }
}

/** Situations in which little but the price can stand in the way, so that there are many bids. */
const promising = situations.map((all): Given => {
  const { given, provider, order } = all;
  const rich = { ...provider, stake: provider.stake + 2_000n, leavesAt: null };
  const easy = { ...order, bidsUntil: 20, consumer: 'consumer', minRecord: { delivered: 0, reliability: 0 } };
  return { ...all, provider: rich, order: easy, given: { ...given, announced: 0 } };
});

test('What is decided to be bid is accepted by the chain in the next block', async () => {
  let bids = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(promising, situations),
      fc.constantFrom('fixed' as const, 'undercut' as const, 'external' as const),
      price,
      async (all, kind, wanted) => {
        const { order, provider, rules, given, record } = all;
        fc.pre(order.consumer !== 'alice' || given.own === null);
        const strategy = {
          fixed: { kind: 'fixed', price: wanted },
          undercut: { kind: 'undercut', floor: wanted, step: 0.02 },
          external: { kind: 'external', floor: 1n, hook: { url: 'http://localhost' }, timeoutMs: 1 },
        } as const;
        const situation: Situation = {
          order,
          block: 4,
          rules,
          settings: { ...testSettings, strategy: strategy[kind] },
          account: 'alice',
          signer: given.signer,
          provider,
          record,
          announced: given.announced,
          readiness: { state: 'ready', reason: null, newest: 0, timeMs: 1, concurrency: 1 },
          promises: [],
          underway: { reserve: 0n, count: 0 },
        };
        const verdict = await decide(situation, () => Promise.resolve({ price: wanted, reason: null }));
        if (verdict.action !== 'bid' && verdict.action !== 'improve') return;
        bids += 1;
        assert.equal(verdictOf(all, given.signer, verdict.price ?? 0n), null);
      },
    ),
    { numRuns: 3_000 },
  );
  assert.ok(bids > 100, `only ${bids} bids were decided on`);
});
