import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { chainTypes, chainTypesFile } from '../../scripts/chain/chain-types.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Call, TransactionStatus } from '../../lib/market/chain.ts';
import { startTestNode } from '../support/nodes.ts';
import {
  commitment,
  connectTo,
  contentId,
  description,
  developer,
  eventOf,
  named,
  newProfile,
  orderOf,
} from './chain-library-support.ts';

const royalty = 2n * AIRO;
const price = 50n * AIRO;

test('the market is used from the model to the last refund', async (t) => {
  const node = await startTestNode(t);
  const chain = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const [owner, winner, loser, consumer, buyer] = await Promise.all(
    ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve'].map((name) => developer(chain, name)),
  );
  assert.ok(owner && winner && loser && consumer && buyer);

  // A model as it was registered comes back.
  const content = contentId('model');
  const registration = { call: 'registerModel', content, size: 1_000, description, royalty } as const;
  const registered = await owner.submit(registration);
  assert.deepEqual(registered.events, [{ event: 'modelRegistered', model: 0, owner: owner.address }]);
  assert.ok(registered.fee > 0n);
  const model = await chain.model(0);
  assert.deepEqual(
    [model?.owner, model?.royalty, model?.retired, model?.registeredAt],
    [owner.address, royalty, false, registered.block.number],
  );
  assert.deepEqual([model?.newest.content, model?.newest.size, model?.newest.version], [content, 1_000, 0]);
  assert.deepEqual(model?.newest.description, description);
  assert.deepEqual(await chain.models(), [model]);
  assert.deepEqual(await chain.models({ after: 0 }), []);
  assert.deepEqual(await chain.modelVersion(0, 0), model.newest);
  assert.equal(await chain.model(1), null);
  assert.equal(await chain.modelVersion(0, 1), null);

  // Providers: registered and announced in one transaction.
  const stake = 1_000n * AIRO;
  const profile = newProfile(chain.genesisHash, winner.address, { scheme: 7, material: { content: contentId('key') } });
  const operator = { account: buyer.address, floorPrice: AIRO, maxOpen: 3 };
  const announce = { call: 'announce', model: 0, version: 0, timeMicroseconds: 45_000 } as const;
  const [first] = await Promise.all([
    winner.submit([{ call: 'registerProvider', profile, operator, stake }, announce]),
    loser.submit([
      { call: 'registerProvider', profile: newProfile(chain.genesisHash, loser.address), operator: null, stake },
      announce,
    ]),
  ]);
  assert.equal(eventOf(first, 'providerRegistered').stake, stake);
  const provider = await chain.provider(winner.address);
  assert.deepEqual(
    [provider?.account, provider?.profile, provider?.operator, provider?.stake, provider?.models],
    [winner.address, profile, operator, stake, [0]],
  );
  assert.equal((await chain.providers()).length, 2);
  const offers = await chain.offers(0);
  assert.deepEqual(new Set(offers.map((offer) => offer.provider)), new Set([winner.address, loser.address]));
  assert.equal(offers[0]?.timeMicroseconds, 45_000);
  const reserved = (await chain.balance(winner.address)).held;
  assert.equal(reserved.find(({ reason }) => reason === 'Marketplace.Stake')?.amount, stake);

  // An order, bids, an agreement.
  const request = orderOf(0, { responseDeadline: 3, minRecord: { delivered: 0, reliability: 0.5 } });
  const placed = await consumer.submit({ call: 'placeOrder', request });
  const { order: id } = eventOf(placed, 'orderPlaced');
  await winner.submit({ call: 'placeBid', order: id, price: 70n * AIRO });
  await loser.submit({ call: 'placeBid', order: id, price: 60n * AIRO });
  const tooHigh = winner.submit({ call: 'improveBid', order: id, price: 60n * AIRO - 1n });
  await assert.rejects(tooHigh, named('CallFailed', 'marketplace.StepTooSmall'));
  await winner.submit({ call: 'improveBid', order: id, price });
  const order = await chain.order(id);
  assert.ok(order);
  const { bids, ...terms } = order;
  assert.deepEqual(
    bids.map((bid) => [bid.provider, bid.price]),
    [
      [winner.address, price],
      [loser.address, 60n * AIRO],
    ],
  );
  const { number: placedAt } = placed.block;
  assert.deepEqual(terms, {
    ...request,
    ...{ id, consumer: consumer.address, version: 0, royalty, placedAt },
    ...{ bidsUntil: placedAt + 100, acceptUntil: placedAt + 200 },
    ...{ reserve: terms.reserve, held: 600n * AIRO },
  });
  assert.deepEqual(await chain.orders(), [order]);
  const accepted = await consumer.submit({ call: 'acceptBids', order: id, providers: [winner.address] });
  const opened = eventOf(accepted, 'agreementOpened');
  assert.deepEqual(
    [opened.order, opened.consumer, opened.provider, opened.price, opened.quota],
    [id, consumer.address, winner.address, price, 6],
  );
  const { agreement } = opened;

  // Inferences: answered and paid, failed and refunded, missed and refunded. The royalty follows the NFT.
  const payloads = ['a', 'b', 'c', 'd'].map(contentId);
  const requested = await consumer.submit({ call: 'request', agreement, first: 0, payloads });
  assert.equal(eventOf(requested, 'requested').count, 4);
  const output = { content: contentId('result'), commitment: commitment() };
  const paid = await winner.submit({ call: 'respond', agreement, first: 0, answers: [{ output }] });
  assert.deepEqual(
    [eventOf(paid, 'paid').owner, eventOf(paid, 'paid').royalty, eventOf(paid, 'answered').failures],
    [owner.address, royalty, 0],
  );
  const [sold, second] = await Promise.all([
    owner.submit({ call: 'transferModel', model: 0, to: buyer.address }),
    winner.submit({ call: 'respond', agreement, first: 1, answers: [{ failure: 'InvalidTensor' }] }),
  ]);
  assert.equal((await chain.model(0, sold.block.hash))?.owner, buyer.address);
  assert.equal(eventOf(second, 'refunded').amount, price);
  const requests = await waitFor(
    async () => {
      const now = await chain.requests(agreement, 0, 100);
      return now.every(({ outcome }) => outcome.state !== 'pending') && now;
    },
    { what: 'the deadline of the requests', timeoutMs: 30_000, everyMs: 200, signal: t.signal },
  );
  assert.deepEqual(
    requests.map(({ index, payload, outcome }) => [index, payload, outcome]),
    [
      [0, payloads[0], { state: 'settled', output, at: paid.block.number }],
      [1, payloads[1], { state: 'failed', code: 'InvalidTensor', at: second.block.number }],
      [2, payloads[2], { state: 'missed' }],
      [3, payloads[3], { state: 'missed' }],
    ],
  );
  assert.deepEqual(await chain.requests(agreement, 1, 1), [requests[1]]);

  // What the storage refers to is exactly what Dx must keep.
  assert.deepEqual(
    await chain.references(),
    new Set([content, contentId('labels'), contentId('key'), output.content, ...payloads]),
  );

  const ended = await consumer.submit([
    { call: 'endAgreement', agreement },
    { call: 'rate', agreement, stars: 4 },
  ]);
  assert.equal(eventOf(ended, 'agreementEnded').how, 'byConsumer');
  const state = await chain.agreement(agreement);
  assert.deepEqual(state?.counts, {
    ...{ requested: 4, answered: 0, delivered: 1 },
    ...{ consumerFaults: 1, providerFaults: 0, missed: 2 },
  });
  assert.deepEqual(state.state, { kind: 'ended', at: ended.block.number, how: 'byConsumer' });
  assert.deepEqual([state.rating, state.order, state.providerKey], [4, id, profile.key]);
  assert.deepEqual(await chain.agreementsOf(winner.address), [{ role: 'provider', agreement: state }]);
  assert.deepEqual(await chain.agreementsOf(consumer.address), [{ role: 'consumer', agreement: state }]);
  const record = await chain.record(winner.address, 'provider');
  assert.deepEqual([record?.delivered, record?.missed, record?.ratingSum, record?.volume], [1, 2, 4, price]);
  assert.equal(await chain.record(winner.address, 'consumer'), null);
  for (const subject of ['market', { model: 0 }, { provider: winner.address }] as const) {
    const periods = await chain.periods(subject);
    assert.equal(
      periods.reduce((sum, period) => sum + period.delivered, 0),
      1,
    );
  }
  assert.deepEqual(await chain.order(id), null);
});

test('transactions are sent in order, refused by name, and found in their block', async (t) => {
  const node = await startTestNode(t);
  const chain = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const [alice, bob] = await Promise.all([developer(chain, 'Alice'), developer(chain, 'Bob')]);
  const transfer = (amount: bigint): Call => ({ call: 'transfer', to: bob.address, amount });

  await t.test('a transaction is followed until it is final', async () => {
    const before = await chain.balance(alice.address);
    const statuses: TransactionStatus[] = [];
    const included = await alice.submit(transfer(AIRO), {
      until: 'finalized',
      onStatus: (status) => statuses.push(status),
    });
    assert.deepEqual(
      statuses.map(({ status }) => status),
      ['signed', 'broadcast', 'inBestBlock', 'finalized'],
    );
    const { free } = await chain.balance(alice.address, included.block.hash);
    assert.equal(free, before.free - AIRO - included.fee);
    assert.equal((await chain.balance(alice.address, 'finalized')).free, free);
  });

  await t.test('twenty submitted at once are included in their order', async () => {
    const bytes: string[] = [];
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        alice.submit(transfer(AIRO + BigInt(i)), {
          onStatus: (status) => {
            if (status.status === 'signed') bytes.push(status.transaction);
          },
        }),
      ),
    );
    assert.deepEqual(
      bytes,
      all.map(({ transaction }) => transaction),
    );
    const heights = all.map(({ block }) => block.number);
    assert.deepEqual(
      heights,
      heights.toSorted((a, b) => a - b),
    );
  });

  await t.test('a batch does all or nothing, and names what failed', async () => {
    const { free } = await chain.balance(bob.address);
    const batch = alice.submit([transfer(AIRO), { call: 'setRoyalty', model: 7, royalty: 1n }, transfer(AIRO)]);
    await assert.rejects(batch, named('CallFailed', 'marketplace.UnknownModel: There is no model of this number.'));
    assert.equal((await chain.balance(bob.address)).free, free);
    const failed = alice.submit(transfer(10n ** 30n), { until: 'finalized' });
    await assert.rejects(failed, named('CallFailed', 'Arithmetic.Underflow'));
  });

  await t.test('after a transaction that failed the next one has the right number', async () => {
    const [failed, done] = await Promise.allSettled([alice.submit({ call: 'leave' }), alice.submit(transfer(AIRO))]);
    assert.deepEqual([failed.status, done.status], ['rejected', 'fulfilled']);
    await alice.submit(transfer(AIRO));
  });

  await t.test('two connections can use one account', async () => {
    const other = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
    const again = await developer(other, 'Alice');
    // Both may choose the same number; whom the pool refuses takes the next one.
    const both = [alice, again, alice, again].map((account, i) => account.submit(transfer(AIRO + BigInt(i))));
    assert.equal((await Promise.all(both)).length, 4);
  });

  await t.test('who cannot pay the fee is told so', async () => {
    const nobody = await developer(chain, 'Nobody');
    await assert.rejects(nobody.submit({ call: 'leave' }), named('TransactionRefused', 'cannot pay the fee'));
  });

  await t.test('a value that the chain cannot keep is refused before anything is sent', async () => {
    const wrong: [Call, string][] = [
      [{ call: 'transfer', to: `${bob.address.slice(0, -1)}x`, amount: 1n }, 'no address'],
      [{ call: 'transfer', to: bob.address, amount: -1n }, 'no amount'],
      [{ call: 'retireModel', model: 1.5 }, 'no whole number'],
      [{ call: 'sellModel', model: 0, price: 0n, reservedFor: null }, 'for nothing'],
      [{ call: 'sellModel', model: 0, price: AIRO, reservedFor: 'Bob' }, 'no address'],
      [{ call: 'buyModel', model: -1, atMost: AIRO }, 'no whole number'],
      [{ call: 'request', agreement: 0, first: 0, payloads: ['Qm'] }, 'no content id'],
      [{ call: 'updateProfile', profile: { ...newProfile(chain.genesisHash, bob.address), peer: 'l' } }, 'no peer id'],
      [{ call: 'updateProfile', profile: { ...newProfile(chain.genesisHash, bob.address), peerProof: '0x00' } }, '64'],
      [
        {
          ...{ call: 'registerModel', content: contentId('x'), size: 1, royalty: 0n },
          description: { ...description, name: 'n'.repeat(65) },
        },
        'longer than 64 bytes',
      ],
    ];
    for (const [call, says] of wrong) await assert.rejects(bob.submit(call), named('InvalidValue', says));
    await assert.rejects(bob.submit([]), named('InvalidValue', 'no call'));
    await bob.submit({ call: 'transfer', to: alice.address, amount: AIRO });
  });

  await t.test('a state that the node does not have is refused by name', async () => {
    const at = `0x${'12'.repeat(32)}` as const;
    await assert.rejects(chain.models({ at }), named('ChainUnavailable', 'does not answer state_call'));
    await assert.rejects(chain.balance(alice.address, at), named('ChainUnavailable', 'state_getStorage'));
  });

  await t.test('a wait that is ended does not take the transaction back', async () => {
    const stop = new AbortController();
    const waiting = alice.submit(transfer(AIRO), {
      until: 'finalized',
      signal: stop.signal,
      onStatus: ({ status }) => {
        if (status === 'inBestBlock') stop.abort();
      },
    });
    await assert.rejects(waiting, named('TransactionLost', 'Read the state'));
    const notBegun = alice.submit(transfer(AIRO), { signal: AbortSignal.abort() });
    await assert.rejects(notBegun, named('AbortError'));
  });

  await t.test('the generated types are those of the chain', async () => {
    const made = await chainTypes(node.rpcUrl);
    assert.equal(
      await readFile(chainTypesFile, 'utf8'),
      made,
      'run: node scripts/setup.mjs scripts/chain/make-types.ts',
    );
  });
});
