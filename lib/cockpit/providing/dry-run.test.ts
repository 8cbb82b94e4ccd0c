import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Agreement, Offer } from '../../market/types.ts';
import type { MarketReads } from '../../market/chain.ts';
import { testOrder, testRules } from '../../provider/testing/market.ts';
import { testSettings } from '../../provider/testing/world.ts';
import type { Settings } from '../../provider/types.ts';
import { dryRun, pastOrders, type DryBidder } from './dry-run.ts';

const agreement: Agreement = {
  ...{ id: 1, order: 1, model: 0, version: 1, consumer: 'consumer', sender: null, consumerKey: testOrder.key },
  ...{ provider: 'bob', responder: null, providerKey: testOrder.key, price: 500n, royalty: 10n, fee: 5n, penalty: 0n },
  ...{ reserve: 0n, quota: 10, maxInFlight: 5, responseDeadline: 20, openedAt: 5, endsAt: 205, rating: null },
  counts: { requested: 0, answered: 0, delivered: 0, consumerFaults: 0, providerFaults: 0, missed: 0 },
  state: { kind: 'ended', at: 50, how: 'completed' },
};
const bidder: DryBidder = { account: 'alice', timesMs: new Map([[0, 100]]), floorPrice: null };
const fixed = (price: bigint): Settings => ({
  ...testSettings,
  models: [{ model: 0 }],
  strategy: { kind: 'fixed', price } as const,
});

/** A chain with these agreements, in the order of their numbers. */
function chainWith(agreements: readonly Agreement[]) {
  const reads: string[] = [];
  const providers = [...new Set(agreements.map(({ provider }) => provider))];
  const chain = {
    offers: (model: number) => {
      reads.push(`offers ${model}`);
      return Promise.resolve(providers.map((provider) => ({ provider }) as Offer));
    },
    agreementsOf: (account: string, { after = -1, limit = 100 } = {}) =>
      Promise.resolve(
        agreements
          .filter(({ id, provider }) => provider === account && id > after)
          .slice(0, limit)
          .map((found) => ({ role: 'provider' as const, agreement: found })),
      ),
  };
  return { chain: chain as unknown as MarketReads, reads };
}
const { signal } = new AbortController();
const runOn = async (agreements: readonly Agreement[], settings = fixed(400n), who = bidder) => {
  const orders = await pastOrders(chainWith(agreements).chain, [0], signal);
  return dryRun(orders, who, settings, testRules, 100, 1_000);
};

test('a price below the accepted one wins, and earns what is left of it for each inference', async () => {
  const run = await runOn([agreement]);
  assert.deepEqual([run.orders, run.bids, run.wins], [1, 1, 1]);
  // 400 less the royalty of 10 and the market's fee of 1 %.
  assert.equal(run.earned, 386n * 10n);
  const [row] = run.rows;
  assert.deepEqual([row?.order, row?.paid, row?.inferences, row?.wins], [1, 500n, 10, true]);
  assert.deepEqual([row?.decision.action, row?.decision.price, row?.decision.rule], ['bid', 400n, 'strategy']);
});

test('a price above what was accepted is no bid, and one within the step does not take the lead', async () => {
  const above = await runOn([agreement], fixed(501n));
  assert.deepEqual([above.bids, above.wins, above.rows[0]?.decision.rule], [0, 0, 'priceTooHigh']);
  const close = await runOn([agreement], fixed(498n));
  assert.deepEqual([close.bids, close.wins, close.rows[0]?.decision.rule], [1, 0, 'join']);
  assert.equal(close.earned, 0n);
});

test('undercutting goes below what was accepted, down to its floor', async () => {
  const undercut = (floor: bigint) => ({ ...fixed(1n), strategy: { kind: 'undercut', floor, step: 0.02 } as const });
  const low = await runOn([agreement], undercut(100n));
  assert.deepEqual([low.wins, low.rows[0]?.decision.price], [1, 490n]);
  const high = await runOn([agreement], undercut(600n));
  assert.deepEqual([high.bids, high.wins], [0, 0]);
});

test('the floor of the key binds, and a model that was never measured gets no bid', async () => {
  const bound = await runOn([agreement], fixed(400n), { ...bidder, floorPrice: 450n });
  assert.equal(bound.rows[0]?.decision.rule, 'operatorFloor');
  const unmeasured = await runOn([agreement], fixed(400n), { ...bidder, timesMs: new Map() });
  assert.equal(unmeasured.bids, 0);
});

test('a deadline that this browser could not keep is a reason not to bid', async () => {
  const run = await runOn([{ ...agreement, responseDeadline: 3 }], fixed(400n), {
    ...bidder,
    timesMs: new Map([[0, 5_000]]),
  });
  assert.equal(run.rows[0]?.decision.rule, 'deadlineTooShort');
});

test('of an order with two providers the second place wins too', async () => {
  const two = [agreement, { ...agreement, id: 2, provider: 'carol', price: 600n }];
  const run = await runOn(two, fixed(550n));
  assert.deepEqual([run.orders, run.wins, run.rows[0]?.paid], [1, 1, 600n]);
  assert.equal((await runOn(two, fixed(600n))).wins, 0);
});

test('an order that this provider has won itself is won again at the same price', async () => {
  const own = { ...agreement, provider: 'alice' };
  assert.equal((await runOn([own], fixed(500n))).wins, 1);
  assert.equal((await runOn([own], fixed(498n))).rows[0]?.decision.price, 500n);
});

test('what is still reserved tells the highest price of an order', async () => {
  const open = { ...agreement, reserve: 800n };
  // 800 is a fifth of 5 inferences in flight at 800 each.
  const run = await runOn([open], fixed(700n));
  assert.deepEqual([run.bids, run.wins], [1, 0]);
});

test('the newest 20 orders count, whatever number of agreements there are', async () => {
  const many = Array.from({ length: 250 }, (_, id) => ({ ...agreement, id, order: id }));
  const run = await runOn(many);
  assert.equal(run.orders, 20);
  assert.deepEqual([run.rows[0]?.order, run.rows.at(-1)?.order], [249, 230]);
});

test('without a model nothing is read', async () => {
  const { chain, reads } = chainWith([agreement]);
  assert.deepEqual(await pastOrders(chain, [], signal), []);
  assert.deepEqual(reads, []);
});

test('it ends when it is aborted', async () => {
  await assert.rejects(pastOrders(chainWith([agreement]).chain, [0], AbortSignal.abort(new Error('enough'))), {
    message: 'enough',
  });
});
