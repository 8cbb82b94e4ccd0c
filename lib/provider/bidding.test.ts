import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Strategy } from '../market/strategies.ts';
import { createMemoryJournal } from './memory-journal.ts';
import type { Decision } from './ports.ts';
import { testOrder } from './testing/market.ts';
import { createWorld, testSettings, type World } from './testing/world.ts';

const fixed = (price: bigint): Strategy => ({ kind: 'fixed', price });

/** The provider's bid on an order. */
function bidOf(world: World, order: number, provider = 'alice'): bigint | undefined {
  return world.market.order(order)?.bids.find((bid) => bid.provider === provider)?.price;
}

/** How often somebody has sent a bid. */
function bidsSent(world: World, provider = 'alice'): number {
  return world.market.calls.filter(({ from, call }) => from === provider && call.call.endsWith('Bid')).length;
}

async function untilDecided(world: World, order: number, rule: string): Promise<Decision> {
  const found = () =>
    world.events.findLast(
      (event) => event.event === 'decided' && event.decision.order === order && event.decision.rule === rule,
    );
  await world.mineUntil(`a decision by the rule ${rule}`, () => found() !== undefined);
  const event = found();
  assert.ok(event?.event === 'decided');
  return event.decision;
}

/** Lets a rival bid, who has all that it takes. */
async function rivalBids(world: World, order: number, price: bigint, rival = 'rival'): Promise<void> {
  if (!world.events.some(({ event }) => event === 'heads')) throw new Error('Start an engine first.');
  const first = bidOf(world, order, rival) === undefined;
  await world.market.call(rival, { call: first ? 'placeBid' : 'improveBid', order, price });
}

async function withRival(world: World, rival = 'rival'): Promise<void> {
  world.market.addProvider(rival);
  await world.market.call(rival, { call: 'announce', model: 0, version: 0, timeMicroseconds: 1 });
}

test('A new order gets a bid, and the journal has the decision with its reason and its result', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  await world.mineUntil('the model is announced', () => world.market.provider('alice').models.length === 1);
  const order = await world.market.placeOrder();
  await world.mineUntil('there is a bid', () => bidOf(world, order) !== undefined);
  await world.settle();
  const decisions = await world.journal.decisions({ order, limit: 10 });
  assert.deepEqual(
    decisions.map(({ action, rule, result, price }) => [action, rule, result, price]),
    [
      ['hold', 'leading', null, 1000n],
      ['bid', 'strategy', 'included', 1000n],
    ],
  );
  assert.match(decisions[1]?.reason ?? '', /0\.000000001 AIRO/);
  assert.equal(engine.status().openBids, 1);
  assert.equal(engine.orders()[0]?.decision?.rule, 'leading');
});

test('What is decided anew in each block is told only when it changes', async (t) => {
  const world = createWorld();
  world.start(t);
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  await untilDecided(world, order, 'leading');
  const before = (await world.journal.decisions({ limit: 100 })).length;
  for (let block = 0; block < 20; block++) {
    world.market.mine();
    await world.settle();
  }
  assert.equal((await world.journal.decisions({ limit: 100 })).length, before);
});

test('A bid that is outbid is improved down to the floor, and then held with the reason', async (t) => {
  const world = createWorld();
  await withRival(world);
  world.start(t);
  const order = await world.market.placeOrder({ biddingPeriod: 100 });
  await world.mineUntil('there is a bid', () => bidOf(world, order) === 1000n);
  await rivalBids(world, order, 500n);
  await world.mineUntil('it is improved', () => bidOf(world, order) === 475n);
  await rivalBids(world, order, 104n);
  await world.mineUntil('it is at the floor', () => bidOf(world, order) === 100n);
  await rivalBids(world, order, 90n);
  const { action, price, reason } = await untilDecided(world, order, 'outbidAtFloor');
  assert.deepEqual([action, price], ['hold', 100n]);
  assert.match(reason, /0\.00000000009 AIRO.*floor is 0\.0000000001 AIRO/);
  assert.equal(bidsSent(world), 3);
});

test('Two engines compete until the one with the lower floor leads', async (t) => {
  const world = createWorld();
  world.market.addProvider('bob');
  world.start(t, { strategy: { kind: 'undercut', floor: 300n, step: 0.1 } });
  world.start(t, { strategy: { kind: 'undercut', floor: 200n, step: 0.1 } }, 'bob', { journal: createMemoryJournal() });
  const order = await world.market.placeOrder({ biddingPeriod: 100 });
  await world.mineUntil('the bidding is over', () => world.market.order(order)?.bidsUntil === world.market.best + 1);
  const [best, second] = world.market.order(order)?.bids ?? [];
  assert.equal(best?.provider, 'bob');
  assert.ok(best.price >= 200n && best.price < 300n);
  assert.equal(second?.price, 300n);
});

test('After a restart the engine finds its bid and does not bid again', async (t) => {
  const world = createWorld();
  const first = world.start(t);
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  await untilDecided(world, order, 'leading');
  await first.stop(0);
  const decisions = await world.journal.decisions({ limit: 100 });
  world.start(t);
  world.market.mine(3);
  await world.settle();
  assert.equal(bidsSent(world), 1);
  assert.deepEqual(await world.journal.decisions({ limit: 100 }), decisions);
});

test('A bid whose engine died before it knew the result is found, and its result written down', async (t) => {
  const world = createWorld();
  await world.market.call('alice', { call: 'announce', model: 0, version: 0, timeMicroseconds: 1 });
  const order = await world.market.placeOrder();
  await world.market.call('alice', { call: 'placeBid', order, price: 900n });
  const pending: Decision = {
    order,
    at: 1,
    block: 1,
    action: 'bid',
    price: 900n,
    rule: 'strategy',
    reason: 'because',
    result: 'pending',
    error: null,
  };
  await world.journal.saveDecision(pending);
  world.start(t);
  await untilDecided(world, order, 'leading');
  assert.deepEqual((await world.journal.decisions({ order, limit: 10 })).at(-1), { ...pending, result: 'included' });
  assert.equal(bidsSent(world), 1);
});

test('A bid that was lost on its way is looked for, told as failed, and sent again', async (t) => {
  const world = createWorld();
  world.start(t);
  await world.mineUntil('the model is announced', () => world.market.provider('alice').models.length === 1);
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  world.market.loses = true;
  await world.mineUntil('it is sent', () => bidsSent(world) === 1);
  world.market.loses = false;
  await world.mineUntil('there is a bid', () => bidOf(world, order) === 1000n);
  assert.equal(bidsSent(world), 2);
  await world.settle();
  const results = (await world.journal.decisions({ order, limit: 10 })).map(({ result }) => result);
  assert.deepEqual(results.filter((result) => result !== null).toSorted(), ['failed', 'included']);
  assert.deepEqual(world.troubles(), ['TransactionLost']);
});

test('A bid that the chain refuses is told with the chain’s error, and made again when it can be', async (t) => {
  const world = createWorld();
  world.start(t);
  await world.mineUntil('the model is announced', () => world.market.provider('alice').models.length === 1);
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  await world.until('it is sent', () => bidsSent(world) === 1);
  world.market.change('alice', { leavesAt: 10 });
  world.market.mine();
  await untilDecided(world, order, 'leaving');
  const failed = (await world.journal.decisions({ order, limit: 10 })).find(({ result }) => result === 'failed');
  assert.match(failed?.error ?? '', /CallFailed: marketplace\.Leaving/);
  world.market.change('alice', { leavesAt: null });
  await world.mineUntil('there is a bid', () => bidOf(world, order) === 1000n);
  assert.equal(bidsSent(world), 2);
});

test('A bid that comes into the block behind a better one stands, and is improved', async (t) => {
  const world = createWorld();
  await withRival(world);
  world.start(t);
  await world.mineUntil('the model is announced', () => world.market.provider('alice').models.length === 1);
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  await rivalBids(world, order, 500n);
  await world.mineUntil('it leads', () => bidOf(world, order) === 475n);
  const [best] = world.market.order(order)?.bids ?? [];
  assert.equal(best?.provider, 'alice');
});

test('When an order expires or is cancelled, its capacity is free again', async (t) => {
  const world = createWorld();
  const engine = world.start(t, { maxInFlight: 10 });
  const first = await world.market.placeOrder({ biddingPeriod: 8, acceptancePeriod: 2 });
  await untilDecided(world, first, 'leading');
  assert.equal(engine.status().inFlight, 10);
  const second = await world.market.placeOrder({ biddingPeriod: 50 });
  const { reason } = await untilDecided(world, second, 'inFlight');
  assert.match(reason, /10 requests at a time beside the 10 that are promised are more than the 10/);
  await world.mineUntil('the first has expired', () => world.market.order(first) === null);
  await world.mineUntil('the second has a bid', () => bidOf(world, second) !== undefined);
  const third = await world.market.placeOrder({ biddingPeriod: 50 });
  await untilDecided(world, third, 'inFlight');
  await world.market.call('consumer', { call: 'cancelOrder', order: second });
  await world.mineUntil('the third has a bid', () => bidOf(world, third) !== undefined);
});

test('Orders that come together do not get more bids than there is capacity', async (t) => {
  const world = createWorld();
  world.start(t, { maxInFlight: 25 });
  await world.mineUntil('the model is announced', () => world.market.provider('alice').models.length === 1);
  const placed = Array.from({ length: 5 }, () => world.market.account('consumer'));
  const submits = placed.map((account) =>
    account.submit({ call: 'placeOrder', request: { ...testOrder, biddingPeriod: 20 } }),
  );
  world.market.mine();
  await Promise.all(submits);
  await world.mineUntil('there are bids', () => world.market.provider('alice').openBids > 0);
  for (let block = 0; block < 5; block++) {
    world.market.mine();
    await world.settle();
  }
  assert.equal(world.market.provider('alice').openBids, 2);
});

test('All orders are decided on, however many pages of them there are', async (t) => {
  const world = createWorld();
  const submits = Array.from({ length: 250 }, (_, place) =>
    world.market.account(`consumer ${place}`).submit({
      call: 'placeOrder',
      request: { ...testOrder, biddingPeriod: 90, inferences: 1 },
    }),
  );
  world.market.mine();
  await Promise.all(submits);
  const engine = world.start(t, { maxOpen: 1000, maxInFlight: 1000 });
  await world.mineUntil('there are bids on all', () => world.market.provider('alice').openBids === 250);
  assert.equal(engine.orders().length, 250);
  assert.equal(engine.status().openBids, 250);
});

test('While it is paused the engine does not bid, says so, and goes on afterwards', async (t) => {
  const world = createWorld();
  const engine = world.start(t, { paused: true });
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  assert.equal((await untilDecided(world, order, 'paused')).action, 'decline');
  assert.equal(engine.status().state, 'paused');
  engine.update(testSettings);
  await world.mineUntil('there is a bid', () => bidOf(world, order) !== undefined);
  engine.update({ ...testSettings, paused: true });
  const { action, price } = await untilDecided(world, order, 'paused');
  assert.deepEqual([action, price], ['decline', null]);
  await world.settle();
  assert.equal(engine.orders()[0]?.decision?.action, 'hold');
});

test('Settings that change take effect with the next decision', async (t) => {
  const world = createWorld();
  await withRival(world);
  const engine = world.start(t, { strategy: fixed(800n) });
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  await world.mineUntil('there is a bid', () => bidOf(world, order) === 800n);
  await rivalBids(world, order, 700n);
  await untilDecided(world, order, 'outbid');
  engine.update({ ...testSettings, strategy: fixed(600n) });
  await world.mineUntil('it is improved', () => bidOf(world, order) === 600n);
  engine.update({ ...testSettings, models: [] });
  await world.mineUntil('the offer is withdrawn', () => world.market.provider('alice').models.length === 0);
});

test('A model’s own strategy goes before the general one', async (t) => {
  const world = createWorld();
  world.start(t, { strategy: fixed(800n), models: [{ model: 0, strategy: fixed(300n) }] });
  const order = await world.market.placeOrder();
  await world.mineUntil('there is a bid', () => bidOf(world, order) === 300n);
});

test('A dry run decides and explains, and sends nothing', async (t) => {
  const world = createWorld();
  await world.market.call('alice', { call: 'announce', model: 0, version: 0, timeMicroseconds: 1 });
  const engine = world.start(t, { dryRun: true });
  const order = await world.market.placeOrder();
  const { action, price, result } = await untilDecided(world, order, 'strategy');
  assert.deepEqual([action, price, result], ['bid', 1000n, null]);
  world.market.mine(3);
  await world.settle();
  assert.equal(bidsSent(world), 0);
  assert.equal(engine.status().openBids, 0);
});

test('What would be decided about an order that nobody placed can be asked', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  const order = await world.market.placeOrder();
  await untilDecided(world, order, 'leading');
  const placed = world.market.order(order);
  assert.ok(placed !== null);
  const hypothetical = { ...placed, id: -1, bids: [] };
  assert.equal((await engine.dryRun(hypothetical)).action, 'bid');
  assert.equal((await engine.dryRun({ ...hypothetical, model: 9 })).rule, 'notServed');
  assert.equal((await engine.dryRun({ ...hypothetical, maxPrice: 99n })).rule, 'belowFloor');
  const demanding = { ...hypothetical, minRecord: { delivered: 5, reliability: 0.9 } };
  assert.equal((await engine.dryRun(demanding)).rule, 'recordTooLow');
  assert.equal(bidsSent(world), 1);
  assert.deepEqual(await world.journal.decisions({ order: -1, limit: 10 }), []);
});

test('While the chain is away the engine says so, and goes on by itself when it is back', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  await world.mineUntil('the chain was seen', () => engine.status().connected);
  world.market.isDown = true;
  world.market.mine();
  await world.until('it is noticed', () => !engine.status().connected);
  assert.deepEqual(world.troubles(), ['ChainUnavailable']);
  world.market.isDown = false;
  const order = await world.market.placeOrder();
  await world.mineUntil('there is a bid', () => bidOf(world, order) !== undefined);
  assert.equal(engine.status().connected, true);
});

test('A listener that throws does not stop the engine', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  engine.on(() => {
    throw new Error('broken');
  });
  const order = await world.market.placeOrder();
  await world.mineUntil('there is a bid', () => bidOf(world, order) !== undefined);
});

test('An external strategy is asked once for each change of the order, and its answer explains the decision', async (t) => {
  const world = createWorld();
  await withRival(world);
  const questions: { ownBid: string | null; order: { bids: unknown[] } }[] = [];
  world.hook = (_, question) => {
    questions.push(question as (typeof questions)[number]);
    return Promise.resolve({ price: questions.length === 1 ? 700n : null, reason: 'enough of it' });
  };
  const hook = { url: 'http://127.0.0.1' };
  world.start(t, { strategy: { kind: 'external', floor: 1n, hook, timeoutMs: 1000 } });
  const order = await world.market.placeOrder({ biddingPeriod: 60 });
  await world.mineUntil('there is a bid', () => bidOf(world, order) === 700n);
  await untilDecided(world, order, 'leading');
  await rivalBids(world, order, 500n);
  assert.match((await untilDecided(world, order, 'hookDeclined')).reason, /enough of it/);
  for (let block = 0; block < 10; block++) {
    world.market.mine();
    await world.settle();
  }
  assert.deepEqual(
    questions.map(({ ownBid, order: { bids } }) => [ownBid, bids.length]),
    [
      [null, 0],
      ['700', 2],
    ],
  );
});

test('An external strategy that fails or does not answer is a reason not to bid, and is asked again later', async (t) => {
  const world = createWorld();
  let asked = 0;
  world.hook = (_, __, signal) => {
    asked += 1;
    if (asked === 1) return Promise.reject(new Error('out of order'));
    if (asked > 2) return Promise.resolve(600n);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late'))));
  };
  const hook = { url: 'http://127.0.0.1' };
  world.start(t, { strategy: { kind: 'external', floor: 1n, hook, timeoutMs: 1000 } });
  const order = await world.market.placeOrder({ biddingPeriod: 60 });
  assert.match((await untilDecided(world, order, 'hookFailed')).reason, /out of order/);
  await world.mineUntil('it is asked a second time', () => asked === 2);
  world.market.mine();
  await world.settle();
  assert.match(world.rules(order).at(-1) ?? '', /hookFailed/);
  await world.mineUntil('there is a bid', () => bidOf(world, order) === 600n);
});
