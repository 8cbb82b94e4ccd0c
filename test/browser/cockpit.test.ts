import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { resnetFolder, type Marketplace } from '../../scripts/demo/marketplace.ts';
import { fixed, startTestMarket } from '../support/marketplace.ts';
import { json, networkFiles, openBrowser, openCockpit, serveCockpit, type ServedCockpit } from './cockpit/serve.ts';
import type {} from './cockpit/page.ts';

test(
  'the whole path of a consumer, by a light client and WebRTC alone, over reloads',
  { timeout: 300_000 },
  async (t) => {
    const { market, wingman } = await startTestMarket(t);
    const [{ origin }, context] = await Promise.all([
      serve(t, market),
      openBrowser(t),
      wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO') } }),
    ]);
    const { page, complaints, elsewhere } = await openCockpit(t, context, origin);

    await t.test('the session gets ready by webrtc-direct', async () => {
      const chain = await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));
      assert.equal(chain.source, 'embedded');
      assert.equal(chain.startedFromDatabase, false);
      assert.ok(chain.readyAfterMs !== null && chain.readyAfterMs > 0);
      t.diagnostic(`first visit: finalized head after ${chain.readyAfterMs.toFixed(0)} ms`);
      const dx = await page.evaluate(() => window.until(window.cockpit.dx, ({ phase }) => phase === 'ready'));
      assert.deepEqual(
        dx.peers.map(({ peer, kind, isServer, keeps }) => ({ peer, kind, isServer, keeps })),
        [{ peer: market.dx[0]?.peerId, kind: 'webrtc-direct', isServer: true, keeps: true }],
      );
      assert.deepEqual(elsewhere, []);
    });

    await t.test('models are read, and become final', async () => {
      const [card, ...others] = await page.evaluate(() => window.live(window.cockpit.market.models(), true));
      assert.deepEqual(others, []);
      assert.equal(card?.model.newest.description.name, 'ResNet MNIST');
      assert.equal(card.providers, 1);
      const detail = await page.evaluate(() => window.live(window.cockpit.market.model(0), true));
      assert.equal(detail?.offers[0]?.provider?.account, (await market.account('//Dave')).address);
      assert.equal(detail.suggestion.basis, 'royalty');
      assert.equal(await page.evaluate(() => window.live(window.cockpit.market.model(9))), null);
    });

    await t.test('a development account is chosen, and its money is explained', async () => {
      const address = await page.evaluate(async () => {
        const accounts = await window.until(window.cockpit.accounts.all, ({ length }) => length > 0);
        const ferdie = accounts.find(({ name }) => name === 'Ferdie');
        window.cockpit.accounts.choose(ferdie?.address ?? null);
        return ferdie?.address ?? '';
      });
      assert.equal(address, (await market.account('//Ferdie')).address);
      const before = await page.evaluate((who) => window.live(window.cockpit.market.balance(who)), address);
      await page.evaluate((who) => window.cockpit.accounts.faucet(who, 5n), address);
      const after = await page.evaluate(
        ({ who, free }) =>
          window.until(
            window.cockpit.market.balance(who),
            (loaded) => loaded.state === 'live' && loaded.value.free > free,
          ),
        { who: address, free: before.free },
      );
      assert.ok(after.state === 'live' && after.value.free === before.free + 5n);
    });

    const agreement = await page.evaluate(async () => {
      const { purchases, market: questions } = window.cockpit;
      const order = await purchases.placeOrder({
        model: 0,
        inferences: 4,
        maxPrice: 500_000_000_000n,
        biddingPeriod: 60,
      });
      const detail = await window.until(
        questions.order(order),
        (loaded) => loaded.state === 'live' && (loaded.value?.bids.length ?? 0) > 0,
      );
      const provider = detail.state === 'live' ? detail.value?.bids[0]?.provider : undefined;
      const [opened] = await purchases.accept(order, provider === undefined ? [] : [provider]);
      return opened ?? -1;
    });

    await t.test('an image becomes a result', async () => {
      const seen = await page.evaluate(async (id) => {
        const { purchases, market: questions } = window.cockpit;
        const model = await window.live(questions.model(0));
        const blob = await (await fetch('/seven.png')).blob();
        if (model === null) throw new Error('There is no model.');
        const image = await window.cockpit.prepareImage(blob, model.model.newest.description);
        const thumbnail = image.thumbnail;
        await purchases.send(id, [{ label: 'seven.png', request: image.request, thumbnail }]);
        const done = await window.until(
          purchases.inferences(id),
          ([first]) => first !== undefined && first.state !== 'working',
        );
        const [info] = done;
        await window.until(purchases.sending(id), ({ isWorking }) => !isWorking);
        return { info, fed: [image.fed.width, image.fed.height], thumbnail: thumbnail.size > 0, count: done.length };
      }, agreement);
      assert.equal(seen.info?.state, 'answered', seen.info?.explanation ?? '');
      assert.equal(seen.info.classes?.[0]?.label, '7');
      assert.equal(seen.info.paid, 100_000_000_000n);
      assert.deepEqual(seen.fed, [28, 28]);
      const { times } = seen.info;
      const order = (['sealed', 'uploaded', 'requested', 'answered', 'downloaded', 'opened'] as const).map(
        (stage) => times[stage],
      );
      assert.deepEqual(
        order,
        order.toSorted((a, b) => (a ?? 0) - (b ?? 0)),
      );
      const done = await page.evaluate(() =>
        window.until(window.cockpit.transactions, (list) => list.every(({ state }) => state === 'finalized')),
      );
      assert.deepEqual(
        done.map(({ title }) => title.replace(/with 0\.\d+ AIRO for/, 'with some AIRO for')),
        [
          'Request 1 inference in agreement 0',
          'Accept a bid on order 0, with some AIRO for the fees of sending',
          'Place an order for 4 inferences of model 0 at up to 0.5 AIRO each',
          'Get 0.000000000005 AIRO for Ferdie',
        ],
      );
    });

    await t.test('what was sent when the page went away is collected by the next visit', async () => {
      await page.evaluate(async (id) => {
        const { purchases, market: questions } = window.cockpit;
        const model = await window.live(questions.model(0));
        const blob = await (await fetch('/seven.png')).blob();
        if (model === null) throw new Error('There is no model.');
        const { request } = await window.cockpit.prepareImage(blob, model.model.newest.description);
        await purchases.send(id, [{ label: 'again.png', request }]);
        await window.until(
          purchases.inferences(id),
          ([first]) => first?.label === 'again.png' && first.stage === 'requested',
        );
      }, agreement);
      await page.reload();
      const states = await page.evaluate(() => window.statesOf(window.cockpit.market.models()));
      assert.deepEqual(
        states.filter((state) => state !== 'loading'),
        ['cached', 'live'],
      );
      const chain = await page.evaluate(() => window.until(window.cockpit.chain, ({ phase }) => phase === 'ready'));
      assert.equal(chain.startedFromDatabase, true);
      t.diagnostic(`second visit: finalized head after ${(chain.readyAfterMs ?? 0).toFixed(0)} ms`);
      const [again, first, ...others] = await page.evaluate(
        (id) =>
          window.until(
            window.cockpit.purchases.inferences(id),
            (list) => list.length > 0 && list.every(({ state }) => state !== 'working'),
          ),
        agreement,
      );
      assert.deepEqual(others, []);
      assert.deepEqual([again?.label, again?.state, again?.classes?.[0]?.label], ['again.png', 'answered', '7']);
      assert.deepEqual([first?.label, first?.state], ['seven.png', 'answered']);
      assert.equal(await page.evaluate(() => window.cockpit.accounts.chosen.get()?.name), 'Ferdie');
    });

    await t.test('another tab shows the results, and does not send at the same time', async () => {
      const other = await openCockpit(t, context, origin);
      const labels = await other.page.evaluate(
        async (id) =>
          (await window.until(window.cockpit.purchases.inferences(id), ({ length }) => length > 0)).map(
            ({ label }) => label,
          ),
        agreement,
      );
      assert.deepEqual(labels, ['again.png', 'seven.png']);
      await other.page.evaluate(() => window.cockpit.dispose());
      await other.page.close();
    });

    await t.test('an export opens in another browser, with the right passphrase only', async () => {
      const text = await page.evaluate(async () =>
        (await window.cockpit.purchases.exportAll('a long passphrase')).text(),
      );
      assert.doesNotMatch(text, /again\.png/);
      const fresh = await openCockpit(t, await (context.browser() ?? assert.fail()).newContext(), origin);
      const wrong = await fresh.page.evaluate(
        (file) =>
          window.cockpit.purchases.importAll(new Blob([file]), 'a wrong passphrase').then(
            () => 'none',
            (error: unknown) => (error as Error).name,
          ),
        text,
      );
      assert.equal(wrong, 'WrongPassphrase');
      const added = await fresh.page.evaluate(
        (file) => window.cockpit.purchases.importAll(new Blob([file]), 'a long passphrase'),
        text,
      );
      assert.deepEqual(added, { keys: 1, inferences: 2 });
      const labels = await fresh.page.evaluate(
        async (id) =>
          (await window.until(window.cockpit.purchases.inferences(id), ({ length }) => length > 0)).map(
            ({ label }) => label,
          ),
        agreement,
      );
      assert.deepEqual(labels, ['again.png', 'seven.png']);
      await fresh.page.close();
    });

    await t.test('an ONNX file is checked in a worker, and what is none is refused', async () => {
      const report = await page.evaluate(async () =>
        window.cockpit.owning.checkModel(await (await fetch('/model.onnx')).blob()),
      );
      assert.deepEqual(report.inputs, [{ name: 'image', dataType: 'FP32', shape: [null, 1, 28, 28] }]);
      assert.deepEqual(report.outputs, [{ name: 'logits', dataType: 'FP32', shape: [null, 10] }]);
      assert.ok(report.opset > 0);
      const refused = await page.evaluate(async () =>
        window.cockpit.owning
          .checkModel(await (await fetch('/seven.png')).blob())
          .catch((error: unknown) => (error as Error).name),
      );
      assert.equal(refused, 'NotOnnx');
    });

    await t.test('every question has an answer, and all become final', async () => {
      const answers = await page.evaluate(async (id) => {
        const { market: ask, accounts } = window.cockpit;
        const me = accounts.chosen.get()?.address ?? '';
        const model = await window.live(ask.model(0), true);
        const provider = model?.offers[0]?.offer.provider ?? '';
        const [rules, cards, owned, orders, agreement, agreements, balance, record, activity, serving, all, overview] =
          await Promise.all([
            window.live(ask.rules(), true),
            window.live(ask.models(), true),
            window.live(ask.modelsOf(model?.model.owner ?? ''), true),
            window.live(ask.ordersOf(me), true),
            window.live(ask.agreement(id), true),
            window.live(ask.agreementsOf(me), true),
            window.live(ask.balance(me), true),
            window.live(ask.record(me, 'consumer'), true),
            window.live(ask.activity(me), true),
            window.live(ask.provider(provider), true),
            window.live(ask.providers(), true),
            window.live(ask.overview(), true),
          ]);
        return {
          rules,
          cards,
          owned,
          orders,
          agreement,
          agreements,
          balance,
          record,
          activity,
          serving,
          all,
          overview,
        };
      }, agreement);
      const { rules, cards, owned, orders, agreements, balance, record, activity, serving, all, overview } = answers;
      assert.equal(rules.blockTimeMs, 2_000);
      assert.deepEqual(owned, cards);
      assert.equal(cards[0]?.delivered, 2);
      assert.equal(cards[0].recentPrice, 100_000_000_000n);
      assert.deepEqual(orders, []);
      assert.deepEqual(
        answers.agreement?.requests.map(({ outcome }) => outcome.state),
        ['settled', 'settled'],
      );
      assert.deepEqual([answers.agreement.left, answers.agreement.closed], [2, null]);
      assert.equal(answers.agreement.timeline[0]?.kind, 'opened');
      assert.deepEqual(
        agreements.map((one) => [one.role, one.modelName, one.settlement.paid]),
        [['consumer', 'ResNet MNIST', 200_000_000_000n]],
      );
      const escrow = balance.held.find(({ reason }) => reason === 'Execution.Escrow');
      assert.equal(escrow?.amount, 200_000_000_000n);
      assert.match(escrow.explanation, /refunded/);
      assert.equal(record?.delivered, 2);
      assert.match(activity[0]?.text ?? '', /^Agreement \d+ opened: 4 inferences bought at 0\.1 AIRO each$/);
      assert.equal(serving?.record?.delivered, 2);
      assert.equal(all.length, 1);
      assert.equal(overview.history.at(-1)?.delivered, 2);
    });

    await t.test('what is no image, no address and no order is refused by name, and nothing is signed', async () => {
      const names = await page.evaluate(async () => {
        const nameOf = (promise: Promise<unknown>) =>
          promise.then(
            () => 'none',
            (error: unknown) => (error as Error).name,
          );
        const { cockpit } = window;
        const model = await window.live(cockpit.market.model(0));
        if (model === null) throw new Error('There is no model.');
        const { description } = model.model.newest;
        return Promise.all([
          nameOf(cockpit.prepareImage(new Blob(['no image'], { type: 'image/png' }), description)),
          nameOf(cockpit.parseAddress('Charlie')),
          nameOf(cockpit.owning.transfer(0, 'Charlie')),
          nameOf(cockpit.purchases.describe({ model: 0, inferences: 0, maxPrice: 1n })),
          nameOf(cockpit.purchases.placeOrder({ model: 0, inferences: 1, maxPrice: 1n })),
          nameOf(cockpit.purchases.accept(999, [])),
        ]);
      });
      assert.deepEqual(names.slice(0, 5), [
        'UnreadableImage',
        'InvalidAddress',
        'InvalidAddress',
        'InvalidOrder',
        'InvalidOrder',
      ]);
      assert.notEqual(names[5], 'none');
    });

    await t.test('an owner puts a model on Dx, registers, changes and sells it', async () => {
      const charlie = (await market.account('//Charlie')).address;
      const seen = await page.evaluate(async (to) => {
        const { owning, market: ask, accounts } = window.cockpit;
        const original = new Uint8Array(await (await fetch('/model.onnx')).arrayBuffer());
        // A documentation text of its own makes it another file.
        const file = new Blob([original, new Uint8Array([0x32, 3, 0x61, 0x62, 0x63])]);
        const report = await owning.checkModel(file);
        const model = await window.live(ask.model(0));
        if (model === null) throw new Error('There is no model.');
        const { description } = model.model.newest;
        const difference = await owning.difference(report, description);
        const progress: number[] = [];
        const uploaded = await owning.uploadModel(file, { onProgress: ({ bytes }) => progress.push(bytes) });
        const id = await owning.register({ ...uploaded, description }, 5_000n);
        // What a storer holds of it, this tab has given to it.
        await window.until(window.cockpit.dx, ({ bytesServed }) => bytesServed >= file.size);
        await owning.setRoyalty(id, 7_000n);
        const mine = await window.live(ask.modelsOf(accounts.chosen.get()?.address ?? ''));
        await owning.transfer(id, to);
        const sold = await window.until(
          ask.model(id),
          (loaded) => loaded.state === 'live' && loaded.value?.model.owner === to,
        );
        return { id, difference, uploaded, progress, mine, sold, size: file.size };
      }, charlie);
      assert.equal(seen.difference, null);
      assert.deepEqual([seen.progress.at(-1), seen.uploaded.holders], [seen.size, 1]);
      assert.deepEqual(
        seen.mine.map(({ model }) => [model.id, model.royalty]),
        [[seen.id, 7_000n]],
      );
      assert.equal(seen.sold.state, 'live');
    });

    assert.deepEqual(complaints, []);
    await page.evaluate(() => window.cockpit.dispose());
  },
);

async function serve(t: TestContext, { node, dx }: Marketplace): Promise<ServedCockpit> {
  const [server] = dx;
  const network = {
    name: 'Test',
    chainSpec: './chain-spec.json',
    dx: { servers: [server?.webrtcAddress], stun: [server?.stun] },
  };
  return serveCockpit(t, {
    ...networkFiles(node),
    '/network.json': json(network),
    '/seven.png': await readFile(join(resnetFolder, 'test-images', '7-0046.png')),
    '/model.onnx': await readFile(join(resnetFolder, 'model.onnx')),
  });
}
