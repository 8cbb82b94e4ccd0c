/** Servers of Dx as processes of their own, with peers in this one; all talk over the loopback. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { root } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { afterwards } from '../support/cleanup.ts';
import {
  assertSame,
  createTestPeer,
  nextEvent,
  portsOf,
  randomData,
  startDxServer,
  temporaryFolder,
} from '../support/dx.ts';

/** Listens for TCP connections; gives the address there of the server that is behind it. */
async function listen(t: TestContext, onSocket: (socket: Socket) => void): Promise<(peerId: string) => string> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  afterwards(t, async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  });
  const { port } = listener.address() as AddressInfo;
  return (peerId) => `/ip4/127.0.0.1/tcp/${port}/p2p/${peerId}`;
}

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

test('just after the start an upload waits for a second server that is on its way, but not for one that is silent', async (t) => {
  const [first, second] = await Promise.all([startDxServer(t), startDxServer(t)]);
  const late = await listen(t, (socket) => {
    const timer = setTimeout(() => {
      const onward = connect({ port: portsOf(second).tcp ?? 0, host: '127.0.0.1' });
      socket.pipe(onward).pipe(socket);
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    }, 500);
    socket.on('close', () => clearTimeout(timer));
  });
  const patient = await createTestPeer(t, { servers: [first.tcpAddress, late(second.peerId)] });
  const { holders } = await patient.upload(randomData(10));
  assert.deepEqual(holders.toSorted(), [first.peerId, second.peerId].toSorted());

  const silent = await listen(t, () => undefined);
  const peer = await createTestPeer(t, { servers: [first.tcpAddress, silent(second.peerId)] });
  let isGivenUp = false;
  peer.on('server', ({ state }) => (isGivenUp ||= state === 'unreachable'));
  assert.deepEqual((await peer.upload(randomData(10))).holders, [first.peerId]);
  assert.equal(isGivenUp, false);
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
  const again = await startDxServer(t, { basePath: folder, bootstrap, ports: portsOf(dying) });
  assert.equal(again.peerId, dying.peerId);
  assert.deepEqual(again.addresses, dying.addresses);
  await back;
  assert.equal((await uploader.upload(randomData(10))).holders.length, 2);
  await lasting.kill();
  const late = await createTestPeer(t, { servers: [again.webrtcAddress] });
  assert.equal((await late.download(kept.key)).length, 2_000_000);
});

test('a server that is told to stop leaves nothing behind, and its ports are free', async (t) => {
  const first = await startDxServer(t);
  await first.stop();
  assert.deepEqual(await first.ended, { code: 0 });
  const again = await startDxServer(t, { ports: portsOf(first) });
  assert.notEqual(again.peerId, first.peerId);
});

test('a server first says where it listens, and then logs for machines, or for people where that is asked for', async (t) => {
  const formats = [
    [[], /^\{"level":20,"time":\d+,"key":"(\w+)","msg":"kept"\}$/],
    [['--log-format', 'text'], /^\d\d:\d\d:\d\d DEBUG kept key=(\w+)$/],
  ] as const;
  for (const [format, logged] of formats) {
    const lines: string[] = [];
    const extraArguments = ['--verbose', ...format];
    const server = await startDxServer(t, { extraArguments, onLog: (line) => lines.push(line) });
    assert.match(lines.join('\n'), /^\{"peerId":.*\}$/);
    const uploader = await createTestPeer(t, { servers: [server.tcpAddress] });
    const { key } = await uploader.upload(randomData(100));
    const line = await waitFor(() => lines[1], { what: 'a line of the log', timeoutMs: 20_000, signal: t.signal });
    assert.equal(logged.exec(line)?.[1], key, line);
  }
});

test('a command line that is wrong is refused with what would be right', async (t) => {
  const server = await startDxServer(t);
  const refusals: readonly (readonly [string[], RegExp])[] = [
    [['--rcp-port', '1'], /no option --rcp-port\. Did you mean --rpc-port\?/],
    [['--bootstrap', '/ip4/127.0.0.1/tcp/4001'], /--bootstrap: .*no address of a peer/],
    [['--host', 'localhost'], /--host: /],
    [['--chain', 'http://127.0.0.1:9944'], /--chain/],
    [['--tcp-port', String(portsOf(server).tcp)], /is in use.*choose another port with --tcp-port/s],
    [['--webrtc-port', String(portsOf(server).webrtc)], /is in use.*choose another port with --webrtc-port/s],
  ];
  const free = ['--rpc-port', '--ws-port', '--stun-port', '--tcp-port', '--webrtc-port'].map((option) => [option, '0']);
  for (const [args, message] of refusals) {
    const others = free.filter(([option]) => option !== args[0]).flat();
    const { code, output } = await run(process.execPath, [join(root, 'dx', 'main.ts'), ...others, ...args]);
    assert.equal(code, 2, output);
    assert.match(output, message);
  }
});

test('a folder with a key that is none is refused, and the key is left as it is', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'peer.key');
  await writeFile(file, 'my key');
  await assert.rejects(startDxServer(t, { basePath: folder }), {
    name: 'DxStartError',
    message: /peer\.key is no key/,
  });
  assert.equal(await readFile(file, 'utf8'), 'my key');
});
