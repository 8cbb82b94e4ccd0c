/** How much memory a browser uses (Linux). */
import { readFile } from 'node:fs/promises';

import type { Browser, Page } from 'playwright';

/** In megabytes. */
export interface Memory {
  /** All of the largest renderer's process: the tab with its workers, WebAssembly's memory included. */
  readonly tab: number;
  /** JavaScript objects of the page itself, after garbage was collected. */
  readonly heap: number;
}

/** Collects garbage in the page and looks. The browser has one tab with anything in it. */
export async function memoryOf(browser: Browser, page: Page): Promise<Memory> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const whole = await browser.newBrowserCDPSession();
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  await whole.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const sizes = await Promise.all(renderers.map(({ id }) => residentBytes(id)));
  return { tab: Math.max(...sizes) / 1e6, heap: usedSize / 1e6 };
}

/** What a process has in memory. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
