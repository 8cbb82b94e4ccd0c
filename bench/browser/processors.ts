/** The processor time of a browser, and of a market around it (Linux). */
import type { Browser } from 'playwright';

import type { Marketplace } from '../../scripts/demo/marketplace.ts';
import { secondsOfAll, startCounting, type ProcessorUse } from '../processor.ts';

/** Under these names {@link ProcessorUse.ms} has all of the tab, and the thread of its page. */
export const TAB = 'tab';
export const PAGE = "of which the page's own thread";

/** What all processes of a browser have used so far, in seconds. */
export async function browserSeconds(browser: Browser): Promise<number> {
  return secondsOfAll((await processesOf(browser)).map(({ id }) => id));
}

/** Begins to count. The browser has one tab with anything in it, and this process is the consumer. */
export async function countTab(
  browser: Browser,
  { node, dx }: Pick<Marketplace, 'node' | 'dx'>,
): Promise<(images: number) => Promise<ProcessorUse>> {
  const processes = await processesOf(browser);
  const renderers = processes.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const others = processes.filter(({ type }) => type !== 'renderer').map(({ id }) => id);
  return startCounting([
    [TAB, renderers, 'process'],
    [PAGE, renderers, 'first thread'],
    ['the rest of the browser', others, 'process'],
    ['chain node', [node.pid], 'process'],
    ['Dx server', dx.map(({ pid }) => pid), 'process'],
    ['consumer', [process.pid], 'process'],
  ]);
}

async function processesOf(browser: Browser): Promise<readonly { readonly type: string; readonly id: number }[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo;
}
