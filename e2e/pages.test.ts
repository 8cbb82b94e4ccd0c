import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright';

import { fixed, startTestMarket } from '../test/support/marketplace.ts';
import {
  acceptBest,
  answerTo,
  bidRows,
  fillOrder,
  openModel,
  pickFiles,
  placeOrder,
  testImage,
} from './support/actions.ts';
import { assertAccessible, assertNoSidewaysScroll, tabTo } from './support/accessibility.ts';
import { expect } from './support/expect.ts';
import { serveCockpit } from './support/site.ts';
import { storyOf } from './support/story.ts';
import { openBrowser, openVisitor } from './support/visitor.ts';
import { assertQuiet } from './support/watch.ts';

const phone = { width: 360, height: 740 } as const;
const desk = { width: 1280, height: 800 } as const;

test('every page is for everybody', { timeout: 480_000 }, async (t) => {
  const step = storyOf(t);
  const { market, wingman } = await startTestMarket(t);
  const [origin, browser] = await Promise.all([
    serveCockpit(t, market),
    openBrowser(t),
    wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO') } }),
    wingman({ secret: '//Eve', config: { strategy: fixed('0.2 AIRO') } }),
  ]);
  let order = -1;
  let agreement = -1;
  const { page, watched, open } = await openVisitor(t, browser, origin);
  await page.emulateMedia({ reducedMotion: 'reduce' });

  await step('an inference is bought with the keyboard alone', async () => {
    await open('');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
    await press(page.getByRole('link', { name: 'Account', exact: true }));
    await press(page.getByRole('button', { name: /^Ferdie\b/ }));
    await press(page.getByRole('link', { name: 'Market', exact: true }));
    await press(page.getByRole('link', { name: 'ResNet MNIST' }).first());
    await tabTo(page, page.getByRole('tab', { name: 'Draw' }));
    await page.keyboard.press('End');
    await expect(page.getByRole('tab', { name: 'Examples' })).toBeFocused();
    await press(page.getByRole('button', { name: 'Handwritten 7 (7-0046)' }));
    await press(page.getByRole('button', { name: 'Buy with this input' }));
    await type(page.getByLabel('Highest price for each'), '0.5');
    await press(page.getByRole('button', { name: 'Place the order' }));
    await page.waitForURL(/\/buy\/\?order=\d+$/);
    await expect(bidRows(page)).not.toHaveCount(0);
    await press(page.getByRole('button', { name: /^Accept / }));
    await page.waitForURL(/\/agreement\/\?id=\d+$/);
    await press(page.getByRole('button', { name: 'Send 1 inference' }));
    await expect(answerTo(page, 'Handwritten 7 (7-0046)')).toContainText(/^7/);
  });

  await step('the market comes to life', async () => {
    await openModel(page, 'ResNet MNIST');
    await page.getByRole('link', { name: 'Buy inferences' }).click();
    await fillOrder(page, { inferences: '4', maxPrice: '0.5' });
    await placeOrder(page);
    agreement = await acceptBest(page, 2);
    await pickFiles(page, ['0-0200', '1-0217'].map(testImage));
    await page.getByRole('button', { name: 'Send 2 inferences' }).click();
    await expect(answerTo(page, '0-0200.png')).toContainText(/^0/);
    await expect(answerTo(page, '1-0217.png')).toContainText(/^1/);
    await openModel(page, 'ResNet MNIST');
    await page.getByRole('link', { name: 'Buy inferences' }).click();
    await fillOrder(page, { inferences: '2', maxPrice: '0.5', bidding: '1200' });
    order = await placeOrder(page);
    await expect(bidRows(page)).toHaveCount(2);
  });

  const pages: readonly (readonly [
    name: string,
    path: () => string,
    isThere: (page: Page) => ReturnType<Page['getByRole']>,
  ])[] = [
    ['the market', () => '', () => page.getByRole('link', { name: 'ResNet MNIST' }).first()],
    [
      'a model',
      () => 'model/?id=0',
      () =>
        page
          .getByRole('table', { name: /^Providers/ })
          .getByRole('rowheader')
          .first(),
    ],
    ['a new order', () => 'buy/?model=0', () => page.getByRole('button', { name: 'Place the order' })],
    ['an open order', () => `buy/?order=${order}`, () => bidRows(page).first()],
    ['the agreements', () => 'agreements/', () => page.getByRole('table', { name: 'Your agreements' })],
    ['an agreement', () => `agreement/?id=${agreement}`, () => answerTo(page, '1-0217.png')],
    ['owned models', () => 'own/', () => page.getByText('This account owns no model')],
    ['registering', () => 'own/register/', () => page.getByText('Drop an ONNX file here, or pick one')],
    ['providing', () => 'provide/', () => page.getByRole('button', { name: 'Serve ResNet MNIST' })],
    ['the network', () => 'network/', () => page.getByText('Joined', { exact: true })],
    ['the account', () => 'account/', () => page.getByRole('heading', { name: 'Balance' })],
    ['the licences', () => 'licences/', () => page.getByRole('heading', { level: 1 })],
    ['a page that is not there', () => 'nowhere/', () => page.getByRole('heading', { level: 1 })],
  ];
  for (const [name, path, isThere] of pages) {
    await t.test(
      `${name}: axe finds nothing serious in light and dark, and a phone shows all of its width`,
      async () => {
        await open(path());
        await expect(isThere(page)).toBeVisible();
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
        await assertAccessible(page, `${name}, light`);
        await page.emulateMedia({ colorScheme: 'dark' });
        await assertAccessible(page, `${name}, dark`);
        await page.setViewportSize(phone);
        await expect(isThere(page)).toBeVisible();
        await assertNoSidewaysScroll(page, name);
        await assertAccessible(page, `${name}, dark, on a phone`);
        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize(desk);
      },
    );
  }

  await t.test('the page of licences leads to their texts', async () => {
    await open('licences/');
    await page.getByRole('link', { name: 'The texts of all licences' }).click();
    await expect(page.locator('pre')).toContainText('GNU GENERAL PUBLIC LICENSE');
  });

  await t.test('the console is empty, the policy was kept, and nobody else was asked', () => {
    // The browser itself says of the page that is not there that it is not there.
    const complaints = watched.complaints.filter((complaint) => !complaint.includes('/nowhere/'));
    assertQuiet({ ...watched, complaints });
  });

  async function press(control: ReturnType<Page['getByRole']>): Promise<void> {
    await tabTo(page, control);
    await page.keyboard.press('Enter');
  }

  async function type(control: ReturnType<Page['getByRole']>, text: string): Promise<void> {
    await tabTo(page, control);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
  }
});
