/** Blocks that are wrong, and blocks of other software. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withBitswap } from '@helia/bitswap';
import { withLibp2pLight } from '@helia/libp2p';
import { unixfs } from '@helia/unixfs';
import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { identify } from '@libp2p/identify';
import { peerIdFromString } from '@libp2p/peer-id';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createHeliaLight } from 'helia';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { buildDag, buildTree, CHUNK_BYTES, leaf, MAX_CHILDREN } from '../../lib/dx/dag.ts';
import { KeepClient } from '../../lib/dx/keep-client.ts';
import { KEEP_PROTOCOL } from '../../lib/dx/keep-protocol.ts';
import { writeFrame } from '../../lib/dx/streams.ts';
import { startBlockPeer } from '../support/block-peer.ts';
import { afterwards } from '../support/cleanup.ts';
import { assertSame, createTestPeer, randomData, startStorer } from '../support/dx.ts';

const isCorrupt = { name: 'Corrupt' };

test('a peer that gives wrong bytes is found out, and nothing of them is returned', async (t) => {
  const storer = await startStorer(t);
  const servers = [...storer.addresses()];
  const liar = await startBlockPeer(t, servers[0] ?? '', () => randomData(1_000));
  const key = await contentIdOf(randomData(1_000));
  await liar.provide(key);
  const peer = await createTestPeer(t, { servers });
  await assert.rejects(peer.download(key), { ...isCorrupt, message: new RegExp(liar.peerId) });
});

test('a peer that gives wrong bytes does no harm while another gives the right ones', async (t) => {
  const storer = await startStorer(t);
  const servers = [...storer.addresses()];
  const liar = await startBlockPeer(t, servers[0] ?? '', () => randomData(1_000));
  const data = randomData(1_000);
  const key = await contentIdOf(data);
  await liar.provide(key);
  const downloader = await createTestPeer(t, { servers });
  const downloading = downloader.download(key);
  await liar.asked;
  const uploader = await createTestPeer(t, { servers });
  const [outcome] = await Promise.allSettled([downloading, uploader.upload(data)]);
  // It depends on who is faster whether the liar is all that there was; the right bytes or none are returned.
  if (outcome.status === 'fulfilled') assertSame(outcome.value, data);
  else assert.equal((outcome.reason as Error).name, 'Corrupt');
  assertSame(await downloader.download(key), data);
});

test('a peer that has lost a question is asked again', async (t) => {
  const storer = await startStorer(t);
  const servers = [...storer.addresses()];
  const data = randomData(1_000);
  const key = await contentIdOf(data);
  let questions = 0;
  const forgetful = await startBlockPeer(t, servers[0] ?? '', () => (++questions > 1 ? data : undefined));
  await forgetful.provide(key);
  const peer = await createTestPeer(t, { servers });
  assertSame(await peer.download(key), data);
});

test('wrong bytes in the middle of a file are found out', async (t) => {
  const storer = await startStorer(t);
  const servers = [...storer.addresses()];
  const { root, blocks } = await buildDag(randomData(3.5 * CHUNK_BYTES));
  const known = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]));
  const bad = blocks[2]?.cid.toString();
  const liar = await startBlockPeer(t, servers[0] ?? '', (cid) =>
    cid.toString() === bad ? randomData(CHUNK_BYTES) : known.get(cid.toString()),
  );
  await liar.provide(root.toString());
  const peer = await createTestPeer(t, { servers });
  await assert.rejects(peer.download(root.toString(), { timeoutMs: 20_000 }), isCorrupt);
});

test('files in a form that Dx does not give to data are refused', async (t) => {
  const storer = await startStorer(t);
  const servers = [...storer.addresses()];
  const blocks = new Map<string, Uint8Array>();
  const blockstore = {
    put: (cid: CID, bytes: Uint8Array) => Promise.resolve(void blocks.set(cid.toString(), bytes)).then(() => cid),
  };
  const files = unixfs({ blockstore } as unknown as Parameters<typeof unixfs>[0]);
  const data = randomData(2 * CHUNK_BYTES);
  const add = (chunkSize: number, rawLeaves = true) =>
    files.addBytes(data, { cidVersion: 1, rawLeaves, chunker: fixedSize({ chunkSize }) });
  const smallChunks = (await add(CHUNK_BYTES / 4)).toString();
  const wrapped = (await add(CHUNK_BYTES, false)).toString();
  const fat = randomData(CHUNK_BYTES + 1);
  const fatKey = CID.createV1(raw.code, await sha256.digest(fat)).toString();
  blocks.set(fatKey, fat);
  const only = leaf(CID.createV1(raw.code, await sha256.digest(data.subarray(0, 10))), 10);
  const tooSmall = await buildTree([only, only]);
  for (const { cid, bytes } of tooSmall.nodes) blocks.set(cid.toString(), bytes);

  const other = await startBlockPeer(t, servers[0] ?? '', (cid) => blocks.get(cid.toString()));
  const peer = await createTestPeer(t, { servers });
  for (const key of [smallChunks, wrapped, fatKey, tooSmall.root.toString()]) {
    await other.provide(key);
    await assert.rejects(peer.download(key, { timeoutMs: 20_000 }), isCorrupt, key);
  }
});

test('a storer keeps nothing that is not what its key says, and tells why', async (t) => {
  const storer = await startStorer(t, { limits: { strangerBytes: 10 * CHUNK_BYTES } });
  const data = randomData(2.5 * CHUNK_BYTES);
  const { root, blocks } = await buildDag(data);
  const known = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]));
  const wrong = await contentIdOf(randomData(100));
  const peer = await startBlockPeer(t, storer.addresses()[0] ?? '', (cid) =>
    cid.toString() === wrong ? randomData(100) : known.get(cid.toString()),
  );
  const client = new KeepClient(peer.libp2p, peerIdFromString(storer.peerId));
  const ask = async (key: string, bytes: number) => {
    const answer = await client.keep(key, bytes, AbortSignal.timeout(30_000));
    return answer.kept ? 'kept' : answer.reason;
  };
  const key = root.toString();
  assert.equal(await ask('nonsense', 1), 'Invalid');
  assert.equal(await ask(wrong, 100), 'Corrupt');
  assert.equal(await ask(key, data.length - 1), 'Corrupt');
  assert.equal(await ask(key, data.length + 1), 'Corrupt');
  assert.equal(await ask(key, 11 * CHUNK_BYTES), 'TooLarge');
  assert.deepEqual(storer.stat(), { ...storer.stat(), keys: 0, bytes: 0 });
  assert.equal(await ask(key, data.length), 'kept');
  assert.equal(await ask(key, data.length), 'kept');
  assert.deepEqual(storer.stat(), { ...storer.stat(), keys: 1, bytes: data.length });
});

test('a storer ends a stream on which something else than its protocol comes, and goes on with others', async (t) => {
  const storer = await startStorer(t);
  const peer = await startBlockPeer(t, storer.addresses()[0] ?? '', () => undefined);
  const garbage = ['{', '{}', '{"id":-1,"key":"x","bytes":1}', '{"id":1,"key":"x"}', `"${'x'.repeat(2_000)}"`, '\xff'];
  for (const text of garbage) {
    const stream = await peer.libp2p.dialProtocol(peerIdFromString(storer.peerId), KEEP_PROTOCOL);
    const ended = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }));
    await writeFrame(stream, new TextEncoder().encode(text), AbortSignal.timeout(5_000));
    await ended;
  }
  const honest = await createTestPeer(t, { servers: [...storer.addresses()] });
  assert.equal((await honest.upload(randomData(10))).holders.length, 1);
});

/** A peer of Helia, with its own Bitswap. */
async function startHelia(t: Parameters<typeof afterwards>[0], server: string) {
  const helia = withBitswap(
    withLibp2pLight(createHeliaLight(), {
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    }),
  );
  await helia.start();
  afterwards(t, () => helia.stop());
  await helia.libp2p.dial(multiaddr(server));
  return helia;
}

test("Helia's Bitswap fetches from Dx, and Dx from it", async (t) => {
  const storer = await startStorer(t);
  const servers = [...storer.addresses()];
  const helia = await startHelia(t, servers[0] ?? '');
  const files = unixfs(helia);
  const signal = AbortSignal.timeout(30_000);

  const ours = randomData(3.5 * CHUNK_BYTES);
  const uploader = await createTestPeer(t, { servers });
  const { key } = await uploader.upload(ours);
  const parts: Uint8Array[] = [];
  for await (const part of files.cat(CID.parse(key), { signal })) parts.push(part);
  assertSame(Buffer.concat(parts), ours);

  const theirs = randomData(2.5 * CHUNK_BYTES);
  const root = await files.addBytes(theirs, {
    cidVersion: 1,
    rawLeaves: true,
    chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: MAX_CHILDREN }),
  });
  assertSame(await storer.download(root.toString()), theirs);
});
