import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { fundedAccounts } from '../../e2e/support/market.ts';
import { Wallet } from '../../e2e/support/wallet.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { resnetFolder, type Marketplace } from '../../scripts/demo/marketplace.ts';
import { connectApi } from '../support/api.ts';
import { fixed, startTestMarket } from '../support/marketplace.ts';
import { json, networkFiles, openBrowser, openCockpit, serveCockpit, type ServedCockpit } from './cockpit/serve.ts';
import type {} from './cockpit/page.ts';

declare global {
  interface Window {
    /** Sends the test image so many times in an agreement; returns the labels. */
    sendSevens: (agreement: number, labels: readonly string[]) => Promise<void>;
    /** Waits until these are no longer under way; their states. */
    statesOfSevens: (agreement: number, labels: readonly string[]) => Promise<readonly string[]>;
  }
}

test('a key of the browser sends what was bought, and the wallet is asked once', { timeout: 400_000 }, async (t) => {
  const { market, wingman } = await startTestMarket(t);
  const api = await connectApi(t, market.node);
  const [{ origin }, context, [grace]] = await Promise.all([
    serve(t, market),
    openBrowser(t),
    fundedAccounts(api, 20, 'Grace'),
    wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO') } }),
  ]);
  const wallet = new Wallet(api, { accounts: [{ name: 'Grace', pair: grace }] });
  const asked = () => wallet.requests.map(({ call }) => call);
  await wallet.install(context);
  await context.addInitScript(helpers);
  const { page, complaints } = await openCockpit(t, context, origin);
  const provider = (await market.account('//Dave')).address;
  const spent = async (address: string) => (await market.chain.balance(address)).free;

  await page.evaluate(() => window.cockpit.accounts.connect());
  await page.evaluate(() => window.until(window.cockpit.accounts.chosen, (account) => account !== null));
  assert.deepEqual(await page.evaluate(() => window.cockpit.purchases.sender.get()), { address: null, problem: null });

  const { order, key } = await page.evaluate(async () => {
    const { purchases, market: ask } = window.cockpit;
    const placed = await purchases.placeOrder({
      model: 0,
      inferences: 8,
      maxPrice: 500_000_000_000n,
      biddingPeriod: 60,
    });
    await window.until(ask.order(placed), (loaded) => loaded.state === 'live' && (loaded.value?.bids.length ?? 0) > 0);
    return { order: placed, key: purchases.sender.get().address ?? '' };
  });

  await t.test('the order names the key, which nobody can read', async () => {
    assert.equal((await market.chain.order(order))?.sender, key);
    const kept = await page.evaluate(async () => {
      const opened = Promise.withResolvers<IDBDatabase>();
      const opening = indexedDB.open('airo-cockpit');
      opening.onsuccess = () => opened.resolve(opening.result);
      const database = await opened.promise;
      const found = Promise.withResolvers<readonly { readonly privateKey: CryptoKey }[]>();
      const asking = database
        .transaction('values')
        .objectStore('values')
        .getAll(IDBKeyRange.bound('signing/', 'signing/\uffff'));
      asking.onsuccess = () => found.resolve(asking.result as readonly { readonly privateKey: CryptoKey }[]);
      const keys = await found.promise;
      database.close();
      const read = (format: 'pkcs8' | 'jwk') =>
        Promise.all(
          keys.map(({ privateKey }) =>
            crypto.subtle.exportKey(format, privateKey).then(String, (error: unknown) => (error as Error).name),
          ),
        );
      return {
        keys: keys.map(({ privateKey: { extractable, algorithm, usages } }) => [extractable, algorithm.name, usages]),
        read: [...(await read('pkcs8')), ...(await read('jwk'))],
      };
    });
    assert.deepEqual(kept.keys, [[false, 'Ed25519', ['sign']]]);
    assert.deepEqual(kept.read, ['InvalidAccessError', 'InvalidAccessError']);
  });

  let agreement = -1;
  await t.test('accepting says what the key needs for fees, and gives it that in the same transaction', async () => {
    const plan = await page.evaluate(([id, who]) => window.cockpit.purchases.plan(id, [who]), [
      order,
      provider,
    ] as const);
    assert.equal(plan.sender, key);
    t.diagnostic(`fees of sending 8 inferences: ${plan.topUp}`);
    assert.ok(plan.topUp > 0n && plan.topUp < AIRO / 10n);
    [agreement = -1] = await page.evaluate(([id, who]) => window.cockpit.purchases.accept(id, [who]), [
      order,
      provider,
    ] as const);
    assert.equal(await spent(key), plan.topUp);
    assert.deepEqual(asked(), ['marketplace.placeOrder', 'utility.batchAll']);
    assert.equal((await market.chain.agreement(agreement))?.sender, key);
  });

  await t.test('what is sent is signed by the key, also by itself after a reload', async () => {
    await page.evaluate((id) => window.sendSevens(id, ['one.png']), agreement);
    assert.deepEqual(await page.evaluate((id) => window.statesOfSevens(id, ['one.png']), agreement), ['answered']);
    await page.evaluate((id) => window.sendSevens(id, ['two.png', 'three.png']), agreement);
    await page.reload();
    assert.deepEqual(await page.evaluate((id) => window.statesOfSevens(id, ['two.png', 'three.png']), agreement), [
      'answered',
      'answered',
    ]);
    assert.equal(asked().length, 2);
    assert.equal(await page.evaluate(() => window.cockpit.purchases.sender.get().address), key);
  });

  await t.test('a second order needs no money for fees while there is enough', async () => {
    const again = await page.evaluate(async (who) => {
      const { purchases, market: ask } = window.cockpit;
      await window.until(window.cockpit.accounts.chosen, (account) => account !== null);
      const placed = await purchases.placeOrder({
        model: 0,
        inferences: 1,
        maxPrice: 500_000_000_000n,
        biddingPeriod: 60,
      });
      await window.until(ask.order(placed), (loaded) => loaded.state === 'live' && loaded.value?.bids.length === 1);
      const plan = await purchases.plan(placed, [who]);
      await purchases.cancel(placed);
      return plan;
    }, provider);
    assert.deepEqual(again, { sender: key, topUp: 0n });
  });

  await t.test('its money comes back without the wallet, and without money it says so', async () => {
    wallet.requests.length = 0;
    const before = await spent(grace.address);
    await page.evaluate(() => window.cockpit.purchases.reclaimSender());
    assert.equal(await spent(key), 0n);
    assert.ok((await spent(grace.address)) > before);
    const nothing = await page.evaluate(() =>
      window.cockpit.purchases.reclaimSender().catch((error: unknown) => (error as Error).name),
    );
    assert.equal(nothing, 'CannotPayFees');
    await page.evaluate((id) => window.sendSevens(id, ['four.png']), agreement);
    const { trouble } = await page.evaluate(
      (id) => window.until(window.cockpit.purchases.sending(id), (status) => status.trouble !== null),
      agreement,
    );
    assert.equal(trouble?.name, 'CannotPayFees');
    assert.deepEqual(asked(), []);
  });

  await t.test('a top-up is one signature, and what waited is sent', async () => {
    await page.evaluate((id) => window.cockpit.purchases.topUpSender(id), agreement);
    assert.deepEqual(asked(), ['balances.transferKeepAlive']);
    assert.deepEqual(await page.evaluate((id) => window.statesOfSevens(id, ['four.png']), agreement), ['answered']);
    await page.evaluate((id) => window.cockpit.purchases.topUpSender(id), agreement);
    const unknown = await page.evaluate(() =>
      window.cockpit.purchases.topUpSender(999).catch((error: unknown) => (error as Error).name),
    );
    assert.equal(unknown, 'UnknownAgreement');
  });

  await t.test('another browser has no such key: the wallet signs there, until it lets that browser sign', async () => {
    const backup = await page.evaluate(async () =>
      (await window.cockpit.purchases.exportAll('a long passphrase')).text(),
    );
    await page.evaluate(() => window.cockpit.dispose());
    const elsewhere = await (context.browser() ?? assert.fail()).newContext();
    await wallet.install(elsewhere);
    await elsewhere.addInitScript(helpers);
    const { page: other } = await openCockpit(t, elsewhere, origin);
    await other.evaluate(async (file) => {
      await window.cockpit.accounts.connect();
      await window.until(window.cockpit.accounts.chosen, (account) => account !== null);
      await window.cockpit.purchases.importAll(new Blob([file]), 'a long passphrase');
    }, backup);
    wallet.requests.length = 0;
    await other.evaluate((id) => window.sendSevens(id, ['five.png']), agreement);
    assert.deepEqual(await other.evaluate((id) => window.statesOfSevens(id, ['five.png']), agreement), ['answered']);
    assert.deepEqual(asked(), ['execution.request']);

    await other.evaluate((id) => window.cockpit.purchases.topUpSender(id), agreement);
    const own = await other.evaluate(() => window.cockpit.purchases.sender.get().address);
    assert.notEqual(own, key);
    assert.equal((await market.chain.agreement(agreement))?.sender, own);
    await other.evaluate((id) => window.sendSevens(id, ['six.png']), agreement);
    assert.deepEqual(await other.evaluate((id) => window.statesOfSevens(id, ['six.png']), agreement), ['answered']);
    assert.deepEqual(asked(), ['execution.request', 'utility.batchAll']);
    await other.evaluate(() => window.cockpit.dispose());
  });

  assert.deepEqual(complaints, []);
});

async function serve(t: TestContext, { node, dx: [server] }: Marketplace): Promise<ServedCockpit> {
  const dx = { servers: [server?.webrtcAddress], stun: [server?.stun] };
  return serveCockpit(t, {
    ...networkFiles(node),
    '/network.json': json({ name: 'Test', chainSpec: './chain-spec.json', dx }),
    '/seven.png': await readFile(join(resnetFolder, 'test-images', '7-0046.png')),
  });
}

/** Runs in each page before its own script. */
function helpers(): void {
  window.sendSevens = async (agreement, labels) => {
    const { purchases, market, prepareImage } = {
      ...{ purchases: window.cockpit.purchases, market: window.cockpit.market },
      prepareImage: window.cockpit.prepareImage.bind(window.cockpit),
    };
    const model = await window.live(market.model(0));
    if (model === null) throw new Error('There is no model.');
    const blob = await (await fetch('/seven.png')).blob();
    const { request } = await prepareImage(blob, model.model.newest.description);
    await purchases.send(
      agreement,
      labels.map((label) => ({ label, request })),
    );
  };
  window.statesOfSevens = async (agreement, labels) => {
    const done = await window.until(window.cockpit.purchases.inferences(agreement), (list) => {
      const found = list.filter(({ label }) => labels.includes(label));
      return found.length === labels.length && found.every(({ state }) => state !== 'working' && state !== 'paused');
    });
    return done.filter(({ label }) => labels.includes(label)).map(({ state }) => state);
  };
}
