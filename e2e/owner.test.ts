import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { encodeAddress } from '@polkadot/util-crypto';
import type { Page } from 'playwright';

import { acceptBids, infer, placeOrder, watchOrder, type Ports } from '../lib/consumer/index.ts';
import { AIRO } from '../lib/market/amounts.ts';
import { resnetFolder, startMarketplace, type Marketplace } from '../scripts/demo/marketplace.ts';
import { readImages } from '../scripts/demo/purchase.ts';
import { startWingmen } from '../scripts/demo/wingmen.ts';
import { connectApi } from '../test/support/api.ts';
import { afterwards } from '../test/support/cleanup.ts';
import { temporaryFolder } from '../test/support/marketplace.ts';
import { assertAccessible, assertNoSidewaysScroll } from './support/accessibility.ts';
import { connectWallet, goTo, testImage } from './support/actions.ts';
import { expect } from './support/expect.ts';
import { bestNumber, feesBetween, finalBlock, untilFinal, wealthAt, type At } from './support/ledger.ts';
import { fundedAccounts } from './support/market.ts';
import { serveCockpit } from './support/site.ts';
import { storyOf } from './support/story.ts';
import { openBrowser, openVisitor } from './support/visitor.ts';
import { Wallet } from './support/wallet.ts';
import { assertQuiet } from './support/watch.ts';

test('an owner registers a model, earns, and sells it to somebody who earns then', { timeout: 400_000 }, async (t) => {
  const step = storyOf(t);
  const market = await startOwnersMarket(t);
  const api = await connectApi(t, market.node);
  const [origin, browser, [heidi, ivan]] = await Promise.all([
    serveCockpit(t, market),
    openBrowser(t),
    fundedAccounts(api, 20, 'Heidi', 'Ivan'),
  ]);
  const wallet = new Wallet(api, { accounts: [{ name: 'Heidi', pair: heidi }] });
  const { page, watched, open } = await openVisitor(t, browser, origin, { wallet });
  const consumer = await market.consumer('//Bob', await temporaryFolder(t));

  await step('a file that is no ONNX model is refused before anything is paid', async () => {
    await open('own/register/');
    const pick = page.getByLabel(/^Drop an ONNX file here/);
    const buffer = await readFile(testImage('7-0046'));
    await pick.setInputFiles({ name: 'digits.png', mimeType: 'image/png', buffer });
    await expect(page.getByText(/digits\.png/)).toBeVisible();
    await pick.setInputFiles({ name: 'digits.onnx', mimeType: 'application/octet-stream', buffer });
    await expect(page.getByRole('alert').filter({ hasText: 'This file cannot be registered' })).toContainText(
      'NotOnnx',
    );
    await expect(page.getByRole('button', { name: 'Describe it' })).toBeDisabled();
  });

  await step('a model is registered by the form, and the wallet shows its terms', async () => {
    await page.getByLabel(/^digits\.onnx/).setInputFiles(join(resnetFolder, 'model.onnx'));
    await page.getByRole('button', { name: 'Describe it' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Digits of Heidi');
    await page.getByLabel('Licence').fill('Apache-2.0');
    await expect(page.getByLabel('Channels')).toHaveValue('gray');
    await page.getByLabel('Mean of each channel').fill('0.1307');
    await page.getByLabel('Deviation of each channel').fill('0.3081');
    await page.getByLabel('The elements of the first output').selectOption('listed');
    await page.getByLabel('Labels', { exact: true }).fill('0 1 2 3 4 5 6 7 8 9'.replaceAll(' ', '\n'));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByLabel('Royalty per inference').fill('0.02');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(page.getByText('Choose the account that will own it')).toBeVisible();

    await connectWallet(page);
    await expect(page.getByRole('heading', { name: 'Signing as' })).toBeVisible();
    await goTo(page, 'Own');
    await page.getByRole('link', { name: 'Register a model' }).click();
    await page.getByRole('button', { name: 'Upload and sign' }).click();
    await expect(page.getByText('Digits of Heidi is model 0')).toBeVisible();

    const [request, ...others] = wallet.requests;
    assert.deepEqual(others, []);
    assert.deepEqual([request?.address, request?.call], [heidi.address, 'marketplace.registerModel']);
    assert.equal(request?.args.royalty, String(AIRO / 50n));
    assert.match(JSON.stringify(request.args.description), /Digits of Heidi.*Apache-2\.0/);
    assert.equal((await market.chain.model(0))?.owner, heidi.address);
  });

  await step('each inference that somebody buys pays the owner', async () => {
    const before = await finalBlock(api);
    const wingmen = await startWingmen(market);
    await Promise.all(wingmen.map(({ wingman }) => wingman.ready()));
    await buy(t, consumer, 2);
    const after = await untilFinal(api, await bestNumber(api), t.signal);
    assert.equal(await earned(heidi.address, before, after), (2n * AIRO) / 50n);

    await goTo(page, 'Own');
    const model = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Digits of Heidi' }) });
    await expect(model).toContainText(/Earned\s*0\.04 AIRO/);
    await expect(model).toContainText(/Delivered\s*2/);
  });

  await step('the royalty is changed for new orders', async () => {
    await page.getByRole('button', { name: 'Change royalty' }).click();
    await page.getByLabel('Royalty per inference').fill('0.03');
    await page.getByRole('button', { name: 'Change to 0.03 AIRO' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    assert.deepEqual(
      [wallet.requests.at(-1)?.call, wallet.requests.at(-1)?.args.royalty],
      ['marketplace.setRoyalty', '30000000000'],
    );
    await expect(page.getByRole('listitem').filter({ hasText: 'Digits of Heidi' })).toContainText('0.03 AIRO');
  });

  await step(
    'a price that is none and a wrong address are refused at once, and the model is put up for sale',
    async () => {
      await page.getByRole('button', { name: 'Sell', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Sell Digits of Heidi' });
      const [price, address] = [dialog.getByLabel('Price'), dialog.getByLabel('Only to this account')];
      for (const [wrong, said] of [
        ['0', 'It must be more than 0'],
        ['1.0000000000001', 'it has at most 12 decimals'],
      ] as const) {
        await price.fill(wrong);
        await price.blur();
        await expect(dialog.getByText(said)).toBeVisible();
      }
      await price.fill('50');
      // One letter of it is another one: the checksum tells.
      await address.fill(`${ivan.address.slice(0, -1)}${ivan.address.endsWith('a') ? 'b' : 'a'}`);
      await expect(dialog.getByText(/typing mistake|checksum|not an address/i)).toBeVisible();
      await address.fill(heidi.address);
      await expect(dialog.getByText('This account owns the model already.')).toBeVisible();
      // The same account, as another network writes it.
      await address.fill(encodeAddress(ivan.publicKey, 0));
      await expect(dialog.getByText(ivan.address)).toBeVisible();
      await assertAccessible(page, 'the dialog in which a model is put up for sale');
      await assertNarrow(page, 'the dialog in which a model is put up for sale');
      await dialog.getByRole('button', { name: 'Sell for 50 AIRO' }).click();
      await expect(dialog).toBeHidden();
      const request = wallet.requests.at(-1);
      assert.deepEqual([request?.call, request?.args.price], ['nfts.setPrice', String(50n * AIRO)]);
      assert.ok(JSON.stringify(request?.args).includes(ivan.address));
      assert.deepEqual(await market.chain.sale(0), { price: 50n * AIRO, reservedFor: ivan.address });
      await expect(page.getByText('For sale: 50 AIRO')).toBeVisible();
    },
  );

  const hisWallet = new Wallet(api, { accounts: [{ name: 'Ivan', pair: ivan }] });
  const his = await openVisitor(t, browser, origin, { wallet: hisWallet, colorScheme: 'dark' });
  const offer = his.page.getByRole('dialog', { name: 'Buy Digits of Heidi' });

  await step('who has too little money is told so, and nothing is signed', async () => {
    await his.open('account/');
    await his.page.getByRole('button', { name: 'Connect wallet' }).click();
    await expect(his.page.getByRole('heading', { name: 'Signing as' })).toBeVisible();
    await goTo(his.page, 'Market');
    await his.page.getByLabel('Which models').selectOption('For sale');
    await his.page.getByRole('link', { name: 'Digits of Heidi' }).click();
    await expect(his.page.getByText('For sale: 50 AIRO')).toBeVisible();
    await his.page.getByRole('button', { name: 'Buy the model' }).click();
    await expect(offer.getByText('This is more than you have')).toBeVisible();
    await expect(offer.getByRole('button', { name: 'Buy for 50 AIRO' })).toBeDisabled();
    await offer.getByRole('button', { name: 'Close' }).click();
    assert.deepEqual(hisWallet.requests, []);
  });

  await step('a price that is raised while somebody looks at it has to be agreed to anew', async () => {
    await reprice('5');
    await expect(his.page.getByText('For sale: 5 AIRO')).toBeVisible();
    await his.page.getByRole('button', { name: 'Buy the model' }).click();
    await expect(offer.getByRole('button', { name: 'Buy for 5 AIRO' })).toBeEnabled();
    await assertAccessible(his.page, 'the dialog in which a model is bought');
    await assertNarrow(his.page, 'the dialog in which a model is bought');
    await reprice('6');
    await expect(offer.getByText('The price was raised to 6 AIRO')).toBeVisible();
    await expect(offer.getByRole('button', { name: 'Buy for 5 AIRO' })).toBeDisabled();
    await offer.getByRole('button', { name: 'Go on at that price' }).click();
    await expect(offer.getByRole('button', { name: 'Buy for 6 AIRO' })).toBeEnabled();
  });

  await step('the buyer signs once, and model and money change hands', async () => {
    const before = await untilFinal(api, await bestNumber(api), t.signal);
    await offer.getByRole('button', { name: 'Buy for 6 AIRO' }).click();
    await expect(offer).toBeHidden();
    const [request, ...others] = hisWallet.requests;
    assert.deepEqual(others, []);
    assert.deepEqual([request?.call, request?.args.bid_price], ['nfts.buyItem', String(6n * AIRO)]);
    await expect(his.page.getByText('Buy model 0 with its royalties for up to 6 AIRO').first()).toBeVisible();
    await expect(his.page.getByText('For sale: 6 AIRO')).toBeHidden();
    await expect(page.getByText('This account owns no model')).toBeVisible();
    const after = await untilFinal(api, await bestNumber(api), t.signal);
    assert.equal(await earned(heidi.address, before, after), 6n * AIRO);
    assert.equal(await earned(ivan.address, before, after), -6n * AIRO);
    assert.deepEqual([(await market.chain.model(0))?.owner, await market.chain.sale(0)], [ivan.address, null]);
  });

  await step('from then on the new owner earns, and the old one does not', async () => {
    const before = await untilFinal(api, await bestNumber(api), t.signal);
    await buy(t, consumer, 1);
    const after = await untilFinal(api, await bestNumber(api), t.signal);
    assert.equal(await earned(ivan.address, before, after), (3n * AIRO) / 100n);
    assert.equal(await earned(heidi.address, before, after), 0n);
    await goTo(his.page, 'Own');
    await expect(his.page.getByRole('link', { name: 'Digits of Heidi' })).toBeVisible();
  });

  await step('he takes it off sale again, and gives it back for nothing', async () => {
    await his.page.getByRole('button', { name: 'Sell', exact: true }).click();
    const sale = his.page.getByRole('dialog', { name: 'Sell Digits of Heidi' });
    await sale.getByLabel('Price').fill('7');
    await sale.getByRole('button', { name: 'Sell for 7 AIRO' }).click();
    await his.page.getByRole('button', { name: 'Take off sale' }).click();
    await his.page.getByRole('dialog').getByRole('button', { name: 'Take it off sale' }).click();
    await expect(his.page.getByRole('dialog')).toBeHidden();
    assert.equal(await market.chain.sale(0), null);

    await his.page.getByRole('button', { name: 'Transfer', exact: true }).click();
    const dialog = his.page.getByRole('dialog', { name: 'Transfer Digits of Heidi' });
    await expect(dialog.getByText('A transfer gives the model away')).toBeVisible();
    await dialog.getByLabel('Address of the new owner').fill(heidi.address);
    await dialog.getByLabel('I have compared the address').check();
    await dialog.getByRole('button', { name: /^Transfer to/ }).click();
    await expect(dialog).toBeHidden();
    assert.equal((await market.chain.model(0))?.owner, heidi.address);
  });

  await t.test('nothing was complained about, and nobody else was asked', () => {
    assertQuiet(watched);
    assertQuiet(his.watched);
  });

  /** The owner changes the price. In AIRO. */
  async function reprice(price: string): Promise<void> {
    await page.getByRole('button', { name: 'Change price' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sell Digits of Heidi' });
    await dialog.getByLabel('Price').fill(price);
    await dialog.getByRole('button', { name: `Change to ${price} AIRO` }).click();
    await expect(dialog).toBeHidden();
  }

  /** What an account got beside what it paid for its own transactions. */
  async function earned(address: string, from: At, to: At): Promise<bigint> {
    const change = (await wealthAt(api, address, to)) - (await wealthAt(api, address, from));
    return change + (await feesBetween(api, address, from, to));
  }
});

/** Fails when the page has to be scrolled sideways on a phone. */
async function assertNarrow(page: Page, where: string): Promise<void> {
  const wide = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await assertNoSidewaysScroll(page, where);
  if (wide !== null) await page.setViewportSize(wide);
}

/** Without any model. */
async function startOwnersMarket(t: TestContext): Promise<Marketplace> {
  const market = await startMarketplace({ signal: t.signal });
  afterwards(t, async () => {
    if (!t.passed) t.diagnostic(`The last lines of the node:\n${market.node.log()}`);
    await market.close();
  });
  return market;
}

/** Somebody buys inferences of model 0 and gets their results. */
async function buy(t: TestContext, consumer: Ports, inferences: number): Promise<void> {
  const wish = { model: 0, inferences, maxPrice: AIRO, biddingPeriod: 60 };
  const { order } = await placeOrder(consumer, wish, { signal: t.signal });
  for await (const { order: seen } of watchOrder(consumer.chain, order, t.signal)) {
    const [bid] = seen.bids;
    if (bid === undefined) continue;
    const { agreements } = await acceptBids(consumer.chain, order, [bid.provider]);
    const description = (await consumer.chain.model(0))?.newest.description;
    if (description === undefined || agreements[0] === undefined) throw new Error('There is no agreement on model 0.');
    const images = (await readImages([], description)).slice(0, inferences);
    for await (const result of infer(consumer, agreements[0].id, images, { signal: t.signal })) {
      assert.equal(result.state, 'answered');
    }
    return;
  }
}
