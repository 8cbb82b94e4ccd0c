/** How soon the Cockpit can be used: the first time somebody opens it, and the next. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';

import { placeOrder, watchOrder } from '../lib/consumer/index.ts';
import { AIRO } from '../lib/market/amounts.ts';
import { buildSite, siteFolder } from '../scripts/app/build.ts';
import { reachedByWebRtc, startCockpit } from '../scripts/demo/cockpit.ts';
import { readResnet, startMarketplace, type Marketplace } from '../scripts/demo/marketplace.ts';
import { startWingmen } from '../scripts/demo/wingmen.ts';
import { chromiumArguments, findChromium } from '../scripts/lib/chromium.ts';
import { waitFor } from '../scripts/lib/wait.ts';
import { total, weigh, type Weighed } from './app/sizes.ts';
import { bids, finalizedHead, heading, visit, type Visit } from './app/visit.ts';
import { Series, type Benchmark, type Measured } from './measure.ts';

/** The order stays open for as long as all visits take. In blocks. */
const biddingPeriod = 5_000;
const bidders = 2;
/** A chunk below this is not worth a line of its own. In bytes. */
const smallChunk = 40_000;

export const appStart: Benchmark = {
  about: 'the Cockpit in headless Chromium: from opening it to what one came for, by WebRTC',
  runs: 5,
  run: async (runs, say) => {
    await using started = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'airo-bench-'));
    started.defer(() => rm(folder, { recursive: true, force: true }));
    say('building the site, if it has changed');
    await buildSite({ onLine: say });
    say('starting a market with an open order');
    const market = started.use(await startMarketplace());
    const order = await openOrder(market, folder);
    const app = started.use(await startCockpit(reachedByWebRtc(market), folder));
    const browser = await chromium.launch({ executablePath: executable(), args: chromiumArguments });
    started.defer(() => browser.close());

    const times = new Series('ms');
    let loaded: ReadonlySet<string> = new Set();
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      loaded = await measureVisits(browser, `${app.url}buy/?order=${order}`, times);
    }
    const { measured, remark } = await sizes(loaded);
    return {
      measured: [...times.measured(), ...measured],
      remarks: [
        'Times count from the beginning of the navigation to a page that shows an open order. A first visit has an empty profile; a second one finds the files in the cache of HTTP, and the database of the light client and what was read of the chain in IndexedDB. Everything is on one machine, served by plain HTTP on localhost, with the chain and both Wingmen beside it.',
        remark,
      ],
    };
  },
};

/** @returns the files that the first visit has asked for */
async function measureVisits(browser: Browser, url: string, times: Series): Promise<ReadonlySet<string>> {
  const context = await browser.newContext();
  try {
    const first = await measure(context, url, 'first visit', times);
    await untilDatabaseIsKept(first.page);
    await first.page.close();
    const second = await measure(context, url, 'second visit', times);
    await second.page.close();
    return first.files;
  } finally {
    await context.close();
  }
}

async function measure(context: BrowserContext, url: string, which: string, times: Series): Promise<Visit> {
  const seen = await visit(context, url, [heading, finalizedHead, bids(bidders)]);
  for (const [name, ms] of seen.timesMs) times.add(`${which}: ${name}`, ms);
  return seen;
}

/** The light client's database is kept some seconds after it is ready. */
async function untilDatabaseIsKept(page: Page): Promise<void> {
  const isKept = async () =>
    page.evaluate(async () => {
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error('no database'));
        });
        const stores = [...database.objectStoreNames];
        const keys = await Promise.all(
          stores.map(
            (store) =>
              new Promise<IDBValidKey[]>((resolve, reject) => {
                const request = database.transaction(store).objectStore(store).getAllKeys();
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error ?? new Error('no keys'));
              }),
          ),
        );
        database.close();
        if (keys.flat().some((key) => typeof key === 'string' && key.startsWith('light-client/'))) return true;
      }
      return false;
    });
  await waitFor(isKept, { what: "the light client's database to be kept", timeoutMs: 60_000, everyMs: 250 });
}

/** Registers the model, starts two Wingmen, orders, and waits for both bids. @returns the order's number */
async function openOrder(market: Marketplace, folder: string): Promise<number> {
  const owner = await market.account('//Charlie');
  const model = await market.registerModel(owner, await readResnet(), AIRO / 100n);
  const wingmen = await startWingmen(market);
  await Promise.all(wingmen.map(({ wingman }) => wingman.ready()));
  const consumer = await market.consumer('//Bob', join(folder, 'consumer'));
  const wish = { model: model.id, inferences: 2, maxPrice: AIRO / 2n, biddingPeriod };
  const { order } = await placeOrder(consumer, wish, {});
  for await (const { order: seen } of watchOrder(consumer.chain, order, AbortSignal.timeout(120_000))) {
    if (seen.bids.length >= bidders) return order;
  }
  throw new Error(`Order ${order} is gone before ${bidders} have bid.`);
}

/** @param files that a visit has asked for */
async function sizes(
  files: ReadonlySet<string>,
): Promise<{ readonly measured: readonly Measured[]; readonly remark: string }> {
  const { firstView, styles, lazy } = await weigh(siteFolder);
  const measured = (quantity: string, weighed: readonly Weighed[]): Measured => ({
    ...{ quantity, unit: 'KB', values: [total(weighed) / 1000] },
  });
  const isLoaded = ({ file }: Weighed) => files.has(file);
  const large = lazy.filter(({ bytes }) => bytes >= smallChunk);
  const list = large.map((chunk) => {
    const kilobytes = `${(chunk.bytes / 1000).toFixed(0)} KB`;
    const about = chunk.about === undefined ? '' : ` (${chunk.about})`;
    return `${kilobytes}${about}${isLoaded(chunk) ? '' : ', not in this visit'}`;
  });
  return {
    measured: [
      measured('JavaScript of the first view', firstView),
      measured('styles and font of the first view', styles),
      measured('code that loads behind it, until the bids are there', lazy.filter(isLoaded)),
      measured(
        'code that only other views load',
        lazy.filter((chunk) => !isLoaded(chunk)),
      ),
    ],
    remark: `Sizes are those of the files as they are sent, compressed with Brotli. The largest that load behind the first view: ${list.join('; ')}.`,
  };
}

function executable(): string {
  const found = findChromium();
  if (found === undefined) throw new Error('There is no Chromium. Install one, or name it in AIRO_CHROMIUM.');
  return found;
}
