import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';

import type { Page } from 'playwright';

import { journalConformance } from '../../lib/provider/testing/journal-conformance.ts';
import type { Execution, Journal } from '../../lib/provider/ports.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { openPage } from '../support/browser.ts';
import { fillStorage, limitStorage } from './cockpit/device.ts';
import type {} from './journal/page.ts';

/** One page for all tests, which is closed after the last; each test has a journal of its own. */
const undos: (() => unknown)[] = [];
const allTests = { after: (undo: () => unknown) => undos.push(undo), diagnostic: () => undefined };
let opened: Promise<Page> | undefined;
let journals = 0;

after(async () => {
  for (const undo of undos.reverse()) await undo();
});

function openedPage(): Promise<Page> {
  return (opened ??= openPage(allTests as unknown as TestContext, join(import.meta.dirname, 'journal'), ['page']));
}

journalConformance('the journal of a tab in IndexedDB', async (): Promise<Journal> => {
  const page = await openedPage();
  const name = `journal ${journals++}`;
  return {
    saveDecision: (decision) => page.evaluate(([n, d]) => window.saveDecision(n, d), [name, decision] as const),
    decisions: (filter) => page.evaluate(([n, f]) => window.decisions(n, f), [name, filter] as const),
    saveExecution: (execution) => page.evaluate(([n, e]) => window.saveExecution(n, e), [name, execution] as const),
    execution: (agreement, index) =>
      page.evaluate(([n, a, i]) => window.execution(n, a, i), [name, agreement, index] as const),
    executions: (filter) => page.evaluate(([n, f]) => window.executions(n, f), [name, filter] as const),
    saveTiming: (model, version, ms) =>
      page.evaluate(([n, m, v, time]) => window.saveTiming(n, m, v, time), [name, model, version, ms] as const),
    timings: (model, version, limit) =>
      page.evaluate(([n, m, v, most]) => window.timings(n, m, v, most), [name, model, version, limit] as const),
  };
});

test('the journal of a tab in IndexedDB is there after a reload', async () => {
  const page = await openedPage();
  await page.evaluate(() => window.saveTiming('kept', 1, 2, 3.5));
  assert.equal(await page.evaluate(() => window.storageState()), 'persistent');
  await page.reload();
  assert.deepEqual(await page.evaluate(() => window.timings('kept', 1, 2, 9)), [3.5]);
});

/** As much as a page may keep here, in bytes. */
const little = 16 * 1024 ** 2;

test('when the browser keeps nothing more the journal goes on in memory, and is kept when there is room', async (t) => {
  const page = await openPage(t, join(import.meta.dirname, 'journal'), ['page']);
  const cdp = await page.context().newCDPSession(page);
  await limitStorage(cdp, page.url(), little);
  const save = (stage: Execution['stage']) =>
    page.evaluate((execution) => window.saveExecution('full', execution), {
      ...{ agreement: 1, index: 0, payload: 'bafkreipayload', stage, times: { seen: 1 } },
      ...{ output: null, failure: null, reason: null },
    });
  const stage = async () => (await page.evaluate(() => window.execution('full', 1, 0)))?.stage;
  await save('seen');
  await fillStorage(page, cdp, little);
  await save('uploaded');
  assert.deepEqual([await page.evaluate(() => window.storageState()), await stage()], ['memory', 'uploaded']);
  assert.equal(await page.evaluate(() => window.keepRest()), false);

  await limitStorage(cdp, page.url());
  await waitFor(() => page.evaluate(() => window.keepRest()), {
    what: 'the rest to be kept',
    ...{ timeoutMs: 30_000, signal: t.signal },
  });
  await page.reload();
  assert.equal(await stage(), 'uploaded');
});
