import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { ApiPromise, WsProvider } from '@polkadot/api';

import { Wallet, type WalletOptions } from '../../e2e/support/wallet.ts';
import { accountFromSecret } from '../../lib/chain/index.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { afterwards } from '../support/cleanup.ts';
import { temporaryFolder } from '../support/marketplace.ts';
import { connectRpc, finalizedAt, startTestNode } from '../support/nodes.ts';
import { lastingPort } from './cockpit/port.ts';
import { json, networkFiles, openBrowser, openCockpit, serveCockpit } from './cockpit/serve.ts';
import type {} from './cockpit/page.ts';

test('a lost chain is shown, and the session goes on when it is back', { timeout: 240_000 }, async (t) => {
  const basePath = await temporaryFolder(t);
  const options = { basePath, nodeKey: randomBytes(32).toString('hex'), p2pPort: await lastingPort() };
  const first = await startTestNode(t, options);
  const { origin } = await serveCockpit(t, networkFiles(first));
  const { page } = await openCockpit(t, await openBrowser(t), origin);
  const before = await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));

  await first.stop();
  const lost = await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'lost'));
  assert.equal(lost.problem?.name, 'ChainStalled');
  await startTestNode(t, options);
  const after = await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));
  assert.ok((after.best?.number ?? 0) > (before.best?.number ?? 0));
  assert.equal(after.problem, null);
  const blocks = await page.evaluate(() =>
    window.until(window.cockpit.blocks, (list) => list.some(({ events }) => events !== null)),
  );
  assert.equal(blocks[0]?.number, Math.max(...blocks.map(({ number }) => number)));
  await page.evaluate(() => window.cockpit.dispose());
});

test('a development chain that was begun anew is followed too', { timeout: 240_000 }, async (t) => {
  const options = { nodeKey: randomBytes(32).toString('hex'), p2pPort: await lastingPort() };
  const first = await startTestNode(t, options);
  // Every chain of this specification begins with the same block: only later ones tell them apart.
  await finalizedAt(t, await connectRpc(t, first), 3, 'the first chain');
  const { origin } = await serveCockpit(t, networkFiles(first));
  const { page } = await openCockpit(t, await openBrowser(t), origin);
  const finalized = () =>
    page.evaluate(() =>
      window.until(window.cockpit.chain, (chain) => chain.phase === 'ready' && (chain.finalized?.number ?? 0) > 0),
    );
  const before = await finalized();
  await waitFor(() => page.evaluate(keepsLightClient), {
    what: "the light client's database to be kept",
    timeoutMs: 60_000,
    signal: t.signal,
  });
  await page.evaluate(() => window.cockpit.dispose());
  await first.stop();

  const anew = await startTestNode(t, options);
  await page.reload();
  const after = await finalized();
  // What was kept of the old chain has done no harm.
  assert.notEqual(after.finalized?.hash, before.finalized?.hash);
  const rpc = await connectRpc(t, anew);
  assert.equal(await rpc.request<string>('chain_getBlockHash', after.finalized?.number), after.finalized?.hash);
  await page.evaluate(() => window.cockpit.dispose());
});

/** In the page: whether a database of the light client is kept. */
async function keepsLightClient(): Promise<boolean> {
  const opening = indexedDB.open('airo-cockpit');
  const opened = Promise.withResolvers<IDBDatabase>();
  opening.onsuccess = () => opened.resolve(opening.result);
  const database = await opened.promise;
  const asking = database.transaction('values').objectStore('values').getAllKeys();
  const keys = Promise.withResolvers<readonly IDBValidKey[]>();
  asking.onsuccess = () => keys.resolve(asking.result);
  const found = await keys.promise;
  database.close();
  return found.some((key) => typeof key === 'string' && key.startsWith('light-client/'));
}

test('wallets: none, one that lets nobody in, one without accounts, one that refuses, and one that signs', async (t) => {
  const node = await startTestNode(t);
  const { origin } = await serveCockpit(t, networkFiles(node));
  const browser = (await openBrowser(t)).browser() ?? assert.fail();
  const api = await ApiPromise.create({ provider: new WsProvider(node.rpcUrl), noInitWarn: true });
  afterwards(t, () => api.disconnect());
  const { pair } = await accountFromSecret('//Bob');
  const open = async (options: WalletOptions | null) => {
    const context = await browser.newContext();
    const wallet = options === null ? null : new Wallet(api, options);
    await wallet?.install(context);
    return { wallet, ...(await openCockpit(t, context, origin)) };
  };
  const accounts = [{ name: 'My Bob', pair }];
  for (const [options, state] of [
    [null, 'noWallet'],
    [{ accounts, admits: false }, 'refused'],
    [{ accounts: [] }, 'noAccounts'],
  ] as const) {
    const { page } = await open(options);
    await page.evaluate(() => window.cockpit.accounts.connect());
    const status = await page.evaluate(
      (wanted) => window.until(window.cockpit.accounts.status, ({ state: found }) => found === wanted),
      state,
    );
    assert.equal(status.problem === null, state !== 'refused');
    await page.close();
  }

  const { page, wallet } = await open({ accounts });
  assert.equal(await page.evaluate(() => window.cockpit.accounts.status.get().state), 'idle');
  await page.evaluate(() => window.cockpit.accounts.connect());
  const chosen = await page.evaluate(() => window.until(window.cockpit.accounts.chosen, (account) => account !== null));
  assert.deepEqual(chosen, { address: pair.address, name: 'My Bob', kind: 'wallet', source: 'test-wallet' });
  // A well-known account that is in the wallet is not there twice.
  const all = await page.evaluate(() => window.until(window.cockpit.accounts.all, ({ length }) => length > 1));
  assert.equal(all.filter(({ address }) => address === pair.address).length, 1);

  const to = (await accountFromSecret('//Charlie')).pair.address;
  const submit = () =>
    page.evaluate(
      (who) =>
        window.cockpit.submit({ call: 'transfer', to: who, amount: 7n }).then(
          ({ fee }) => fee > 0n,
          (error: unknown) => (error as Error).name,
        ),
      to,
    );
  assert.ok(wallet !== null);
  wallet.person = 'refuses';
  assert.equal(await submit(), 'Cancelled');
  wallet.person = 'signs';
  assert.equal(await submit(), true);
  const states = await page.evaluate(() => window.cockpit.transactions.get().map(({ state }) => state));
  assert.equal(states[1], 'cancelled');
  assert.deepEqual(
    wallet.requests.map(({ call }) => call),
    ['balances.transferKeepAlive', 'balances.transferKeepAlive'],
  );

  await page.reload();
  const again = await page.evaluate(() => window.until(window.cockpit.accounts.chosen, (account) => account !== null));
  assert.equal(again?.name, 'My Bob');
  await page.evaluate(() => window.cockpit.dispose());
});

test('the light client of the Substrate Connect extension is used where there is one', async (t) => {
  const node = await startTestNode(t);
  const { origin } = await serveCockpit(t, networkFiles(node));
  const { page, complaints } = await openCockpit(t, await openBrowser(t), `${origin}with-extension`);
  const ready = () => page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));
  let chain = await ready();
  if (chain.source === 'embedded') {
    // A connection over WebRTC can hang, and smoldot then never tries again: the next page asks the extension anew.
    t.diagnostic('the light client of the extension found nobody at first');
    await page.reload();
    chain = await ready();
  }
  assert.deepEqual([chain.source, chain.startedFromDatabase], ['extension', false]);
  const rules = await page.evaluate(() => window.live(window.cockpit.market.rules(), true));
  assert.equal(rules.blockTimeMs, 2_000);
  assert.equal(
    page.workers().some((worker) => worker.url().includes('light-client')),
    false,
  );
  await page.evaluate(() => window.cockpit.dispose());
  assert.deepEqual(complaints, []);
});

test(
  'the page runs a light client of its own when that of the extension finds nobody',
  { timeout: 240_000 },
  async (t) => {
    const basePath = await temporaryFolder(t);
    const options = { basePath, nodeKey: randomBytes(32).toString('hex'), p2pPort: await lastingPort() };
    const first = await startTestNode(t, options);
    const { origin } = await serveCockpit(t, networkFiles(first));
    await first.stop();
    const { page } = await openCockpit(t, await openBrowser(t), `${origin}with-extension`);
    await page.evaluate(() => window.until(window.cockpit.chain, ({ source }) => source === 'embedded'));
    await startTestNode(t, options);
    await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));
    await page.evaluate(() => window.cockpit.dispose());
  },
);

test('the page runs a light client of its own when that of the extension takes no chain', async (t) => {
  const node = await startTestNode(t);
  const { origin } = await serveCockpit(t, networkFiles(node));
  const context = await openBrowser(t);
  for (const extension of ['refuses', 'silent']) {
    const { page } = await openCockpit(t, context, `${origin}with-extension#${extension}`);
    const chain = await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));
    assert.equal(chain.source, 'embedded');
    await page.evaluate(() => window.cockpit.dispose());
    await page.close();
  }
});

test('what is wrong with network.json is said, and a second try helps', async (t) => {
  const node = await startTestNode(t);
  const { origin, files } = await serveCockpit(t, { '/network.json': json({ name: 'Test' }) });
  const { page } = await openCockpit(t, await openBrowser(t), origin);
  const failed = await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'failed'));
  assert.equal(failed.problem?.name, 'InvalidNetwork');
  assert.match(failed.problem.message, /network\.json is wrong\. chainSpec/);
  for (const [path, file] of Object.entries(networkFiles(node))) files.set(path, file);
  await page.evaluate(() => window.cockpit.restart());
  await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));
  await page.evaluate(() => window.cockpit.dispose());
});
