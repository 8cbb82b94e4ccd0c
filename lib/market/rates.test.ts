import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  divideUp,
  isReliableEnough,
  marketFee,
  oneStepBelow,
  partOf,
  partOfUp,
  priceForNet,
  reliability,
} from './rates.ts';

const amount = fc.bigInt({ min: 0n, max: 2n ** 100n });
const rate = fc.integer({ min: 0, max: 999_999_999 }).map((parts) => parts / 1e9);

test('Parts are rounded as the chain rounds them', () => {
  assert.equal(partOf(199n, 0.01), 1n);
  assert.equal(partOfUp(199n, 0.01), 2n);
  assert.equal(partOfUp(200n, 0.01), 2n);
  assert.equal(partOf(10n ** 30n, 0.2), 2n * 10n ** 29n);
  assert.equal(divideUp(7n, 2n), 4n);
});

test('A step is at least one unit and never goes below zero', () => {
  assert.equal(oneStepBelow(1000n, 0.01), 990n);
  assert.equal(oneStepBelow(1001n, 0.01), 990n);
  assert.equal(oneStepBelow(5n, 0.01), 4n);
  assert.equal(oneStepBelow(5n, 0), 4n);
  assert.equal(oneStepBelow(0n, 0.5), 0n);
});

test('The price for a net amount leaves that amount, and a lower price does not', () => {
  fc.assert(
    fc.property(amount, rate, (net, fee) => {
      const rules = { marketFee: fee };
      const left = (price: bigint) => price - marketFee(price, rules);
      const price = priceForNet(net, rules);
      assert.ok(left(price) >= net);
      assert.ok(price === 0n || left(price - 1n) < net);
    }),
  );
});

test('A reliability is the delivered part, rounded down, and perfect without a record', () => {
  assert.equal(reliability(0, 0), 1_000_000_000n);
  assert.equal(reliability(1, 2), 333_333_333n);
  assert.ok(isReliableEnough(reliability(1, 2), 0.333333333));
  assert.ok(!isReliableEnough(reliability(1, 2), 0.333333334));
});
