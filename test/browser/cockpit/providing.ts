/** Tabs that provide: how they get there, and what they say. */
import type { TestContext } from 'node:test';

import type { Page } from 'playwright';

import type { ProvidingPhase, ProvidingSettings, Restrained } from '../../../lib/cockpit/types.ts';
import type { Marketplace } from '../../../scripts/demo/marketplace.ts';
import { json, networkFiles, serveCockpit } from './serve.ts';
import type {} from './page.ts';

/** Serves pages that reach a market by WebRTC. */
export async function serveMarket(t: TestContext, market: Marketplace): Promise<string> {
  const dx = { servers: market.dx.map(({ webrtcAddress }) => webrtcAddress) };
  const { origin } = await serveCockpit(t, {
    ...networkFiles(market.node),
    '/network.json': json({ name: 'Test', chainSpec: './chain-spec.json', dx }),
  });
  return origin;
}

/** Chooses a development account, and prepares model 0. */
export async function prepare(
  page: Page,
  account: string,
  settings: Pick<ProvidingSettings, 'strategy' | 'restraint'>,
): Promise<void> {
  await page.evaluate(
    async ([chosen, given]) => {
      const { accounts, market, providing } = window.cockpit;
      const all = await window.until(accounts.all, ({ length }) => length > 0);
      accounts.choose(all.find(({ name }) => name === chosen)?.address ?? null);
      providing.update({ maxOpen: 4, backend: 'wasm', ...given });
      const found = await window.live(market.model(0));
      if (found === null) throw new Error('There is no model.');
      await providing.prepare(found.model, found.model.newest);
    },
    [account, settings] as const,
  );
}

/** Becomes a provider with model 0, and switches it on. */
export async function setUp(page: Page, name: string): Promise<void> {
  await page.evaluate(async (chosen) => {
    const { providing } = window.cockpit;
    await providing.setUp({
      ...{ name: chosen, stake: 200_000_000_000_000n, floorPrice: 10_000_000_000n, maxOpen: 4 },
      ...{ topUp: 1_000_000_000_000n, models: [0] },
    });
    providing.start();
  }, name);
}

/** Waits until the tab is so far. */
export async function phase(page: Page, wanted: ProvidingPhase): Promise<void> {
  await page.evaluate(
    (expected) => window.until(window.cockpit.providing.status, (status) => status.phase === expected),
    wanted,
  );
}

/** Waits until the tab takes no new work for this reason, and says so. */
export async function restrained(page: Page, reason: Restrained): Promise<void> {
  await page.evaluate(
    (expected) =>
      window.until(
        window.cockpit.providing.status,
        (status) => status.phase === 'waiting' && status.restrained.includes(expected),
      ),
    reason,
  );
}

/** Waits until the tab has decided about an order by this rule. */
export async function decided(page: Page, order: number, rule: string): Promise<void> {
  await page.evaluate(
    ([id, expected]) =>
      window.until(window.cockpit.providing.decisions, (list) =>
        list.some((decision) => decision.order === id && decision.rule === expected),
      ),
    [order, rule] as const,
  );
}
