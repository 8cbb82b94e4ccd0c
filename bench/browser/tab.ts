/** A tab of the real Cockpit that provides, in a market where it is the only one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright';

import { chooseAccount } from '../../e2e/support/actions.ts';
import { expect } from '../../e2e/support/expect.ts';
import { acceptBids, placeOrder, watchOrder, type Ports } from '../../lib/consumer/index.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import type { Agreement } from '../../lib/market/types.ts';
import { reachedByWebRtc, startCockpit } from '../../scripts/demo/cockpit.ts';
import { startMarketplace, type Marketplace } from '../../scripts/demo/marketplace.ts';
import { servedModel, serveModel, setUp, untilOn } from '../../scripts/demo-script/deeds.ts';
import type { Subject } from '../provider/subject.ts';

export interface TabMarket extends AsyncDisposable {
  readonly market: Marketplace;
  readonly consumer: Ports;
  /** The tab; it is on. */
  readonly page: Page;
  /** What the Provide view says the model runs on. */
  readonly backend: string;
  /** Closes the tab, places an order, and opens it again. @returns when it bid, in milliseconds after it was opened */
  readonly reopen: () => Promise<number>;
}

/** One inference costs so little that a well-known account can pay for all. */
const price = '0.001';
const maxPrice = AIRO / 1000n;
const royalty = AIRO / 10_000n;
/** In blocks: as long as a tab needs for all that it takes at a time. */
const responseDeadline = 60;
/** Requests that wait at a time: a tab takes 128 in all, and the orders on which it bid when it was opened count too. */
export const mostInFlight = 96;
/** The Dx server takes all payloads before a transaction refers to them: in MiB. */
const strangerMiB = 4096;
const loadingMs = 180_000;

/** Starts a market and the Cockpit, and makes a new profile of this browser a provider, by WebAssembly. */
export async function startTabMarket(
  browser: Browser,
  subject: Subject,
  say: (line: string) => void,
): Promise<TabMarket> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'airo-bench-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const market = started.use(await startMarketplace({ dxArguments: ['--stranger-mb', String(strangerMiB)] }));
  const { bytes, description } = subject;
  await market.registerModel(await market.account('//Charlie'), { bytes, description }, royalty);
  const app = started.use(await startCockpit(reachedByWebRtc(market), folder));
  const consumer = await market.consumer('//Bob', folder);
  const provider = (await market.account('//Ferdie')).address;

  const context = await browser.newContext({ locale: 'en-GB' });
  started.defer(() => context.close());
  context.setDefaultTimeout(loadingMs);
  const first = await context.newPage();
  await first.goto(app.url);
  await chooseAccount(first, 'Ferdie');
  say('the tab fetches the model and measures it');
  await first.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Provide' }).click();
  await first.getByLabel('Run models on').selectOption('wasm');
  await serveModel(first, description.name);
  const backend =
    /Runs on\s*(.*?)\s*Last price/s.exec(await servedModel(first, description.name).innerText())?.[1] ?? '';
  await first.getByLabel('How it bids').selectOption('fixed');
  await first.getByLabel('Price', { exact: true }).fill(price);
  await first.getByRole('button', { name: 'Save', exact: true }).click();
  await first.getByLabel('Lowest price').fill(price);
  await setUp(first, 'A tab');

  let page = first;
  const reopen = async () => {
    await page.close();
    // The chain must not have anything of the closed tab that could be taken for the new one's.
    const { order } = await placeOrder(consumer, { model: 0, inferences: 1, maxPrice, biddingPeriod: 200 });
    const stop = new AbortController();
    try {
      const bid = untilBid(consumer, order, provider, stop.signal);
      page = await context.newPage();
      const opened = performance.now();
      await page.goto(new URL('provide/', app.url).href, { waitUntil: 'commit' });
      await bid;
      return performance.now() - opened;
    } finally {
      stop.abort();
    }
  };
  const running = started.move();
  return {
    ...{ market, consumer, backend, reopen },
    get page() {
      return page;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Orders so many inferences of the tab, waits for its bid and accepts it. */
export async function agree({ consumer }: TabMarket, inferences: number): Promise<Agreement> {
  const wish = { model: 0, inferences, maxPrice, maxInFlight: mostInFlight, responseDeadline, biddingPeriod: 30 };
  const { order } = await placeOrder(consumer, wish);
  const stop = new AbortController();
  try {
    for await (const { order: seen, phase } of watchOrder(consumer.chain, order, stop.signal)) {
      const [bid] = seen.bids;
      if (bid === undefined && phase !== 'bidding') break;
      if (bid === undefined) continue;
      const [agreement] = (await acceptBids(consumer.chain, order, [bid.provider])).agreements;
      if (agreement !== undefined) return agreement;
    }
  } finally {
    stop.abort();
  }
  throw new Error('The tab did not bid. Its decisions in the Provide view say why.');
}

async function untilBid({ chain }: Ports, order: number, provider: string, signal: AbortSignal): Promise<void> {
  for await (const { order: seen } of watchOrder(chain, order, signal)) {
    if (seen.bids.some((bid) => bid.provider === provider)) return;
  }
  throw new Error(`Order ${order} is gone before the tab has bid.`);
}

/** The tab is on and has nothing to do. */
export async function untilIdle({ page }: TabMarket): Promise<void> {
  await untilOn(page);
  await expect(page.getByText('0 requests wait')).toBeVisible();
}
