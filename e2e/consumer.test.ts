import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import type { Page } from 'playwright';

import { AIRO, formatAmount } from '../lib/market/amounts.ts';
import { connectApi } from '../test/support/api.ts';
import { fixed, royalty, startTestMarket } from '../test/support/marketplace.ts';
import {
  acceptBest,
  answerTo,
  bidRows,
  connectWallet,
  drawSeven,
  factOf,
  fillOrder,
  goTo,
  openModel,
  pickFiles,
  placeOrder,
  testImage,
  untilFollowing,
} from './support/actions.ts';
import { expect } from './support/expect.ts';
import { agreementAt, bestNumber, feesBetween, finalBlock, untilFinal, wealthAt, type At } from './support/ledger.ts';
import { fundedAccounts } from './support/market.ts';
import { serveCockpit } from './support/site.ts';
import { storyOf } from './support/story.ts';
import { openBrowser, openVisitor } from './support/visitor.ts';
import { Wallet } from './support/wallet.ts';
import { assertQuiet } from './support/watch.ts';

/** How many requests have a place in an agreement in this browser, which they get just before they are sent. */
function writtenDown(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const done = (request: IDBRequest) =>
      new Promise((resolve, reject) => {
        request.onsuccess = resolve;
        request.onerror = reject;
      });
    const opening = indexedDB.open('airo-cockpit');
    await done(opening);
    const database = opening.result;
    const range = IDBKeyRange.bound('sent/', 'sent/\uffff');
    const counting = database.transaction('values').objectStore('values').count(range);
    await done(counting);
    database.close();
    return counting.result;
  });
}

/** A call of a batch, as a wallet shows it. */
interface Batched {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
}

test('a consumer buys inferences with a wallet, by WebRTC alone', { timeout: 300_000 }, async (t) => {
  const step = storyOf(t);
  const { market, wingman } = await startTestMarket(t);
  const api = await connectApi(t, market.node);
  const [origin, browser, [grace]] = await Promise.all([
    serveCockpit(t, market),
    openBrowser(t),
    fundedAccounts(api, 20, 'Grace'),
    wingman({ secret: '//Dave', config: { profile: { name: 'Cheap' }, strategy: fixed('0.1 AIRO') } }),
    wingman({ secret: '//Eve', config: { profile: { name: 'Dear' }, strategy: fixed('0.2 AIRO') } }),
  ]);
  const wallet = new Wallet(api, { accounts: [{ name: 'Grace', pair: grace }] });
  const { page, watched, open } = await openVisitor(t, browser, origin, { wallet });
  const owner = (await market.account('//Charlie')).address;
  const { treasury } = await market.chain.rules();
  const begin = await finalBlock(api);
  let agreement = -1;
  /** The key of this browser that sends, and what it got for fees. */
  let sender = '';
  let topUp = 0n;

  await step('the market is read through a light client', async () => {
    await open('');
    await expect(page.getByRole('heading', { level: 1, name: 'Market' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'ResNet MNIST' }).first()).toBeVisible();
    await untilFollowing(page);
    assert.ok(watched.peerConnections() > 0);
  });

  await step('the wallet connects, and its money is shown', async () => {
    await connectWallet(page);
    await expect(page.getByRole('heading', { name: 'Signing as' })).toBeVisible();
    await expect(page.getByText('Grace', { exact: true }).first()).toBeVisible();
    await expect(page.getByText('20 AIRO').first()).toBeVisible();
    assert.deepEqual(wallet.requests, []);
  });

  await step('what is no image is refused with the reason, and an image goes on', async () => {
    await openModel(page, 'ResNet MNIST');
    await drawSeven(page);
    await expect(page.getByRole('img', { name: 'Drawing as the model is fed it: 28 by 28 pixels' })).toBeVisible();
    await pickFiles(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') });
    await expect(page.getByText(/notes\.txt/)).toBeVisible();
    await pickFiles(page, { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no image either') });
    await expect(page.getByText('broken.png cannot be used')).toBeVisible();
    await pickFiles(page, testImage('7-0046'));
    await expect(page.getByRole('img', { name: '7-0046.png as the model is fed it: 28 by 28 pixels' })).toBeVisible();
    await page.getByRole('button', { name: 'Buy with this input' }).click();
    await expect(page.getByText('7-0046.png goes along')).toBeVisible();
  });

  await step('an order beyond the balance is refused before anything is signed', async () => {
    await fillOrder(page, { inferences: '100', maxPrice: '0.5' });
    await expect(page.getByRole('alert').filter({ hasText: 'This cannot be ordered' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Place the order' })).toBeDisabled();
    assert.deepEqual(wallet.requests, []);
  });

  await step('when the wallet refuses, nothing is ordered and nothing typed is lost', async () => {
    await fillOrder(page, { inferences: '5', maxPrice: '0.5' });
    wallet.person = 'refuses';
    await page.getByRole('button', { name: 'Place the order' }).click();
    await expect(page.getByText('You did not sign: nothing was ordered')).toBeVisible();
    await expect(page.getByLabel('Inferences', { exact: true })).toHaveValue('5');
    await expect(page.getByLabel('Highest price for each')).toHaveValue('0.5');
    assert.equal(wallet.requests.length, 1);
    assert.deepEqual(await market.chain.orders(), []);
    wallet.person = 'signs';
  });

  await step('the wallet shows the order, and bids come in, the best first', async () => {
    const order = await placeOrder(page);
    const request = wallet.requests.at(-1);
    assert.equal(request?.address, grace.address);
    assert.equal(request.call, 'marketplace.placeOrder');
    const terms = request.args.request as Readonly<Record<string, unknown>>;
    assert.deepEqual(
      [terms.model, terms.inferences, terms.maxPrice, terms.providers, terms.biddingPeriod, terms.responseDeadline],
      ['0', '5', String(AIRO / 2n), '1', '30', '30'],
    );
    assert.equal(request.payload.genesisHash, api.genesisHash.toHex());
    assert.equal(Number(request.payload.specVersion), api.runtimeVersion.specVersion.toNumber());
    assert.deepEqual([request.tip, request.nonce, request.lastsBlocks], [0n, 0, 256]);
    assert.ok(request.signedExtensions.includes('CheckMetadataHash'));
    assert.deepEqual([request.metadataHashMode, request.metadataHash], [0, null]);

    await expect(bidRows(page)).toHaveCount(2);
    await expect(bidRows(page).nth(0)).toContainText(/Cheap.*Best.*0\.1 AIRO/s);
    await expect(bidRows(page).nth(1)).toContainText(/Dear.*0\.2 AIRO/s);
    const placed = await market.chain.order(order);
    assert.equal(placed?.consumer, grace.address);
    sender = placed.sender ?? '';
    assert.equal(terms.sender, sender);
    assert.notEqual(sender, grace.address);
  });

  await step('the best bid is accepted, and what goes into escrow was said before', async () => {
    await expect(page.getByText('0.5 AIRO').first()).toBeVisible();
    await expect(bidRows(page)).toHaveCount(2);
    const said = (await factOf(page, 'Fees of sending').textContent()) ?? '';
    agreement = await acceptBest(page, 2);
    const request = wallet.requests.at(-1);
    assert.equal(request?.call, 'utility.batchAll');
    const [accepting, paying, ...others] = request.args.calls as readonly Batched[];
    assert.deepEqual([accepting?.method, paying?.method, others], ['acceptBids', 'transferKeepAlive', []]);
    const provider = (await market.account('//Dave')).address;
    assert.ok(JSON.stringify(accepting?.args).includes(provider));
    assert.deepEqual(paying?.args.dest, { Id: sender });
    topUp = BigInt(String(paying.args.value));
    assert.match(said, new RegExp(`^${formatAmount(topUp)}`));
    await expect(page.getByRole('heading', { level: 1, name: 'ResNet MNIST' })).toBeVisible();
  });

  await step('the image that went along becomes a result, and the wallet is not asked', async () => {
    const before = wallet.requests.length;
    await expect(factOf(page, 'Requests')).toContainText('This browser');
    await page.getByRole('button', { name: 'Send 1 inference' }).click();
    await expect(answerTo(page, '7-0046.png')).toContainText(/^7/);
    assert.equal(wallet.requests.length, before);
    await expect(page.getByText('paid 0.1 AIRO')).toBeVisible();
  });

  await step('many are sent at once, and a reload in the middle loses none', async () => {
    await pickFiles(page, ['0-0200', '1-0217', '2-0281', '3-0058'].map(testImage));
    const before = wallet.requests.length;
    await page.getByRole('button', { name: 'Send 4 inferences' }).click();
    // Whether a transaction has left the page, and will get into a block, nobody can know then.
    await expect.poll(() => writtenDown(page), { intervals: [10] }).toBe(4);
    await page.reload();
    for (const [label, digit] of [
      ['0-0200.png', '0'],
      ['1-0217.png', '1'],
      ['2-0281.png', '2'],
      ['3-0058.png', '3'],
      ['7-0046.png', '7'],
    ] as const) {
      await expect(answerTo(page, label)).toContainText(new RegExp(`^${digit}`));
    }
    // One signature for the agreement, none for an inference.
    assert.equal(wallet.requests.length, before);
  });

  await step('the money adds up, by the page and by the chain', async () => {
    await expect(factOf(page, 'Paid')).toContainText('0.5 AIRO');
    await expect(factOf(page, 'royalty')).toContainText('0.05 AIRO');
    await expect(factOf(page, 'Escrow')).toContainText('0 AIRO');
    const end = await untilFinal(api, await bestNumber(api), t.signal);
    const terms = await agreementAt(api, agreement, end);
    assert.deepEqual([terms.price, terms.royalty, terms.delivered], [AIRO / 10n, royalty, 5n]);
    const change = async (address: string, from: At) =>
      (await wealthAt(api, address, end)) - (await wealthAt(api, address, from));
    const fees = (address: string) => feesBetween(api, address, begin, end);
    assert.equal(await change(grace.address, begin), -5n * terms.price - topUp - (await fees(grace.address)));
    const sending = await fees(sender);
    assert.ok(sending > 0n);
    assert.equal(await wealthAt(api, sender, end), topUp - sending);
    assert.equal(await change(owner, begin), 5n * terms.royalty - (await fees(owner)));
    assert.equal(await change(treasury, begin), 5n * terms.fee);
    const toProvider = 5n * (terms.price - terms.royalty - terms.fee);
    assert.equal(await change(terms.provider, begin), toProvider - (await fees(terms.provider)));
  });

  await step('what the key has not used comes back, without the wallet', async () => {
    const before = wallet.requests.length;
    await page.getByRole('button', { name: 'Take the money back' }).click();
    await expect(factOf(page, 'For fees')).toContainText(/^0 AIRO/);
    await expect.poll(async () => (await market.chain.balance(sender)).free).toBe(0n);
    assert.equal(wallet.requests.length, before);
  });

  await step('keys and history move to another browser, by the right file and passphrase only', async (nested) => {
    await goTo(page, 'Account');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
    await page.getByLabel('Passphrase again').fill('correct horse battery');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Encrypt and save' }).click(),
    ]);
    const backup = await readFile(await download.path());

    const other = await openVisitor(nested, browser, origin);
    await other.open('account/');
    await other.page.getByRole('button', { name: 'Import' }).click();
    const file = other.page.getByLabel(/^Drop a backup here/);
    await file.setInputFiles({
      name: 'holiday.png',
      mimeType: 'image/png',
      buffer: await readFile(testImage('7-0046')),
    });
    await other.page.getByLabel('Passphrase').fill('correct horse battery');
    await other.page.getByRole('button', { name: 'Add to this browser' }).click();
    await expect(other.page.getByText(/not a backup|no backup/i)).toBeVisible();
    await other.page
      .getByLabel(/^holiday\.png/)
      .setInputFiles({ name: 'backup.json', mimeType: 'application/json', buffer: backup });
    await other.page.getByLabel('Passphrase').fill('a wrong passphrase');
    await other.page.getByRole('button', { name: 'Add to this browser' }).click();
    await expect(other.page.getByText(/passphrase does not|does not open|wrong passphrase/i)).toBeVisible();
    await other.page.getByLabel('Passphrase').fill('correct horse battery');
    await other.page.getByRole('button', { name: 'Add to this browser' }).click();
    await expect(other.page.getByText(/keys? and 5 inferences are in this browser now/)).toBeVisible();
    assertQuiet(other.watched);
  });

  await t.test('nothing was complained about, and nobody else was asked', () => {
    assertQuiet(watched);
  });
});
