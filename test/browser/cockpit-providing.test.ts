import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inferAll, startTestMarket } from '../support/marketplace.ts';
import { startTestNode } from '../support/nodes.ts';
import { phase, prepare, serveMarket, setUp } from './cockpit/providing.ts';
import { networkFiles, openBrowser, openCockpit, serveCockpit } from './cockpit/serve.ts';

test(
  'a tab becomes a provider, bids, executes, is paid, and goes on after a reload',
  { timeout: 400_000 },
  async (t) => {
    const { market, agree, consumer, images } = await startTestMarket(t);
    const [origin, context] = await Promise.all([serveMarket(t, market), openBrowser(t)]);
    const { page, complaints } = await openCockpit(t, context, origin);
    const ferdie = (await market.account('//Ferdie')).address;
    await prepare(page, 'Ferdie', {
      strategy: { kind: 'fixed', price: 100_000_000_000n },
      restraint: { onlyOnMains: false, onlyWhenIdle: false, atOnce: 4 },
    });

    await t.test('the model is here, checked and measured', async () => {
      const [info] = await page.evaluate(() => window.cockpit.providing.models.get());
      assert.equal(info?.state, 'ready');
      assert.ok((info.timeMs ?? 0) > 0);
      assert.equal(info.bytesHere, info.bytes);
      assert.equal(info.backend?.kind, 'wasm');
      assert.equal(info.isAnnounced, false);
      t.diagnostic(`an inference takes ${info.timeMs} ms: ${JSON.stringify(info.backend)}`);
    });
    await setUp(page, 'A tab');

    await t.test('the chain knows it, and it is on', async () => {
      await phase(page, 'on');
      const provider = await market.chain.provider(ferdie);
      const { peerId } = await page.evaluate(() => window.cockpit.dx.get());
      assert.equal(provider?.profile.name, 'A tab');
      assert.equal(provider.profile.kind, 'browser');
      assert.equal(provider.profile.peer, peerId);
      assert.deepEqual(provider.models, [0]);
      const status = await page.evaluate(() => window.cockpit.providing.status.get());
      assert.equal(status.provider, ferdie);
      assert.equal(status.operator?.address, provider.operator?.account);
      assert.ok(
        (status.operator?.transactionsLeft ?? 0) > 100,
        `${status.operator?.transactionsLeft} transactions left`,
      );
    });

    // Reloads can take long on a machine that does much else.
    const agreement = await agree({ inferences: images.length + 1, responseDeadline: 90 });

    await t.test('it executes what was agreed, and its account is paid', async () => {
      const before = (await market.chain.balance(ferdie)).free;
      const results = await inferAll(t, consumer, agreement.id, images.slice(0, 2));
      assert.deepEqual(statesOf(results), ['answered', 'answered']);
      const after = (await market.chain.balance(ferdie)).free;
      assert.equal(after - before, 2n * (agreement.price - agreement.royalty - agreement.fee));
    });

    await t.test('a reload in mid-agreement: the rest is answered, and nothing twice', async () => {
      const inferring = inferAll(t, consumer, agreement.id, images.slice(2));
      await page.evaluate(() =>
        window.until(window.cockpit.providing.executions, (list) => list.some(({ index }) => index > 1)),
      );
      await page.reload();
      assert.deepEqual(new Set(statesOf(await inferring)), new Set(['answered']));
      await phase(page, 'on');
      const ended = await market.chain.agreement(agreement.id);
      assert.deepEqual(ended?.counts, { ...ended?.counts, requested: 10, delivered: 10, missed: 0, providerFaults: 0 });
      const executions = await page.evaluate(() =>
        window.until(window.cockpit.providing.executions, (list) => list.every(({ stage }) => stage === 'answered')),
      );
      const onChain = await market.chain.requests(agreement.id, 0, 100);
      assert.deepEqual(
        executions.toReversed().map(({ output, reason }) => [output?.content, reason]),
        onChain.map(({ outcome }) => ['output' in outcome ? outcome.output.content : '', null]),
      );
    });

    await t.test('what it would have done with the last orders is told', async () => {
      const run = await page.evaluate(() =>
        window.cockpit.providing.dryRun({
          ...window.cockpit.providing.settings.get(),
          strategy: { kind: 'undercut', floor: 10_000_000_000n, step: 0.1 },
        }),
      );
      assert.deepEqual([run.orders, run.bids, run.wins], [1, 1, 1]);
      assert.equal(run.rows[0]?.paid, agreement.price);
      assert.ok(run.earned > 0n && run.earned < agreement.price * 10n);
    });

    await t.test('without a network it takes no new work, says so, and wakes up', async () => {
      await context.setOffline(true);
      await phase(page, 'waiting');
      const { restrained } = await page.evaluate(() => window.cockpit.providing.status.get());
      assert.ok(restrained.includes('offline'), restrained.join());
      await context.setOffline(false);
      await phase(page, 'on');
    });

    await t.test('it asks before it is closed while work is outstanding', async () => {
      // Browsers let only pages ask that somebody has used.
      await page.mouse.click(5, 5);
      const asked = page.waitForEvent('dialog');
      await page.close({ runBeforeUnload: true });
      const dialog = await asked;
      assert.equal(dialog.type(), 'beforeunload');
      await dialog.dismiss();
      assert.deepEqual(statesOf(await inferAll(t, consumer, agreement.id, images.slice(0, 1))), ['answered']);
    });

    const second = await openCockpit(t, context, origin);
    await t.test('a second tab waits, and takes over when the first is closed', async () => {
      await phase(second.page, 'elsewhere');
      const peer = (await market.chain.provider(ferdie))?.profile.peer;
      const other = await second.page.evaluate(() => window.until(window.cockpit.dx, ({ peerId }) => peerId !== null));
      assert.notEqual(other.peerId, peer);
      await page.close({ runBeforeUnload: false });
      await phase(second.page, 'on');
      const now = await second.page.evaluate(() => window.cockpit.dx.get());
      assert.equal(now.peerId, peer);
      const next = await agree({ inferences: 1 });
      assert.deepEqual(statesOf(await inferAll(t, consumer, next.id, images.slice(0, 1))), ['answered']);
    });

    await t.test('it ends when it is drained, and its key gives back its rights and its money', async () => {
      await second.page.evaluate(() => window.cockpit.providing.drain());
      await phase(second.page, 'off');
      const key = (await market.chain.provider(ferdie))?.operator?.account ?? '';
      assert.ok((await market.chain.balance(key)).free > 0n);
      await second.page.evaluate(() => window.cockpit.providing.revoke());
      assert.equal((await market.chain.provider(ferdie))?.operator, null);
      assert.equal((await market.chain.balance(key)).free, 0n);
      const { operator } = await second.page.evaluate(() =>
        window.until(window.cockpit.providing.status, (status) => status.operator?.bounds === null),
      );
      assert.equal(operator?.free, 0n);
      assert.equal(operator.address, key);
    });
    await second.page.evaluate(() => window.cockpit.dispose());
    assert.deepEqual([...complaints, ...second.complaints], []);
  },
);

test('where the browser keeps nothing no key is made, and it says so', async (t) => {
  const node = await startTestNode(t);
  const [{ origin }, context] = await Promise.all([serveCockpit(t, networkFiles(node)), openBrowser(t)]);
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('It is forbidden here.', 'SecurityError');
    };
  });
  const { page } = await openCockpit(t, context, origin);
  const refused = await page.evaluate(async () => {
    const { accounts, providing } = window.cockpit;
    const [first] = await window.until(accounts.all, ({ length }) => length > 0);
    accounts.choose(first?.address ?? null);
    const wish = { name: 'A tab', stake: 200_000_000_000_000n, floorPrice: 1n, maxOpen: 1, topUp: 10n, models: [0] };
    const nameOf = (error: unknown) => (error as Error).name;
    const names = [await providing.plan(wish).catch(nameOf), await providing.setUp(wish).catch(nameOf)];
    providing.start();
    const { problem } = await window.until(providing.status, ({ phase: now }) => now === 'failed');
    return [...names, problem?.name];
  });
  assert.deepEqual(refused, ['KeysUnsupported', 'KeysUnsupported', 'InvalidSetup']);
  await page.evaluate(() => window.cockpit.dispose());
});

function statesOf(results: readonly { readonly state: string }[]): string[] {
  return results.map(({ state }) => state);
}
