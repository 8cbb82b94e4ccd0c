import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { startDx } from '../dx/start.ts';
import { AIRO } from '../lib/market/amounts.ts';
import { startNode } from '../scripts/chain/node.ts';
import { isFree } from '../scripts/lib/ports.ts';
import { connectApi } from '../test/support/api.ts';
import { afterwards } from '../test/support/cleanup.ts';
import { startGatedServer } from '../test/support/gated-server.ts';
import { executionsAt, fixed, startTestMarket, temporaryFolder } from '../test/support/marketplace.ts';
import {
  acceptBest,
  answerTo,
  chooseAccount,
  factOf,
  fillOrder,
  goTo,
  openModel,
  pickFiles,
  placeOrder,
  testImage,
  untilFollowing,
} from './support/actions.ts';
import { expect } from './support/expect.ts';
import { agreementAt, bestNumber, untilFinal } from './support/ledger.ts';
import { serveCockpit } from './support/site.ts';
import { storyOf } from './support/story.ts';
import { openBrowser, openVisitor } from './support/visitor.ts';
import { assertQuiet } from './support/watch.ts';

test('what breaks is shown, and heals', { timeout: 300_000 }, async (t) => {
  const step = storyOf(t);
  const gate = await startGatedServer(t);
  // Whatever starts again is found where it was.
  const chainPorts = { rpcPort: await freePort(), p2pPort: await freePort() };
  const nodeOptions = { ...chainPorts, basePath: await temporaryFolder(t), nodeKey: randomBytes(32).toString('hex') };
  const { market, wingman } = await startTestMarket(t, { node: nodeOptions });
  const dxOptions = {
    basePath: await temporaryFolder(t),
    ports: { webrtc: await freePort(), tcp: await freePort(), stun: await freePort() },
    bootstrap: market.dx.map(({ tcpAddress }) => tcpAddress),
    chain: market.node.rpcUrl,
  };
  const dx = await startDx({ ...dxOptions, signal: t.signal });
  afterwards(t, () => dx.stop());
  const [origin, browser, cheap] = await Promise.all([
    serveCockpit(t, { node: market.node, dx: [dx] }),
    openBrowser(t),
    wingman({ secret: '//Dave', config: { strategy: fixed('0.1 AIRO'), runner: gate.runner } }),
    wingman({ secret: '//Eve', config: { strategy: fixed('0.2 AIRO') } }),
  ]);
  const { page, watched, open } = await openVisitor(t, browser, origin);
  await open('');
  await chooseAccount(page, 'Ferdie');

  await step('when a provider vanishes, what it owes is refunded, and the page says so', async (nested) => {
    await openModel(page, 'ResNet MNIST');
    await page.getByRole('link', { name: 'Buy inferences' }).click();
    await fillOrder(page, { inferences: '3', maxPrice: '0.5', deadline: '14' });
    await placeOrder(page);
    const agreement = await acceptBest(page, 2);
    gate.admit(1);
    await pickFiles(page, ['0-0200', '1-0217', '2-0281'].map(testImage));
    await page.getByRole('button', { name: 'Send 3 inferences' }).click();
    await executionsAt(nested, cheap, 'answered', 1);
    await cheap.kill();
    const missed = page.getByRole('listitem').filter({ has: page.getByText('Missed', { exact: true }) });
    await expect(missed).toHaveCount(2);
    await expect(missed.getByText('refunded 0.1 AIRO')).toHaveCount(2);
    await expect(factOf(page, 'Refunded')).toContainText('0.2 AIRO');
    await expect(factOf(page, 'Paid')).toContainText('0.1 AIRO');
    const api = await connectApi(nested, market.node);
    const books = await agreementAt(api, agreement, await untilFinal(api, await bestNumber(api), nested.signal));
    assert.deepEqual([books.price, books.delivered, books.missed], [AIRO / 10n, 1n, 2n]);
  });

  await step('a Dx server that restarts is joined again, and inferences go through it', async (nested) => {
    await goTo(page, 'Network');
    const server = page.getByRole('listitem').filter({ hasText: dx.peerId });
    await expect(server.getByText('Connected', { exact: true })).toBeVisible();
    await dx.kill();
    await expect(server.getByText(/^(Lost|Unreachable)$/)).toBeVisible();
    const again = await startDx({ ...dxOptions, signal: nested.signal });
    afterwards(t, () => again.stop());
    await expect(server.getByText('Connected', { exact: true })).toBeVisible();

    await openModel(page, 'ResNet MNIST');
    await page.getByRole('link', { name: 'Buy inferences' }).click();
    await fillOrder(page, { inferences: '1', maxPrice: '0.5' });
    await placeOrder(page);
    await acceptBest(page, 1);
    await pickFiles(page, testImage('4-0001'));
    await page.getByRole('button', { name: 'Send 1 inference' }).click();
    await expect(answerTo(page, '4-0001.png')).toContainText(/^4/);
  });

  await step('a chain node that restarts is followed again, without a reload', async (nested) => {
    await goTo(page, 'Market');
    await untilFollowing(page);
    await market.node.kill();
    await expect(page.getByText('The connection to the chain is lost')).toBeVisible();
    // What was known stays on the screen.
    await expect(page.getByRole('link', { name: 'ResNet MNIST' }).first()).toBeVisible();
    const node = await startNode({ ...nodeOptions, signal: nested.signal });
    afterwards(t, () => node.stop());
    assert.equal(node.webrtcAddress, market.node.webrtcAddress);
    await expect(page.getByText('The connection to the chain is lost')).toBeHidden({ timeout: 120_000 });
    await untilFollowing(page);
  });

  await t.test('nothing of it was a mistake of the page', () => {
    assertQuiet(watched);
  });
});

/** A port on which nobody listens, by TCP or UDP. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + (randomBytes(2).readUInt16BE() % 12_000);
    if ((await isFree(port, 'tcp')) && (await isFree(port, 'udp'))) return port;
  }
}
