import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { BrowserContext, CDPSession, Page } from 'playwright';

import { storyOf } from '../../e2e/support/story.ts';
import { acceptBids } from '../../lib/consumer/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Address } from '../../lib/market/types.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { connectApi } from '../support/api.ts';
import { endUnstakeDelay } from '../support/leaving.ts';
import { agreementNow, inferAll, startTestMarket } from '../support/marketplace.ts';
import {
  allowIdleDetection,
  announce,
  fillStorage,
  limitStorage,
  pretendBattery,
  rendererOf,
  setCharging,
  setInUse,
} from './cockpit/device.ts';
import { decided, phase, prepare, restrained, serveMarket, setUp } from './cockpit/providing.ts';
import { openBrowser, openCockpit } from './cockpit/serve.ts';

/** As much as the pages of a browser may keep here. */
const littleStorage = 48 * 1024 ** 2;
/** A tab in which nothing ran for so many blocks of two seconds was not only slow. */
const asleepBlocks = 9;
/** Terms in blocks that give a machine time which does much else. */
const patient = { responseDeadline: 90, biddingPeriod: 90 } as const;

interface Tab {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly address: Address;
}

test('two tabs of two people compete, and take no work that they could not do', { timeout: 280_000 }, async (t) => {
  const step = storyOf(t);
  const { market, consumer, images, order } = await startTestMarket(t);
  const [api, origin, context] = await Promise.all([
    connectApi(t, market.node),
    serveMarket(t, market),
    openBrowser(t),
  ]);
  const other = await context.browser()?.newContext();
  assert.ok(other !== undefined);
  await pretendBattery(other);
  const tabOf = async (from: BrowserContext, secret: string): Promise<Tab> => {
    const { page } = await openCockpit(t, from, origin);
    const [cdp, { address }] = await Promise.all([from.newCDPSession(page), market.account(secret)]);
    return { page, cdp, address };
  };
  const ferdie = await tabOf(context, '//Ferdie');
  const ferdiesProcess = await rendererOf(ferdie.page);
  const eve = await tabOf(other, '//Eve');
  await limitStorage(ferdie.cdp, origin, littleStorage);
  await allowIdleDetection(eve.cdp, origin);
  await setInUse(eve.cdp, false);
  await Promise.all([
    begin(ferdie.page, 'Ferdie', { floor: AIRO / 20n, onlyWhenIdle: false }),
    begin(eve.page, 'Eve', { floor: AIRO / 10n, onlyWhenIdle: true }),
  ]);

  const standingOf = async ({ address }: Tab) => {
    const provider = await market.chain.provider(address);
    return [provider?.openBids, provider?.openAgreements, (provider?.reserved ?? 0n) > 0n];
  };
  /** Waits for as many bids on an order as there are tabs, and sees that they are theirs. The best is the first. */
  const untilBids = async (id: number, ...tabs: readonly Tab[]) => {
    const { bids } = await waitFor(
      async () => {
        const placed = await market.chain.order(id);
        return placed?.bids.length === tabs.length && placed;
      },
      { what: `${tabs.length} bids on order ${id}`, timeoutMs: 90_000, everyMs: 200, signal: t.signal },
    );
    assert.deepEqual(new Set(bids.map(({ provider }) => provider)), new Set(tabs.map(({ address }) => address)));
    return bids;
  };
  /** Waits for so many blocks. */
  const blocks = async (count: number) => {
    let first: number | undefined;
    for await (const { best } of market.chain.heads(t.signal)) {
      first ??= best.number;
      if (best.number >= first + count) return;
    }
  };
  const accept = async (id: number, { address }: Tab) => {
    const { agreements } = await acceptBids(consumer.chain, id, [address]);
    assert.equal(agreements.length, 1);
    return agreements[0]?.id ?? -1;
  };

  await step('they underbid each other down to a floor; the winner answers, the other bid is let go', async () => {
    const { id } = await order({ inferences: 2 }, 2);
    await decided(eve.page, id, 'outbidAtFloor');
    const [best] = await untilBids(id, ferdie, eve);
    assert.equal(best?.provider, ferdie.address);
    assert.ok(best.price < AIRO / 10n, `${best.price} is not below the floor of the other.`);
    for (const { page } of [ferdie, eve]) assert.ok((await improvements(page, id)) > 0);
    assert.deepEqual(await standingOf(eve), [1, 0, true]);

    const agreement = await accept(id, ferdie);
    assert.deepEqual(await standingOf(eve), [0, 0, false]);
    const results = await inferAll(t, consumer, agreement, images.slice(0, 2));
    assert.deepEqual(statesOf(results), ['answered', 'answered']);
  });

  await announce(ferdie.page, 'freeze');
  await restrained(ferdie.page, 'hidden');
  await setCharging(eve.page, false);
  await restrained(eve.page, 'battery');
  const { id: long } = await order({ inferences: images.length, ...patient }, 0);
  await decided(ferdie.page, long, 'paused');

  await step('on its battery, or while somebody uses the device, a tab does not bid; then it goes on', async () => {
    await decided(eve.page, long, 'paused');
    await setInUse(eve.cdp, true);
    await setCharging(eve.page, true);
    await restrained(eve.page, 'inUse');
    await untilBids(long);
    await setInUse(eve.cdp, false);
    await phase(eve.page, 'on');
    await untilBids(long, eve);
  });

  await step('a tab that is put to sleep has stopped bidding before; awake, it says so and goes on', async () => {
    process.kill(ferdiesProcess, 'SIGSTOP');
    try {
      await blocks(asleepBlocks);
    } finally {
      process.kill(ferdiesProcess, 'SIGCONT');
    }
    await untilBids(long, eve);
    await announce(ferdie.page, 'resume');
    await untilBids(long, ferdie, eve);
    const { interruptions } = await ferdie.page.evaluate(() => window.cockpit.providing.status.get());
    assert.match(interruptions.map(({ message }) => message).join('\n'), /^Nothing ran for \d+ s/m);
  });

  const agreement = await accept(long, ferdie);
  await inferAll(t, consumer, agreement, images.slice(0, 4));

  await step('when the browser keeps nothing more, each request is answered, and answered once', async () => {
    await fillStorage(ferdie.page, ferdie.cdp, littleStorage);
    const inferring = inferAll(t, consumer, agreement, images.slice(4));
    await restrained(ferdie.page, 'storageFull');
    const { trouble } = await ferdie.page.evaluate(() => window.cockpit.providing.status.get());
    assert.equal(trouble?.name, 'StorageFull');
    // What it has done by then is forgotten; what the chain has counts.
    await ferdie.page.reload();
    assert.deepEqual(new Set(statesOf(await inferring)), new Set(['answered']));
    const { counts } = await agreementNow(consumer, agreement);
    const all = images.length;
    assert.deepEqual(counts, {
      ...counts,
      requested: all,
      delivered: all,
      providerFaults: 0,
      missed: 0,
    });
  });

  await step('it bids on nothing until there is room again, and keeps then what it could not', async () => {
    await restrained(ferdie.page, 'storageFull');
    const { id } = await order({ inferences: 1, ...patient }, 1);
    await decided(ferdie.page, id, 'paused');
    await untilBids(id, eve);
    await limitStorage(ferdie.cdp, origin);
    await phase(ferdie.page, 'on');
    await untilBids(id, ferdie, eve);
    await ferdie.page.reload();
    await decided(ferdie.page, id, 'paused');
    await accept(id, ferdie);
  });

  await step('who leaves takes no new work, is off, and gets the stake and the money for fees back', async () => {
    const key = (await market.chain.provider(eve.address))?.operator?.account ?? '';
    await eve.page.evaluate(() => window.cockpit.providing.leave());
    await phase(eve.page, 'off');
    await assert.rejects(
      eve.page.evaluate(() => window.cockpit.providing.withdrawStake()),
      /StakeLocked/,
    );
    await endUnstakeDelay(api, eve.address);
    const before = await market.chain.balance(eve.address);
    await eve.page.evaluate(() => window.cockpit.providing.withdrawStake());
    assert.equal(await market.chain.provider(eve.address), null);
    const after = await market.chain.balance(eve.address);
    assert.ok(after.free - before.free > 200n * AIRO, `It got ${after.free - before.free}.`);
    assert.equal(
      after.held.find(({ reason }) => reason === 'Marketplace.Stake'),
      undefined,
    );
    assert.equal((await market.chain.balance(key)).free, 0n);
    assert.equal(await eve.page.evaluate(() => window.cockpit.providing.status.get().provider), null);
  });
  await Promise.all([ferdie, eve].map(({ page }) => page.evaluate(() => window.cockpit.dispose())));
});

interface Care {
  readonly floor: bigint;
  readonly onlyWhenIdle: boolean;
}

/** Becomes a provider that bids less than others by a third at a time. */
async function begin(page: Page, account: string, { floor, onlyWhenIdle }: Care): Promise<void> {
  await prepare(page, account, {
    strategy: { kind: 'undercut', start: (3n * AIRO) / 10n, floor, step: 0.33 },
    restraint: { onlyOnMains: true, onlyWhenIdle, atOnce: 4 },
  });
  await setUp(page, `The tab of ${account}`);
  await phase(page, 'on');
}

/** How often a tab has bid lower on an order. */
async function improvements(page: Page, order: number): Promise<number> {
  const decisions = await page.evaluate(() => window.cockpit.providing.decisions.get());
  const lower = decisions.filter((made) => made.order === order && made.action === 'improve');
  return lower.filter(({ result }) => result === 'included').length;
}

function statesOf(results: readonly { readonly state: string }[]): string[] {
  return results.map(({ state }) => state);
}
