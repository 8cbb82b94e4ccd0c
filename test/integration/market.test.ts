import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';

import { waitFor } from '../../scripts/lib/wait.ts';
import { call, CallFailed, connectApi, developmentAccount, send, type Included } from '../support/api.ts';
import { AIRO, contentId, placeOrder, registerModel, registerProvider, request, respond } from '../support/market.ts';
import { startTestNode } from '../support/nodes.ts';

const royalty = 2n * AIRO;
const price = 50n * AIRO;
/** The market's fee of one per cent of the price. */
const fee = price / 100n;
/** A missed inference costs its provider ten per cent of the order's highest price. */
const penalty = 10n * AIRO;

/** The data of the only event of this name in a transaction, as plain values. */
function eventOf({ events }: Included, name: string): Record<string, unknown> {
  const found = events.filter(({ event }) => `${event.section}.${event.method}` === name);
  assert.equal(found.length, 1, `one event ${name}`);
  return found[0]?.event.data.toHuman() as Record<string, unknown>;
}

/** An amount as events show it, such as "50,000,000,000,000". */
const amount = (shown: unknown) => BigInt(String(shown).replaceAll(',', ''));

/** Checks that what was thrown is a failed call with this error. */
const refused = (error: string) => (thrown: unknown) => {
  assert.ok(thrown instanceof CallFailed, String(thrown));
  assert.equal(thrown.error, error);
  return true;
};

/** Calls a function of a runtime API, as a light client does, and gives the result as plain values. */
async function view(api: ApiPromise, section: string, method: string, ...args: unknown[]): Promise<unknown> {
  return (await api.call[section]?.[method]?.(...args))?.toJSON();
}

/** Everything an account has, on hold or not. */
async function total(api: ApiPromise, { address }: KeyringPair): Promise<bigint> {
  const account = (await api.query.system?.account?.(address))?.toJSON() as {
    data: { free: number | string; reserved: number | string };
  };
  return BigInt(account.data.free) + BigInt(account.data.reserved);
}

test('an inference is ordered, auctioned, requested, answered and paid, and what is missed is refunded', async (t) => {
  const api = await connectApi(t, await startTestNode(t));
  const [owner, buyer, consumer] = [
    developmentAccount('alice'),
    developmentAccount('bob'),
    developmentAccount('charlie'),
  ];
  const [winner, loser] = [developmentAccount('dave'), developmentAccount('eve')];
  const as = (who: KeyringPair, name: `${string}.${string}`, ...args: unknown[]) => send(call(api, name, ...args), who);

  // A model, and two providers that serve it.
  const registered = await send(registerModel(api, contentId('model'), royalty), owner);
  assert.equal(eventOf(registered, 'marketplace.ModelRegistered').model, '0');
  await Promise.all(
    [winner, loser].map(async (provider) => {
      await send(registerProvider(api, provider, 1_000n * AIRO), provider);
      await as(provider, 'marketplace.announce', 0, 0, 45_000);
    }),
  );

  // An order, two bids that compete, and an agreement with the better one.
  await send(placeOrder(api, { model: 0, inferences: 6, maxPrice: 100n * AIRO }), consumer);
  await as(winner, 'marketplace.placeBid', 0, 70n * AIRO);
  await as(loser, 'marketplace.placeBid', 0, 60n * AIRO);
  const tooHigh = as(winner, 'marketplace.improveBid', 0, 60n * AIRO - 1n);
  await assert.rejects(tooHigh, refused('marketplace.StepTooSmall'));
  await as(winner, 'marketplace.improveBid', 0, price);
  const { bids } = (await view(api, 'marketplaceApi', 'order', 0)) as { bids: { provider: string; price: number }[] };
  assert.deepEqual(
    bids.map((bid) => [bid.provider, BigInt(bid.price)]),
    [
      [winner.address, price],
      [loser.address, 60n * AIRO],
    ],
  );
  const accepted = await as(consumer, 'marketplace.acceptBids', 0, [winner.address]);
  const opened = eventOf(accepted, 'execution.AgreementOpened');
  assert.deepEqual([opened.agreement, opened.provider, amount(opened.price)], ['0', winner.address, price]);

  // Two answers while the owner has the NFT, and one after it is sold: the royalty follows the NFT.
  const ask = (first: number, payloads: string[]) => send(request(api, 0, first, payloads), consumer);
  const answer = (first: number, count: number) => send(respond(api, 0, first, count), winner);
  const before = { owner: await total(api, owner), winner: await total(api, winner) };
  await ask(0, ['payload 0', 'payload 1']);
  const answered = await answer(0, 2);
  const paid = eventOf(answered, 'execution.Paid');
  assert.deepEqual(
    [paid.owner, amount(paid.royalty), amount(paid.earned)],
    [owner.address, 2n * royalty, 2n * (price - royalty - fee)],
  );
  assert.equal(await total(api, owner), before.owner + 2n * royalty);
  assert.ok((await total(api, winner)) > before.winner);

  await as(owner, 'nfts.transfer', 0, 0, buyer.address);
  const ofBuyer = await total(api, buyer);
  await ask(2, ['payload 2']);
  await answer(2, 1);
  assert.equal(await total(api, buyer), ofBuyer + royalty);

  // A request that nobody answers is refunded by itself at its deadline, and cannot be answered any more.
  await ask(3, ['payload 3']);
  const ofConsumer = await total(api, consumer);
  const missed = await waitFor(
    async () => {
      const events = (await api.query.system?.events?.())?.toHuman() as { event: { method: string; data: unknown } }[];
      return events.find(({ event }) => event.method === 'Missed')?.event.data;
    },
    { what: 'the deadline to pass', timeoutMs: 60_000, everyMs: 200, signal: t.signal },
  );
  assert.equal(amount((missed as { penalty: unknown }).penalty), penalty);
  assert.equal(await total(api, consumer), ofConsumer, 'what is refunded was in escrow, on hold in its own account');
  await assert.rejects(answer(3, 1), refused('execution.AlreadyAnswered'));

  // The rest is given back when the consumer ends the agreement, and the provider is rated.
  await as(consumer, 'execution.endAgreement', 0);
  const onHold = (await api.query.system?.account?.(consumer.address))?.toJSON() as { data: { reserved: number } };
  assert.ok(BigInt(onHold.data.reserved) < AIRO, 'only deposits are still on hold');
  assert.equal(eventOf(await as(consumer, 'execution.rate', 0, 4), 'execution.Rated').rating, '4');

  // What a page shows is read by runtime APIs.
  const record = (await view(api, 'executionApi', 'record', winner.address, 'Provider')) as Record<string, unknown>;
  assert.deepEqual([record.delivered, record.missed, record.ratings, record.counterparties], [3, 1, 1, 1]);
  const [period] = (await view(api, 'executionApi', 'periods', { Model: 0 })) as { delivered: number }[];
  assert.equal(period?.delivered, 3);
  const slots = (await view(api, 'executionApi', 'requests', 0, 0, 10)) as { slot: { outcome: object } }[];
  assert.deepEqual(
    slots.map(({ slot }) => Object.keys(slot.outcome)[0]),
    ['settled', 'settled', 'settled', 'missed'],
  );
});

test('what is wrong is refused with a named error', async (t) => {
  const api = await connectApi(t, await startTestNode(t));
  const [alice, bob, charlie] = [developmentAccount('alice'), developmentAccount('bob'), developmentAccount('charlie')];
  await send(registerModel(api, contentId('model'), royalty), alice);
  const order = { model: 0, inferences: 1, maxPrice: price };
  const wrong: [SubmittableExtrinsic<'promise'>, string][] = [
    [registerModel(api, contentId('model'), royalty), 'marketplace.ContentIdTaken'],
    [registerModel(api, `0x${'00'.repeat(36)}`, royalty), 'marketplace.MalformedContentId'],
    [registerModel(api, contentId('other'), 10n ** 20n), 'marketplace.RoyaltyTooHigh'],
    [placeOrder(api, { ...order, model: 7 }), 'marketplace.UnknownModel'],
    [placeOrder(api, { ...order, inferences: 0, maxInFlight: 1 }), 'marketplace.InferencesOutOfRange'],
    [placeOrder(api, { ...order, maxPrice: 0n }), 'marketplace.ZeroPrice'],
    [placeOrder(api, { ...order, maxPrice: royalty }), 'marketplace.PriceBelowRoyalty'],
    [call(api, 'marketplace.placeBid', 0, price), 'marketplace.NotAProvider'],
    [respond(api, 0, 0, 1), 'execution.UnknownAgreement'],
    // The peer has signed for another account.
    [registerProvider(api, charlie, 1_000n * AIRO), 'marketplace.WrongPeerProof'],
  ];
  for (const [transaction, error] of wrong) await assert.rejects(send(transaction, bob), refused(error));
});

test('every call of the two pallets has a text for wallets that says who may sign it', async (t) => {
  const api = await connectApi(t, await startTestNode(t));
  for (const pallet of ['marketplace', 'execution']) {
    const calls = Object.values(api.tx[pallet] ?? {});
    assert.ok(calls.length > 0);
    for (const { meta } of calls) assert.match(meta.docs.join(' '), /Origin: /, meta.name.toString());
  }
});
