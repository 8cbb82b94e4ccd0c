import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startLightClientWorker } from '../../lib/chain/light-client.node.ts';
import type { AiroChain } from '../../lib/chain/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { afterwards } from '../support/cleanup.ts';
import { startTestNode } from '../support/nodes.ts';
import {
  connectTo,
  contentId,
  description,
  developer,
  eventOf,
  named,
  newProfile,
  orderOf,
} from './chain-library-support.ts';

test('a light client reads, follows and does what a node does', async (t) => {
  const node = await startTestNode(t);
  const byNode = await connectTo(t, { kind: 'websocket', url: node.rpcUrl });
  const chainSpec = JSON.stringify(node.spec);
  const light = await connectTo(t, { kind: 'lightClient', chainSpec, start: startLightClientWorker });
  assert.equal(light.genesisHash, byNode.genesisHash);
  const [alice, bob, dave] = await Promise.all(['Alice', 'Bob', 'Dave'].map((name) => developer(light, name)));
  assert.ok(alice && bob && dave);

  // Everything is done by the light client, and comes out the same on both sides.
  const content = contentId('model');
  const [registered] = await Promise.all([
    alice.submit({ call: 'registerModel', content, size: 1_000, description, royalty: AIRO }),
    bob.submit({
      ...{ call: 'registerProvider', operator: null, stake: 1_000n * AIRO },
      profile: newProfile(light.genesisHash, bob.address),
    }),
  ]);
  assert.equal(eventOf(registered, 'modelRegistered').model, 0);
  const announced = bob.submit({ call: 'announce', model: 0, version: 0, timeMicroseconds: 45_000 });
  // Both are signed at once: the second has the next number although no block has the first.
  const placed = await Promise.all([announced, dave.submit({ call: 'placeOrder', request: orderOf(0) })]);
  const { order } = eventOf(placed[1], 'orderPlaced');
  const priced = await alice.submit({ call: 'sellModel', model: 0, price: AIRO, reservedFor: dave.address });
  assert.deepEqual(priced.events, [{ event: 'modelForSale', model: 0, price: AIRO, reservedFor: dave.address }]);
  await bob.submit({ call: 'placeBid', order, price: 50n * AIRO });
  const accepted = await dave.submit({ call: 'acceptBids', order, providers: [bob.address] }, { until: 'finalized' });
  const { agreement } = eventOf(accepted, 'agreementOpened');
  const payloads = [contentId('payload')];
  const { block } = await dave.submit({ call: 'request', agreement, first: 0, payloads }, { until: 'finalized' });

  const at = block.hash;
  const read = async (chain: AiroChain) => ({
    rules: await chain.rules(),
    models: await chain.models({ at }),
    model: await chain.model(0, at),
    version: await chain.modelVersion(0, 0, at),
    sales: [await chain.sale(0, at), await chain.sale(1, at)],
    providers: await chain.providers({ at }),
    provider: await chain.provider(bob.address, at),
    offers: await chain.offers(0, { at }),
    orders: await chain.orders({ at }),
    agreement: await chain.agreement(agreement, at),
    agreements: await chain.agreementsOf(dave.address, { at }),
    requests: await chain.requests(agreement, 0, 10, at),
    record: await chain.record(dave.address, 'consumer', at),
    periods: await chain.periods('market', at),
    balance: await chain.balance(bob.address, at),
  });
  const seen = await read(light);
  assert.deepEqual(seen, await read(byNode));
  assert.equal(seen.requests[0]?.payload, payloads[0]);
  assert.deepEqual(seen.sales, [{ price: AIRO, reservedFor: dave.address }, null]);
  assert.deepEqual(await light.references(), await byNode.references());
  assert.deepEqual(await light.references(), new Set([content, contentId('labels'), ...payloads]));

  // The pool of a light client checks nothing, but what is refused has a name all the same.
  await assert.rejects(
    alice.submit({ call: 'retireModel', model: 9 }),
    named('CallFailed', 'marketplace.UnknownModel'),
  );
  const nobody = await developer(light, 'Nobody');
  await assert.rejects(nobody.submit({ call: 'leave' }), named('TransactionRefused', 'cannot pay the fee'));

  let follows = 0;
  for await (const { best, finalized } of light.heads(t.signal)) {
    assert.ok(best.number >= finalized.number);
    if (++follows === 3) break;
  }
  assert.ok((await byNode.model(0, 'finalized')) !== null);
});

test('a chain that another light client offers is used as well', async (t) => {
  const node = await startTestNode(t);
  const client = await startLightClientWorker();
  afterwards(t, () => client.terminate());
  const chain = await connectTo(t, {
    kind: 'lightChain',
    open: () => client.addChain({ chainSpec: JSON.stringify(node.spec) }),
  });
  assert.deepEqual(await chain.models(), []);
  const alice = await developer(chain, 'Alice');
  const { fee } = await alice.submit({ call: 'transfer', to: alice.address, amount: AIRO });
  assert.ok(fee > 0n);
  await chain.close();
  await assert.rejects(chain.models(), named('ChainUnavailable', 'closed'));
});

test('a specification that is none is refused', async (t) => {
  const wrong = connectTo(t, { kind: 'lightClient', chainSpec: '{}', start: startLightClientWorker });
  await assert.rejects(wrong, named('WrongChain', 'specification'));
});
