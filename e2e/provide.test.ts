import assert from 'node:assert/strict';
import { test } from 'node:test';

import { acceptBids } from '../lib/consumer/index.ts';
import { AIRO, formatAmount } from '../lib/market/amounts.ts';
import { connectApi } from '../test/support/api.ts';
import { endUnstakeDelay } from '../test/support/leaving.ts';
import { agreementNow, inferAll, royalty, startTestMarket, wealth } from '../test/support/marketplace.ts';
import { waitFor } from '../scripts/lib/wait.ts';
import { assertAccessible, assertNoSidewaysScroll } from './support/accessibility.ts';
import { connectWallet, factOf, goTo } from './support/actions.ts';
import { expect, patienceMs } from './support/expect.ts';
import { fundedAccounts } from './support/market.ts';
import { serveCockpit } from './support/site.ts';
import { storyOf } from './support/story.ts';
import { openBrowser, openVisitor } from './support/visitor.ts';
import { Wallet } from './support/wallet.ts';
import { assertQuiet } from './support/watch.ts';

/** A call of a batch, as a wallet shows it. */
interface Batched {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
}

test(
  'a browser becomes a provider with one signature, earns, and gives it up again',
  { timeout: 560_000 },
  async (t) => {
    const step = storyOf(t);
    const { market, consumer, images, order, agree } = await startTestMarket(t);
    const api = await connectApi(t, market.node);
    const [origin, browser, [judy]] = await Promise.all([
      serveCockpit(t, market),
      openBrowser(t),
      fundedAccounts(api, 150, 'Judy'),
    ]);
    const wallet = new Wallet(api, { accounts: [{ name: 'Judy', pair: judy }] });
    const { page, watched, open } = await openVisitor(t, browser, origin, { wallet });
    /** The state at the head of the view: On, Off ... */
    const state = (name: string) => page.getByRole('heading', { level: 2, name, exact: true });
    const decisionsAbout = (id: number) =>
      page
        .getByRole('list', { name: 'Decisions' })
        .getByRole('listitem')
        .filter({ hasText: `Order ${id}` });

    await step('a model is fetched and measured before anybody has an account', async () => {
      await open('');
      await page.getByRole('link', { name: 'Run models' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Provide' })).toBeVisible();
      await expect(page.getByText('Choose the account that will stake and earn')).toBeVisible();
      await page.getByRole('button', { name: 'Serve ResNet MNIST' }).click();
      await expect(page.getByText('Ready', { exact: true })).toBeVisible();
      await expect(factOf(page, 'An inference takes')).toHaveText(/^\d+(\.\d)? m?s$/);
      await expect(factOf(page, 'Runs on')).toHaveText(/^Web(GPU|Assembly)/);
      assert.deepEqual(wallet.requests, []);
      await assertAccessible(page, 'before the set-up');
    });

    await step('the form says what is wrong, and what will be signed', async () => {
      await connectWallet(page);
      await expect(page.getByRole('heading', { name: 'Signing as' })).toBeVisible();
      await goTo(page, 'Provide');
      const stake = page.getByLabel('Stake', { exact: true });
      await expect(stake).toHaveValue('105');
      await stake.fill('5');
      await stake.press('Enter');
      await expect(page.getByText('It must be 100 AIRO or more.')).toBeVisible();
      await expect(stake).toBeFocused();
      await stake.fill('1000');
      await expect(page.getByRole('alert').filter({ hasText: 'It cannot be set up like this' })).toContainText(
        /InvalidSetup/,
      );
      await stake.fill('100');
      await page.getByLabel('Lowest price').fill('0.05');
      await page.getByLabel('Name', { exact: true }).fill('Tab of Judy');
      await expect(page.getByText(/Become the provider .Tab of Judy./)).toBeVisible();
      await expect(page.getByText('Give the key of this browser money for fees')).toBeVisible();
      assert.deepEqual(wallet.requests, []);
    });

    await step('when the wallet refuses nothing is set up, and nothing typed is lost', async () => {
      wallet.person = 'refuses';
      await page.getByRole('button', { name: 'Sign once' }).click();
      await expect(page.getByText('This browser was not set up')).toBeVisible();
      await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Tab of Judy');
      assert.equal(await market.chain.provider(judy.address), null);
      wallet.person = 'signs';
    });

    await step('one signature registers, stakes, names the key, offers the model and pays for fees', async () => {
      wallet.requests.length = 0;
      await page.getByLabel('Switch on right after').uncheck();
      await page.getByRole('button', { name: 'Sign once' }).click();
      await expect(state('Off')).toBeVisible();
      const [request, ...others] = wallet.requests;
      assert.deepEqual(others, []);
      assert.equal(request?.call, 'utility.batchAll');
      const calls = request.args.calls as readonly Batched[];
      assert.deepEqual(
        calls.map(({ method }) => method),
        ['registerProvider', 'announce', 'transferKeepAlive'],
      );
      const provider = await market.chain.provider(judy.address);
      assert.equal(provider?.profile.name, 'Tab of Judy');
      assert.equal(provider.stake, 100n * AIRO);
      assert.deepEqual([provider.operator?.floorPrice, provider.operator?.maxOpen], [AIRO / 20n, 8]);
      await expect(page.getByText('Offered', { exact: true })).toBeVisible();
    });

    await step(
      'switched on, it bids on an order, runs it, answers and is paid, with nobody in front of it',
      async () => {
        await page.getByRole('button', { name: 'Switch on' }).click();
        await expect(state('On')).toBeVisible();
        await page.getByLabel('How it bids').selectOption('fixed');
        await page.getByLabel('Price', { exact: true }).fill('0.2');
        await page.getByRole('button', { name: 'Save', exact: true }).click();
        await expect(page.getByText('Not saved')).toBeHidden();

        const before = await wealth(consumer, judy.address);
        const agreement = await agree({ inferences: 3 });
        assert.deepEqual([agreement.provider, agreement.price], [judy.address, AIRO / 5n]);
        const results = await inferAll(t, consumer, agreement.id, images.slice(0, 3));
        assert.deepEqual(
          results.map(({ state: outcome }) => outcome),
          ['answered', 'answered', 'answered'],
        );
        assert.equal(wallet.requests.length, 1);

        const earned = 3n * (agreement.price - royalty - agreement.fee);
        await waitFor(async () => (await wealth(consumer, judy.address)) - before === earned, {
          what: 'three answers to be paid',
          ...{ timeoutMs: 30_000, everyMs: 200, signal: t.signal },
        });
        await expect(decisionsAbout(agreement.order).filter({ hasText: 'Bid' }).first()).toContainText('0.2 AIRO');
        await expect(page.getByRole('heading', { name: `Request 2 of agreement ${agreement.id}` })).toBeVisible();
        await expect(page.getByText(/^Answered .* after it was noticed$/)).toHaveCount(3);
        await expect(page.getByText('royalties and fees taken off').locator('..')).toContainText(formatAmount(earned));
        await expect(factOf(page, 'Worked for')).toHaveText('1 consumer');
        await assertForEverybody();
      },
    );

    await step('the price is tried on the orders that there were', async () => {
      await page.getByRole('button', { name: 'Look again' }).click();
      await expect(page.getByText(/^On the last order it would have bid, won it, and earned /)).toBeVisible();
      await page.getByLabel('Price', { exact: true }).fill('0.4');
      await expect(page.getByText(/^On the last order it would not have bid/)).toBeVisible();
      await page.getByRole('button', { name: 'Back to what is saved' }).click();
      await expect(page.getByLabel('Price', { exact: true })).toHaveValue('0.2');
    });

    await step('after a reload it goes on by itself, and knows what it has done', async () => {
      await page.reload();
      await expect(state('On')).toBeVisible();
      await expect(page.getByRole('list', { name: 'Requests' }).getByRole('heading')).toHaveCount(3);
      const { bids } = await order({ inferences: 1 }, 1);
      assert.deepEqual(
        bids.map(({ provider, price }) => [provider, price]),
        [[judy.address, AIRO / 5n]],
      );
    });

    await step(
      'a tab that is closed with work outstanding asks first; what it misses is refunded and recorded',
      async () => {
        const { id, bids } = await order({ inferences: 1, responseDeadline: 5 }, 1);
        const { agreements } = await acceptBids(
          consumer.chain,
          id,
          bids.map(({ provider }) => provider),
        );
        const agreement = agreements[0]?.id ?? -1;
        await expect(page.getByRole('link', { name: `Agreement ${agreement}` })).toBeVisible();
        // Browsers ask only for pages that somebody has touched.
        await page.getByRole('heading', { level: 1 }).click();
        const asked = page.waitForEvent('dialog');
        const closing = page.close({ runBeforeUnload: true });
        const dialog = await asked;
        assert.equal(dialog.type(), 'beforeunload');
        await Promise.all([page.waitForEvent('close'), dialog.accept(), closing]);

        const [missed] = await inferAll(t, consumer, agreement, images.slice(0, 1));
        assert.equal(missed?.state, 'missed');
        const { counts } = await agreementNow(consumer, agreement);
        assert.deepEqual([counts.delivered, counts.missed], [0, 1]);
      },
    );

    const again = await visitAgain();

    await step('opened again it says what was missed, and that the stake is too low after the penalty', async () => {
      // The chain is caught up with anew.
      await expect(again.getByRole('heading', { level: 2, name: 'On, but taking no new work' })).toBeVisible({
        timeout: 2 * patienceMs,
      });
      await expect(factOf(again, 'Missed')).toHaveText('1');
      await expect(again.getByText('The stake is below what the market asks for')).toBeVisible();
      await expect(again.getByText('The stake is too low: no bid is taken')).toBeVisible();
    });

    await step('the stake is raised, and bids are taken again', async () => {
      await assertAccessible(again, 'the stake is too low');
      await again.getByRole('button', { name: 'Add to the stake' }).click();
      const dialog = again.getByRole('dialog', { name: 'Change name, stake and bounds' });
      await expect(dialog.getByLabel('Stake', { exact: true })).toHaveValue('105');
      await dialog.getByLabel('Stake', { exact: true }).fill('101');
      await dialog.getByRole('button', { name: 'Sign the change' }).click();
      await expect(dialog).toBeHidden();
      await expect(again.getByText('The stake is too low: no bid is taken')).toBeHidden();
      await expect(again.getByRole('heading', { level: 2, name: 'On', exact: true })).toBeVisible();
      const { bids } = await order({ inferences: 1 }, 1);
      assert.equal(bids[0]?.provider, judy.address);
      const [, request, ...others] = wallet.requests;
      assert.deepEqual(others, []);
      // A time that was measured anew goes along.
      assert.match(JSON.stringify([request?.call, request?.args]), /raiseStake/);
    });

    await step('the key gets more money for fees with one signature', async () => {
      const key = (await market.chain.provider(judy.address))?.operator?.account ?? '';
      const { free } = await consumer.chain.balance(key);
      await again.getByRole('button', { name: 'Top up' }).click();
      const dialog = again.getByRole('dialog', { name: 'Top up the key of this browser' });
      await dialog.getByLabel('Give it').fill('0.5');
      await dialog.getByRole('button', { name: 'Sign and give 0.5 AIRO' }).click();
      await expect(dialog).toBeHidden();
      assert.equal(wallet.requests.at(-1)?.call, 'balances.transferKeepAlive');
      // It may have paid for a bid in the meantime.
      assert.ok((await consumer.chain.balance(key)).free - free > (4n * AIRO) / 10n);
    });

    await step('revoking takes one signature: the key bids no more, and its rest comes back', async () => {
      await again.getByRole('button', { name: 'Revoke' }).click();
      const dialog = again.getByRole('dialog', { name: 'Revoke the key of this browser?' });
      await expect(dialog).toContainText(/You have promised: .*\bbids?/);
      await assertAccessible(again, 'revoking');
      const signed = wallet.requests.length;
      const key = (await market.chain.provider(judy.address))?.operator?.account ?? '';
      assert.ok((await consumer.chain.balance(key)).free > 0n);
      await dialog.getByRole('button', { name: 'Sign and revoke' }).click();
      await expect(again.getByRole('heading', { name: 'This browser may not bid any more' })).toBeVisible();
      assert.equal(wallet.requests.length, signed + 1);
      const provider = await market.chain.provider(judy.address);
      assert.deepEqual([provider?.operator, provider?.stake], [null, 101n * AIRO]);
      await expect(again.getByLabel('Name', { exact: true })).toHaveValue('Tab of Judy');
      await waitFor(async () => (await consumer.chain.balance(key)).free === 0n, {
        what: 'the rest of the money for fees to come back',
        ...{ timeoutMs: 30_000, everyMs: 200, signal: t.signal },
      });
    });

    await step('a model that is offered is removed with one signature, which withdraws the offer', async () => {
      await again.getByRole('button', { name: 'Remove ResNet MNIST' }).click();
      const dialog = again.getByRole('dialog', { name: 'Serve ResNet MNIST no more?' });
      await assertAccessible(again, 'removing a model');
      await dialog.getByRole('button', { name: 'Sign and remove' }).click();
      await expect(again.getByRole('button', { name: 'Serve ResNet MNIST' })).toBeVisible();
      assert.equal(wallet.requests.at(-1)?.call, 'marketplace.withdrawOffer');
      assert.deepEqual((await market.chain.provider(judy.address))?.models, []);
    });

    await step('whoever leaves gets the stake back some time after, each with a signature', async () => {
      await again.getByRole('button', { name: 'Leave the market' }).click();
      const dialog = again.getByRole('dialog', { name: 'Leave the market?' });
      await dialog.getByRole('button', { name: 'Sign and leave' }).click();
      await expect(again.getByText('No new bids. The stake can be withdrawn')).toBeVisible();
      assert.equal(wallet.requests.at(-1)?.call, 'marketplace.leave');
      assert.notEqual((await market.chain.provider(judy.address))?.leavesAt, null);

      // Its bids bind it until somebody accepts them, or nobody can any more.
      for (const { id } of await market.chain.orders({ limit: 10 })) {
        await consumer.chain.account.submit({ call: 'cancelOrder', order: id });
      }
      await endUnstakeDelay(api, judy.address);
      await again.getByRole('button', { name: 'Sign and withdraw' }).click();
      await expect(again.getByRole('heading', { name: 'Three steps to the first answer' })).toBeVisible();
      assert.equal(wallet.requests.at(-1)?.call, 'marketplace.withdrawStake');
      assert.equal(await market.chain.provider(judy.address), null);
    });

    await t.test('the console is empty, the policy was kept, and nobody else was asked', () => {
      assertQuiet(watched);
    });

    /** What pages.test.ts asks of every page, of one that is at work. */
    async function assertForEverybody(): Promise<void> {
      await assertAccessible(page, 'at work, light');
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await assertAccessible(page, 'at work, dark');
      await page.setViewportSize({ width: 360, height: 740 });
      await assertNoSidewaysScroll(page, 'at work');
      await assertAccessible(page, 'at work, dark, on a phone');
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
      await page.setViewportSize({ width: 1280, height: 800 });
    }

    async function visitAgain() {
      const next = await page.context().newPage();
      await next.goto(new URL('provide/', origin).href);
      return next;
    }
  },
);
