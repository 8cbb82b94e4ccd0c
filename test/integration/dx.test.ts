/** Peers of Dx in this process, that talk over the loopback. See dx-server.test.ts for servers as processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromString } from '@libp2p/peer-id';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import type { NodePeerOptions } from '../../lib/dx/node/peer.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { assertSame, createTestPeer, nextEvent, randomData, startStorer, temporaryFolder } from '../support/dx.ts';

test('progress counts the bytes up to the size of the data', async (t) => {
  const storer = await startStorer(t);
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const downloader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const data = randomData(6_000_000);
  const uploaded: number[] = [];
  const { key } = await uploader.upload(data, { onProgress: ({ bytes }) => uploaded.push(bytes) });
  const downloaded: number[] = [];
  await downloader.download(key, {
    onProgress: ({ bytes, total }) => {
      downloaded.push(bytes);
      assert.equal(total, data.length);
    },
  });
  for (const counts of [uploaded, downloaded]) {
    assert.equal(counts[0], 0);
    assert.equal(counts.at(-1), data.length);
    assert.ok(counts.length > 4);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
  }
});

test('a hundred small uploads at once all arrive', async (t) => {
  const storer = await startStorer(t);
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const downloader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const payloads = Array.from({ length: 100 }, () => randomData(3_000));
  const uploaded = await Promise.all(payloads.map((payload) => uploader.upload(payload)));
  const downloaded = await Promise.all(uploaded.map(({ key }) => downloader.download(key)));
  payloads.forEach((payload, i) => assertSame(downloaded[i] ?? new Uint8Array(), payload));
});

test('the same data can be uploaded and downloaded again and again', async (t) => {
  const storer = await startStorer(t);
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const data = randomData(2_000_000);
  const downloader = await createTestPeer(t, { servers: [...storer.addresses()] });
  for (let i = 0; i < 3; i++) {
    const { key } = await uploader.upload(data);
    assertSame(await downloader.download(key), data);
  }
});

test('memory that the caller uses again after an upload has begun does not change what is uploaded', async (t) => {
  const storer = await startStorer(t);
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const data = randomData(10_000);
  const before = data.slice();
  const uploading = uploader.upload(data);
  data.fill(0);
  const { key } = await uploading;
  assert.equal(key, await contentIdOf(before));
  const downloader = await createTestPeer(t, { servers: [...storer.addresses()] });
  assertSame(await downloader.download(key), before);
});

test('a download waits for data that comes later', async (t) => {
  const storer = await startStorer(t);
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const downloader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const data = randomData(5_000);
  const downloading = downloader.download(await contentIdOf(data));
  // The server has been asked, and does not have it.
  await assert.rejects(downloader.download(await contentIdOf(randomData(10)), { timeoutMs: 300 }), {
    name: 'NotFound',
  });
  await uploader.upload(data);
  assertSame(await downloading, data);
});

test('a key of other data is refused, and nothing is stored', async (t) => {
  const storer = await startStorer(t);
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const key = await contentIdOf(randomData(10));
  await assert.rejects(uploader.upload(randomData(10), { key }), { name: 'WrongKey' });
  assert.equal(uploader.stat().keys, 0);
  await assert.rejects(uploader.upload(randomData(10), { key: 'nonsense' }), { name: 'InvalidKey' });
  await assert.rejects(uploader.download('nonsense'), { name: 'InvalidKey' });
  await assert.rejects(uploader.upload(randomData(10), { replicas: 0 }), RangeError);
});

test('what nobody has is not found when the time is over', async (t) => {
  const storer = await startStorer(t);
  const peer = await createTestPeer(t, { servers: [...storer.addresses()] });
  const key = await contentIdOf(randomData(10));
  await assert.rejects(peer.download(key, { timeoutMs: 500 }), { name: 'NotFound', message: new RegExp(key) });
});

test('an abort ends a download and an upload with its reason', async (t) => {
  const storer = await startStorer(t);
  const peer = await createTestPeer(t, { servers: [...storer.addresses()] });
  const reason = new Error('enough');
  const controller = new AbortController();
  const downloading = peer.download(await contentIdOf(randomData(10)), { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(downloading, reason);
  await assert.rejects(peer.upload(randomData(10), { signal: AbortSignal.abort(reason) }), reason);
});

test('more than the limit is refused', async (t) => {
  const storer = await startStorer(t);
  const peer = await createTestPeer(t, { servers: [...storer.addresses()] });
  for (const size of [10_000, 3_000_000]) {
    const { key } = await peer.upload(randomData(size));
    const other = await createTestPeer(t, { servers: [...storer.addresses()] });
    await assert.rejects(other.download(key, { maxBytes: size - 1 }), { name: 'TooLarge' });
    assert.equal((await other.download(key, { maxBytes: size })).length, size);
  }
});

test('an upload fails by name where nobody keeps data', async (t) => {
  const lonely = await createTestPeer(t);
  await assert.rejects(lonely.upload(randomData(10)), { name: 'NotReplicated', message: /no storer is connected/ });
  const unreachable = await createTestPeer(t, {
    servers: ['/ip4/127.0.0.1/tcp/9/p2p/12D3KooWJVL6EVBaZB44KCKKMTrMioNn3jbugYrcPncpS1wEiQfc'],
  });
  await assert.rejects(unreachable.upload(randomData(10), { timeoutMs: 300 }), { name: 'NotReplicated' });
  await assert.rejects(createTestPeer(t, { servers: ['nonsense'] }), RangeError);
});

test("a storer refuses what is above a stranger's quota, with the reason, and displaces the oldest below it", async (t) => {
  const storer = await startStorer(t, { limits: { strangerBytes: 2 * 1024 ** 2 } });
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  await assert.rejects(uploader.upload(randomData(2 * 1024 ** 2 + 1)), { name: 'NotReplicated', message: /TooLarge/ });
  const keys: string[] = [];
  for (let i = 0; i < 3; i++) keys.push((await uploader.upload(randomData(1_000_000))).key);
  await uploader.close();
  const downloader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const [oldest = '', ...kept] = keys;
  await assert.rejects(downloader.download(oldest, { timeoutMs: 300 }), { name: 'NotFound' });
  for (const key of kept) assert.equal((await downloader.download(key)).length, 1_000_000);
});

test('what the chain refers to stays over its time and over a restart, other data goes', async (t) => {
  const folder = await temporaryFolder(t);
  const references = new Set<string>();
  const options: NodePeerOptions = {
    folder,
    server: true,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    keep: { limits: { strangerMs: 300 }, everyMs: 20, references: () => Promise.resolve(references) },
  };
  const storer = await createTestPeer(t, options);
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const [model, payload] = [randomData(2_500_000), randomData(3_000)];
  references.add(await contentIdOf(model));
  const gone = nextEvent(storer, 'removed');
  const { key: modelKey } = await uploader.upload(model);
  const { key: payloadKey } = await uploader.upload(payload);
  await gone;
  await uploader.close();
  assert.deepEqual(storer.stat(), { ...storer.stat(), keys: 1, bytes: model.length, strangerBytes: 0 });
  await storer.close();

  const again = await createTestPeer(t, options);
  assert.equal(again.peerId, storer.peerId);
  const downloader = await createTestPeer(t, { servers: [...again.addresses()] });
  assertSame(await downloader.download(modelKey), model);
  await assert.rejects(downloader.download(payloadKey, { timeoutMs: 300 }), { name: 'NotFound' });
  const removed = nextEvent(again, 'removed', ({ key }) => key === modelKey);
  references.clear();
  await removed;
  assert.equal(again.stat().bytes, 0);
});

test('while the chain does not say what it refers to, what it referred to stays', async (t) => {
  let fails = false;
  const references = new Set<string>();
  const storer = await startStorer(t, {
    limits: { strangerMs: 100 },
    everyMs: 20,
    references: () => (fails ? Promise.reject(new Error('the chain is away')) : Promise.resolve(references)),
  });
  const uploader = await createTestPeer(t, { servers: [...storer.addresses()] });
  const data = randomData(1_000);
  references.add(await contentIdOf(data));
  await uploader.upload(data);
  await waitFor(() => storer.stat().strangerBytes === 0, { what: 'the reference', timeoutMs: 5_000, signal: t.signal });
  fails = true;
  const stranger = nextEvent(storer, 'removed');
  const warned = nextEvent(storer, 'warning', ({ message }) => message.includes('the chain is away'));
  await uploader.upload(randomData(1_000));
  await Promise.all([stranger, warned]);
  assert.equal(storer.stat().keys, 1);
});

test('a peer signs with the key that its id contains', async (t) => {
  const seed = new Uint8Array(32).fill(7);
  const peer = await createTestPeer(t, { seed });
  const raw = peerIdFromString(peer.peerId).publicKey?.raw;
  assert.ok(raw);
  const message = new TextEncoder().encode('who am I');
  const signature = await peer.sign(message);
  assert.equal(signature.length, 64);
  assert.equal(await publicKeyFromRaw(raw).verify(message, signature), true);
  await peer.close();
  const same = await createTestPeer(t, { seed });
  assert.equal(same.peerId, peer.peerId);
});

test('after it is closed a peer refuses by name what it is asked', async (t) => {
  const storer = await startStorer(t);
  const peer = await createTestPeer(t, { servers: [...storer.addresses()] });
  const waiting = assert.rejects(peer.download(await contentIdOf(randomData(10))), /closed/);
  await peer.close();
  await waiting;
  await assert.rejects(peer.upload(randomData(10)), /closed/);
});
