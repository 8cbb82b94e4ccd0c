/** Does what the tutorial says in the Cockpit, and sees what it says, by the names that a screen reader reads. */
import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright';
import type { TestContext } from 'node:test';

import { root } from '../scripts/lib/paths.ts';
import type { Sentence } from '../test/support/tutorial.ts';
import { escaped } from '../test/support/tutorial-output.ts';
import { stepOf, type Step } from '../test/support/tutorial-steps.ts';
import { answerTo, drawSeven, factOf, goTo, pickFiles } from './support/actions.ts';
import { expect } from './support/expect.ts';
import { openVisitor, type Visitor } from './support/visitor.ts';

export interface Person {
  /** Does a step, or sees it. */
  readonly tell: (sentence: Sentence, here: (text: string) => string) => Promise<void>;
  /** The browsers in which something was opened, in that order. */
  readonly visitors: readonly Visitor[];
}

/** Somebody who reads the tutorial, with as many browsers as it asks for. */
export function readerOf(t: TestContext, browser: Browser): Person {
  const visitors: Visitor[] = [];
  let current: Visitor | undefined;
  const open = async (url: string, elsewhere: boolean) => {
    if (elsewhere || current === undefined) {
      current = await openVisitor(t, browser, url);
      visitors.push(current);
    }
    await current.open('');
  };
  const tell = async (sentence: Sentence, here: (text: string) => string) => {
    const step = stepOf(sentence);
    if (step.do === 'open') {
      await open(here(step.url), step.elsewhere);
      return;
    }
    if (step.do === 'return') current = visitors[step.to === 'first' ? 0 : 1];
    assert.ok(current, `docs/tutorial.md, line ${sentence.line}: no browser is open.`);
    if (step.do === 'return') {
      await current.page.bringToFront();
      return;
    }
    try {
      await act(current.page, step);
    } catch (error) {
      throw new Error(`docs/tutorial.md, line ${sentence.line}: ${sentence.text}`, { cause: error });
    }
  };
  return { tell, visitors };
}

async function act(page: Page, step: Exclude<Step, { readonly do: 'open' | 'return' }>): Promise<void> {
  switch (step.do) {
    case 'go':
      await goTo(page, step.place as Parameters<typeof goTo>[1]);
      break;
    case 'press': {
      const named = { name: step.name, exact: true } as const;
      const all = (['link', 'button', 'tab'] as const).map((role) => page.getByRole(role, named));
      await all.reduce((found, more) => found.or(more)).click();
      break;
    }
    case 'choose':
      await page.getByRole('button', { name: new RegExp(`^${escaped(step.name)}\\b`) }).click();
      break;
    case 'fill':
      await page.getByLabel(step.field, { exact: true }).fill(step.text);
      break;
    case 'select':
      await page.getByLabel(step.field, { exact: true }).selectOption({ label: step.option });
      break;
    case 'draw':
      await drawSeven(page);
      break;
    case 'pick':
      await pickFiles(page, join(root, step.file));
      break;
    case 'see':
      await expect(page.getByText(step.text, { exact: true }).filter({ visible: true }).first()).toBeVisible();
      break;
    case 'read':
      await expect(factOf(page, step.term)).toContainText(step.value);
      break;
    case 'result':
      await expect(answerTo(page, step.label)).toContainText(new RegExp(`^${escaped(step.best)}`));
      break;
  }
}
