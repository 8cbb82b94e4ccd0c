import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { costPrice, decidePrice, floorOf, type PriceQuestion } from './pricing.ts';
import { marketFee, oneStepBelow } from './rates.ts';
import type { CostStrategy, Strategy, UndercutStrategy } from './strategies.ts';
import type { Bid, Rules } from './types.ts';

const rules = { marketFee: 0.01, bidStep: 0.01, maxBids: 32 } as Rules;
const fixed = (price: bigint): Strategy => ({ kind: 'fixed', price });
const undercut: UndercutStrategy = { kind: 'undercut', floor: 100n, step: 0.05 };

/** Bids of these prices; a negative one is our own. */
function bids(...prices: number[]): Bid[] {
  return prices.map((price, place) => ({
    provider: price < 0 ? 'me' : `other ${place}`,
    price: BigInt(Math.abs(price)),
    at: place,
  }));
}

interface Asked extends Partial<Omit<PriceQuestion, 'order'>> {
  readonly bids?: Bid[];
  readonly maxPrice?: bigint;
  readonly royalty?: bigint;
  readonly providers?: number;
}

function ask(strategy: Strategy, asked: Asked = {}) {
  const { bids: standing = [], maxPrice = 1000n, royalty = 0n, providers = 1, ...rest } = asked;
  const decision = decidePrice(strategy, {
    order: { maxPrice, royalty, providers, bids: standing },
    provider: 'me',
    rules,
    timeMs: 10,
    operatorFloor: null,
    named: { price: null, reason: null },
    ...rest,
  });
  return [decision.action, decision.price, decision.rule];
}

test('A fixed price is bid as it is, whatever others bid', () => {
  assert.deepEqual(ask(fixed(500n)), ['bid', 500n, 'strategy']);
  assert.deepEqual(ask(fixed(500n), { bids: bids(400) }), ['bid', 500n, 'strategy']);
  assert.deepEqual(ask(fixed(500n), { bids: bids(600) }), ['bid', 500n, 'strategy']);
});

test('A fixed price that leads by less than the step joins the best bid', () => {
  assert.deepEqual(ask(fixed(500n), { bids: bids(502) }), ['bid', 502n, 'join']);
  assert.deepEqual(ask(fixed(500n), { bids: bids(500) }), ['bid', 500n, 'strategy']);
});

test('A fixed price that the order, the royalty or the operator key does not allow is not bid', () => {
  assert.deepEqual(ask(fixed(1001n)), ['decline', null, 'priceTooHigh']);
  assert.deepEqual(ask(fixed(500n), { royalty: 500n }), ['decline', null, 'royaltyAboveMax']);
  assert.deepEqual(ask(fixed(500n), { operatorFloor: 501n }), ['decline', null, 'operatorFloor']);
  assert.deepEqual(ask(fixed(500n), { operatorFloor: 1001n }), ['decline', null, 'operatorFloor']);
});

test('A fixed price improves a bid that does not win once the settings lower it', () => {
  assert.deepEqual(ask(fixed(300n), { bids: bids(400, -500) }), ['improve', 300n, 'strategy']);
  assert.deepEqual(ask(fixed(500n), { bids: bids(400, -500) }), ['hold', 500n, 'outbid']);
  assert.deepEqual(ask(fixed(300n), { bids: bids(-500, 600) }), ['hold', 500n, 'leading']);
});

test('A price by cost leaves cost, margin and royalty after the market fee, and not a unit less', () => {
  const strategy: CostStrategy = { kind: 'cost', pricePerHour: 3_600_000_000n, margin: 0.2, floor: 1n };
  // 10 ms at 1,000 units a millisecond are 10,000, with the margin 12,000.
  const price = costPrice(strategy, 10, 500n, rules);
  assert.equal(price - marketFee(price, rules), 12_500n);
  assert.ok(price - 1n - marketFee(price - 1n, rules) < 12_500n);
  assert.deepEqual(ask(strategy, { maxPrice: 20_000n, royalty: 500n }), ['bid', price, 'strategy']);
  assert.deepEqual(ask(strategy, { maxPrice: price - 1n, royalty: 500n }), ['decline', null, 'priceTooHigh']);
});

test('A price by cost needs a measured time, and does not go below its floor', () => {
  const strategy: CostStrategy = { kind: 'cost', pricePerHour: 3_600_000n, margin: 0, floor: 50n };
  assert.deepEqual(ask(strategy, { timeMs: null }), ['decline', null, 'notMeasured']);
  assert.deepEqual(ask(strategy), ['bid', 50n, 'floor']);
});

test('The price of an external strategy is raised to the floor and never above what the order pays', () => {
  const strategy: Strategy = { kind: 'external', floor: 200n, hook: { url: 'http://localhost' }, timeoutMs: 1 };
  const named = (price: bigint | null) => ({ named: { price, reason: null } });
  assert.deepEqual(ask(strategy, named(300n)), ['bid', 300n, 'strategy']);
  assert.deepEqual(ask(strategy, named(100n)), ['bid', 200n, 'floor']);
  assert.deepEqual(ask(strategy, named(1001n)), ['decline', null, 'priceTooHigh']);
  assert.deepEqual(ask(strategy, named(null)), ['decline', null, 'hookDeclined']);
});

test('Undercutting begins at the start price, or at what the order pays', () => {
  assert.deepEqual(ask(undercut), ['bid', 1000n, 'strategy']);
  assert.deepEqual(ask({ ...undercut, start: 800n }), ['bid', 800n, 'strategy']);
  assert.deepEqual(ask({ ...undercut, start: 2000n }), ['bid', 1000n, 'strategy']);
  assert.deepEqual(ask({ ...undercut, start: 50n }), ['bid', 100n, 'floor']);
});

test('Undercutting goes below the best bid by its own step, or by the market’s if that is larger', () => {
  assert.deepEqual(ask(undercut, { bids: bids(1000) }), ['bid', 950n, 'undercut']);
  assert.deepEqual(ask({ ...undercut, step: 0 }, { bids: bids(1000) }), ['bid', 990n, 'undercut']);
});

test('Undercutting does not undercut itself', () => {
  assert.deepEqual(ask(undercut, { bids: bids(-500, 900) }), ['hold', 500n, 'leading']);
});

test('Undercutting improves when it is outbid, down to the floor, and then holds', () => {
  assert.deepEqual(ask(undercut, { bids: bids(400, -500) }), ['improve', 380n, 'undercut']);
  assert.deepEqual(ask(undercut, { bids: bids(102, -500) }), ['improve', 100n, 'floor']);
  assert.deepEqual(ask(undercut, { bids: bids(99, -500) }), ['hold', 500n, 'outbidAtFloor']);
  assert.deepEqual(ask(undercut, { bids: bids(100, -100) }), ['hold', 100n, 'outbidAtFloor']);
});

test('At the floor, undercutting joins the best bid', () => {
  assert.deepEqual(ask(undercut, { bids: bids(100) }), ['bid', 100n, 'floor']);
  assert.deepEqual(ask({ ...undercut, floor: 995n }, { bids: bids(1000) }), ['bid', 1000n, 'join']);
});

test('Undercutting does not bid where less is bid already than its floor', () => {
  assert.deepEqual(ask(undercut, { bids: bids(99) }), ['decline', null, 'belowFloor']);
  assert.deepEqual(ask(undercut, { maxPrice: 99n }), ['decline', null, 'belowFloor']);
});

test('An order for several providers is won by being among the best so many', () => {
  assert.deepEqual(ask(undercut, { bids: bids(400, -500, 600), providers: 2 }), ['hold', 500n, 'leading']);
  assert.deepEqual(ask(undercut, { bids: bids(400), providers: 2 }), ['bid', 1000n, 'strategy']);
  assert.deepEqual(ask(undercut, { bids: bids(400, 500), providers: 2 }), ['bid', 475n, 'undercut']);
  // 399 would lead by less than the step.
  assert.deepEqual(ask(undercut, { bids: bids(400, 420), providers: 2 }), ['bid', 400n, 'join']);
});

test('A full list is entered only below its worst bid by a step', () => {
  const full = { rules: { ...rules, maxBids: 2 }, bids: bids(400, 500) };
  assert.deepEqual(ask(fixed(496n), full), ['decline', null, 'listFull']);
  assert.deepEqual(ask(fixed(495n), full), ['bid', 495n, 'strategy']);
});

test('A reason has the numbers that mattered, in the token', () => {
  const { reason } = decidePrice(fixed(2_500_000_000_000n), {
    order: { maxPrice: 10n ** 12n, royalty: 0n, providers: 1, bids: [] },
    provider: 'me',
    rules,
    timeMs: null,
    operatorFloor: null,
    named: { price: null, reason: null },
  });
  assert.match(reason, /2\.5 AIRO.*at most 1 AIRO/);
});

const price = fc.bigInt({ min: 1n, max: 5_000n });
const part = fc.integer({ min: 0, max: 300_000_000 }).map((parts) => parts / 1e9);
const strategies: fc.Arbitrary<Strategy> = fc.oneof(
  price.map(fixed),
  fc.record({
    kind: fc.constant('cost' as const),
    pricePerHour: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    margin: fc.integer({ min: 0, max: 200 }).map((percent) => percent / 100),
    floor: price,
  }),
  fc.record({ kind: fc.constant('undercut' as const), floor: price, start: price, step: part }),
  fc.record({
    kind: fc.constant('external' as const),
    floor: price,
    hook: fc.constant({ url: 'http://localhost' }),
    timeoutMs: fc.constant(1),
  }),
);

test('No strategy ever bids below its floor, the royalty or the operator’s floor, nor above what the order pays', () => {
  fc.assert(
    fc.property(
      strategies,
      fc.record({
        maxPrice: price,
        royalty: fc.bigInt({ min: 0n, max: 3_000n }),
        providers: fc.integer({ min: 1, max: 3 }),
        prices: fc.array(price, { maxLength: 5 }),
        own: fc.option(price),
        named: fc.option(fc.bigInt({ min: 1n, max: 10_000n })),
        operatorFloor: fc.option(price),
        marketFee: part,
        bidStep: part,
        timeMs: fc.option(fc.double({ min: 0.001, max: 1000, noNaN: true })),
      }),
      (strategy, given) => {
        // No bid on the chain is above what the order pays.
        const { maxPrice } = given;
        const most = (of: bigint) => (of < maxPrice ? of : maxPrice);
        const others = given.prices.map((of, place) => ({ provider: `other ${place}`, price: most(of), at: 0 }));
        const own = given.own === null ? [] : [{ provider: 'me', price: most(given.own), at: 0 }];
        const standing = [...others, ...own].sort((a, b) => Number(a.price - b.price));
        const decision = decidePrice(strategy, {
          order: { ...given, bids: standing },
          provider: 'me',
          rules: { ...rules, marketFee: given.marketFee, bidStep: given.bidStep, maxBids: 5 },
          timeMs: given.timeMs,
          operatorFloor: given.operatorFloor,
          named: { price: given.named, reason: null },
        });
        assert.ok(decision.reason.length > 0);
        if (decision.action === 'decline') {
          assert.equal(given.own, null);
          assert.equal(decision.price, null);
          return;
        }
        if (decision.action === 'hold') {
          assert.equal(decision.price, own[0]?.price);
          return;
        }
        assert.equal(decision.action, given.own === null ? 'bid' : 'improve');
        const bid = decision.price ?? 0n;
        assert.ok(bid >= floorOf(strategy));
        assert.ok(bid <= given.maxPrice);
        assert.ok(bid >= (given.operatorFloor ?? 0n));
        assert.ok(bid - marketFee(bid, { marketFee: given.marketFee }) >= given.royalty);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('Undercutters that compete come to an end, with the lowest floor leading', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ floor: price, step: part }), { minLength: 2, maxLength: 4 }),
      fc.bigInt({ min: 1n, max: 5_000n }),
      part,
      (players, maxPrice, bidStep) => {
        let standing: Bid[] = [];
        let moves = 0;
        for (let moved = true; moved;) {
          moved = false;
          for (const [player, { floor, step }] of players.entries()) {
            const provider = `player ${player}`;
            const decision = decidePrice(
              { kind: 'undercut', floor, step },
              {
                order: { maxPrice, royalty: 0n, providers: 1, bids: standing },
                provider,
                rules: { ...rules, marketFee: 0, bidStep },
                timeMs: null,
                operatorFloor: null,
                named: { price: null, reason: null },
              },
            );
            if (decision.action !== 'bid' && decision.action !== 'improve') continue;
            const others = standing.filter((bid) => bid.provider !== provider);
            const bid = { provider, price: decision.price ?? 0n, at: moves };
            standing = [...others, bid].sort((a, b) => Number(a.price - b.price) || a.at - b.at);
            moved = true;
            moves += 1;
            assert.ok(moves < 40_000, 'they go on for ever');
          }
        }
        const [best] = standing;
        const willing = players.filter(({ floor }) => floor <= maxPrice);
        assert.equal(best !== undefined, willing.length > 0);
        // Nobody who could still have undercut the winner by a step has held back.
        for (const [player, { floor, step }] of players.entries()) {
          if (best === undefined || best.provider === `player ${player}`) continue;
          const wanted = oneStepBelow(best.price, Math.max(step, bidStep));
          assert.ok(floor > wanted, `player ${player} could have bid ${wanted}`);
        }
      },
    ),
    { numRuns: 200 },
  );
});
