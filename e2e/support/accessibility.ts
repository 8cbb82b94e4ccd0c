/** What a page must be for everybody: checked by axe, by its width, and by the Tab key. */
import assert from 'node:assert/strict';

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright';

/** How many presses of the Tab key any control may be away. */
const farthest = 80;

/** Fails when axe finds anything serious or critical. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = grave.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
  assert.deepEqual(found, [], where);
}

/** Fails when a page has to be scrolled sideways, and names what is too wide. */
export async function assertNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const tooWide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('main *')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    return [
      `${scrollWidth} of ${clientWidth} pixels`,
      ...wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 160)),
    ];
  });
  assert.deepEqual(tooWide, [], where);
}

/** Presses Tab until a control has the focus, which has to be seen. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  for (let presses = 0; presses < farthest; presses++) {
    await page.keyboard.press('Tab');
    if (await control.evaluate((element) => element === document.activeElement)) {
      assert.ok(await isFocusSeen(control), `The focus is not seen on ${control.toString()}.`);
      return;
    }
  }
  throw new Error(`The Tab key does not lead to ${control.toString()}.`);
}

/** Whether an element, or what it stands in, shows that it has the focus. */
async function isFocusSeen(control: Locator): Promise<boolean> {
  return control.evaluate((element) => {
    for (let each: Element | null = element; each !== null; each = each.parentElement) {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
      if (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) return true;
      if (each === element.parentElement && boxShadow !== 'none') return true;
    }
    return false;
  });
}
