/** The story itself: who does what, and what must have come of it. */
import assert from 'node:assert/strict';

import {
  acceptBest,
  answerTo,
  bidRows,
  drawSeven,
  fillOrder,
  goTo,
  openModel,
  pickFiles,
  placeOrder,
  testImage,
} from '../../e2e/support/actions.ts';
import { expect } from '../../e2e/support/expect.ts';
import { AIRO, amountText, formatAmount } from '../../lib/market/amounts.ts';
import type { Agreement } from '../../lib/market/types.ts';
import { carriedDirectly } from './connections.ts';
import {
  arrive,
  lookAt,
  modelName,
  registerResnet,
  servedModel,
  serveModel,
  setPrice,
  setUp,
  untilBest,
} from './deeds.ts';
import { Evidence } from './evidence.ts';
import { countDispatches, dispatches } from './gpu.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';

const royalty = AIRO / 100n;
const maxPrice = '0.2';
/** The server goes down to its floor; the tab asks for less, so it wins whenever both have bid long enough. */
const wingman = {
  name: 'Wingman Dave',
  secret: '//Dave',
  floor: AIRO / 10n,
  strategy: { kind: 'undercut', floor: '0.1 AIRO', step: 0.2 },
} as const;
const tabPrice = { floor: '0.03', step: '20' } as const;
const tabName = 'Tara’s tab';
const salePrice = 25n * AIRO;
/** The numbers that one image is for the model: 28 by 28 pixels of four bytes. */
const imageBytes = 28 * 28 * 4;

/** What came of the story, for programs. Amounts are in the smallest unit. */
export interface Outcome {
  readonly model: number;
  readonly provider: string;
  readonly bids: readonly { readonly provider: string; readonly price: bigint }[];
  readonly agreement: number;
  readonly price: bigint;
  readonly gpuDispatches: number;
  readonly directBytes: { readonly toProvider: number; readonly toConsumer: number };
  readonly royalties: { readonly owner: bigint; readonly buyer: bigint };
}

/** Tells the story. @throws {StepFailed} when something in it is not as it must be */
export async function tell(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<Outcome> {
  const { market, api, people } = stage;
  const { owner, tab, consumer, buyer } = people;
  const evidence = new Evidence(api, market.chain, signal);
  const dave = (await market.account(wingman.secret)).address;
  const nameOf = (address: string) => (address === dave ? wingman.name : address === tab.address ? tabName : address);
  const servers = [market.node.webrtcAddress, ...market.storers.map(({ webrtcAddress }) => webrtcAddress)];
  const directBytes = { toProvider: 0, toConsumer: 0 };
  /** Does something, and counts what it carries from tab to tab. @returns that in words */
  const countingDirect = async (deed: () => Promise<void>): Promise<string> => {
    const before = await carriedDirectly(consumer.page, servers);
    await deed();
    const after = await carriedDirectly(consumer.page, servers);
    const toProvider = after.bytesSent - before.bytesSent;
    const toConsumer = after.bytesReceived - before.bytesReceived;
    directBytes.toProvider += toProvider;
    directBytes.toConsumer += toConsumer;
    return `tab to tab: ${toProvider} bytes to Tara, ${toConsumer} to Carl`;
  };

  await narrator.step({
    title: 'registers a model',
    caption:
      'Olivia owns a trained ResNet. Her browser checks the ONNX file, puts it on Dx and mints its NFT: whoever has that earns 0.01 AIRO with each inference.',
    by: owner,
    tell: async () => {
      await arrive(owner);
      await registerResnet(owner.page, '0.01');
      const model = await evidence.final('the model is hers', (chain, at) => chain.model(0, at));
      assert.deepEqual([model.owner, model.royalty], [owner.address, royalty]);
      assert.deepEqual(
        owner.wallet.requests.map(({ call }) => call),
        ['marketplace.registerModel'],
      );
      return [`model 0 and its NFT belong to Olivia, with a royalty of ${formatAmount(royalty)}`];
    },
  });

  await narrator.step({
    title: 'sees a Wingman offer it',
    caption:
      'On a server somebody starts a Wingman, the provider’s bot. It fetches the model, measures it and offers it.',
    by: owner,
    tell: async () => {
      const { name, secret, strategy } = wingman;
      const runner = { kind: 'onnx', sessions: 1 } as const;
      const process = await market.wingman({
        secret,
        config: { profile: { name }, strategy, models: [{ model: 0 }], runner },
      });
      await process.ready();
      const provider = await evidence.final('the Wingman offers model 0', async (chain, at) => {
        const found = await chain.provider(dave, at);
        return found?.models.includes(0) === true && found;
      });
      assert.deepEqual([provider.profile.name, provider.profile.kind], [name, 'server']);
      await openModel(owner.page, modelName);
      await expect(owner.page.getByText(name).first()).toBeVisible();
      return [`${name} is a provider on a server, and offers model 0`];
    },
  });

  await narrator.step({
    title: 'lets her browser tab serve the model',
    caption:
      'Tara has nothing but a browser. It downloads the model, checks every byte against the chain, and measures an inference on WebGPU.',
    by: tab,
    tell: async () => {
      await arrive(tab);
      await serveModel(tab.page);
      await expect(servedModel(tab.page)).toContainText(/Runs on\s*WebGPU/);
      const row = (await servedModel(tab.page).innerText()).replaceAll(/\s+/g, ' ');
      await lookAt(tab.page, 'Models');
      return [`the Provide view says: ${/An inference takes .*? Runs on .*?(?= Last price)/.exec(row)?.[0] ?? row}`];
    },
  });

  await narrator.step({
    title: 'becomes a provider with one signature',
    caption:
      'Her wallet signs once: a stake, and a key that lives in this browser and may only bid and answer, never below a floor. Then the tab works by itself.',
    by: tab,
    tell: async () => {
      await setPrice(tab.page, tabPrice);
      const before = tab.wallet.requests.length;
      await setUp(tab.page, tabName);
      assert.equal(tab.wallet.requests.length, before + 1, 'signatures');
      const provider = await evidence.final('the tab offers model 0', async (chain, at) => {
        const found = await chain.provider(tab.address, at);
        return found?.models.includes(0) === true && found;
      });
      assert.deepEqual([provider.profile.name, provider.profile.kind], [tabName, 'browser']);
      assert.ok(provider.operator !== null && provider.operator.account !== tab.address);
      return [
        `${tabName} is a provider in a browser, with ${formatAmount(provider.stake)} of stake`,
        `its key may bid from ${formatAmount(provider.operator.floorPrice)} on, and was named by one signature`,
      ];
    },
  });
  const providing = await evidence.settled();

  let order = -1;
  let bidding: ReturnType<Evidence['bids']> = Promise.resolve([]);
  const stopBidding = new AbortController();
  await narrator.step({
    title: 'draws a digit and orders inferences',
    caption:
      'Carl, in another browser, draws a seven and orders three inferences for at most 0.2 AIRO each. That much is set aside until somebody has agreed.',
    by: consumer,
    beside: [tab],
    tell: async () => {
      const { page } = consumer;
      await arrive(consumer);
      await openModel(page, modelName);
      await drawSeven(page);
      await page.getByRole('button', { name: 'Buy with this input' }).click();
      await fillOrder(page, { inferences: '3', maxPrice, bidding: '60' });
      order = await placeOrder(page);
      bidding = evidence.bids(order, stopBidding.signal);
      const placed = await evidence.final('the order is there', (chain, at) => chain.order(order, at));
      assert.deepEqual([placed.consumer, placed.inferences], [consumer.address, 3]);
      return [`order ${order} holds ${formatAmount(placed.held)} of Carl's`];
    },
  });

  let bids: Awaited<typeof bidding> = [];
  let agreement: Agreement | null = null;
  await narrator.step({
    title: 'watches the server and the tab bid against each other',
    caption:
      'Both see the order and go below each other, each down to its own floor, which nobody else knows. The tab is content with less. Carl accepts its bid.',
    by: consumer,
    beside: [tab],
    tell: async () => {
      const { page } = consumer;
      await expect(bidRows(page)).toHaveCount(2);
      // Below its floor the Wingman never goes, so from there on the tab is the best for good.
      await evidence.final('the tab is cheaper than the Wingman can be', async (chain, at) => {
        const found = (await chain.order(order, at))?.bids ?? [];
        return found.some(({ provider, price }) => provider === tab.address && price < wingman.floor);
      });
      await untilBest(page, tabName);
      const id = await acceptBest(page, 2);
      stopBidding.abort(new Error('A bid is accepted.'));
      bids = await bidding;
      for (const provider of [dave, tab.address]) {
        const own = bids.filter((bid) => bid.provider === provider);
        assert.ok(own.length >= 2, `${nameOf(provider)} bid ${own.length} times`);
      }
      agreement = await evidence.final('the agreement is there', (chain, at) => chain.agreement(id, at));
      assert.deepEqual([agreement.provider, agreement.consumer], [tab.address, consumer.address]);
      assert.ok(agreement.price < wingman.floor);
      return [
        bids.map(({ provider, price }) => `${nameOf(provider)} ${formatAmount(price)}`).join(', '),
        `agreement ${id} is with ${tabName}, at ${formatAmount(agreement.price)} each`,
      ];
    },
  });
  const agreed = agreement as Agreement | null;
  assert.ok(agreed);

  let gpuDispatches = 0;
  const beforeFirst = await evidence.settled();
  await narrator.step({
    title: 'gets the answer from the tab',
    caption:
      'The drawing is encrypted for Tara’s tab. There a shader after the other computes the answer, and the chain pays it in the block it comes in. Nobody signs anything.',
    by: consumer,
    beside: [tab],
    tell: async () => {
      const { page } = consumer;
      const signatures = [consumer, tab].map(({ wallet }) => wallet.requests.length);
      await countDispatches(tab.page);
      const direct = await countingDirect(async () => {
        await page.getByRole('button', { name: 'Send 1 inference' }).click();
        await expect(answerTo(page, 'Drawing')).toContainText(/^7/);
      });
      gpuDispatches = await dispatches(tab.page);
      assert.ok(gpuDispatches > 0, 'The tab dispatched nothing to the GPU.');
      await evidence.final('it is delivered', async (chain, at) => {
        const found = await chain.agreement(agreed.id, at);
        return found?.counts.delivered === 1;
      });
      assert.deepEqual(
        [consumer, tab].map(({ wallet }) => wallet.requests.length),
        signatures,
      );
      await lookAt(page, 'Results');
      return [
        'the answer is 7; no wallet was asked',
        `Tara's tab dispatched ${gpuDispatches} compute shaders by WebGPU for it`,
        direct,
      ];
    },
  });

  const afterFirst = await evidence.settled();
  const net = agreed.price - agreed.royalty - agreed.fee;
  await narrator.step({
    title: 'has earned her royalty',
    caption:
      'In the block with the answer the chain has paid the tab its price and Olivia her royalty, both out of escrow. She had nothing to do for it.',
    by: owner,
    beside: [tab],
    tell: async () => {
      await evidence.assertGot(owner, royalty, beforeFirst, afterFirst);
      await evidence.assertGot(tab, net, beforeFirst, afterFirst);
      await goTo(owner.page, 'Own');
      const model = owner.page
        .getByRole('listitem')
        .filter({ has: owner.page.getByRole('heading', { name: modelName }) });
      await expect(model).toContainText(/Earned\s*0\.01 AIRO/);
      return [`Olivia got ${formatAmount(royalty)}, Tara ${formatAmount(net)}`];
    },
  });

  await narrator.step({
    title: 'compares a server and a tab',
    caption:
      'Carl need not believe a single provider: this order goes to two. Both do the same inference, and the Cockpit compares their numbers within the model’s tolerance.',
    by: consumer,
    beside: [tab],
    tell: async () => {
      const { page } = consumer;
      await openModel(page, modelName);
      await page.getByRole('link', { name: 'Buy inferences' }).click();
      await page.getByLabel('Providers', { exact: true }).fill('2');
      await fillOrder(page, { inferences: '1', maxPrice, bidding: '60' });
      await placeOrder(page);
      const first = await acceptBest(page, 2);
      await pickFiles(page, testImage('3-0058'));
      await page.getByRole('button', { name: 'Send 1 inference' }).click();
      const row = page.getByRole('table', { name: /^Results of the same inputs/ }).getByRole('row', { name: /3-0058/ });
      await expect(row).toContainText('All 2 agree');
      const pair = await evidence.final('both have delivered', async (chain, at) => {
        const both = await Promise.all([first, first + 1].map((id) => chain.agreement(id, at)));
        const found = both.filter((one) => one !== null);
        return found.length === 2 && found.every(({ counts }) => counts.delivered === 1) && found;
      });
      assert.deepEqual(new Set(pair.map(({ provider }) => provider)), new Set([dave, tab.address]));
      await lookAt(page, 'Compared');
      return [`${pair.map(({ provider }) => nameOf(provider)).join(' and ')} were both paid, and agree: 3`];
    },
  });

  const beforeSale = await evidence.settled();
  await narrator.step({
    title: 'sells the model',
    caption: `Olivia sells the model to Bianca for ${formatAmount(salePrice)}. The chain exchanges NFT and money in one transaction; income goes with it.`,
    by: owner,
    beside: [buyer],
    tell: async () => {
      await arrive(buyer);
      const { page } = owner;
      await page.getByRole('button', { name: 'Sell', exact: true }).click();
      const sale = page.getByRole('dialog', { name: `Sell ${modelName}` });
      await sale.getByLabel('Price').fill(amountText(salePrice));
      await sale.getByLabel('Only to this account').fill(buyer.address);
      await expect(sale.getByText(buyer.address)).toBeVisible();
      await sale.getByRole('button', { name: `Sell for ${formatAmount(salePrice)}` }).click();
      await expect(sale).toBeHidden();
      await openModel(buyer.page, modelName);
      await buyer.page.getByRole('button', { name: 'Buy the model' }).click();
      const purchase = buyer.page.getByRole('dialog', { name: `Buy ${modelName}` });
      await purchase.getByRole('button', { name: `Buy for ${formatAmount(salePrice)}` }).click();
      await expect(purchase).toBeHidden();
      await expect(page.getByText('This account owns no model')).toBeVisible();
      await evidence.final('the NFT is hers', async (chain, at) => (await chain.model(0, at))?.owner === buyer.address);
      const sold = await evidence.settled();
      await evidence.assertGot(owner, salePrice, beforeSale, sold);
      await evidence.assertGot(buyer, -salePrice, beforeSale, sold);
      await goTo(buyer.page, 'Own');
      await expect(buyer.page.getByRole('link', { name: modelName })).toBeVisible();
      return [`Olivia got ${formatAmount(salePrice)}, and model 0 with its NFT belongs to Bianca`];
    },
  });

  const beforeLast = await evidence.settled();
  await narrator.step({
    title: 'uses another inference of his agreement',
    caption:
      'Payload and answer go straight from tab to tab by WebRTC, which a relay has only introduced. The Network view shows the connection.',
    by: consumer,
    beside: [tab],
    tell: async () => {
      const { page } = consumer;
      await goTo(page, 'Agreements');
      await page
        .getByRole('table', { name: 'Your agreements' })
        .getByRole('link', { name: new RegExp(`#${agreed.id}$`) })
        .click();
      await pickFiles(page, testImage('5-0106'));
      const direct = await countingDirect(async () => {
        await page.getByRole('button', { name: 'Send 1 inference' }).click();
        await expect(answerTo(page, '5-0106.png')).toContainText(/^5/);
      });
      // A tab that is slow to give something is not waited for: then a server gives it. Both are not so slow every time.
      assert.ok(directBytes.toProvider >= imageBytes, `Only ${directBytes.toProvider} bytes went from tab to tab.`);
      assert.ok(directBytes.toConsumer > 0, 'Nothing came back from tab to tab.');
      await goTo(page, 'Network');
      const { peer = '' } = (await market.chain.provider(tab.address))?.profile ?? {};
      const row = page.getByRole('row').filter({ hasText: peer.slice(-6) });
      await expect(row.getByText('WebRTC', { exact: true }).first()).toBeVisible();
      await lookAt(page, 'Dx, where payloads travel');
      return [direct, "the Network view has Tara's tab as a peer by WebRTC"];
    },
  });

  await narrator.step({
    title: 'earns from now on',
    caption:
      'The royalty of that inference went to Bianca, and none to Olivia: the NFT’s owner at the moment of payment gets it.',
    by: buyer,
    beside: [owner],
    tell: async () => {
      await evidence.final('it is delivered', async (chain, at) => {
        const found = await chain.agreement(agreed.id, at);
        return found?.counts.delivered === 2;
      });
      const end = await evidence.settled();
      await evidence.assertGot(buyer, royalty, beforeLast, end);
      await evidence.assertGot(owner, 0n, beforeLast, end);
      // One in the first agreement before the sale, one after it, and one in the pair, at that agreement's own price.
      const earned = await evidence.got(tab.address, providing, end);
      assert.ok(earned > 2n * net, `Tara got ${earned}.`);
      return [
        `Bianca got ${formatAmount(royalty)}, Olivia nothing`,
        `Tara's tab has earned ${formatAmount(earned)} in all`,
      ];
    },
  });

  return {
    ...{ model: 0, provider: tab.address, agreement: agreed.id, price: agreed.price, gpuDispatches, directBytes },
    bids: bids.map(({ provider, price }) => ({ provider: nameOf(provider), price })),
    royalties: { owner: royalty, buyer: royalty },
  };
}
