/** Pages in headless Chromium that are peers of Dx with nothing but a node of the chain, or beside a server in TypeScript. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import type { Page } from 'playwright';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { createDxRpcClient } from '../../lib/dx/rpc-client.ts';
import { startBlockPeer } from '../support/block-peer.ts';
import { openPage } from '../support/browser.ts';
import { assertSame, createTestPeer, randomData, startDxServer } from '../support/dx.ts';
import { startDxNode, telling } from '../support/dx-node.ts';
import { noise } from './dx-node/data.ts';
import type {} from './dx-node/page.ts';

/** A page that has joined through these addresses and cannot be reached itself: a node is no relay. */
async function openPeer(t: TestContext, servers: readonly string[]): Promise<Page> {
  const page = await openPage(t, join(import.meta.dirname, 'dx-node'), ['page']);
  await page.evaluate((addresses) => window.joinNode({ servers: addresses, reachable: false }), [...servers]);
  return page;
}

const upload = (page: Page, bytes: number, seed: number) =>
  page.evaluate(([size, number]) => window.uploadNoise(size, number), [bytes, seed] as const);
const download = (page: Page, key: string, timeoutMs = 60_000) =>
  page.evaluate(([wanted, limit]) => window.downloadHash(wanted, limit), [key, timeoutMs] as const);
const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

for (const by of ['webrtcAddress', 'wsAddress'] as const) {
  test(`a page uploads to a node and downloads from it, with nothing but its ${by}`, async (t) => {
    const node = await startDxNode(t);
    const page = await openPeer(t, [node[by]]);
    const dx = createDxRpcClient(node.rpcUrl);
    for (const [seed, size] of telling.entries()) {
      const { key, holders } = await upload(page, size, seed);
      assert.deepEqual(holders, [node.peerId]);
      assertSame(await dx.download(key), noise(size, seed));

      const data = randomData(size);
      assert.equal(await download(page, (await dx.upload(data)).key), hash(data));
    }
  });
}

test('a page at a node and a page at a server in TypeScript read what the other has uploaded', async (t) => {
  const server = await startDxServer(t);
  const node = await startDxNode(t, { dx: { bootstrap: [server.tcpAddress] } });
  const atNode = await openPeer(t, [node.webrtcAddress]);
  const atServer = await openPeer(t, [server.webrtcAddress]);
  for (const [seed, size] of telling.entries()) {
    const { key: fromNode } = await upload(atNode, size, 10 + seed);
    assert.equal(await download(atServer, fromNode), hash(noise(size, 10 + seed)));
    const { key: fromServer } = await upload(atServer, size, 20 + seed);
    assert.equal(await download(atNode, fromServer), hash(noise(size, 20 + seed)));
  }
});

test('a page is told in time what nobody has, and what is something else', async (t) => {
  const node = await startDxNode(t);
  const page = await openPeer(t, [node.webrtcAddress]);
  assert.equal(await download(page, await contentIdOf(randomData(10)), 1_000), 'NotFound');
  assert.equal(await download(page, 'nonsense'), 'InvalidKey');
  // A node that is asked for what another peer has in a wrong form does not pass it on.
  const key = await contentIdOf(randomData(1_000));
  const liar = await startBlockPeer(t, node.tcpAddress, () => randomData(1_000));
  await liar.provide(key);
  await assert.rejects(createDxRpcClient(node.rpcUrl).download(key), { name: 'Corrupt' });
  assert.equal(await download(page, key, 1_000), 'NotFound');
  // It goes on with what is right.
  const { key: other } = await createDxRpcClient(node.rpcUrl).upload(noise(1_000, 1));
  assert.equal(await download(page, other), hash(noise(1_000, 1)));
});

test('a page goes on with a server when the node is killed in the middle of a download', async (t) => {
  const server = await startDxServer(t);
  const node = await startDxNode(t, { dx: { bootstrap: [server.tcpAddress] } });
  const servers = [node.webrtcAddress, server.webrtcAddress];
  const data = randomData(25_000_000);
  const uploader = await createTestPeer(t, { servers: [node.tcpAddress, server.tcpAddress] });
  const { key, holders } = await uploader.upload(data);
  assert.deepEqual(new Set(holders), new Set([node.peerId, server.peerId]));
  await uploader.close();
  const page = await openPeer(t, servers);
  const downloading = download(page, key);
  await page.waitForFunction(() => window.downloaded > 0);
  await node.kill();
  assert.equal(await downloading, hash(data));
});
