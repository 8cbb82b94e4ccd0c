import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { acceptBids, infer, placeOrder, watchOrder, type Ports } from '../lib/consumer/index.ts';
import { AIRO } from '../lib/market/amounts.ts';
import { resnetFolder, startMarketplace, type Marketplace } from '../scripts/demo/marketplace.ts';
import { readImages } from '../scripts/demo/purchase.ts';
import { startWingmen } from '../scripts/demo/wingmen.ts';
import { connectApi } from '../test/support/api.ts';
import { afterwards } from '../test/support/cleanup.ts';
import { temporaryFolder } from '../test/support/marketplace.ts';
import { connectWallet, goTo, testImage } from './support/actions.ts';
import { expect } from './support/expect.ts';
import { bestNumber, feesBetween, finalBlock, untilFinal, wealthAt, type At } from './support/ledger.ts';
import { fundedAccounts } from './support/market.ts';
import { serveCockpit } from './support/site.ts';
import { storyOf } from './support/story.ts';
import { openBrowser, openVisitor } from './support/visitor.ts';
import { Wallet } from './support/wallet.ts';
import { assertQuiet } from './support/watch.ts';

test('an owner registers a model, earns, and sells it to somebody who earns then', { timeout: 300_000 }, async (t) => {
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

  await step('a wrong address is refused at once, and the model goes to the right one', async () => {
    await page.getByRole('button', { name: 'Transfer or sell' }).click();
    const dialog = page.getByRole('dialog', { name: 'Transfer Digits of Heidi' });
    const address = dialog.getByLabel('Address of the new owner');
    // One letter of it is another one: the checksum tells.
    await address.fill(`${ivan.address.slice(0, -1)}${ivan.address.endsWith('a') ? 'b' : 'a'}`);
    await address.blur();
    await expect(
      dialog
        .getByText(/address/i)
        .filter({ hasText: /wrong|not|no / })
        .first(),
    ).toBeVisible();
    await address.fill(ivan.address);
    await dialog.getByLabel('I have compared the address').check();
    await dialog.getByRole('button', { name: /^Transfer to/ }).click();
    await expect(dialog).toBeHidden();
    const request = wallet.requests.at(-1);
    assert.match(request?.call ?? '', /transfer/i);
    assert.ok(JSON.stringify(request?.args).includes(ivan.address));
    await expect(page.getByText('This account owns no model')).toBeVisible();
    assert.equal((await market.chain.model(0))?.owner, ivan.address);
  });

  await step('from then on the new owner earns, and the old one does not', async (nested) => {
    const before = await untilFinal(api, await bestNumber(api), t.signal);
    await buy(t, consumer, 1);
    const after = await untilFinal(api, await bestNumber(api), t.signal);
    assert.equal(await earned(ivan.address, before, after), (3n * AIRO) / 100n);
    assert.equal(await earned(heidi.address, before, after), 0n);

    const his = await openVisitor(nested, browser, origin, {
      wallet: new Wallet(api, { accounts: [{ name: 'Ivan', pair: ivan }] }),
    });
    await his.open('account/');
    await his.page.getByRole('button', { name: 'Connect wallet' }).click();
    await goTo(his.page, 'Own');
    await expect(his.page.getByRole('link', { name: 'Digits of Heidi' })).toBeVisible();
    assertQuiet(his.watched);
  });

  await t.test('nothing was complained about, and nobody else was asked', () => {
    assertQuiet(watched);
  });

  /** What an account got beside what it paid for its own transactions. */
  async function earned(address: string, from: At, to: At): Promise<bigint> {
    const change = (await wealthAt(api, address, to)) - (await wealthAt(api, address, from));
    return change + (await feesBetween(api, address, from, to));
  }
});

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
