import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { feesOfSending } from '../consumer/fees.ts';
import { rules } from '../consumer/testing/market.ts';
import type { Call } from '../market/chain.ts';
import type { Agreement, Order } from '../market/types.ts';
import { BrowserKeys } from './browser-keys.ts';
import { memoryLocks } from './locks.ts';
import { CockpitSender, topUpOf, type FeeChain } from './sender.ts';
import { Storage } from './storage.ts';
import { memoryStorage } from './testing/storage.ts';
import { TabTurn } from './tab-turn.ts';

const milli = 1_000_000_000n;
const info = { name: 'T', isDevelopment: true, chainName: 'T', addressPrefix: 42, bootNodes: [], dxServers: [] };

function senderOf(t: TestContext, storage: Storage = memoryStorage()): CockpitSender {
  const closing = new AbortController();
  t.after(() => closing.abort());
  return new CockpitSender(
    new BrowserKeys(storage, () => Promise.resolve({ id: 'net', info }), memoryLocks(), closing.signal),
    new TabTurn(memoryLocks(), () => Promise.resolve('turn'), closing.signal),
  );
}

/** A chain on which a request costs a thousandth of an AIRO, and each further one in a batch a tenth of that. */
function chainOf(money: Readonly<Record<string, bigint>>, agreements: readonly Agreement[] = []): FeeChain {
  const price = ({ payloads }: Extract<Call, { call: 'request' }>) =>
    milli + (BigInt(payloads.length - 1) * milli) / 10n;
  return {
    existentialDeposit: milli,
    rules: () => Promise.resolve(rules),
    balance: (account) => Promise.resolve({ free: money[account] ?? 0n, held: [] }),
    agreementsOf: () => Promise.resolve(agreements.map((agreement) => ({ role: 'consumer' as const, agreement }))),
    estimateFee: (call) =>
      Promise.resolve('call' in call ? (call.call === 'request' ? price(call) : milli) : BigInt(call.length) * milli),
  };
}

const [one, batch] = [milli, milli + (7n * milli) / 10n];
const feesOf = (inferences: number) => feesOfSending(inferences, { one, batch, batchSize: rules.maxBatch });

function orderOf(sender: string | null, inferences = 10): Order {
  return {
    ...{ id: 3, consumer: 'grace', model: 0, version: 0, inferences, maxPrice: 10n * milli, providers: 2, royalty: 0n },
    ...{ biddingPeriod: 6, acceptancePeriod: 6, responseDeadline: 9, lifetime: 99, maxInFlight: 64, minStake: 0n },
    ...{ minRecord: { delivered: 0, reliability: 0 }, key: { scheme: 0, material: { inline: '0x00' } }, sender },
    ...{ placedAt: 0, bidsUntil: 6, acceptUntil: 12, reserve: 0n, held: BigInt(2 * inferences) * 10n * milli },
    bids: ['dave', 'eve'].map((provider) => ({ provider, price: 10n * milli, at: 1 })),
  };
}

function agreementOf(sender: string, quota: number, requested: number, isActive = true): Agreement {
  const counts = { requested, answered: 0, delivered: requested, consumerFaults: 0, providerFaults: 0, missed: 0 };
  const { version, consumer, royalty, maxInFlight, responseDeadline, key } = orderOf(sender);
  return {
    ...{ id: 7, order: 2, model: 0, version, consumer, sender, consumerKey: key, provider: 'dave', responder: null },
    ...{ providerKey: key, price: milli, royalty, fee: 0n, penalty: 0n, reserve: 0n, quota, maxInFlight },
    ...{ responseDeadline, openedAt: 1, endsAt: 99, counts, rating: null },
    state: isActive ? { kind: 'active' } : { kind: 'ended', at: 5, how: 'completed' },
  };
}

async function withKey(t: TestContext) {
  const sender = senderOf(t);
  return { sender, key: (await sender.address()) ?? assert.fail() };
}

test('a new key gets what all requests of all accepted providers cost, and what an account needs to be', async (t) => {
  const { sender, key } = await withKey(t);
  const chain = chainOf({ grace: 1_000n * milli });
  assert.deepEqual(await sender.plan(chain, orderOf(key), ['dave']), { sender: key, topUp: feesOf(10) + milli });
  const both = await sender.plan(chain, orderOf(key), ['dave', 'eve']);
  assert.deepEqual(topUpOf(both), [{ call: 'transfer', to: key, amount: 2n * feesOf(10) + milli }]);
  const many = await sender.plan(chain, orderOf(key, 1_000), ['dave']);
  assert.equal(many.topUp, ((feesOf(1_000) + milli + milli - 1n) / milli) * milli);
});

test('what it has counts, and so does what it still has to send elsewhere', async (t) => {
  const { sender, key } = await withKey(t);
  const rich = { grace: 1_000n * milli, [key]: feesOf(10) + milli };
  assert.deepEqual(await sender.plan(chainOf(rich), orderOf(key), ['dave']), { sender: key, topUp: 0n });
  const open = [agreementOf(key, 8, 4), agreementOf('another', 9, 0), agreementOf(key, 9, 0, false)];
  assert.equal((await sender.plan(chainOf(rich, open), orderOf(key), ['dave'])).topUp, feesOf(4));
});

test('who cannot spare it accepts all the same', async (t) => {
  const { sender, key } = await withKey(t);
  const plan = (free: bigint, held?: bigint) => {
    const order = { ...orderOf(key), held: held ?? 100n * milli };
    return sender.plan(chainOf({ grace: free }), order, ['dave']);
  };
  const needed = feesOf(10) + milli;
  // Two calls' fee and the existential deposit stay with the account.
  assert.equal((await plan(needed + 3n * milli)).topUp, needed);
  assert.equal((await plan(needed + 3n * milli - 1n)).topUp, 0n);
  // What the order holds beyond the escrow is free again by then.
  assert.equal((await plan(3n * milli, 100n * milli + needed)).topUp, needed);
});

test('an order that names no key, or that of another browser, is sent by the wallet', async (t) => {
  const { sender } = await withKey(t);
  const chain = chainOf({ grace: 1_000n * milli });
  for (const named of [null, '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty']) {
    const plan = await sender.plan(chain, orderOf(named), ['dave']);
    assert.deepEqual([plan, topUpOf(plan)], [{ sender: null, topUp: 0n }, []]);
  }
});

test('a top-up is for what is left to send, and names the key where another one did', async (t) => {
  const { sender, key } = await withKey(t);
  const mine = agreementOf(key, 8, 4);
  assert.deepEqual(await sender.topUp(chainOf({}, [mine]), mine), [
    { call: 'transfer', to: key, amount: feesOf(4) + milli },
  ]);
  const others = agreementOf('another', 8, 4);
  assert.deepEqual(await sender.topUp(chainOf({}, [others]), others), [
    { call: 'replaceOperator', agreement: 7, operator: key },
    { call: 'transfer', to: key, amount: feesOf(4) + milli },
  ]);
  assert.deepEqual(await sender.topUp(chainOf({ [key]: 1_000n * milli }, [mine]), mine), []);
});

test('where no key can be kept there is none, and why is shown', async (t) => {
  const sender = senderOf(t, new Storage(() => Promise.reject(new Error('forbidden'))));
  assert.equal(await sender.address(), null);
  assert.equal(sender.status.get().problem?.name, 'KeysUnsupported');
  assert.equal(await sender.isFor({ sender: 'somebody' }), false);
  const agreement = agreementOf('another', 8, 4);
  await assert.rejects(sender.topUp(chainOf({}), agreement), { name: 'KeysUnsupported' });
  await assert.rejects(sender.account({ account: () => assert.fail() }), { name: 'KeysUnsupported' });
});

test('an account that cannot pay says so by name, and any other refusal stays what it is', async (t) => {
  const { sender, key } = await withKey(t);
  const refusing = (reason: string) => ({
    account: () => ({
      address: key,
      submit: () => Promise.reject(Object.assign(new Error(reason), { name: 'TransactionRefused', reason })),
    }),
  });
  const submit = async (reason: string) => (await sender.account(refusing(reason))).submit({ call: 'leave' });
  await assert.rejects(submit('payment'), { name: 'CannotPayFees', message: /Top it up/ });
  await assert.rejects(submit('full'), { name: 'TransactionRefused' });
});
