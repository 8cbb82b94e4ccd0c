/** What a device does that a test has no device for: by Chromium's own means where there are any. */
import type { BrowserContext, CDPSession, Page } from 'playwright';

declare global {
  interface Window {
    /** What stands for the battery. */
    battery: EventTarget & { charging: boolean };
  }
}

/** Seconds of a processor by which a page that works is ahead of a process that only starts. */
const clearlyMoreSeconds = 1.5;

/** Gives the pages of a browser a battery, by the interface that browsers have for it. */
export async function pretendBattery(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.battery = Object.assign(new EventTarget(), { charging: true });
    Object.defineProperty(Navigator.prototype, 'getBattery', { value: () => Promise.resolve(window.battery) });
  });
}

/** Plugs the device in, or pulls the plug. */
export async function setCharging(page: Page, charging: boolean): Promise<void> {
  await page.evaluate((now) => {
    window.battery.charging = now;
    window.battery.dispatchEvent(new Event('chargingchange'));
  }, charging);
}

/** Lets pages ask whether anybody uses the device, as people do in the browser's settings. */
export async function allowIdleDetection(cdp: CDPSession, origin: string): Promise<void> {
  const { targetInfo } = await cdp.send('Target.getTargetInfo');
  await cdp.send('Browser.grantPermissions', {
    origin: new URL(origin).origin,
    permissions: ['idleDetection'],
    ...(targetInfo.browserContextId === undefined ? {} : { browserContextId: targetInfo.browserContextId }),
  });
}

/** Whether somebody uses the device. */
export async function setInUse(cdp: CDPSession, isUserActive: boolean): Promise<void> {
  await cdp.send('Emulation.setIdleOverride', { isUserActive, isScreenUnlocked: true });
}

/** The process that runs a page, while no other page of its browser does much. */
export async function rendererOf(page: Page): Promise<number> {
  const cdp = await page.context().browser()?.newBrowserCDPSession();
  const used = async () => {
    const { processInfo = [] } = (await cdp?.send('SystemInfo.getProcessInfo')) ?? {};
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await used();
  // A browser keeps a spare process, and to start that takes some time as well: the page has to work clearly more.
  for (;;) {
    await page.evaluate(() => {
      for (const began = performance.now(); performance.now() - began < 500;);
    });
    const worked = [...(await used())].map(([id, time]) => ({ id, seconds: time - (before.get(id) ?? 0) }));
    const [busiest, next] = worked.sort((a, b) => b.seconds - a.seconds);
    if (busiest === undefined) throw new Error('The browser has no page.');
    if (busiest.seconds - (next?.seconds ?? 0) > clearlyMoreSeconds) return busiest.id;
  }
}

/**
 * Says to a page that it is about to be frozen, as browsers do before, or that it is awake again. Chromium itself freezes
 * no page that Playwright holds in the foreground.
 */
export async function announce(page: Page, what: 'freeze' | 'resume'): Promise<void> {
  await page.evaluate((name) => document.dispatchEvent(new Event(name)), what);
}

/**
 * Lets the pages of an origin keep so many bytes, or as many as the browser likes. Chromium heeds less room than before
 * half a minute after a page has written something.
 */
export async function limitStorage(cdp: CDPSession, origin: string, quotaSize?: number): Promise<void> {
  await cdp.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(origin).origin,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  });
}

/**
 * Writes to IndexedDB until the browser takes nothing more, and sees to it that it stays so when the browser tidies up.
 *
 * @throws when it takes more than `mostBytes`
 */
export async function fillStorage(page: Page, cdp: CDPSession, mostBytes: number): Promise<void> {
  const written = await page.evaluate(async (most) => {
    const opening = indexedDB.open('filler', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('bytes', { autoIncrement: true });
    await new Promise((resolve, reject) => {
      opening.onsuccess = resolve;
      opening.onerror = reject;
    });
    let sum = 0;
    /** Whether the browser has taken so much. */
    const add = (bytes: number, count: number) =>
      new Promise<boolean>((resolve) => {
        const transaction = opening.result.transaction('bytes', 'readwrite');
        for (let i = 0; i < count; i++) {
          // What is random cannot be packed.
          transaction.objectStore('bytes').add(crypto.getRandomValues(new Uint8Array(bytes)));
        }
        transaction.oncomplete = () => resolve((sum += bytes * count) <= most);
        transaction.onabort = () => resolve(false);
      });
    // Smaller and smaller, so that no room is left for anything.
    for (const [bytes, count] of [
      [32_768, 128],
      [32_768, 1],
      [1_024, 1],
      [32, 1],
    ] as const) {
      while (await add(bytes, count));
    }
    opening.result.close();
    return sum;
  }, mostBytes);
  if (written > mostBytes) throw new Error(`The browser takes more than ${mostBytes} bytes.`);
  await limitStorage(cdp, page.url(), 1);
}
