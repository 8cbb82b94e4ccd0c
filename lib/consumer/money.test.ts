import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Agreement } from '../market/types.ts';
import { settlement } from './settlement.ts';
import { describeOrder, fillTerms, leastPrice } from './terms.ts';
import { rules } from './testing/market.ts';

const counts = fc.record({
  delivered: fc.nat(1000),
  consumerFaults: fc.nat(1000),
  providerFaults: fc.nat(1000),
  missed: fc.nat(1000),
  answered: fc.nat(1000),
  pending: fc.nat(1000),
  unused: fc.nat(1000),
});
const part = fc.bigInt({ min: 0n, max: 10n ** 18n });

function agreementOf(
  n: typeof counts extends fc.Arbitrary<infer C> ? C : never,
  amounts: readonly bigint[],
): Agreement {
  const [own = 0n, royalty = 0n, fee = 0n] = amounts;
  const requested = n.delivered + n.consumerFaults + n.providerFaults + n.missed + n.answered + n.pending;
  return {
    ...{ price: own + royalty + fee, royalty, fee, quota: requested + n.unused },
    counts: { ...n, requested },
    state: { kind: 'active' },
  } as unknown as Agreement;
}

test('paid, refunded and escrow add up to price times inferences, and nothing is negative', () => {
  fc.assert(
    fc.property(counts, fc.tuple(part, part, part), fc.boolean(), (n, amounts, ended) => {
      const active = agreementOf(n, amounts);
      const agreement = ended ? { ...active, state: { kind: 'ended', at: 1, how: 'expired' } as const } : active;
      const money = settlement(agreement);
      assert.equal(money.paid + money.refunded + money.escrow, money.agreed);
      assert.equal(money.agreed, agreement.price * BigInt(agreement.quota));
      assert.equal(money.toProvider + money.toOwner + money.toMarket, money.paid);
      for (const amount of Object.values(money) as bigint[]) assert.ok(amount >= 0n);
      if (ended) assert.equal(money.escrow, 0n);
      else assert.equal(money.escrow, agreement.price * BigInt(n.answered + n.pending + n.unused));
    }),
  );
});

test('the least price covers royalty and fee, and one unit less does not', () => {
  const fee = (price: bigint) => price / 100n;
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (royalty) => {
      const price = leastPrice(royalty, rules);
      assert.ok(price - fee(price) >= royalty);
      if (price > 1n) assert.ok(price - 1n - fee(price - 1n) < royalty);
    }),
  );
});

test('an order says what it holds and how long it lasts', () => {
  const terms = fillTerms({ model: 0, inferences: 10, maxPrice: 7n, providers: 3 }, rules);
  assert.deepEqual(describeOrder(terms, rules), {
    held: 210n,
    biddingMs: 12_000,
    acceptWithinMs: 72_000,
    responseMs: 30_000,
    lifetimeMs: 3_600_000,
    reserve: 14n,
  });
});
