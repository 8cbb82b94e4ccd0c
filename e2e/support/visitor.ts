/** Somebody who visits the Cockpit: a browser profile of their own, watched, with a trace that is kept on failure. */
import { mkdtemp, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright';

import { chromiumArguments, findChromium } from '../../scripts/lib/chromium.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { temporaryFolder } from '../../test/support/marketplace.ts';
import { patienceMs } from './expect.ts';
import { hasFailed } from './story.ts';
import type { Wallet } from './wallet.ts';
import { watch, type Watched } from './watch.ts';

export interface VisitorOptions {
  /** The wallet extension in this browser. Default: none. */
  readonly wallet?: Wallet;
  readonly colorScheme?: 'light' | 'dark';
  /** In CSS pixels. Default: 1280 by 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Visitor {
  readonly context: BrowserContext;
  /** Shows nothing yet. */
  readonly page: Page;
  readonly watched: Watched;
  /** Opens a path of the Cockpit anew, such as `model/?id=0`. */
  readonly open: (path: string) => Promise<void>;
}

/** A headless Chromium, until the test is over. */
export async function openBrowser(t: TestContext): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments });
  afterwards(t, () => browser.close());
  return browser;
}

/** A visitor with a fresh profile in this browser. */
export async function openVisitor(
  t: TestContext,
  browser: Browser,
  origin: string,
  options: VisitorOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext(contextOptions(options));
  afterwards(t, () => context.close());
  return visit(t, context, origin, options);
}

/** A visitor whose browser keeps nothing for any page: no cookies, and with them no IndexedDB and no localStorage. */
export async function openForgetfulVisitor(t: TestContext, origin: string): Promise<Visitor> {
  const profile = await temporaryFolder(t);
  await mkdir(join(profile, 'Default'));
  const block = 2;
  const preferences = { profile: { default_content_setting_values: { cookies: block } } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArguments,
    ...contextOptions({}),
  });
  afterwards(t, () => context.close());
  return visit(t, context, origin, {});
}

async function visit(
  t: TestContext,
  context: BrowserContext,
  origin: string,
  { wallet }: VisitorOptions,
): Promise<Visitor> {
  context.setDefaultTimeout(patienceMs);
  const watched = await watch(context, origin);
  await wallet?.install(context);
  await context.tracing.start({ snapshots: true, screenshots: true });
  const page = await context.newPage();
  afterwards(t, async () => {
    if (!hasFailed(t)) {
      await context.tracing.stop();
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'airo-trace-'));
    const path = join(folder, 'trace.zip');
    await page.screenshot({ path: join(folder, 'page.png'), fullPage: true }).catch(() => undefined);
    await context.tracing.stop({ path });
    for (const complaint of watched.complaints) t.diagnostic(`page: ${complaint}`);
    t.diagnostic(`The page was ${page.url()}. Look at it with: npx playwright show-trace ${path}`);
  });
  return {
    context,
    page,
    watched,
    open: async (path) => {
      await page.goto(new URL(path, origin).href);
    },
  };
}

function contextOptions({ colorScheme = 'light', viewport }: VisitorOptions): BrowserContextOptions {
  return {
    // Nobody vouches for the certificate.
    ignoreHTTPSErrors: true,
    colorScheme,
    viewport: viewport ?? { width: 1280, height: 800 },
    locale: 'en-GB',
  };
}

function chromiumPath(): string {
  const executable = findChromium();
  if (executable === undefined) throw new Error('There is no Chromium. Install one, or name it in AIRO_CHROMIUM.');
  return executable;
}
