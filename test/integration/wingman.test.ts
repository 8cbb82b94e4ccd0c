import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { accountFromSecret, connectChain, type AiroChain } from '../../lib/chain/index.ts';
import {
  acceptBids,
  chainWithAccount,
  createEnvelopes,
  infer,
  placeOrder,
  type InferenceResult,
  type Ports,
} from '../../lib/consumer/index.ts';
import { openStore } from '../../lib/consumer/node/store.ts';
import type { DxPeer } from '../../lib/dx/node/peer.ts';
import { classify } from '../../lib/inference/classify.ts';
import { parseDescription } from '../../lib/inference/description.ts';
import { decodeImage } from '../../lib/inference/image.node.ts';
import { imageToTensor } from '../../lib/inference/image.ts';
import { AIRO, formatAmount } from '../../lib/market/amounts.ts';
import { systemClock } from '../../lib/provider/clock.ts';
import { root } from '../../scripts/lib/paths.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import type { ConfigText } from '../../wingman/config/schema.ts';
import { afterwards } from '../support/cleanup.ts';
import { createTestPeer, startDxServer, temporaryFolder } from '../support/dx.ts';
import { startTestNode } from '../support/nodes.ts';
import { startTestWingman, wingmanFolder } from '../support/wingman.ts';

const modelFolder = join(root, 'public', 'models', 'resnet-mnist');
const royalty = AIRO / 10n;
const price = 2n * AIRO;

/** A market with one model: a node, a Dx server, and a peer and a connection for whoever is not a Wingman. */
async function startMarket(t: TestContext) {
  const node = await startTestNode(t);
  const dxServer = await startDxServer(t, { chain: node.rpcUrl });
  const peer = await createTestPeer(t, { servers: [dxServer.tcpAddress] });
  const chain = await connectChain({ kind: 'websocket', url: node.rpcUrl, signal: t.signal });
  afterwards(t, () => chain.close());
  const config = {
    chain: { urls: [node.rpcUrl] },
    dx: { bootstrap: [dxServer.tcpAddress] },
  } satisfies ConfigText;
  return { node, chain, peer, config, model: await registerModel(chain, peer) };
}

/** Registers the demonstration's model as Alice. */
async function registerModel(chain: AiroChain, peer: DxPeer): Promise<number> {
  const bytes = await readFile(join(modelFolder, 'model.onnx'));
  const description = parseDescription(await readFile(join(modelFolder, 'description.json'), 'utf8'));
  const { key } = await peer.upload(bytes);
  const owner = chain.account(await accountFromSecret('//Alice'));
  const { events } = await owner.submit({
    call: 'registerModel',
    content: key,
    size: bytes.length,
    description,
    royalty,
  });
  const registered = events.find(({ event }) => event === 'modelRegistered');
  assert.ok(registered?.event === 'modelRegistered');
  return registered.model;
}

/** Charlie, as a consumer. */
async function consumerPorts(t: TestContext, chain: AiroChain, peer: DxPeer): Promise<Ports> {
  const store = openStore(await temporaryFolder(t), chain.genesisHash);
  afterwards(t, () => store.close());
  const account = chain.account(await accountFromSecret('//Charlie'));
  return {
    chain: chainWithAccount(chain, account),
    dx: peer,
    envelopes: createEnvelopes(chain.genesisHash),
    store,
    clock: systemClock,
  };
}

/** Some of the model's test images, with the digits that they show. */
async function images(count: number) {
  const description = parseDescription(await readFile(join(modelFolder, 'description.json'), 'utf8'));
  const folder = join(modelFolder, 'test-images');
  const all = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  const names = Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] ?? '');
  return Promise.all(
    names.map(async (label) => {
      const pixels = await decodeImage(await readFile(join(folder, label)));
      return { label, request: { inputs: [imageToTensor(pixels, description)] } };
    }),
  );
}

const explain = (result: InferenceResult) => ('explanation' in result ? result.explanation : result.state);

interface Seen {
  readonly orders: readonly { readonly id: number; readonly decision: Decided | null }[];
}
interface Decided {
  readonly action: string;
  readonly price: string | null;
  readonly reason: string;
}
interface Initialized {
  readonly provider: string;
  readonly steps: readonly { readonly step: string; readonly result: string; readonly transaction: string | null }[];
}
interface Configured {
  readonly config: { readonly strategy: object; readonly models: readonly object[] };
  readonly sources: Readonly<Record<string, string>>;
}

test('a Wingman registers, bids with a reason, runs a real model, is paid, and goes on after a restart', async (t) => {
  const { chain, peer, config, model } = await startMarket(t);
  const basePath = await wingmanFolder(t);
  const options = { config, secret: '//Bob', basePath };
  const wingman = await startTestWingman(t, options);

  // It becomes a provider, with the model and the price that it is told.
  const strategy = { kind: 'fixed', price: formatAmount(price) };
  await waitFor(async () => (await wingman.api<{ connected: boolean }>('GET', '/v1/status')).connected, {
    what: 'the Wingman to see the chain',
    timeoutMs: 60_000,
    signal: t.signal,
  });
  const first = await wingman.api<Initialized>('POST', '/v1/initialize', { models: [{ model }], strategy });
  assert.match(first.steps.find(({ step }) => step === 'registration')?.transaction ?? '', /^0x[0-9a-f]{64}$/);
  await wingman.ready();
  const again = await wingman.api<Initialized>('POST', '/v1/initialize');
  assert.deepEqual(
    again.steps.map(({ step, result }) => `${step} ${result}`),
    ['registration already', 'profile already', 'stake already', 'models already'],
  );
  const hypothetical = { model, inferences: 3, maxPrice: '5 AIRO' };
  const dry = await waitFor(
    async () => {
      const decided = await wingman.api<Decided>('POST', '/v1/dry-run', { hypothetical });
      return decided.action === 'bid' && decided;
    },
    { what: 'the model to be announced', timeoutMs: 60_000, everyMs: 500, signal: t.signal },
  );
  assert.equal(dry.price, formatAmount(price));

  // It bids on an order, and says why.
  const ports = await consumerPorts(t, chain, peer);
  const { order } = await placeOrder(ports, { model, inferences: 4, maxPrice: 5n * AIRO, biddingPeriod: 15 });
  await waitFor(async () => (await chain.order(order))?.bids[0]?.price === price, {
    what: 'the bid',
    timeoutMs: 60_000,
    everyMs: 200,
    signal: t.signal,
  });
  const decision = await waitFor(
    async () => {
      const { decisions } = await wingman.api<{ decisions: Decided[] }>('GET', `/v1/orders/${order}`);
      return decisions.find(({ action }) => action === 'bid');
    },
    { what: 'the decision', timeoutMs: 20_000, signal: t.signal },
  );
  assert.equal(decision.price, formatAmount(price));
  assert.ok(decision.reason.length > 10, decision.reason);
  const { orders } = await wingman.api<Seen>('GET', '/v1/orders');
  assert.ok(orders.some(({ id }) => id === order));

  // It executes what it is asked to, and is paid for it.
  const [agreement] = (await acceptBids(ports.chain, order, [first.provider])).agreements;
  assert.ok(agreement !== undefined);
  const inputs = await images(3);
  for await (const result of infer(ports, agreement.id, inputs)) {
    assert.equal(result.state, 'answered', explain(result));
    const [logits] = result.response.outputs;
    assert.ok(logits !== undefined);
    assert.equal(classify(logits, 1)[0]?.index, Number(result.label[0]), `${result.label} is recognized`);
  }
  const earned = 3n * (price - royalty - price / 100n);
  const earnings = await wingman.api<{ earned: string; record: { delivered: number } }>('GET', '/v1/earnings');
  assert.deepEqual([earnings.earned, earnings.record.delivered], [formatAmount(earned), 3]);
  const executions = async (of: typeof wingman) =>
    waitFor(
      async () => {
        const found = await of.api<{ executions: { index: number }[] }>(
          'GET',
          `/v1/executions?agreement=${agreement.id}&stage=answered`,
        );
        return found.executions.length === 3 && found.executions.map(({ index }) => index).sort();
      },
      { what: 'the answers in the journal', timeoutMs: 20_000, signal: t.signal },
    );
  assert.deepEqual(await executions(wingman), [0, 1, 2]);
  const metrics = await (await fetch(`${wingman.url}/metrics`)).text();
  assert.match(metrics, /^wingman_executions_total\{outcome="answered",failure=""\} 3$/m);
  assert.doesNotMatch(wingman.log(), /\/\/Bob/);
  const { dx } = await wingman.api<{ dx: { peer: string } }>('GET', '/v1/status');

  // After a kill and a start it is who it was, with the settings it had, and serves the agreement that is open.
  await wingman.kill();
  const second = await startTestWingman(t, options);
  await second.ready();
  const { config: kept, sources } = await second.api<Configured>('GET', '/v1/config');
  assert.deepEqual(
    [kept.strategy, sources.strategy, sources.models, sources.paused],
    [strategy, 'api', 'api', 'default'],
  );
  assert.equal((await second.api<{ dx: { peer: string } }>('GET', '/v1/status')).dx.peer, dx.peer);
  assert.deepEqual(await executions(second), [0, 1, 2]);
  for await (const result of infer(ports, agreement.id, await images(1))) {
    assert.equal(result.state, 'answered', explain(result));
  }
  assert.equal((await chain.agreement(agreement.id))?.counts.delivered, 4);
  assert.equal((await second.stop()).code, 0);
});
