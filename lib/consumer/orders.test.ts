import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CallFailed } from '../market/errors.ts';
import { acceptBids, allAgreements, placeOrder, readOrder, watchOrder, type WatchedOrder } from './orders.ts';
import { startMarket } from './testing/parts.ts';

const wish = { model: 0, inferences: 10, maxPrice: 100n };

test('an order is placed with a key of its own, which is kept before the order is signed', async (t) => {
  const parts = await startMarket(t);
  const first = await placeOrder(parts, wish);
  const second = await placeOrder(parts, wish);
  const orders = await Promise.all([first, second].map(({ order }) => readOrder(parts.chain, order)));
  assert.notDeepEqual(orders[0]?.key, orders[1]?.key);
  for (const order of orders) assert.ok(await parts.store.privateKey(order.key));
  assert.equal(orders[0]?.held, 1_000n);
});

test('an order that the market would refuse is refused before anything is signed', async (t) => {
  const parts = await startMarket(t);
  const wrong: [object, RegExp][] = [
    [{ model: 9 }, /no model 9/],
    [{ maxPrice: 4n }, /royalty/],
    [{ maxPrice: 0n }, /more than zero/],
    [{ maxPrice: 10n ** 12n }, /above the highest/],
    [{ inferences: 0 }, /inferences must be a whole number from 1/],
    [{ inferences: 1.5 }, /whole number/],
    [{ providers: 5 }, /at most 4 bids/],
    [{ responseDeadline: 2 }, /response deadline must be a whole number from 3/],
    [{ lifetime: 15 }, /longer than the response deadline/],
    [{ maxInFlight: 17 }, /At most 16/],
    [{ minReliability: 1.1 }, /0 to 1/],
  ];
  for (const [change, message] of wrong) {
    await assert.rejects(placeOrder(parts, { ...wish, ...change }), { name: 'InvalidOrder', message });
  }
  assert.deepEqual([parts.chain.calls.length, parts.store.keys.size], [0, 0]);
});

test('a refusal of the chain is passed on by its name', async (t) => {
  const parts = await startMarket(t);
  parts.chain.mishaps.push(new CallFailed('marketplace.InsufficientBalance', 'Top it up.'));
  await assert.rejects(placeOrder(parts, wish), { name: 'CallFailed', error: 'marketplace.InsufficientBalance' });
});

test('an order whose transaction got lost is found in the state, or reported as lost', async (t) => {
  const parts = await startMarket(t);
  parts.chain.mishaps.push('includedButLost');
  const { order, included } = await placeOrder(parts, wish);
  assert.deepEqual([order, included], [0, null]);
  parts.chain.mishaps.push('lost');
  await assert.rejects(placeOrder(parts, wish), { name: 'TransactionLost' });
});

test('an order is watched through its phases until it is gone', async (t) => {
  const parts = await startMarket(t, [{ price: 50n }, { price: 40n }]);
  const { order } = await placeOrder(parts, { ...wish, biddingPeriod: 3, acceptancePeriod: 3 });
  const seen: WatchedOrder[] = [];
  for await (const watched of watchOrder(parts.chain, order, AbortSignal.timeout(10_000))) seen.push(watched);
  const phases = seen.map(({ phase }) => phase);
  assert.deepEqual(phases.slice(0, 1), ['bidding']);
  assert.ok(phases.includes('accepting'));
  assert.deepEqual(
    seen.at(-1)?.order.bids.map(({ provider }) => provider),
    ['provider 1', 'provider 0'],
  );
});

test('watching an order that is not there says so, and a signal ends the watching', async (t) => {
  const parts = await startMarket(t);
  const unknown = watchOrder(parts.chain, 7, AbortSignal.timeout(10_000));
  await assert.rejects(unknown.next(), { name: 'UnknownOrder', message: /no open order 7/ });
  const { order } = await placeOrder(parts, { ...wish, biddingPeriod: 1000 });
  const stop = new AbortController();
  await assert.rejects(
    async () => {
      for await (const { order: watched } of watchOrder(parts.chain, order, stop.signal)) {
        if (watched.bids.length > 0) stop.abort(new Error('enough'));
      }
    },
    { message: 'enough' },
  );
});

test('accepting opens an agreement with each provider at its price', async (t) => {
  const parts = await startMarket(t, [{ price: 50n }, { price: 40n }, { price: 45n }]);
  const { order } = await placeOrder(parts, { ...wish, providers: 2 });
  const { agreements, included } = await acceptBids(parts.chain, order, ['provider 1', 'provider 2']);
  assert.ok(included);
  assert.deepEqual(
    agreements.map(({ provider, price }) => [provider, price]),
    [
      ['provider 1', 40n],
      ['provider 2', 45n],
    ],
  );
  assert.deepEqual(await allAgreements(parts.chain, parts.chain.account.address), agreements);
  assert.equal(parts.chain.ledger.escrow, 10n * 85n);
});

test('agreements whose transaction got lost are found in the state', async (t) => {
  const parts = await startMarket(t);
  const { order } = await placeOrder(parts, wish);
  parts.chain.mishaps.push('includedButLost');
  const { agreements, included } = await acceptBids(parts.chain, order, ['provider 0']);
  assert.deepEqual([agreements.length, included], [1, null]);
  const again = await acceptBids(parts.chain, order, ['provider 0']);
  assert.deepEqual(again.agreements, agreements, 'a second attempt finds the same');
  await assert.rejects(acceptBids(parts.chain, 77, ['provider 0']), { error: 'marketplace.UnknownOrder' });
});
