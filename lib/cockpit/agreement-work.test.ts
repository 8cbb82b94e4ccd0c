import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { acceptBids, placeOrder } from '../consumer/orders.ts';
import type { Ports } from '../consumer/ports.ts';
import { model, numbers, startMarket, type Behaviour, type TestParts } from '../consumer/testing/parts.ts';
import { toNumbers } from '../inference/tensor.ts';
import { AgreementWork, type Surroundings } from './agreement-work.ts';
import { consumerStore } from './consumer-store.ts';
import { NoAccount } from './errors.ts';
import { History, silence, type Announcements } from './history.ts';
import { memoryLocks, type Locks } from './locks.ts';
import { until } from './observable.ts';
import type { Storage } from './storage.ts';
import { memoryStorage } from './testing/storage.ts';
import type { InferenceInfo, SendInput, SendingStatus } from './types.ts';

interface World {
  readonly parts: TestParts;
  readonly storage: Storage;
  readonly locks: Locks;
  readonly agreement: number;
  /** Whether a key of this browser sends requests. */
  readonly asksNobody?: boolean;
}

/** An agreement of a browser that keeps its things in `storage`. */
async function agree(t: TestContext, behaviour: Behaviour = {}, inferences = 8): Promise<World> {
  const parts = await startMarket(t, [behaviour]);
  const storage = memoryStorage();
  const store = consumerStore(storage, 'net');
  const { order } = await placeOrder({ ...parts, store }, { model: 0, inferences, maxPrice: 100n });
  await parts.chain.order(order);
  const { agreements } = await acceptBids(parts.chain, order, ['provider 0']);
  return { parts, storage, locks: memoryLocks(), agreement: agreements[0]?.id ?? -1 };
}

interface Tab {
  readonly work: AgreementWork;
  readonly history: History;
  /** Ends as a tab that is closed does: at once, without a word to anybody. */
  close(): void;
  /** Waits until all inferences are as said. */
  all(isWanted: (info: InferenceInfo) => boolean): Promise<readonly InferenceInfo[]>;
}

/** A tab of that browser. */
function openTab(t: TestContext, world: World, announcements: Announcements = silence): Tab {
  const closing = new AbortController();
  const close = () => closing.abort(new Error('The tab was closed.'));
  t.after(close);
  const history = new History(world.storage, Promise.resolve('net'), () => announcements);
  const store = consumerStore(world.storage, 'net');
  const around: Surroundings = {
    history,
    locks: world.locks,
    lockName: (agreement) => Promise.resolve(`agreement-${agreement}`),
    ports: (bought, signs) => {
      if (signs && bought === null) return Promise.reject(new NoAccount('There is none.'));
      return Promise.resolve({ ...world.parts, store } satisfies Ports);
    },
    asksNobody: () => Promise.resolve(world.asksNobody === true),
    resultContext: () => Promise.resolve({ description: model.newest.description, labels: [] }),
  };
  return {
    work: new AgreementWork(world.agreement, around, closing.signal),
    history,
    close,
    async all(isWanted) {
      const isThere = (list: readonly InferenceInfo[]): list is readonly InferenceInfo[] =>
        list.length > 0 && list.every(isWanted);
      return until(history.list(world.agreement), isThere, t.signal);
    },
  };
}

const inputs = (count: number): SendInput[] =>
  Array.from({ length: count }, (_, i) => ({ label: `image ${i}.png`, request: numbers(i) }));
/** Another order, which needs no provider. */
const other = { model: 0, inferences: 1, maxPrice: 100n };
const isIdle = (status: SendingStatus): status is SendingStatus => !status.isWorking;
const isElsewhere = (status: SendingStatus): status is SendingStatus => status.isElsewhere;
const isAnswered = ({ state }: InferenceInfo) => state === 'answered';
/** Provider silent until it is told otherwise. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    open: () => resolve(undefined),
    behaviour: { answer: async (honest) => (await promise, honest()) } satisfies Behaviour,
  };
}

test('what is sent is answered, kept under its label, and paid once', async (t) => {
  const world = await agree(t);
  const tab = openTab(t, world);
  await tab.work.send(inputs(3));
  await tab.work.send(inputs(2));
  const infos = await tab.all(isAnswered);
  assert.deepEqual(
    infos.map(({ label }) => label),
    ['image 1.png', 'image 0.png', 'image 2.png', 'image 1.png', 'image 0.png'],
  );
  for (const { label, response, paid, times } of infos) {
    const [output] = response?.outputs ?? [];
    assert.deepEqual([...toNumbers(output ?? assert.fail())], [2 * Number(/\d/.exec(label)?.[0])]);
    assert.equal(paid, 50n);
    assert.ok((times.sealed ?? 0) < (times.opened ?? 0));
  }
  assert.equal(world.parts.chain.ledger.providers, 5n * 45n);
  await until(tab.work.status, isIdle, t.signal);
  assert.deepEqual(tab.work.status.get(), { isWorking: false, isElsewhere: false, trouble: null, problem: null });
  assert.deepEqual(await world.storage.entries('sent/'), []);
  assert.deepEqual(await world.storage.entries('request/'), []);
});

test('a tab that is closed in the middle leaves what the next one collects, without a signature', async (t) => {
  const { open, behaviour } = gate();
  const world = await agree(t, behaviour);
  const first = openTab(t, world);
  await first.work.send(inputs(4));
  await first.all(({ stage }) => stage === 'requested');
  first.close();
  const next = openTab(t, { ...world, locks: memoryLocks() });
  const requests = world.parts.chain.calls.filter(({ call }) => call === 'request').length;
  await next.work.resume('nobody');
  open();
  await next.all(isAnswered);
  await until(next.work.status, isIdle, t.signal);
  assert.equal(world.parts.chain.calls.filter(({ call }) => call === 'request').length, requests);
  assert.equal(world.parts.chain.ledger.providers, 4n * 45n);
  assert.deepEqual(await world.storage.entries('sent/'), []);
});

test('what was not sent when the tab was closed is paused, and goes on when somebody says so', async (t) => {
  const world = await agree(t);
  world.parts.dx.uploadsFail = () => true;
  const hanging = Promise.withResolvers<never>();
  world.parts.dx.upload = () => hanging.promise;
  const first = openTab(t, world);
  await first.work.send(inputs(2));
  await first.all(({ stage }) => stage === 'sealed');
  first.close();
  hanging.reject(new Error('The tab was closed.'));

  const next = openTab(t, { ...world, locks: memoryLocks() });
  await next.work.resume('nobody');
  await next.all(({ state }) => state === 'paused');
  delete (world.parts.dx as { upload?: unknown }).upload;
  world.parts.dx.uploadsFail = () => false;
  await Promise.all([next.work.resume('anybody'), next.work.resume('anybody')]);
  await next.all(isAnswered);
  assert.equal(world.parts.chain.ledger.providers, 2n * 45n);
});

test('what was not sent when the tab was closed goes on by itself where nobody has to sign', async (t) => {
  const world = await agree(t);
  const hanging = Promise.withResolvers<never>();
  world.parts.dx.upload = () => hanging.promise;
  const first = openTab(t, world);
  await first.work.send(inputs(2));
  await first.all(({ stage }) => stage === 'sealed');
  first.close();
  hanging.reject(new Error('The tab was closed.'));

  delete (world.parts.dx as { upload?: unknown }).upload;
  const next = openTab(t, { ...world, locks: memoryLocks(), asksNobody: true });
  await next.work.resume('nobody');
  await next.all(isAnswered);
  assert.equal(world.parts.chain.ledger.providers, 2n * 45n);
});

/** How often requests were sent to the chain. */
const sentTimes = ({ parts }: World) => parts.chain.calls.filter(({ call }) => call === 'request').length;

/** A tab that sends two inputs and is closed as soon as its transaction is on its way, to meet this fate. */
async function closedWhileSending(
  t: TestContext,
  world: World,
  fate: 'stuck' | 'lost' | 'delayed' | 'includedButLost',
) {
  const { chain } = world.parts;
  chain.mishaps.push(fate);
  const tab = openTab(t, world);
  const sent = Promise.withResolvers<undefined>();
  chain.onBlock = () => {
    if (sentTimes(world) === 0) return;
    chain.onBlock = () => undefined;
    tab.close();
    sent.resolve(undefined);
  };
  await tab.work.send(inputs(2));
  await sent.promise;
  assert.equal((await world.storage.entries('sent/')).length, 2);
}

/** Both inputs are answered and paid once, and nothing is left to remember. */
async function assertPaidOnce(t: TestContext, world: World, tab: Tab): Promise<void> {
  const infos = await tab.all(isAnswered);
  assert.deepEqual(infos.map(({ label }) => label).sort(), ['image 0.png', 'image 1.png']);
  await until(tab.work.status, isIdle, t.signal);
  assert.equal(world.parts.chain.ledger.providers, 2n * 45n);
  assert.deepEqual(await world.storage.entries('sent/'), []);
  assert.deepEqual(await world.storage.entries('request/'), []);
}

const reopened = (t: TestContext, world: World) => openTab(t, { ...world, locks: memoryLocks(), asksNobody: true });

test('what was written down and never reached the chain is sent by itself after a reload, for its place', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'stuck');
  const next = reopened(t, world);
  await next.work.resume('nobody');
  await assertPaidOnce(t, world, next);
  const [first, second, ...others] = world.parts.chain.calls.filter(({ call }) => call === 'request');
  assert.deepEqual([second, others], [first, []]);
});

test('what was sent and got lost is sent again by itself after a reload', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'lost');
  const next = reopened(t, world);
  await next.work.resume('nobody');
  await assertPaidOnce(t, world, next);
});

test('what had got to the chain at the reload is taken as sent, and not sent again', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'includedButLost');
  const next = openTab(t, { ...world, locks: memoryLocks() });
  await next.work.resume('nobody');
  await assertPaidOnce(t, world, next);
  assert.equal(sentTimes(world), 1);
});

test('what gets to the chain while it is sent again is taken as sent, though its new transaction hangs', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'delayed');
  world.parts.chain.mishaps.push('stuck');
  const next = reopened(t, world);
  await next.work.resume('nobody');
  await assertPaidOnce(t, world, next);
  assert.equal(sentTimes(world), 2);
});

test('what another transaction of the account has displaced is sent again', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'delayed');
  const { order } = await placeOrder({ ...world.parts, store: consumerStore(world.storage, 'net') }, other);
  await world.parts.chain.account.submit({ call: 'cancelOrder', order });
  const next = reopened(t, world);
  await next.work.resume('nobody');
  await assertPaidOnce(t, world, next);
  assert.equal(sentTimes(world), 2);
});

test('what no block takes in its time is sent again, as often as needed', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'stuck');
  const expired = () =>
    Object.assign(new Error('No block took it.'), { name: 'TransactionRefused', reason: 'expired' });
  world.parts.chain.mishaps.push(expired(), expired());
  const next = reopened(t, world);
  await next.work.resume('nobody');
  await assertPaidOnce(t, world, next);
  assert.equal(sentTimes(world), 4);
});

test('a reload while it is sent again loses nothing, and pays nothing twice', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'delayed');
  for (const fate of ['stuck', 'lost'] as const) {
    const before = sentTimes(world);
    world.parts.chain.mishaps.push(fate);
    const again = reopened(t, world);
    await again.work.resume('nobody');
    for await (const { best } of world.parts.chain.heads(t.signal)) {
      const registered = await world.parts.chain.requests(world.agreement, 0, best.number);
      if (sentTimes(world) > before || registered.length > 0) break;
    }
    again.close();
  }
  world.parts.chain.mishaps.length = 0;
  const last = reopened(t, world);
  await last.work.resume('nobody');
  await assertPaidOnce(t, world, last);
});

test('what lost its place to another request is sealed for a new one, once that is final', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'stuck');
  world.parts.chain.intrude(world.agreement, ['bafkreiintruder']);
  const next = reopened(t, world);
  await next.work.resume('nobody');
  await assertPaidOnce(t, world, next);
  assert.deepEqual(
    next.history
      .list(world.agreement)
      .get()
      .map(({ index }) => index)
      .sort(),
    [1, 2],
  );
});

test('where the wallet signs it is not asked after a reload, and may refuse before it signs', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'stuck');
  const next = openTab(t, { ...world, locks: memoryLocks() });
  await next.work.resume('nobody');
  const isPaused = ({ state }: InferenceInfo) => state === 'paused';
  const waiting = await next.all(isPaused);
  assert.match(waiting[0]?.explanation ?? '', /not on chain.*same place.*not paid twice/);
  assert.equal(sentTimes(world), 1);

  await until(next.work.status, isIdle, t.signal);
  world.parts.chain.mishaps.push(Object.assign(new Error('You did not sign.'), { name: 'Cancelled' }));
  await next.work.resume('anybody');
  const refused = await next.all((info) => isPaused(info) && info.explanation?.includes('did not sign') === true);
  assert.equal(refused.length, 2);
  assert.equal(next.work.status.get().problem, null);

  await until(next.work.status, isIdle, t.signal);
  // To send one of them again is to go on with what has its place.
  await next.work.sendAgain(refused[0]?.id ?? '');
  await assertPaidOnce(t, world, next);
  assert.equal(sentTimes(world), 3);
});

test('what somebody was told that it is not sent is not sent behind their back', async (t) => {
  const world = await agree(t);
  await closedWhileSending(t, world, 'stuck');
  const next = reopened(t, world);
  for (const { id } of await next.history.loaded(world.agreement)) {
    await next.history.change(world.agreement, id, { state: 'notSent' });
  }
  await next.work.resume('nobody');
  assert.deepEqual(await world.storage.entries('sent/'), []);
  assert.equal(sentTimes(world), 1);
});

test('a key without money is trouble that says so, and what waits is sent when there is some', async (t) => {
  const world = await agree(t);
  const noMoney = () => Object.assign(new Error('Top it up.'), { name: 'CannotPayFees' });
  world.parts.chain.mishaps.push(...Array.from({ length: 1_000 }, noMoney));
  const tab = openTab(t, world);
  await tab.work.send(inputs(2));
  const isTroubled = (status: SendingStatus): status is SendingStatus => status.trouble?.name === 'CannotPayFees';
  const { isWorking, problem } = await until(tab.work.status, isTroubled, t.signal);
  assert.deepEqual([isWorking, problem], [true, null]);
  world.parts.chain.mishaps.length = 0;
  await tab.all(isAnswered);
  await until(tab.work.status, isIdle, t.signal);
  assert.equal(tab.work.status.get().trouble, null);
});

test('one tab sends at a time; another one says so, shows it, and collects when the first is gone', async (t) => {
  const { open, behaviour } = gate();
  const world = await agree(t, behaviour);
  const listeners = new Set<(agreement: number) => void>();
  const channel = (own: Set<(agreement: number) => void>): Announcements => ({
    announce: (agreement) => listeners.forEach((listener) => !own.has(listener) && listener(agreement)),
    listen(listener) {
      own.add(listener);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => undefined,
  });
  const first = openTab(t, world, channel(new Set()));
  const second = openTab(t, world, channel(new Set()));
  await first.work.send(inputs(1));
  await first.all(({ stage }) => stage === 'requested');
  await assert.rejects(second.work.send(inputs(1)), { name: 'BusyElsewhere' });
  await until(second.work.status, isElsewhere, t.signal);
  assert.deepEqual(
    (await second.history.loaded(world.agreement)).map(({ label }) => label),
    ['image 0.png'],
  );
  first.close();
  open();
  await second.all(isAnswered);
  assert.equal(second.work.status.get().isElsewhere, false);
  assert.equal(world.parts.chain.ledger.providers, 45n);
});

test('what failed can be sent again', async (t) => {
  let failing = true;
  const world = await agree(t, {
    answer: (honest) => (failing ? Promise.resolve({ failure: 'Overloaded' }) : honest()),
  });
  const tab = openTab(t, world);
  await tab.work.send(inputs(1));
  const [failed] = await tab.all(({ state }) => state === 'failed');
  assert.deepEqual([failed?.refunded, failed?.paid], [50n, 0n]);
  assert.match(failed?.explanation ?? '', /more work than time/);
  failing = false;
  await tab.work.sendAgain(failed?.id ?? '');
  const isThere = (list: readonly InferenceInfo[]): list is readonly InferenceInfo[] => list.some(isAnswered);
  const list = await until(tab.history.list(world.agreement), isThere, t.signal);
  assert.deepEqual(
    list.map(({ state, label }) => `${label} ${state}`),
    ['image 0.png answered', 'image 0.png failed'],
  );
  await assert.rejects(tab.work.sendAgain(list[0]?.id ?? ''), { name: 'NotKept' });
});

test('whoever stops keeps what is on its way', async (t) => {
  const { open, behaviour } = gate();
  const world = await agree(t, behaviour);
  const tab = openTab(t, world);
  await tab.work.send(inputs(2));
  await tab.all(({ stage }) => stage === 'requested');
  tab.work.stop();
  await tab.all(({ state }) => state === 'paused');
  assert.equal(tab.work.status.get().problem, null);
  open();
  await tab.work.resume('anybody');
  await tab.all(isAnswered);
  assert.equal(world.parts.chain.ledger.providers, 2n * 45n);
});

test('an agreement that is not there is refused by name, and nothing is kept', async (t) => {
  const world = await agree(t);
  const tab = openTab(t, { ...world, agreement: 99 });
  await assert.rejects(tab.work.send(inputs(1)), { name: 'UnknownAgreement' });
  assert.deepEqual(await world.storage.entries('history/'), []);
});

test('without the key that opens its results nothing is sent', async (t) => {
  const world = await agree(t);
  const tab = openTab(t, { ...world, storage: memoryStorage() });
  await assert.rejects(tab.work.send(inputs(1)), { name: 'KeyMissing' });
  assert.equal(
    world.parts.chain.calls.some(({ call }) => call === 'request'),
    false,
  );
});

test('an input that is no request is refused before anything is kept', async (t) => {
  const world = await agree(t);
  const tab = openTab(t, world);
  const broken = { inputs: [{ name: 'input', dataType: 'FP32', shape: [1, 3], data: new Uint8Array(5) }] } as const;
  await assert.rejects(tab.work.send([{ label: 'broken', request: broken }]), { name: 'InvalidTensor' });
  assert.deepEqual(await world.storage.entries('history/'), []);
});

test("a chain that was begun anew does not get another agreement's results", async (t) => {
  const world = await agree(t);
  const tab = openTab(t, world);
  await tab.history.bind(world.agreement, 'the key of an agreement of the old chain');
  await tab.work.send(inputs(1));
  await tab.all(isAnswered);
  await tab.history.bind(world.agreement, 'the key of an agreement of a new chain');
  assert.deepEqual(await tab.history.loaded(world.agreement), []);
  assert.deepEqual(await world.storage.entries('history/'), []);
});
