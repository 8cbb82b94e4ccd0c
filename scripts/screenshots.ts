/** `npm run screenshots`: pictures of every view of the Cockpit in a living market, for the documentation. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { chromium, type Locator, type Page } from 'playwright';
import sharp from 'sharp';

import {
  acceptBest,
  answerTo,
  bidRows,
  chooseAccount,
  drawSeven,
  fillOrder,
  openModel,
  pickFiles,
  placeOrder,
  testImage,
  untilFollowing,
} from '../e2e/support/actions.ts';
import { expect, patienceMs } from '../e2e/support/expect.ts';
import { AIRO } from '../lib/market/amounts.ts';
import { startCockpit } from './demo/cockpit.ts';
import { readResnet, resnetFolder, startMarketplace, type Marketplace } from './demo/marketplace.ts';
import { purchase, readImages } from './demo/purchase.ts';
import { startWingmen } from './demo/wingmen.ts';
import { chromiumArguments, findChromium } from './lib/chromium.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';
import { root } from './lib/paths.ts';
import { onShutdown } from './lib/shutdown.ts';

const table = {
  out: { type: 'text', placeholder: 'FOLDER', help: 'Where they go. (default: docs/screenshots)' },
  only: { type: 'list', placeholder: 'VIEW', help: 'Only this view, such as market; can be repeated.' },
  full: { type: 'flag', help: 'Whole pages instead of what fits on a screen.' },
} as const;

const help = `Takes pictures of every view of the Cockpit, in light and dark, on a desk and on a phone.

npm run screenshots -- [OPTION...]

${describeOptions(table)}`;

const screens = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
const themes = ['light', 'dark'] as const;
/** Pixels for each pixel of CSS: sharp enough to be read, small enough to be kept in Git. */
const density = 1.5;

interface View {
  readonly name: string;
  readonly path: string;
  /** Whoever looks at it. */
  readonly account: 'Ferdie' | 'Charlie' | 'Alice';
  /** Brings the view into the state that is shown, and waits for it. */
  readonly ready: (page: Page) => Promise<unknown>;
  /** What stands at the top of the picture. Default: the top of the page. */
  readonly from?: string;
}

await main('npm run screenshots', async () => {
  const { options, help: wantsHelp } = parseOptions(process.argv.slice(2), table);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'airo-screenshots-'));
  onShutdown(() => rm(folder, { recursive: true, force: true }));
  const say = (line: string) => console.log(line);
  say('starting a market');
  const market = await startMarketplace();
  onShutdown(() => market.close());
  const app = await startCockpit(market, folder, { onLine: say });
  onShutdown(() => app.stop());
  const buyMore = await fillMarket(market, folder, say);

  const browser = await chromium.launch({ ...executable(), args: chromiumArguments });
  onShutdown(() => browser.close());
  const context = await browser.newContext({ deviceScaleFactor: density, reducedMotion: 'reduce', locale: 'en-GB' });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const open = (path: string) => page.goto(new URL(path, app.url).href);
  say('buying in the Cockpit');
  await open('');
  const bought = await buy(page);

  const out = resolve(options.out ?? join(root, 'docs', 'screenshots'));
  await mkdir(out, { recursive: true });
  let bytes = 0;
  for (const view of viewsOf(bought, buyMore)) {
    if (options.only.length > 0 && !options.only.includes(view.name)) continue;
    await page.setViewportSize(screens.desktop);
    await open('account/');
    await chooseOther(page, view.account);
    await open(view.path);
    await untilFollowing(page);
    await view.ready(page);
    await expect(page.getByText('Cached', { exact: true })).toHaveCount(0);
    for (const colorScheme of themes) {
      for (const [screen, viewport] of Object.entries(screens)) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        await scrollTo(page, view.from);
        await settled(page);
        const png = await page.screenshot({ fullPage: options.full });
        const file = join(out, `${view.name}-${screen}-${colorScheme}.webp`);
        const webp = await sharp(png).webp({ quality: 80, effort: 6 }).toBuffer();
        await writeFile(file, webp);
        bytes += webp.length;
      }
    }
    say(view.name);
  }
  say(`${(bytes / 1e6).toFixed(2)} MB in ${out}`);
  return 0;
});

/** Models, providers, and what has been bought before. Returns what buys once more, from whoever is cheapest. */
async function fillMarket(
  market: Marketplace,
  folder: string,
  say: (line: string) => void,
): Promise<() => Promise<unknown>> {
  const resnet = await readResnet();
  const owner = await market.account('//Charlie');
  const model = await market.registerModel(owner, resnet, AIRO / 100n);
  const [wingmen] = await Promise.all([
    startWingmen(market),
    market.registerModel(owner, { ...resnet, ...variant(resnet) }, AIRO / 20n),
  ]);
  await Promise.all(wingmen.map(({ wingman }) => wingman.ready()));
  const ports = await market.consumer('//Bob', join(folder, 'consumer'));
  const images = await readImages([], resnet.description);
  const { signal } = new AbortController();
  const buyOnce = () => purchase(ports, model.id, images, AIRO / 2n, { say, name: (address) => address, signal });
  await buyOnce();
  return buyOnce;
}

/** The same network with a remark in it, so that it is another file, under another name. */
function variant({ bytes, description }: Awaited<ReturnType<typeof readResnet>>) {
  const remark = new TextEncoder().encode('for forms');
  // Field 6 of an ONNX model is its documentation, a text.
  const field = Uint8Array.of((6 << 3) | 2, remark.length, ...remark);
  return {
    bytes: new Uint8Array([...bytes, ...field]),
    description: { ...description, name: 'ResNet MNIST for forms', licence: 'MIT' },
  };
}

interface Bought {
  readonly agreement: number;
  readonly order: number;
}

/** Buys with two providers, sends images to both, and leaves another order open. */
async function buy(page: Page): Promise<Bought> {
  await chooseAccount(page, 'Ferdie');
  await newOrder(page, { inferences: '12', maxPrice: '0.5' });
  const agreement = await acceptBest(page, 2);
  const images = ['3-0058', '5-0106', '7-0046', '8-0040'];
  await pickFiles(page, images.map(testImage));
  await page.getByRole('button', { name: 'Send 4 inferences' }).click();
  for (const image of images) await expect(answerTo(page, `${image}.png`)).toBeVisible();
  await newOrder(page, { inferences: '20', maxPrice: '0.5', bidding: '3600' });
  const order = Number(new URL(page.url()).searchParams.get('order'));
  await expect(bidRows(page)).toHaveCount(2);
  return { agreement, order };
}

async function newOrder(page: Page, text: Parameters<typeof fillOrder>[1]): Promise<void> {
  await openModel(page, 'ResNet MNIST');
  await page.getByRole('link', { name: 'Buy inferences' }).click();
  await fillOrder(page, text);
  await placeOrder(page);
}

/** Chooses an account where another one may be chosen already. */
async function chooseOther(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Change account' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: new RegExp(`^${name}\\b`) })
    .click();
  await expect(page.getByRole('dialog')).toBeHidden();
}

/** Makes the page a provider that is cheaper than the others, and lets it earn something. */
async function provide(page: Page, buyMore: () => Promise<unknown>): Promise<void> {
  await page.getByRole('button', { name: 'Serve ResNet MNIST', exact: true }).click();
  await page.getByText('Give the key of this browser money for fees').waitFor();
  await page.getByRole('button', { name: 'Sign once' }).click();
  await expect(page.getByRole('heading', { name: 'On', exact: true })).toBeVisible();
  await page.getByLabel('How it bids').selectOption('fixed');
  await page.getByLabel('Price', { exact: true }).fill('0.04');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await buyMore();
  await expect(page.getByRole('list', { name: 'Requests' })).toBeVisible();
  await expect(page.getByText(/^On the last order|^Of the last/)).toBeVisible();
}

function viewsOf({ agreement, order }: Bought, buyMore: () => Promise<unknown>): readonly View[] {
  const seen = (locate: (page: Page) => Locator) => (page: Page) => expect(locate(page)).toBeVisible();
  const ferdie = { account: 'Ferdie' } as const;
  return [
    {
      ...ferdie,
      name: 'market',
      path: '',
      ready: seen((page) => page.getByRole('link', { name: 'ResNet MNIST for forms' })),
    },
    {
      ...{ ...ferdie, name: 'model', path: 'model/?id=0' },
      async ready(page) {
        await drawSeven(page);
        await expect(page.getByRole('img', { name: /as the model is fed it/ })).toBeVisible();
      },
    },
    {
      ...ferdie,
      name: 'order',
      path: 'buy/?model=0',
      ready: seen((page) => page.getByRole('button', { name: 'Place the order' })),
    },
    { ...ferdie, name: 'bids', path: `buy/?order=${order}`, ready: (page) => expect(bidRows(page)).toHaveCount(2) },
    {
      ...{ ...ferdie, name: 'agreements', path: 'agreements/' },
      ready: seen((page) => page.getByRole('table', { name: 'Your agreements' })),
    },
    ...[{ name: 'agreement' }, { name: 'results', from: 'Results' }].map((which) => ({
      ...{ ...ferdie, ...which, path: `agreement/?id=${agreement}` },
      ready: seen((page) => answerTo(page, '3-0058.png')),
    })),
    {
      account: 'Charlie',
      name: 'own',
      path: 'own/',
      ready: seen((page) => page.getByRole('button', { name: 'Change royalty' }).first()),
    },
    {
      ...{ account: 'Charlie', name: 'register', path: 'own/register/' },
      async ready(page) {
        await page.getByLabel(/^Drop an ONNX file here/).setInputFiles(join(resnetFolder, 'model.onnx'));
        await expect(page.getByRole('button', { name: 'Describe it' })).toBeEnabled();
      },
    },
    ...[{ name: 'network' }, { name: 'dx', from: 'Dx, where payloads travel' }].map((which) => ({
      ...{ ...ferdie, ...which, path: 'network/' },
      ready: seen((page) => page.getByText('Joined', { exact: true })),
    })),
    {
      ...ferdie,
      name: 'account',
      path: 'account/',
      ready: seen((page) => page.getByText(/Execution|Marketplace/).first()),
    },
    {
      ...{ account: 'Alice', name: 'provide-first', path: 'provide/' },
      ready: seen((page) => page.getByRole('button', { name: 'Serve ResNet MNIST', exact: true })),
    },
    { ...{ account: 'Alice', name: 'provide', path: 'provide/' }, ready: (page) => provide(page, buyMore) },
    ...[
      { name: 'earnings', from: 'Earnings' },
      { name: 'decisions', from: 'Decisions' },
    ].map((which) => ({
      ...({ ...which, account: 'Alice', path: 'provide/' } as const),
      ready: seen((page) => page.getByRole('list', { name: 'Decisions' })),
    })),
    { ...ferdie, name: 'licences', path: 'licences/', ready: seen((page) => page.getByRole('heading', { level: 1 })) },
  ];
}

/** Brings a heading to the top, below the header that stays there; or the page's top. */
async function scrollTo(page: Page, heading: string | undefined): Promise<void> {
  const underHeaderPx = 84;
  const top =
    heading === undefined
      ? 0
      : await page
          .getByRole('heading', { name: heading, exact: true })
          .evaluate((element, margin) => element.getBoundingClientRect().top + window.scrollY - margin, underHeaderPx);
  await page.evaluate((y) => window.scrollTo({ top: y, behavior: 'instant' }), top);
}

/** Two frames and all fonts after a change of the theme or the size. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}

function executable(): { readonly executablePath: string } {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium. Install one, or name it in AIRO_CHROMIUM.');
  return { executablePath };
}
