import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import fc from 'fast-check';

import { mortal, type Death, type Mortal } from './testing/mortal.ts';
import { createWorld, type World } from './testing/world.ts';

const REQUESTS = 4;
const MOST_BLOCKS = 150;

/** Starts an engine that dies, or one that does not. */
function startMortal(t: TestContext, world: World, death: Death | null): Mortal {
  const life = mortal(world.ports('alice'), death);
  // The dead cannot be stopped.
  const after = (undo: () => unknown) => t.after(() => (life.isDead() ? undefined : undo()));
  world.start({ after }, {}, 'alice', life.ports);
  return life;
}

/**
 * A provider's whole work, from announcing to the last answer, by engines that die one after another, and a last one that
 * does not. Returns how many calls of ports the last one made.
 */
async function work(t: TestContext, deaths: readonly Death[]): Promise<number> {
  const world = createWorld();
  const queue: (Death | null)[] = [...deaths, null];
  let life = startMortal(t, world, queue.shift() ?? null);
  let order: number | null = null;
  let agreement: number | null = null;
  for (let block = 0; ; block++) {
    assert.ok(block < MOST_BLOCKS, 'it is never done');
    await world.mine();
    if (life.isDead()) life = startMortal(t, world, queue.shift() ?? null);
    if (order === null) {
      order = await world.market.placeOrder({ biddingPeriod: 60, responseDeadline: 90, inferences: REQUESTS });
    } else if (agreement === null) {
      if (world.market.order(order)?.bids.length !== 1) continue;
      agreement = await world.market.accept(order, 'alice');
      await world.ask(agreement, ...Array.from({ length: REQUESTS - 1 }, (_, place) => `request ${place}`));
      // One of them is answered with a failure.
      await world.market.request(agreement, world.dx.put(agreement, 99, 'in the wrong place'));
    } else if (world.market.agreement(agreement).state.kind === 'ended' && queue.length === 0) break;
    else if (world.market.agreement(agreement).state.kind === 'ended') {
      // The work was done before the next one was to die.
      if (!life.isDead()) break;
    }
  }
  await world.mine(2);
  if (life.isDead()) {
    life = startMortal(t, world, null);
    await world.mine(2);
  }

  // Every request got its answer, and never was a second, different one sent.
  const { counts } = world.market.agreement(agreement);
  assert.deepEqual([counts.delivered, counts.consumerFaults, counts.missed], [REQUESTS - 1, 1, 0]);
  const answers = new Map<number, Set<string>>();
  for (const { index, answer } of world.market.sent) {
    answers.set(index, (answers.get(index) ?? new Set()).add(JSON.stringify(answer)));
  }
  for (const [index, different] of answers) assert.equal(different.size, 1, `request ${index} had several answers`);
  // No engine bid twice, and the journal has what the chain has.
  const bids = world.market.calls.filter(({ call }) => call.call === 'placeBid');
  assert.ok(bids.length >= 1 && bids.length <= 1 + deaths.length);
  for (const { index, outcome } of world.market.requests(agreement)) {
    const execution = await world.execution(agreement, index);
    assert.ok(execution?.times.answered !== undefined, `request ${index} is not known to be answered`);
    if (outcome.state === 'settled') assert.deepEqual(execution.output, outcome.output);
    else assert.equal(execution.failure, 'CannotDecrypt');
  }
  return life.calls();
}

test('An engine that is killed at any call is followed by one that answers every request once', async (t) => {
  const calls = await work(t, []);
  assert.ok(calls > 50, `only ${calls} calls`);
  for (let call = 1; call <= calls; call++) {
    for (const takesEffect of [false, true]) {
      await t.test(`killed ${takesEffect ? 'after' : 'before'} call ${call}`, async (inner) => {
        await work(inner, [{ call, takesEffect }]);
      });
    }
  }
});

test('Engines that are killed again and again still answer every request once', async (t) => {
  const death = fc.record({ call: fc.integer({ min: 5, max: 90 }), takesEffect: fc.boolean() });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(death, { minLength: 2, maxLength: 5 }), async (deaths) => {
      await t.test(`run ${++run}`, async (inner) => {
        await work(inner, deaths);
      });
    }),
    { numRuns: 40 },
  );
});
