import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ApiPromise } from '@polkadot/api';
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
  const refused = (error: string) => (thrown: unknown) => thrown instanceof CallFailed && thrown.error === error;

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
});
