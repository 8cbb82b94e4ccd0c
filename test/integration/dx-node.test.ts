/** Nodes of the chain as peers of Dx, with servers and peers in TypeScript; all talk over the loopback. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { createDxRpcClient } from '../../lib/dx/rpc-client.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { assertSame, createTestPeer, randomData, startDxServer, temporaryFolder } from '../support/dx.ts';
import { startDxNode, telling } from '../support/dx-node.ts';

// By WebRTC only pages reach a node, see test/browser/dx-node.test.ts: from a peer in Node, whose WebRTC reuses the number of
// a stream while litep2p's still closes the old one, larger data does not arrive. Such a peer has TCP.
for (const transport of ['tcpAddress', 'wsAddress'] as const) {
  test(`what one peer uploads to a node another downloads from it, over ${transport}`, async (t) => {
    const node = await startDxNode(t);
    const [uploader, downloader] = await Promise.all([
      createTestPeer(t, { servers: [node[transport]] }),
      createTestPeer(t, { servers: [node[transport]] }),
    ]);
    for (const size of telling) {
      const data = randomData(size);
      const { key, holders } = await uploader.upload(data);
      assert.equal(key, await contentIdOf(data));
      assert.deepEqual(holders, [node.peerId]);
      assertSame(await downloader.download(key), data);
      assertSame(await createDxRpcClient(node.rpcUrl).download(key), data);
    }
  });
}

test('a node and a server in TypeScript upload for each other and find what the other has', async (t) => {
  const server = await startDxServer(t);
  const node = await startDxNode(t, { dx: { bootstrap: [server.tcpAddress] } });
  const [byServer, byNode] = [createDxRpcClient(server.rpcUrl), createDxRpcClient(node.rpcUrl)];
  await waitFor(async () => (await node.stat()).storers === 1, {
    what: 'the node to join',
    timeoutMs: 30_000,
    signal: t.signal,
  });
  for (const size of telling) {
    for (const [uploader, downloader] of [
      [byNode, byServer],
      [byServer, byNode],
    ] as const) {
      const data = randomData(size);
      const { key, holders } = await uploader.upload(data);
      assert.deepEqual(new Set(holders), new Set([server.peerId, node.peerId]));
      assertSame(await downloader.download(key), data);
    }
  }
});

test('a node fetches what only a server in TypeScript has, and the other way round', async (t) => {
  const server = await startDxServer(t);
  // Alone, each is the only holder of what is uploaded to it.
  const alone = await startDxNode(t);
  const [byServer, byAlone] = [createDxRpcClient(server.rpcUrl), createDxRpcClient(alone.rpcUrl)];
  const uploaded = await Promise.all(
    telling.map(async (size) => {
      const [ours, theirs] = [randomData(size), randomData(size)];
      const [here, there] = [await byAlone.upload(ours), await byServer.upload(theirs)];
      // Data of no bytes is the same everywhere.
      return { ours, theirs, here: here.key, there: there.key };
    }),
  );
  const both = await startDxNode(t, { dx: { bootstrap: [server.tcpAddress, alone.tcpAddress] } });
  const byBoth = createDxRpcClient(both.rpcUrl);
  const late = await createTestPeer(t, { servers: [both.tcpAddress] });
  for (const { ours, theirs, here, there } of uploaded) {
    assertSame(await byBoth.download(here), ours);
    assertSame(await byBoth.download(there), theirs);
    // It knows the third node only, and finds the others by the DHT.
    assertSame(await late.download(here), ours);
    assertSame(await late.download(there), theirs);
  }
});

test('nodes alone are a network, and go on when one of them dies', async (t) => {
  const first = await startDxNode(t);
  const bootstrap = [first.tcpAddress];
  const second = await startDxNode(t, { dx: { bootstrap } });
  const third = await startDxNode(t, { dx: { bootstrap: [...bootstrap, second.tcpAddress] } });
  const nodes = [first, second, third];
  const data = randomData(3_000_000);
  const { key, holders } = await createDxRpcClient(first.rpcUrl).upload(data);
  assert.equal(holders.length, 2);
  assert.equal(holders[0], first.peerId);
  const reader = nodes.find(({ peerId }) => !holders.includes(peerId));
  assert.ok(reader);
  await first.kill();
  assertSame(await createDxRpcClient(reader.rpcUrl).download(key), data);
  const { holders: later } = await createDxRpcClient(reader.rpcUrl).upload(randomData(10));
  assert.deepEqual(new Set(later), new Set([second.peerId, third.peerId]));
});

test('a node that was killed comes back with its address, its certificate and its data', async (t) => {
  const basePath = await temporaryFolder(t);
  const before = await startDxNode(t, { basePath });
  const [small, large] = [randomData(1_000), randomData(2_500_000)];
  const dx = createDxRpcClient(before.rpcUrl);
  const keys = [(await dx.upload(small)).key, (await dx.upload(large)).key];
  await before.kill();
  const after = await startDxNode(t, { basePath });
  assert.equal(after.peerId, before.peerId);
  const certificate = (address: string) => /certhash\/([^/]+)/.exec(address)?.[1];
  assert.equal(certificate(after.webrtcAddress), certificate(before.webrtcAddress));
  assert.equal((await after.stat()).keys, 2);
  const peer = await createTestPeer(t, { servers: [after.tcpAddress] });
  assertSame(await peer.download(keys[0] ?? ''), small);
  assertSame(await peer.download(keys[1] ?? ''), large);
});
