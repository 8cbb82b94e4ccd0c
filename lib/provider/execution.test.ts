import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Corrupt, InvalidKey, NotReplicated } from '../dx/errors.ts';
import { ExecutionFailed, InvalidRequest, InvalidTensor, ModelUnavailable, Overloaded } from '../inference/errors.ts';
import { createWorld, testSettings, type World } from './testing/world.ts';

/** What became of the requests of an agreement, in their order. */
function outcomes(world: World, agreement: number): string[] {
  return world.market
    .requests(agreement)
    .map(({ outcome }) => (outcome.state === 'failed' ? outcome.code : outcome.state));
}

/** Mines until nothing is pending. */
async function untilDone(world: World, agreement: number): Promise<void> {
  await world.mineUntil('nothing is pending', () => !outcomes(world, agreement).includes('pending'));
  await world.settle();
}

/** No request was answered twice. */
function answersSent(world: World): number[] {
  return world.market.sent.map(({ index }) => index).toSorted((a, b) => a - b);
}

test('An accepted bid becomes answers, each once, and the journal has every stage of them', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a', 'b', 'c');
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled', 'settled', 'settled']);
  assert.deepEqual(world.models.executed.toSorted(), ['a', 'b', 'c']);
  assert.deepEqual(answersSent(world), [0, 1, 2]);
  const execution = await world.execution(agreement, 1);
  assert.equal(execution?.stage, 'answered');
  assert.deepEqual(Object.keys(execution.times), ['seen', 'downloaded', 'executed', 'uploaded', 'answered']);
  const [sent] = world.market.sent.filter(({ index }) => index === 1);
  assert.deepEqual(sent?.answer, { output: execution.output });
  assert.deepEqual(world.troubles(), []);
  assert.equal(engine.agreements().length, 1);
});

test('Answers of a busy agreement go together, as runs of consecutive requests within the largest batch', async (t) => {
  const world = createWorld({ maxBatch: 8 });
  world.models.isHeld = true;
  world.models.concurrency = 20;
  world.start(t, { maxInFlight: 100 });
  const agreement = await world.agree({ inferences: 40, maxInFlight: 40 });
  await world.ask(agreement, ...Array.from({ length: 20 }, (_, place) => `${place}`));
  await world.until('they are being executed', () => world.models.running === 20);
  world.models.letGo();
  await untilDone(world, agreement);
  assert.deepEqual(
    answersSent(world),
    Array.from({ length: 20 }, (_, place) => place),
  );
  assert.deepEqual(world.troubles(), []);
  const blocks = new Set(world.market.sent.map(({ block }) => block));
  assert.ok(blocks.size <= 2, `it took ${blocks.size} blocks`);
});

test('A model is never asked for more at a time than it does at a time, and fetches run ahead of it', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.concurrency = 3;
  world.start(t);
  const agreement = await world.agree({ inferences: 20, maxInFlight: 20 });
  await world.ask(agreement, ...Array.from({ length: 20 }, (_, place) => `${place}`));
  await world.until('payloads were fetched', () => world.dx.downloads === 20);
  await world.settle();
  assert.equal(world.models.running, 3);
  world.models.letGo();
  await untilDone(world, agreement);
  assert.equal(world.models.mostRunning, 3);
});

test('Large payloads are not all fetched ahead', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.maxPayloadBytes = 32 * 2 ** 20;
  world.start(t);
  const agreement = await world.agree({ inferences: 20, maxInFlight: 20 });
  await world.ask(agreement, ...Array.from({ length: 20 }, (_, place) => `${place}`));
  await world.settle();
  // Two are being executed and four wait.
  assert.equal(world.dx.downloads, 6);
  world.models.letGo();
  await untilDone(world, agreement);
});

test('Many agreements at once all get their answers', async (t) => {
  const world = createWorld();
  world.start(t, { maxInFlight: 1000, maxOpen: 100 });
  const agreements: number[] = [];
  for (let n = 0; n < 12; n++) agreements.push(await world.agree({ inferences: 3, maxInFlight: 3 }));
  for (const agreement of agreements) await world.ask(agreement, 'a', 'b', 'c');
  for (const agreement of agreements) await untilDone(world, agreement);
  for (const agreement of agreements) {
    assert.deepEqual(outcomes(world, agreement), ['settled', 'settled', 'settled']);
    assert.equal(world.market.agreement(agreement).state.kind, 'ended');
  }
  assert.equal(world.models.executed.length, 36);
  await world.mineUntil(
    'it is noticed',
    () => world.events.filter(({ event }) => event === 'agreementEnded').length === 12,
  );
  assert.equal(world.market.provider('alice').reserved, 0n);
});

for (const [code, prepare] of [
  ['PayloadCorrupt', (world, key) => world.dx.errors.set(key, Array<Error>(3).fill(new Corrupt('other bytes')))],
  ['PayloadCorrupt', (world, key) => world.dx.errors.set(key, [new InvalidKey('no key')])],
  ['PayloadTooLarge', (world, key) => world.dx.data.set(key, new Uint8Array(1001))],
  ['CannotDecrypt', (world, key) => world.dx.data.set(key, new Uint8Array(10))],
  ['InvalidRequest', (world) => world.models.executeErrors.push(new InvalidRequest('no request'))],
  ['InvalidTensor', (world) => world.models.executeErrors.push(new InvalidTensor('another shape'))],
  ['ExecutionFailed', (world) => world.models.executeErrors.push(new ExecutionFailed('no memory'))],
  ['Internal', (world) => world.models.executeErrors.push(new TypeError('a mistake'))],
] satisfies [string, (world: World, key: string) => unknown][]) {
  test(`A request that cannot be served is answered with ${code}, the reason is kept, and the others go on`, async (t) => {
    const world = createWorld();
    world.models.concurrency = 1;
    world.start(t);
    const agreement = await world.agree();
    const bad = world.dx.put(agreement, 0, 'bad');
    const good = world.dx.put(agreement, 1, 'good');
    prepare(world, bad);
    await world.market.request(agreement, bad, good);
    await untilDone(world, agreement);
    assert.deepEqual(outcomes(world, agreement), [code, 'settled']);
    const execution = await world.execution(agreement, 0);
    assert.deepEqual([execution?.stage, execution?.failure, execution?.output], ['failed', code, null]);
    assert.notEqual(execution?.reason, null);
    assert.notEqual(execution?.times.answered, undefined);
  });
}

test('A payload that comes late is waited for', async (t) => {
  const world = createWorld();
  world.start(t);
  const agreement = await world.agree();
  await world.market.request(agreement, 'late');
  world.market.mine(5);
  await world.settle();
  assert.deepEqual(outcomes(world, agreement), ['pending']);
  world.dx.data.set('late', new TextEncoder().encode(`payload ${agreement} 0 late`));
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled']);
});

test('A payload that never comes is told as missing before the deadline, and holds up nobody', async (t) => {
  const world = createWorld();
  world.start(t);
  const agreement = await world.agree({ inferences: 60, maxInFlight: 60, responseDeadline: 12 });
  await world.market.request(agreement, ...Array.from({ length: 16 }, (_, place) => `nowhere ${place}`));
  await world.market.request(agreement, ...Array.from({ length: 16 }, (_, place) => `nowhere else ${place}`));
  const asked = world.market.best + 1;
  await world.ask(agreement, 'good');
  await world.mineUntil('the good one is answered', () => outcomes(world, agreement)[32] === 'settled');
  assert.ok(world.market.best <= asked + 2);
  await untilDone(world, agreement);
  const missing = outcomes(world, agreement).filter((outcome) => outcome === 'PayloadMissing');
  assert.equal(missing.length, 32);
  assert.equal(world.market.agreement(agreement).counts.missed, 0);
  const execution = await world.execution(agreement, 0);
  assert.match(execution?.reason ?? '', /NotFound.*given up at block/);
});

test('What is not done in time is told as overload instead of being missed', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.concurrency = 1;
  world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a', 'b');
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['Overloaded', 'Overloaded']);
  assert.equal(world.models.running, 0);
});

test('A deadline of the fewest blocks is kept', async (t) => {
  const world = createWorld();
  world.start(t);
  const agreement = await world.agree({ responseDeadline: 3 });
  await world.ask(agreement, 'a', 'b', 'c');
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled', 'settled', 'settled']);
});

test('An answer that could not be in a block in time is not sent, and the request is told as missed', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  const agreement = await world.agree({ responseDeadline: 4 });
  await engine.stop(0);
  await world.ask(agreement, 'a');
  world.market.mine(3);
  world.start(t);
  await world.until('it is noticed', () =>
    world.events.some((event) => event.event === 'execution' && event.execution.stage === 'missed'),
  );
  assert.deepEqual(answersSent(world), []);
  world.market.mine();
  await world.settle();
  assert.equal((await world.execution(agreement, 0))?.stage, 'missed');
});

test('A model that is not ready before the deadline is told as unavailable, and served when it is', async (t) => {
  const world = createWorld();
  const engine = world.start(t);
  const agreement = await world.agree();
  await engine.stop(0);
  world.models.error = new ModelUnavailable('the disk is full');
  const again = world.start(t);
  await world.ask(agreement, 'a');
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['ModelUnavailable']);
  assert.match((await world.execution(agreement, 0))?.reason ?? '', /the disk is full/);
  assert.deepEqual([again.status().models[0]?.state, again.status().models[0]?.reason], ['failed', 'the disk is full']);
  world.models.error = null;
  await world.mineUntil('the model is ready', () => again.status().models[0]?.state === 'ready');
  await world.ask(agreement, 'b');
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['ModelUnavailable', 'settled']);
});

test('A runner that is gone is made ready anew, and a full one is asked again', async (t) => {
  const world = createWorld();
  world.start(t);
  const agreement = await world.agree();
  world.models.executeErrors.push(new ModelUnavailable('the container is gone'), new Overloaded('too much'));
  await world.ask(agreement, 'a', 'b');
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled', 'settled']);
  assert.equal(world.models.prepared.length, 2);
  assert.equal(world.models.released, 1);
});

test('An upload that fails is tried again', async (t) => {
  const world = createWorld();
  world.start(t);
  const agreement = await world.agree();
  world.dx.uploadErrors.push(new NotReplicated('nobody is there'), new NotReplicated('nobody is there'));
  await world.ask(agreement, 'a');
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled']);
  assert.deepEqual(world.models.executed, ['a']);
});

test('While the chain is away what was begun goes on, and is answered when it is back', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a', 'b');
  await world.until('they are being executed', () => world.models.running === 2);
  world.market.isDown = true;
  world.models.letGo();
  await world.until('they are executed', () => world.models.executed.length === 2);
  await world.settle();
  world.market.mine(2);
  await world.settle();
  world.market.isDown = false;
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled', 'settled']);
  const answers = new Set(world.market.sent.map(({ index, answer }) => `${index} ${JSON.stringify(answer)}`));
  assert.equal(answers.size, 2);
  assert.deepEqual(world.models.executed, ['a', 'b']);
});

test('An answer that is lost on its way is sent again, the same', async (t) => {
  const world = createWorld();
  world.start(t);
  const agreement = await world.agree();
  world.models.isHeld = true;
  await world.ask(agreement, 'a');
  world.market.loses = true;
  world.models.letGo();
  await world.until('it is sent', () => world.market.sent.length === 1);
  world.market.loses = false;
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled']);
  const [first, second] = world.market.sent;
  assert.deepEqual(first?.answer, second?.answer);
  assert.deepEqual(world.models.executed, ['a']);
});

test('When the chain goes back some blocks, lost answers are sent again and other requests are executed', async (t) => {
  const world = createWorld();
  world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a');
  await untilDone(world, agreement);
  world.market.rewind(1);
  assert.deepEqual(outcomes(world, agreement), ['pending']);
  await untilDone(world, agreement);
  assert.equal(world.market.sent.length, 2);
  assert.deepEqual(world.market.sent[0]?.answer, world.market.sent[1]?.answer);
  assert.deepEqual(world.models.executed, ['a']);

  await world.ask(agreement, 'b');
  await untilDone(world, agreement);
  world.market.rewind(2);
  await world.ask(agreement, 'instead');
  await untilDone(world, agreement);
  assert.deepEqual(world.models.executed, ['a', 'b', 'instead']);
  assert.equal((await world.execution(agreement, 1))?.payload, world.market.requests(agreement)[1]?.payload);
});

test('An answer with little time left does not travel with those that have time', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.concurrency = 10;
  world.start(t);
  const agreement = await world.agree({ responseDeadline: 6 });
  await world.ask(agreement, 'a');
  await world.mine();
  await world.ask(agreement, 'b', 'c');
  await world.mine();
  await world.until('they are being executed', () => world.models.running === 3);
  // Something makes the first one fail, as its deadline would.
  const answers = [{ failure: 'Internal' }] as const;
  const other = world.market.account('alice').submit({ call: 'respond', agreement, first: 0, answers });
  world.models.letGo();
  await untilDone(world, agreement);
  await other;
  assert.deepEqual(outcomes(world, agreement), ['Internal', 'settled', 'settled']);
  assert.deepEqual(answersSent(world), [0, 0, 1, 2]);
});

test('Answers of a batch that the chain refuses are sent one by one', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.concurrency = 10;
  world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a', 'b', 'c', 'd');
  await world.until('they are being executed', () => world.models.running === 4);
  // Another engine answers the third one in the same block and before ours.
  const answers = [{ failure: 'Internal' }] as const;
  const other = world.market.account('alice').submit({ call: 'respond', agreement, first: 2, answers });
  world.models.letGo();
  await untilDone(world, agreement);
  await other;
  assert.deepEqual(outcomes(world, agreement), ['settled', 'settled', 'Internal', 'settled']);
  assert.ok(world.troubles().includes('ForeignAnswer'));
  assert.deepEqual((await world.execution(agreement, 2))?.failure, 'Internal');
});

test('When an agreement ends early its executions are aborted and its capacity is free', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  const engine = world.start(t);
  const agreement = await world.agree({ lifetime: 21, responseDeadline: 20 });
  await world.ask(agreement, 'a');
  await world.until('it is being executed', () => world.models.running === 1);
  world.market.expire(agreement);
  await world.mineUntil('it is aborted', () => world.models.running === 0);
  await world.settle();
  assert.equal(engine.status().inFlight, 0);
  assert.equal((await world.execution(agreement, 0))?.stage, 'missed');
  assert.ok(world.events.some((event) => event.event === 'agreementEnded' && event.agreement.id === agreement));
});

test('A dry run executes nothing, and what is running stops when it is switched on', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  const engine = world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a');
  await world.until('it is being executed', () => world.models.running === 1);
  engine.update({ ...testSettings, dryRun: true });
  await world.until('it is aborted', () => world.models.running === 0);
  world.models.letGo();
  world.market.mine(3);
  await world.settle();
  assert.deepEqual(answersSent(world), []);
  engine.update(testSettings);
  await untilDone(world, agreement);
  assert.deepEqual(outcomes(world, agreement), ['settled']);
});

test('An operator key answers agreements that name it, and says so when it may not', async (t) => {
  const world = createWorld();
  const operator = { account: 'operator', floorPrice: 1n, maxOpen: 5 };
  world.market.change('alice', { operator });
  await world.market.call('alice', { call: 'announce', model: 0, version: 0, timeMicroseconds: 10_000 });
  world.start(t, {}, 'alice', { chain: world.market.chain('operator') });
  const agreement = await world.agree();
  await world.ask(agreement, 'a');
  await untilDone(world, agreement);
  assert.equal(world.market.sent[0]?.by, 'operator');
  assert.deepEqual(world.troubles(), []);

  world.market.change('alice', { operator: null });
  const order = await world.market.placeOrder();
  await world.market.call('alice', { call: 'placeBid', order, price: 500n });
  const other = await world.market.accept(order, 'alice');
  await world.ask(other, 'b');
  await world.mineUntil('it is said', () => world.troubles().includes('NotAllowed'));
  assert.deepEqual(outcomes(world, other), ['pending']);
});

test('Stopping lets what is being executed end and answers it, and begins nothing more', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.concurrency = 1;
  const engine = world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a', 'b');
  await world.until('one is being executed', () => world.models.running === 1);
  let isStopped = false;
  const stopped = engine.stop(60_000).then(() => (isStopped = true));
  await world.settle();
  assert.equal(isStopped, false);
  world.models.letGo();
  await world.mineUntil('it is stopped', () => isStopped);
  await stopped;
  assert.deepEqual(world.models.executed, ['a']);
  assert.deepEqual(outcomes(world, agreement), ['settled', 'pending']);
  assert.equal(engine.status().state, 'stopped');
  assert.equal(world.models.released, 1);
});

test('Stopping does not wait longer than it is told to', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  const engine = world.start(t);
  const agreement = await world.agree();
  await world.ask(agreement, 'a');
  await world.until('it is being executed', () => world.models.running === 1);
  let isStopped = false;
  const stopped = engine.stop(60_000).then(() => (isStopped = true));
  await world.settle();
  assert.equal(isStopped, false);
  world.clock.advance(60_000);
  await stopped;
  assert.equal(world.models.running, 0);
});

test('A journal that cannot be written keeps the answer back until it can', async (t) => {
  const world = createWorld();
  let isFull = false;
  const journal = {
    ...world.journal,
    saveExecution: (execution: Parameters<typeof world.journal.saveExecution>[0]) =>
      isFull ? Promise.reject(new Error('the disk is full')) : world.journal.saveExecution(execution),
  };
  world.start(t, {}, 'alice', { journal });
  const agreement = await world.agree();
  isFull = true;
  await world.ask(agreement, 'a');
  await world.until('it is executed', () => world.models.executed.length === 1);
  world.market.mine(3);
  await world.settle();
  assert.deepEqual(answersSent(world), []);
  isFull = false;
  await untilDone(world, agreement);
  assert.deepEqual(answersSent(world), [0]);
});

test('A runner has the next requests at hand as it likes, and the time is still that of one', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.ahead = 6;
  const engine = world.start(t);
  const agreement = await world.agree({ inferences: 20, maxInFlight: 20 });
  await world.ask(agreement, ...Array.from({ length: 9 }, (_, place) => `${place}`));
  await world.until('it has as many', () => world.models.running === 8);
  await world.settle();
  assert.equal(world.models.running, 8);
  // Two at a time, each 100 ms: the eighth is done after 400 ms.
  world.clock.advance(400);
  world.models.letGo();
  await untilDone(world, agreement);
  const timeMs = engine.status().models[0]?.timeMs ?? 0;
  assert.ok(timeMs >= 100 && timeMs <= 200, `${timeMs} ms`);
});

test('A slow model is not given more than it does in a second', async (t) => {
  const world = createWorld();
  world.models.isHeld = true;
  world.models.ahead = 6;
  world.models.measuredMs = 600;
  world.start(t);
  const agreement = await world.agree({ inferences: 10, maxInFlight: 10, responseDeadline: 90 });
  await world.ask(agreement, ...Array.from({ length: 10 }, (_, place) => `${place}`));
  await world.until('it has some', () => world.models.running === 5);
  await world.settle();
  assert.equal(world.models.running, 5);
  world.models.letGo();
  await untilDone(world, agreement);
});
