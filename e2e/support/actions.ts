/** What people do in the Cockpit, step by step, through what they see. */
import { join } from 'node:path';

import type { Locator, Page } from 'playwright';

import { resnetFolder } from '../../scripts/demo/marketplace.ts';
import { expect } from './expect.ts';

/** The path of a held-out image by its name, such as `7-0046`. */
export function testImage(name: string): string {
  return join(resnetFolder, 'test-images', `${name}.png`);
}

/** Goes to one of the places in the navigation, without loading the page anew. */
export async function goTo(
  page: Page,
  place: 'Market' | 'Agreements' | 'Own' | 'Provide' | 'Network' | 'Account',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click();
  await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible();
}

/** Waits until the light client follows the chain. */
export async function untilFollowing(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: /^Chain: Finalized$/ })).toBeAttached();
}

/** Chooses one of the accounts that are offered, on the account page. */
export async function chooseAccount(page: Page, name: string): Promise<void> {
  await goTo(page, 'Account');
  await page.getByRole('button', { name: new RegExp(`^${name}\\b`) }).click();
  await expect(page.getByRole('heading', { name: 'Signing as' })).toBeVisible();
}

/** Connects the wallet, on the account page. */
export async function connectWallet(page: Page): Promise<void> {
  await goTo(page, 'Account');
  await page.getByRole('button', { name: 'Connect wallet' }).click();
}

/** Opens a model from the market. */
export async function openModel(page: Page, name: string): Promise<void> {
  await goTo(page, 'Market');
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
}

/** Draws a seven on the pad, with the mouse. */
export async function drawSeven(page: Page): Promise<void> {
  const pad = page.getByRole('img', { name: /^Drawing pad/ });
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (box === null) throw new Error('The drawing pad is not shown.');
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(0.25, 0.25));
  await page.mouse.down();
  await page.mouse.move(...at(0.75, 0.25), { steps: 12 });
  await page.mouse.move(...at(0.45, 0.8), { steps: 12 });
  await page.mouse.up();
}

/** Picks files where images are taken, on the tab for files. */
export async function pickFiles(
  page: Page,
  files: string | string[] | { readonly name: string; readonly mimeType: string; readonly buffer: Buffer },
): Promise<void> {
  await page.getByRole('tab', { name: /^Files?$/ }).click();
  await page.getByLabel(/^Drop (an image|images) here/).setInputFiles(files);
}

export interface OrderText {
  readonly inferences: string;
  readonly maxPrice: string;
  /** In seconds. */
  readonly deadline?: string;
  /** In seconds; long, so that a busy machine does not let an order lapse. */
  readonly bidding?: string;
}

/** Fills in the form of an order. */
export async function fillOrder(
  page: Page,
  { inferences, maxPrice, deadline = '60', bidding = '60' }: OrderText,
): Promise<void> {
  await page.getByLabel('Inferences', { exact: true }).fill(inferences);
  await page.getByLabel('Highest price for each').fill(maxPrice);
  await page.getByLabel('Each answered within').fill(deadline);
  const more = page.getByText('More terms: times, stake, record');
  const bids = page.getByLabel('Bids are taken for');
  if (!(await bids.isVisible())) await more.click();
  await bids.fill(bidding);
}

/** Places the order that is filled in, and returns its number. */
export async function placeOrder(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.waitForURL(/\/buy\/\?order=\d+$/);
  return numberIn(page, 'order');
}

/** The rows of the bids on the order that is shown, best first. */
export function bidRows(page: Page): Locator {
  return page
    .getByRole('table', { name: /^Bids on order/ })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') });
}

/** Waits for so many bids, accepts the best one, and returns the number of the agreement. */
export async function acceptBest(page: Page, bids: number): Promise<number> {
  await expect(bidRows(page)).toHaveCount(bids);
  await page.getByRole('button', { name: /^Accept / }).click();
  await page.waitForURL(/\/agreement\/\?id=\d+$/);
  return numberIn(page, 'id');
}

/** What the model says an image shows: the first of the classes below its name. */
export function answerTo(page: Page, label: string): Locator {
  return page
    .getByRole('list', { name: `What ${label} shows` })
    .getByRole('listitem')
    .first();
}

/** The value beside a term, such as `Paid` under `Money`. */
export function factOf(page: Page, term: string): Locator {
  return page
    .getByRole('term')
    .filter({ hasText: new RegExp(`^${term}$`) })
    .locator('xpath=following-sibling::dd')
    .first();
}

function numberIn(page: Page, parameter: string): number {
  return Number(new URL(page.url()).searchParams.get(parameter));
}
