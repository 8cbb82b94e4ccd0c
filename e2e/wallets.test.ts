import assert from 'node:assert/strict';
import { test } from 'node:test';

import { connectApi } from '../test/support/api.ts';
import { startTestMarket } from '../test/support/marketplace.ts';
import { connectWallet, goTo } from './support/actions.ts';
import { expect } from './support/expect.ts';
import { serveCockpit } from './support/site.ts';
import { openBrowser, openForgetfulVisitor, openVisitor } from './support/visitor.ts';
import { Wallet } from './support/wallet.ts';
import { assertQuiet } from './support/watch.ts';

test('browsers that lack something are told what to do', { timeout: 180_000 }, async (t) => {
  const { market } = await startTestMarket(t);
  const api = await connectApi(t, market.node);
  const [origin, browser] = await Promise.all([serveCockpit(t, market), openBrowser(t)]);

  await t.test('without a wallet the market is read all the same', async (nested) => {
    const { page, watched, open } = await openVisitor(nested, browser, origin);
    await open('');
    await expect(page.getByRole('link', { name: 'ResNet MNIST' }).first()).toBeVisible();
    await connectWallet(page);
    await expect(page.getByText('There is no wallet in this browser')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Look again' })).toBeVisible();
    assertQuiet(watched);
  });

  await t.test('a wallet without accounts is told apart from none', async (nested) => {
    const wallet = new Wallet(api, { accounts: [] });
    const { page, watched, open } = await openVisitor(nested, browser, origin, { wallet });
    await open('account/');
    await connectWallet(page);
    await expect(page.getByText('Your wallet has no account for this page')).toBeVisible();
    await goTo(page, 'Agreements');
    await expect(page.getByRole('button', { name: 'Choose account' })).toBeVisible();
    assertQuiet(watched);
  });

  await t.test('a wallet that does not let the page in is asked again on request', async (nested) => {
    const wallet = new Wallet(api, { accounts: [], admits: false });
    const { page, open } = await openVisitor(nested, browser, origin, { wallet });
    await open('account/');
    await connectWallet(page);
    await expect(page.getByText('Your wallet does not let this page in')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Ask again' })).toBeVisible();
    assert.deepEqual(wallet.requests, []);
  });

  await t.test('where the browser keeps nothing, the page works and says so', async (nested) => {
    const { page, watched, open } = await openForgetfulVisitor(nested, origin);
    await open('');
    await expect(page.getByText('Nothing is kept in this browser')).toBeVisible();
    await expect(page.getByRole('link', { name: 'ResNet MNIST' }).first()).toBeVisible();
    await goTo(page, 'Account');
    await page.getByRole('button', { name: /^Ferdie\b/ }).click();
    await expect(page.getByText('Memory only')).toBeVisible();
    assertQuiet(watched);
  });
});
