/** What happens when parts of the market break in the middle of their work. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { startNode } from '../../scripts/chain/node.ts';
import { afterwards } from '../support/cleanup.ts';
import { startGatedServer } from '../support/gated-server.ts';
import {
  agreementNow,
  executionsAt,
  fixed,
  inferAll,
  startTestMarket,
  temporaryFolder,
} from '../support/marketplace.ts';

test('a Wingman that is killed between download and answer answers once after its restart, and bids again', async (t) => {
  const gate = await startGatedServer(t);
  const { consumer, images, wingman, agree, order } = await startTestMarket(t);
  const basePath = await temporaryFolder(t);
  const start = { secret: '//Dave', basePath, config: { strategy: fixed('0.1 AIRO'), runner: gate.runner } };
  const first = await wingman(start);
  const inputs = images.slice(0, 4);
  const agreement = await agree({ inferences: inputs.length, responseDeadline: 60 });

  gate.admit(1);
  const inferring = inferAll(t, consumer, agreement.id, inputs);
  await executionsAt(t, first, 'answered', 1);
  await executionsAt(t, first, 'downloaded', 3);
  await gate.holds(1);
  await first.kill();
  gate.open();
  const second = await wingman(start);

  const results = await inferring;
  assert.deepEqual(
    results.map(({ state }) => state),
    inputs.map(() => 'answered'),
  );
  const { counts, state } = await agreementNow(consumer, agreement.id);
  assert.deepEqual(
    { ...counts, state: state.kind },
    {
      ...{ requested: 4, answered: 0, delivered: 4, consumerFaults: 0, providerFaults: 0, missed: 0 },
      state: 'ended',
    },
  );
  await executionsAt(t, second, 'answered', 4);
  const { bids } = await order({}, 1);
  assert.equal(bids.length, 1);
});

test('when one of two Wingmen is gone for good, the rest is refunded, and a new order is served by the other', async (t) => {
  const gate = await startGatedServer(t);
  const { consumer, images, wingman, agree } = await startTestMarket(t);
  const [cheap] = await Promise.all([
    wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO'), runner: gate.runner } }),
    wingman({ secret: '//Eve', config: { strategy: fixed('0.2 AIRO') } }),
  ]);
  const agreement = await agree({ inferences: images.length, responseDeadline: 6 }, 2);
  assert.equal(agreement.price, AIRO / 10n);

  gate.admit(4);
  const inferring = inferAll(t, consumer, agreement.id, images);
  await executionsAt(t, cheap, 'answered', 4);
  await cheap.kill();
  const results = await inferring;
  const count = (state: string) => results.filter((result) => result.state === state).length;
  assert.deepEqual([count('answered'), count('missed')], [4, 6]);
  for (const result of results) {
    if (result.state === 'missed') assert.equal(result.refunded, agreement.price);
  }
  // Escrow is empty without anybody asking for it.
  const { held } = await consumer.chain.balance(consumer.chain.account.address);
  assert.deepEqual(
    held.filter(({ reason }) => /escrow/i.test(reason)),
    [],
  );

  const missed = results.flatMap((result) => (result.state === 'missed' ? [images[result.input ?? 0]] : []));
  const again = missed.filter((input) => input !== undefined);
  const next = await agree({ inferences: again.length }, 1);
  assert.notEqual(next.provider, agreement.provider);
  const rest = await inferAll(t, consumer, next.id, again);
  assert.deepEqual(
    rest.map(({ state }) => state),
    again.map(() => 'answered'),
  );
});

test('when the chain stands still for 20 seconds, everybody carries on afterwards', async (t) => {
  const basePath = await temporaryFolder(t);
  const nodeKey = '11'.repeat(32);
  const gate = await startGatedServer(t);
  const { market, consumer, images, wingman, agree } = await startTestMarket(t, { node: { basePath, nodeKey } });
  const served = await wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO'), runner: gate.runner } });
  const agreement = await agree({ inferences: images.length, responseDeadline: 60 });

  gate.admit(2);
  const inferring = inferAll(t, consumer, agreement.id, images);
  await executionsAt(t, served, 'answered', 2);
  const rpcPort = Number(new URL(market.node.rpcUrl).port);
  await market.node.kill();
  // What was being executed ends while there is no chain.
  gate.open();
  // The length of the outage is what this test is about.
  await delay(20_000, undefined, { signal: t.signal });
  const node = await startNode({ basePath, nodeKey, rpcPort, signal: t.signal });
  afterwards(t, () => node.stop());

  const results = await inferring;
  assert.deepEqual(
    results.map(({ state }) => state),
    images.map(() => 'answered'),
  );
  const next = await agree({ inferences: 1 });
  assert.equal((await inferAll(t, consumer, next.id, images.slice(0, 1)))[0]?.state, 'answered');
});

test('when a Dx server dies, payloads and results travel through another one', async (t) => {
  const { market, consumer, images, wingman, agree } = await startTestMarket(t, { dxServers: 2 });
  await wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO') } });
  const agreement = await agree({ inferences: images.length, responseDeadline: 60 });
  const before = await inferAll(t, consumer, agreement.id, images.slice(0, 3));
  await market.dx[0]?.kill();
  const after = await inferAll(t, consumer, agreement.id, images.slice(3));
  assert.deepEqual(
    [...before, ...after].map(({ state }) => state),
    images.map(() => 'answered'),
  );
});
