/** A visit of the Cockpit, with what happened when: in milliseconds since the navigation began. */
import type { BrowserContext, Page } from 'playwright';

/** What is looked for in the page. */
export interface Sought {
  /** The name of the moment, and a function in the page that tells whether it has come. */
  readonly name: string;
  readonly isThere: string;
}

/** The page's heading, which says where one is. */
export const heading: Sought = { name: 'heading', isThere: `document.querySelector('h1') !== null` };

/** The first finalized head: the header names its number. */
export const finalizedHead: Sought = {
  name: 'first finalized head',
  isThere: `[...document.querySelectorAll('[role=status]')].some((each) => each.textContent === 'Chain: Finalized')`,
};

/** So many bids are in the table. */
export function bids(count: number): Sought {
  return { name: 'bids visible', isThere: `document.querySelectorAll('table tbody tr').length >= ${count}` };
}

/** What a visit has shown. */
export interface Visit {
  readonly page: Page;
  /** By name; `first paint` is the first contentful one. */
  readonly timesMs: ReadonlyMap<string, number>;
  /** The paths of all files that were asked for, workers included. */
  readonly files: ReadonlySet<string>;
}

const deadlineMs = 120_000;

/**
 * Opens an address in a new page and waits until everything that is sought was there.
 *
 * @throws when something does not come within two minutes
 */
export async function visit(context: BrowserContext, url: string, sought: readonly Sought[]): Promise<Visit> {
  const page = await context.newPage();
  const files = new Set<string>();
  page.on('request', (request) => files.add(new URL(request.url()).pathname.replace(/^\//, '')));
  await page.addInitScript({ content: lookout(sought) });
  await page.goto(url, { waitUntil: 'commit' });
  const found = await page.waitForFunction(
    (names) => {
      const { airoTimes } = window as unknown as { readonly airoTimes: Record<string, number> };
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      if (paint === undefined || names.some((name) => airoTimes[name] === undefined)) return null;
      return { 'first paint': paint.startTime, ...airoTimes };
    },
    sought.map(({ name }) => name),
    { timeout: deadlineMs },
  );
  const times = (await found.jsonValue()) as Record<string, number> | null;
  return { page, timesMs: new Map(Object.entries(times ?? {})), files };
}

/** Watches from the beginning on: at each change of the document, and at each frame, without asking from outside. */
function lookout(sought: readonly Sought[]): string {
  const looks = sought.map(({ name, isThere }) => `${JSON.stringify(name)}: () => ${isThere}`).join(', ');
  return `{
    const looks = { ${looks} };
    const times = (window.airoTimes = {});
    const look = () => {
      for (const [name, isThere] of Object.entries(looks)) {
        if (times[name] === undefined && document.body && isThere()) times[name] = performance.now();
      }
      if (Object.keys(times).length < Object.keys(looks).length) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }`;
}
