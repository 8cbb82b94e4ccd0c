/** The chain's rules are replaced while people trade by them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ApiPromise } from '@polkadot/api';

import { connectChain } from '../../lib/chain/index.ts';
import { startLightClientWorker } from '../../lib/chain/light-client.node.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { resnetFolder } from '../../scripts/demo/marketplace.ts';
import { waitFor, within } from '../../scripts/lib/wait.ts';
import { commandLine, type Results } from '../support/airo.ts';
import { call, connectApi, developmentAccount, send } from '../support/api.ts';
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
import { nextRuntime } from '../support/next-runtime.ts';

/** Upgrades the runtime as the chain's owner does, and waits until the best block has the new one. */
async function upgrade(api: ApiPromise, code: `0x${string}`, to: number): Promise<void> {
  const set = call(api, 'sudo.sudo', call(api, 'system.setCode', code));
  const { events } = await send(set, developmentAccount('alice'));
  // That says no more than what a failure was about: when the API knows of the new version before it reads the events,
  // it reads those of the last block of the old version by the types of the new one, and finds none.
  const seen = events.map(({ event }) => `${event.section}.${event.method}`).join(', ');
  await waitFor(() => api.runtimeVersion.specVersion.eq(to), {
    what: `version ${to} of the runtime after the events ${seen}`,
    timeoutMs: 60_000,
  });
}

test('after a runtime upgrade with an order and an agreement open, everybody goes on by the new version', async (t) => {
  const gate = await startGatedServer(t);
  const { market, consumer, images, wingman, agree } = await startTestMarket(t);
  const { node, chain } = market;
  const served = await wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO'), runner: gate.runner } });
  const light = await connectChain({
    ...{ kind: 'lightClient', chainSpec: JSON.stringify(node.spec), start: startLightClientWorker, signal: t.signal },
  });
  afterwards(t, () => light.close());
  const ferdie = await market.account('//Ferdie');
  const { code, from, to } = nextRuntime(node.spec);
  assert.deepEqual([chain.runtimeVersion, light.runtimeVersion], [from, from]);

  // An agreement in the middle of its work: two answers are paid, two requests wait in the provider's hands.
  const agreement = await agree({ inferences: 6, maxInFlight: 6, responseDeadline: 100 });
  gate.admit(2);
  const inferring = inferAll(t, consumer, agreement.id, images.slice(0, 4));
  await executionsAt(t, served, 'answered', 2);
  await executionsAt(t, served, 'downloaded', 2);

  // And an order that a command waits on: it will accept and send when there is another runtime.
  const [dx] = market.dx;
  const env = { AIRO_CHAIN: node.rpcUrl, AIRO_DX: dx?.tcpAddress ?? '', AIRO_HOME: await temporaryFolder(t) };
  const image = `${resnetFolder}/test-images/7-0046.png`;
  const terms = ['--model', '0', '--max-price', '0.5', '--bidding', '15', '--dev-account', 'eve', '--json'];
  const buying = await commandLine(t, env).launch(['infer', ...terms, image]);
  const order = await waitFor(async () => (await chain.orders()).find(({ bids }) => bids.length > 0), {
    what: 'the order of the command to have a bid',
    timeoutMs: 60_000,
    everyMs: 200,
    signal: t.signal,
  });

  const api = await connectApi(t, node);
  const stale = await call(api, 'balances.transferKeepAlive', ferdie.address, AIRO).signAsync(
    developmentAccount('charlie'),
    { nonce: -1, era: 0 },
  );
  await upgrade(api, code, to);
  assert.ok((await chain.order(order.id)) !== null, 'the order is open still');

  // Nobody was told, and all know: what each signs from now on is for the new version alone.
  for (const [who, seen] of [
    ['a connection', chain],
    ['the light client', light],
  ] as const) {
    const what = `${who} to know version ${to}`;
    await waitFor(() => seen.runtimeVersion === to, { what, timeoutMs: 60_000, signal: t.signal });
  }
  await assert.rejects(stale.send(), /bad signature/, 'a signature for the old version is worth nothing');

  gate.open();
  const results = await inferring;
  assert.deepEqual(
    results.map(({ state }) => state),
    ['answered', 'answered', 'answered', 'answered'],
  );
  const rest = await inferAll(t, consumer, agreement.id, images.slice(4, 6));
  assert.deepEqual(
    rest.map(({ state }) => state),
    ['answered', 'answered'],
  );
  const { counts, state } = await agreementNow(consumer, agreement.id);
  assert.deepEqual([counts.delivered, counts.missed, state.kind], [6, 0, 'ended']);
  const { held } = await consumer.chain.balance(consumer.chain.account.address);
  assert.deepEqual(
    held.filter(({ reason }) => /escrow|order/i.test(reason)),
    [],
  );

  const { code: status } = await within(buying.ended, { what: 'the command to end', timeoutMs: 120_000 });
  assert.equal(status, 0, buying.err());
  const { agreements } = JSON.parse(buying.out()) as { readonly agreements: readonly Results[] };
  assert.deepEqual(
    agreements.flatMap(({ results: bought }) => bought).map((result) => [result.state, result.classes[0]?.label]),
    [['answered', '7']],
  );

  // A light client follows the new rules and signs for them.
  const seen = await light.agreement(agreement.id);
  assert.equal(seen?.counts.delivered, 6);
  const byLight = light.account({ kind: 'keyPair', pair: developmentAccount('bob') });
  const { fee } = await byLight.submit({ call: 'transfer', to: ferdie.address, amount: AIRO });
  assert.ok(fee > 0n);
  await waitFor(() => served.log().includes('the chain has a new runtime'), {
    what: 'Wingman to say so',
    timeoutMs: 20_000,
    signal: t.signal,
  });
});
