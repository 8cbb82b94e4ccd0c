/** What the people of the story do in the Cockpit, beyond what `e2e/support/actions.ts` has. */
import { join } from 'node:path';

import type { Page } from 'playwright';

import { bidRows, connectWallet, goTo } from '../../e2e/support/actions.ts';
import { expect } from '../../e2e/support/expect.ts';
import { resnetFolder } from '../demo/marketplace.ts';
import type { Person } from './person.ts';

/** What a model is called that the story registers. */
export const modelName = 'ResNet MNIST';

/** Emulated graphics compile their shaders slowly, on a busy machine most of all. In milliseconds. */
const loadingMs = 120_000;

/** Opens the Cockpit and connects the wallet. */
export async function arrive({ open, page, name }: Person): Promise<void> {
  await open('');
  await connectWallet(page);
  await expect(page.getByRole('heading', { name: 'Signing as' })).toBeVisible();
  await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
}

/** Registers the ResNet of `public/models` by the form. @param royalty in AIRO */
export async function registerResnet(page: Page, royalty: string): Promise<void> {
  await goTo(page, 'Own');
  await page.getByRole('link', { name: 'Register a model' }).click();
  await page.getByLabel(/^Drop an ONNX file here/).setInputFiles(join(resnetFolder, 'model.onnx'));
  await page.getByRole('button', { name: 'Describe it' }).click();
  await page.getByLabel('Name', { exact: true }).fill(modelName);
  await page.getByLabel('Licence').fill('Apache-2.0');
  await page.getByLabel('Mean of each channel').fill('0.1307');
  await page.getByLabel('Deviation of each channel').fill('0.3081');
  await page.getByLabel('The elements of the first output').selectOption('listed');
  await page.getByLabel('Labels', { exact: true }).fill(Array.from({ length: 10 }, (_, digit) => digit).join('\n'));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByLabel('Royalty per inference').fill(royalty);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Upload and sign' }).click();
  await expect(page.getByText(`${modelName} is model 0`)).toBeVisible();
}

/** Chooses the model in the Provide view, and waits until it is there, checked and measured. */
export async function serveModel(page: Page, name = modelName): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Provide' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Provide' })).toBeVisible();
  await page.getByRole('button', { name: `Serve ${name}` }).click();
  await expect(servedModel(page, name).getByText('Ready', { exact: true })).toBeVisible({ timeout: loadingMs });
}

/** The row of the model in the Provide view. */
export function servedModel(page: Page, name = modelName) {
  return page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name }) });
}

/** Sets the price to "a step below the best bid". Amounts in AIRO, the step in percent. */
export async function setPrice(page: Page, price: { readonly floor: string; readonly step: string }): Promise<void> {
  await page.getByLabel('How it bids').selectOption('undercut');
  await page.getByLabel('Floor', { exact: true }).fill(price.floor);
  await page.getByLabel('Step', { exact: true }).fill(price.step);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Your price is saved')).toBeVisible();
}

/** Becomes a provider with one signature and switches on. */
export async function setUp(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Sign once' }).click();
  await untilOn(page);
}

export async function untilOn(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 2, name: 'On', exact: true })).toBeVisible({ timeout: loadingMs });
}

/** Brings a part of the page into the middle of the picture. */
export async function lookAt(page: Page, heading: string): Promise<void> {
  await page
    .getByRole('heading', { name: heading, exact: true })
    .first()
    .evaluate((element) => element.scrollIntoView({ block: 'start', behavior: 'instant' }));
  // The header stays at the top and would cover it.
  await page.evaluate(() => window.scrollBy({ top: -96, behavior: 'instant' }));
}

/** Waits until the best bid is of this provider. */
export async function untilBest(page: Page, provider: string): Promise<void> {
  await expect(bidRows(page).first()).toContainText(provider);
}
