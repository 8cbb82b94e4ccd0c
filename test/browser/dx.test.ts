import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import type { Page } from 'playwright';

import { waitFor } from '../../scripts/lib/wait.ts';
import { openPage } from '../support/browser.ts';
import { createTestPeer, portsOf, startDxServer, temporaryFolder } from '../support/dx.ts';
import type {} from './dx/page.ts';

const openDxPage = (t: TestContext): Promise<Page> => openPage(t, join(import.meta.dirname, 'dx'), ['page']);

for (const by of ['webrtcAddress', 'wsAddress'] as const) {
  test(`a page uploads and downloads, with nothing but the server's ${by}`, async (t) => {
    const server = await startDxServer(t);
    const page = await openDxPage(t);
    await page.evaluate((servers) => window.join({ servers }), [server[by]]);

    const uploaded = await page.evaluate(() => window.upload(2_500_000, 7));
    assert.deepEqual(uploaded.holders, [server.peerId]);
    const peer = await createTestPeer(t, { servers: [server.tcpAddress] });
    assert.deepEqual(await peer.download(uploaded.key), new Uint8Array(2_500_000).fill(7));

    const { key } = await peer.upload(new Uint8Array(3_000).fill(9));
    const downloaded = await page.evaluate((wanted) => window.download(wanted), key);
    assert.deepEqual(downloaded, { bytes: 3_000, values: [9] });
  });
}

test('pages reach each other by WebRTC, introduced by a relay that may go and come again', async (t) => {
  const options = { basePath: await temporaryFolder(t) };
  const relay = await startDxServer(t, options);
  const [first, second, third] = [await openDxPage(t), await openDxPage(t), await openDxPage(t)];
  await first.evaluate((servers) => window.join({ servers }), [relay.webrtcAddress]);
  const address = () =>
    waitFor(
      async () => {
        const addresses = await first.evaluate(() => window.addresses());
        return addresses.find((candidate) => /\/webrtc-direct\/.*\/p2p-circuit\/webrtc\/p2p\//.test(candidate));
      },
      { what: 'an address through the relay', timeoutMs: 60_000, everyMs: 200, signal: t.signal },
    );
  const { key } = await first.evaluate(() => window.upload(2_500_000, 3));

  // These pages know no server, only the first page's address.
  await second.evaluate((servers) => window.join({ servers, reachable: false }), [await address()]);
  // The pages meet through the relay and then connect to each other; until that is done they still need it.
  await waitFor(
    async () => (await second.evaluate(() => window.connections())).some((found) => /\/webrtc(\/|$)/.test(found)),
    { what: 'a connection without the relay', timeoutMs: 60_000, everyMs: 100, signal: t.signal },
  );
  await relay.kill();
  const expected = { bytes: 2_500_000, values: [3] };
  assert.deepEqual(await second.evaluate((wanted) => window.download(wanted), key), expected);

  await waitFor(async () => (await first.evaluate(() => window.addresses())).length === 0, {
    what: 'the page to notice that its relay is gone',
    timeoutMs: 60_000,
    everyMs: 200,
    signal: t.signal,
  });
  await startDxServer(t, { ...options, ports: portsOf(relay) });
  await third.evaluate((servers) => window.join({ servers, reachable: false }), [await address()]);
  assert.deepEqual(await third.evaluate((wanted) => window.download(wanted), key), expected);
});

test('pages that have met fetch from each other what a server has as well', async (t) => {
  const server = await startDxServer(t);
  const [first, second] = [await openDxPage(t), await openDxPage(t)];
  const join = (page: Page) => page.evaluate((servers) => window.join({ servers }), [server.webrtcAddress]);
  const [firstId, secondId] = [await join(first), await join(second)];
  await waitFor(
    async () => (await first.evaluate(() => window.addresses())).some((address) => address.includes('/p2p-circuit/')),
    { what: 'the page to be known to the relay', timeoutMs: 60_000, everyMs: 200, signal: t.signal },
  );
  await second.evaluate((peer) => window.meet(peer), firstId);
  // Who met is the same for both, and meeting again changes nothing.
  await second.evaluate((peer) => window.meet(peer), firstId);

  for (const [giver, taker, takerId, value] of [
    [second, first, firstId, 5],
    [first, second, secondId, 6],
  ] as const) {
    const { key, holders } = await giver.evaluate((byte) => window.upload(300_000, byte), value);
    assert.deepEqual(holders, [server.peerId]);
    const downloaded = await taker.evaluate((wanted) => window.download(wanted), key);
    assert.deepEqual(downloaded, { bytes: 300_000, values: [value] });
    assert.equal(await giver.evaluate((peer) => window.givenTo(peer), takerId), 300_000);
  }
});

test('a page that nobody knows cannot be met, and says so in time', async (t) => {
  const server = await startDxServer(t);
  const page = await openDxPage(t);
  await page.evaluate((servers) => window.join({ servers }), [server.webrtcAddress]);
  const { peerId } = await createTestPeer(t, {});
  await assert.rejects(page.evaluate((peer) => window.meet(peer), peerId));
});
