import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { EngineEvent } from './types.ts';
import { createWorld, type World } from './testing/world.ts';

/** Starts an engine; what is returned fills with the indices that each of its transactions answers. */
function startCounting(t: TestContext, world: World): { batches: number[][] } {
  const batches: number[][] = [];
  const chain = world.market.chain('alice');
  const account: typeof chain.account = {
    address: chain.account.address,
    submit: (call, options) => {
      const calls = 'call' in call ? [call] : call;
      const answered = calls.flatMap((each) =>
        each.call === 'respond' ? each.answers.map((_, place) => each.first + place) : [],
      );
      if (answered.length > 0) batches.push(answered);
      return chain.account.submit(call, options);
    },
  };
  world.start(t, { maxInFlight: 1000 }, 'alice', { chain: { ...chain, account } });
  return { batches };
}

/** Lets no further request be executed once one of this index is; a model that takes so long. */
function holdAfter(world: World, t: TestContext, index: number): void {
  const push = world.events.push.bind(world.events);
  world.events.push = (...events: EngineEvent[]) => {
    for (const event of events) {
      if (event.event !== 'execution') continue;
      if (event.execution.index === index && event.execution.stage === 'executed') world.models.isHeld = true;
    }
    return push(...events);
  };
  t.after(() => world.models.letGo());
}

/** Waits until the answers of so many requests are certain. */
async function certain(world: World, answers: number): Promise<void> {
  const uploaded = () =>
    world.events.filter((event) => event.event === 'execution' && event.execution.stage === 'uploaded').length;
  await world.until(`${answers} answers are certain`, () => uploaded() >= answers);
  await world.settle();
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

test('A burst of requests is answered by one transaction in one block', async (t) => {
  const world = createWorld();
  world.models.concurrency = 1;
  const { batches } = startCounting(t, world);
  const agreement = await world.agree({ inferences: 30, maxInFlight: 30 });
  await world.ask(agreement, ...upTo(10).map(String));
  await certain(world, 10);
  assert.deepEqual(batches, [upTo(10)]);
  await world.mine();
  assert.equal(world.market.agreement(agreement).counts.delivered, 10);
});

test('An answer waits a tenth of a block’s time for others that take longer, and then goes without them', async (t) => {
  const world = createWorld();
  world.models.concurrency = 1;
  const { batches } = startCounting(t, world);
  const agreement = await world.agree();
  holdAfter(world, t, 0);
  await world.ask(agreement, 'quick', 'slow');
  await certain(world, 1);
  assert.equal(world.models.running, 1);
  const tenth = world.market.rules.blockTimeMs / 10;
  world.clock.advance(tenth - 1);
  await world.settle();
  assert.deepEqual(batches, []);
  world.clock.advance(1);
  await world.settle();
  assert.deepEqual(batches, [[0]]);
});

test('While a transaction is on its way further answers wait half a block’s time, and still get into that block', async (t) => {
  const world = createWorld();
  world.models.concurrency = 1;
  const { batches } = startCounting(t, world);
  const agreement = await world.agree();
  holdAfter(world, t, 0);
  await world.ask(agreement, 'a', 'b', 'c');
  await certain(world, 1);
  world.clock.advance(world.market.rules.blockTimeMs / 10);
  await world.settle();
  holdAfter(world, t, 1);
  world.models.letGo();
  await certain(world, 2);
  assert.equal(world.models.running, 1);
  assert.deepEqual(batches, [[0]]);
  world.clock.advance(world.market.rules.blockTimeMs / 2);
  await world.settle();
  assert.deepEqual(batches, [[0], [1]]);
  world.market.mine();
  assert.equal(world.market.agreement(agreement).counts.delivered, 2);
});

test('The last answer does not wait, also while a transaction is on its way', async (t) => {
  const world = createWorld();
  world.models.concurrency = 1;
  const { batches } = startCounting(t, world);
  const agreement = await world.agree();
  holdAfter(world, t, 0);
  await world.ask(agreement, 'a', 'b');
  await certain(world, 1);
  world.clock.advance(world.market.rules.blockTimeMs / 10);
  await world.settle();
  world.models.letGo();
  await certain(world, 2);
  assert.deepEqual(batches, [[0], [1]]);
});

test('A full batch does not wait for others', async (t) => {
  const world = createWorld({ maxBatch: 3 });
  world.models.concurrency = 1;
  const { batches } = startCounting(t, world);
  const agreement = await world.agree({ inferences: 30, maxInFlight: 30 });
  holdAfter(world, t, 3);
  await world.ask(agreement, '0', '1', '2');
  await world.ask(agreement, '3', '4');
  await certain(world, 4);
  assert.equal(world.models.running, 1);
  assert.deepEqual(batches, [[0, 1, 2]]);
});

test('An answer does not wait for a request whose payload nobody has', async (t) => {
  const world = createWorld();
  const { batches } = startCounting(t, world);
  const agreement = await world.agree();
  await world.market.request(agreement, 'nowhere', world.dx.put(agreement, 1, 'here'));
  await certain(world, 1);
  assert.deepEqual(batches, [[1]]);
});

test('An answer of one agreement does not wait for the requests of another', async (t) => {
  const world = createWorld();
  world.models.concurrency = 1;
  const { batches } = startCounting(t, world);
  const [one, other] = [await world.agree(), await world.agree()];
  world.models.isHeld = true;
  await world.ask(one, 'quick');
  await world.ask(other, 'slow');
  await world.until('the quick one is being executed', () => world.models.running === 1);
  holdAfter(world, t, 0);
  world.models.letGo();
  await certain(world, 1);
  await world.until('the slow one is being executed', () => world.models.running === 1);
  await world.settle();
  assert.deepEqual(batches, [[0]]);
});
