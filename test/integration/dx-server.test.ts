/** Servers of Dx as processes of their own, with peers in this one; all talk over the loopback. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { assertSame, createTestPeer, nextEvent, randomData, startDxServer, temporaryFolder } from '../support/dx.ts';

for (const transport of ['tcpAddress', 'wsAddress', 'webrtcAddress'] as const) {
  test(`what one peer uploads another downloads, over the server's ${transport}`, async (t) => {
    const server = await startDxServer(t);
    const [uploader, downloader] = await Promise.all([
      createTestPeer(t, { servers: [server[transport]] }),
      createTestPeer(t, { servers: [server[transport]] }),
    ]);
    for (const size of [0, 3_000, 600_000, 20_000_000]) {
      const data = randomData(size);
      const { key, holders } = await uploader.upload(data);
      assert.equal(key, await contentIdOf(data));
      assert.deepEqual(holders, [server.peerId]);
      assertSame(await downloader.download(key), data);
    }
  });
}

test('an upload is done when two others hold it, and it is found through a third server by the DHT', async (t) => {
  const first = await startDxServer(t);
  const bootstrap = [first.tcpAddress];
  const others = await Promise.all([1, 2, 3].map(() => startDxServer(t, { bootstrap })));
  const [second, , last] = others;
  assert.ok(second && last);
  const uploader = await createTestPeer(t, { servers: [first.tcpAddress, second.tcpAddress] });
  const data = randomData(5_000);
  const { key, holders } = await uploader.upload(data);
  assert.equal(holders.length, 2);
  assert.equal(new Set(holders).size, 2);
  await uploader.close();
  const downloader = await createTestPeer(t, { servers: [last.tcpAddress] });
  assertSame(await downloader.download(key), data);
});

test('a server that is killed in the middle is made up for by another, and comes back as the same', async (t) => {
  const folder = await temporaryFolder(t);
  const lasting = await startDxServer(t);
  const bootstrap = [lasting.tcpAddress];
  const dying = await startDxServer(t, { basePath: folder, bootstrap });
  const servers = [dying.tcpAddress, lasting.tcpAddress];
  const uploader = await createTestPeer(t, { servers });
  const downloader = await createTestPeer(t, { servers });
  const payloads = Array.from({ length: 60 }, (_, i) => randomData(i % 2 === 0 ? 3_000 : 300_000));
  const kept = await uploader.upload(randomData(2_000_000));
  assert.equal(kept.holders.length, 2);

  const lost = nextEvent(uploader, 'server', ({ server, state }) => server === dying.peerId && state === 'lost');
  const moving = payloads.map(async (payload, i) => {
    if (i === 20) await dying.kill();
    const { key } = await uploader.upload(payload);
    assertSame(await downloader.download(key), payload);
  });
  await Promise.all(moving);
  await lost;
  assert.deepEqual((await uploader.upload(randomData(10))).holders, [lasting.peerId]);

  const back = nextEvent(uploader, 'server', ({ server, state }) => server === dying.peerId && state === 'connected');
  const port = (address: string) => Number(/\/(?:tcp|udp)\/(\d+)/.exec(address)?.[1]);
  const ports = {
    tcp: port(dying.tcpAddress),
    ws: port(dying.wsAddress),
    webrtc: port(dying.webrtcAddress),
  };
  const again = await startDxServer(t, { basePath: folder, bootstrap, ports });
  assert.equal(again.peerId, dying.peerId);
  assert.deepEqual(again.addresses, dying.addresses);
  await back;
  assert.equal((await uploader.upload(randomData(10))).holders.length, 2);
  await lasting.kill();
  const late = await createTestPeer(t, { servers: [again.webrtcAddress] });
  assert.equal((await late.download(kept.key)).length, 2_000_000);
});
