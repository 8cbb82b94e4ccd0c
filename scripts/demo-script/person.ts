/** Somebody of the story: a browser of their own, a wallet in it, and an account. */
import type { KeyringPair } from '@polkadot/keyring/types';
import { chromium, type BrowserContextOptions, type Page } from 'playwright';

import { patienceMs } from '../../e2e/support/expect.ts';
import { Wallet } from '../../e2e/support/wallet.ts';
import { watch, type Watched } from '../../e2e/support/watch.ts';
import { chromiumArguments } from '../lib/chromium.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { showPointer } from './pointer.ts';
import { watchConnections } from './connections.ts';

export interface Person {
  /** What the story calls them, such as `Olivia`. */
  readonly name: string;
  /** What they are in the market: `the model's owner`. */
  readonly role: string;
  readonly address: string;
  readonly pair: KeyringPair;
  readonly wallet: Wallet;
  readonly page: Page;
  readonly watched: Watched;
  /** Opens a path of the Cockpit. */
  readonly open: (path: string) => Promise<void>;
  /** Closes the browser. */
  readonly leave: () => Promise<void>;
}

export interface PersonOptions {
  readonly name: string;
  readonly role: string;
  readonly pair: KeyringPair;
  /** The Cockpit's origin, with a slash at its end. */
  readonly origin: string;
  /** A connection to the chain for the wallet, which has nothing to do with the page's. */
  readonly api: ConstructorParameters<typeof Wallet>[0];
  readonly executablePath: string;
}

/** What everybody sees, in CSS pixels. */
export const viewport = { width: 1280, height: 800 } as const;

/**
 * WebGPU where there is no graphics processor: emulated by the processor. A real one is not used even if it is there, so
 * that the story is the same on every machine.
 */
const softwareWebGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const contextOptions: BrowserContextOptions = {
  // Nobody vouches for the certificate.
  ignoreHTTPSErrors: true,
  colorScheme: 'light',
  locale: 'en-GB',
  viewport,
};

/** Opens a browser for somebody. It shows nothing yet. */
export async function invite({ name, role, pair, origin, api, executablePath }: PersonOptions): Promise<Person> {
  const browser = await chromium.launch({
    executablePath,
    args: [...chromiumArguments, ...softwareWebGpu],
    // The script ends everything itself, in order.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
  });
  const leave = async () => {
    unregister();
    await browser.close();
  };
  const unregister = onShutdown(leave);
  const context = await browser.newContext(contextOptions);
  context.setDefaultTimeout(patienceMs);
  const watched = await watch(context, origin);
  const wallet = new Wallet(api, { accounts: [{ name, pair }] });
  await wallet.install(context);
  await watchConnections(context);
  await showPointer(context);
  const page = await context.newPage();
  return {
    ...{ name, role, address: pair.address, pair, wallet, page, watched, leave },
    open: async (path) => {
      await page.goto(new URL(path, origin).href);
    },
  };
}
