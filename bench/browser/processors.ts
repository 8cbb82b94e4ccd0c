/** The processor time of a browser, and of a market around it (Linux). */
import { cpus } from 'node:os';

import type { Browser } from 'playwright';

import type { Marketplace } from '../../scripts/demo/marketplace.ts';
import { processorSeconds, type Whose } from '../processor.ts';

/** Who used how much for an image, in milliseconds, and how many of the processors were in use. */
export interface ProcessorUse {
  readonly ms: ReadonlyMap<string, number>;
  readonly busy: number;
}

/** Under these names {@link ProcessorUse.ms} has all of the tab, and the thread of its page. */
export const TAB = 'tab';
export const PAGE = "of which the page's own thread";

/** What all processes of a browser have used so far, in seconds. */
export async function browserSeconds(browser: Browser): Promise<number> {
  const seconds = await Promise.all((await processesOf(browser)).map(({ id }) => processorSeconds(id)));
  return seconds.reduce((sum, each) => sum + each, 0);
}

/**
 * Begins to count; what is returned ends it and divides it among so many images. The browser has one tab with anything in
 * it, and this process is the consumer.
 */
export async function startCounting(
  browser: Browser,
  { node, dx }: Pick<Marketplace, 'node' | 'dx'>,
): Promise<(images: number) => Promise<ProcessorUse>> {
  const processes = await processesOf(browser);
  const renderers = processes.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const others = processes.filter(({ type }) => type !== 'renderer').map(({ id }) => id);
  const whose: readonly (readonly [string, readonly number[], Whose])[] = [
    [TAB, renderers, 'process'],
    [PAGE, renderers, 'first thread'],
    ['the rest of the browser', others, 'process'],
    ['chain node', [node.pid], 'process'],
    ['Dx server', dx.map(({ pid }) => pid), 'process'],
    ['consumer', [process.pid], 'process'],
  ];
  const read = () =>
    Promise.all(
      whose.map(async ([, pids, which]) => {
        const seconds = await Promise.all(pids.map((pid) => processorSeconds(pid, which)));
        return seconds.reduce((sum, each) => sum + each, 0);
      }),
    );
  const before = await read();
  const began = performance.now();
  return async (images) => {
    const after = await read();
    const elapsed = (performance.now() - began) / 1000;
    const used = whose.map(([who, , which], i) => ({ who, which, seconds: (after[i] ?? 0) - (before[i] ?? 0) }));
    const all = used.filter(({ which }) => which === 'process').reduce((sum, { seconds }) => sum + seconds, 0);
    return {
      ms: new Map(used.map(({ who, seconds }) => [who, (seconds * 1000) / images])),
      busy: Math.min(all / elapsed, cpus().length),
    };
  };
}

async function processesOf(browser: Browser): Promise<readonly { readonly type: string; readonly id: number }[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo;
}
