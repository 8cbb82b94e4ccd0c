import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Order, Record } from '../market/types.ts';
import { bestBids, rankBids, type Bidder } from './choose.ts';
import { placeOrder, readOrder } from './orders.ts';
import { rules } from './testing/market.ts';
import { startMarket } from './testing/parts.ts';

const record = (delivered: number, missed: number, more: Partial<Record> = {}): Record => ({
  ...{ agreements: 1, open: 0, abandoned: 0, delivered, missed, consumerFaults: 0, providerFaults: 0 },
  ...{ volume: 0n, slashed: 0n, counterparties: 1, counterpartiesPeak: 1, ratings: 0, ratingSum: 0 },
  ...{ since: 0, lastActive: 0, ...more },
});

const order = (...prices: readonly bigint[]) =>
  ({
    ...{ inferences: 100, maxInFlight: 10, responseDeadline: 5 },
    bids: prices.map((price, i) => ({ provider: `${i}`, price, at: i })),
  }) as unknown as Order;

const bidders = (...known: readonly Partial<Bidder>[]) =>
  new Map(known.map((bidder, i) => [`${i}`, { record: null, timeMicroseconds: 1_000, ...bidder }] as const));

const ranking = (...args: Parameters<typeof rankBids>) => rankBids(...args).map(({ provider }) => provider);

test('between equal records the lower price wins', () => {
  assert.deepEqual(ranking(order(30n, 10n, 20n), bidders({}, {}, {}), rules), ['1', '2', '0']);
});

test('a bad record outweighs a slightly lower price, but not a much lower one', () => {
  const known = bidders({ record: record(80, 20) }, { record: record(100, 0) });
  assert.deepEqual(ranking(order(95n, 100n), known, rules), ['1', '0']);
  assert.deepEqual(ranking(order(50n, 100n), known, rules), ['0', '1']);
});

test("the consumers' own faults do not count against a provider", () => {
  const known = bidders({ record: record(100, 0, { consumerFaults: 900 }) }, { record: record(90, 10) });
  assert.deepEqual(ranking(order(100n, 99n), known, rules), ['0', '1']);
});

test('who cannot answer in time by its own measurement, or offers the model no more, comes last', () => {
  const known = bidders({ timeMicroseconds: 1_001_000 }, { timeMicroseconds: null }, {});
  const ranked = rankBids(order(1n, 2n, 100n), known, rules);
  assert.deepEqual(
    ranked.map(({ provider }) => provider),
    ['2', '0', '1'],
  );
  assert.match(ranked[1]?.reasons.join() ?? '', /too slow/);
  assert.match(ranked[2]?.reasons.join() ?? '', /no longer offers/);
});

test('between equals the faster one is better, then the one who bid first', () => {
  const known = bidders({ timeMicroseconds: 9_000 }, { timeMicroseconds: 2_000 }, { timeMicroseconds: 2_000 });
  assert.deepEqual(ranking(order(5n, 5n, 5n), known, rules), ['1', '2', '0']);
});

test('each bid has its reasons', () => {
  const rated = record(98, 2, { ratings: 2, ratingSum: 9, abandoned: 1, agreements: 4 });
  const [bid] = rankBids(order(5n), bidders({ record: rated, timeMicroseconds: 45_000 }), rules);
  assert.deepEqual(bid?.reasons, [
    'delivered 98 of 100, rated 4.5 of 5, abandoned 1 of 4 agreements',
    '45 ms per inference',
  ]);
});

test('the best bids of an order are read with what the chain knows of the bidders', async (t) => {
  const { chain, ...parts } = await startMarket(t, [{ price: 50n }, { price: 48n }, { price: 70n }]);
  chain.records.set('provider 1', record(10, 90));
  const { order: id } = await placeOrder(
    { chain, ...parts },
    { model: 0, inferences: 1, maxPrice: 100n, providers: 2 },
  );
  const best = await bestBids(chain, await readOrder(chain, id), 2);
  assert.deepEqual(
    best.map(({ provider, rank }) => [provider, rank]),
    [
      ['provider 0', 1],
      ['provider 2', 2],
    ],
  );
});
