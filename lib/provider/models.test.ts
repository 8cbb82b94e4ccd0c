import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ModelUnavailable } from '../inference/errors.ts';
import { createWorld, testSettings, type World } from './testing/world.ts';

function announcements(world: World): unknown[] {
  return world.market.calls.flatMap(({ call }) =>
    call.call === 'announce' || call.call === 'withdrawOffer' ? [call] : [],
  );
}

test('A model is announced with its measured time once it is ready, and only then', async (t) => {
  const world = createWorld();
  world.models.error = new ModelUnavailable('nobody has it');
  const engine = world.start(t);
  await world.mine();
  assert.deepEqual(announcements(world), []);
  assert.deepEqual(engine.status().models, [
    { model: 0, version: 0, state: 'failed', reason: 'nobody has it', timeMs: null },
  ]);
  world.models.error = null;
  world.models.measuredMs = 12.5;
  await world.mineUntil('it is announced', () => world.market.provider('alice').models.length === 1);
  await world.mine(5);
  assert.deepEqual(announcements(world), [{ call: 'announce', model: 0, version: 0, timeMicroseconds: 12_500 }]);
  assert.deepEqual(engine.status().models, [{ model: 0, version: 0, state: 'ready', reason: null, timeMs: 12.5 }]);
});

test('A model that cannot be made ready is tried again, less and less often', async (t) => {
  const world = createWorld();
  world.models.error = new ModelUnavailable('nobody has it');
  world.start(t);
  const tries = () => world.events.filter(({ event }) => event === 'modelFailed').length;
  await world.mine(2);
  const early = tries();
  assert.ok(early >= 1);
  await world.mine(60);
  // 2, 4, 8, 16, 32 and 60 seconds make 122.
  assert.ok(tries() >= 6 && tries() <= 9, `it was tried ${tries()} times`);
});

test('A model without a time is not bid for, and the decision says so', async (t) => {
  const world = createWorld();
  world.models.measuredMs = undefined;
  const engine = world.start(t);
  const order = await world.market.placeOrder();
  await world.mineUntil('it is decided', () => engine.orders()[0]?.decision?.rule === 'notMeasured');
  assert.deepEqual(announcements(world), []);
  assert.equal(world.market.order(order)?.bids.length, 0);
});

test('Times from before a restart count, and the newest median is told', async (t) => {
  const world = createWorld();
  world.models.measuredMs = undefined;
  for (const ms of [5, 50, 6]) await world.journal.saveTiming(0, 0, ms);
  const engine = world.start(t);
  await world.mineUntil('it is announced', () => announcements(world).length === 1);
  assert.equal(engine.status().models[0]?.timeMs, 6);
});

test('A time that was announced is announced anew when it has changed by more than the double', async (t) => {
  const world = createWorld();
  await world.market.call('alice', { call: 'announce', model: 0, version: 0, timeMicroseconds: 15_000 });
  const engine = world.start(t);
  await world.mine(3);
  assert.equal(announcements(world).length, 1);
  await engine.stop(0);
  world.models.measuredMs = 1000;
  for (let n = 0; n < 3; n++) await world.journal.saveTiming(0, 0, 1000);
  world.start(t);
  await world.mineUntil('it is announced anew', () => announcements(world).length === 2);
});

test('A new version is made ready and announced while the old one is served, which then goes', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  const agreement = await world.agree({ inferences: 2 });
  world.market.publish(0);
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  await world.mineUntil('there is a bid for the new one', () => world.market.order(order)?.bids.length === 1);
  assert.deepEqual(world.models.prepared, ['model-0-0', 'model-0-1']);
  assert.equal(world.models.released, 0);
  await world.ask(agreement, 'a', 'b');
  await world.mineUntil('the old agreement is over', () => world.market.agreement(agreement).state.kind === 'ended');
  await world.mineUntil('the old version is let go of', () => world.models.released === 1);
  assert.equal(engine.status().models[0]?.version, 1);
});

test('An order for a version that is not served is declined with that reason', async (t) => {
  const world = createWorld();
  world.start(t);
  const order = await world.market.placeOrder({ biddingPeriod: 50 });
  world.market.publish(0);
  world.market.change('alice', { stake: 0n });
  await world.mineUntil('the new version is announced', () => announcements(world).length === 2);
  await world.mineUntil('the old one is let go of', () => world.models.released === 1);
  await world.mineUntil('it is decided', () => world.rules(order).at(-1) === 'decline versionNotServed');
});

test('A model that is not served any more is withdrawn, and let go of', async (t) => {
  const world = createWorld();
  world.market.addModel();
  const engine = world.start(t, { models: [{ model: 0 }, { model: 1 }] });
  await world.mineUntil('both are announced', () => world.market.provider('alice').models.length === 2);
  engine.update({ ...testSettings, models: [{ model: 1 }] });
  await world.mineUntil('one is withdrawn', () => world.market.provider('alice').models.length === 1);
  assert.deepEqual(world.market.provider('alice').models, [1]);
  assert.equal(world.models.released, 1);
});

test('A model that does not exist is told as such', async (t) => {
  const world = createWorld();
  const engine = world.start(t, { models: [{ model: 7 }] });
  await world.mine();
  assert.deepEqual(engine.status().models, [
    { model: 7, version: null, state: 'failed', reason: 'There is no model 7 on the chain.', timeMs: null },
  ]);
});

test('While it is paused, or in a dry run, nothing is announced', async (t) => {
  const world = createWorld();
  const engine = world.start(t, { paused: true });
  await world.mine(3);
  engine.update({ ...testSettings, dryRun: true });
  await world.mine(3);
  assert.deepEqual(announcements(world), []);
});

test('An operator key cannot announce, which is told once and in the decisions', async (t) => {
  const world = createWorld();
  world.market.change('alice', { operator: { account: 'operator', floorPrice: 1n, maxOpen: 5 } });
  const engine = world.start(t, {}, 'alice', { chain: world.market.chain('operator') });
  await world.market.placeOrder({ biddingPeriod: 50 });
  await world.mineUntil('it is decided', () => engine.orders()[0]?.decision?.rule === 'notAnnounced');
  assert.match(engine.orders()[0]?.decision?.reason ?? '', /provider's own account/);
  await world.mine(5);
  assert.deepEqual(world.troubles(), ['NotAllowed']);
  assert.deepEqual(announcements(world), []);
  await world.market.call('alice', { call: 'announce', model: 0, version: 0, timeMicroseconds: 10_000 });
  await world.mineUntil('there is a bid', () => engine.status().openBids === 1);
});

test('An announcement that the chain refuses is reported and tried again later, not in each block', async (t) => {
  const world = createWorld();
  world.market.isRetired = true;
  world.start(t);
  await world.mine(20);
  assert.equal(announcements(world).length, 1);
  assert.deepEqual(world.troubles(), ['CallFailed']);
  world.market.isRetired = false;
  await world.mineUntil('it is announced', () => world.market.provider('alice').models.length === 1);
});
