/** Nodes as peers of Dx among peers that lie, leave in the middle, or ask for what cannot be. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { peerIdFromString } from '@libp2p/peer-id';

import { contentIdOf } from '../../lib/dx/content-id.ts';
import { buildDag, CHUNK_BYTES } from '../../lib/dx/dag.ts';
import { KeepClient } from '../../lib/dx/keep-client.ts';
import { KEEP_PROTOCOL } from '../../lib/dx/keep-protocol.ts';
import { createDxRpcClient } from '../../lib/dx/rpc-client.ts';
import { writeFrame } from '../../lib/dx/streams.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { startBlockPeer } from '../support/block-peer.ts';
import { assertSame, createTestPeer, randomData, startDxServer } from '../support/dx.ts';
import { startDxNode, type DxNode } from '../support/dx-node.ts';

const holdsNothing = async (node: DxNode) => {
  const { keys, bytes } = await node.stat();
  return keys === 0 && bytes === 0;
};

/** A block peer's answers from the blocks of some data. */
async function blocksOf(data: Uint8Array) {
  const { root, blocks } = await buildDag(data);
  return { key: root.toString(), known: new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes])) };
}

test('a node finds out a peer that gives wrong bytes, and returns nothing of them', async (t) => {
  const node = await startDxNode(t);
  const small = await contentIdOf(randomData(1_000));
  const { key, known } = await blocksOf(randomData(3.5 * CHUNK_BYTES));
  const bad = [...known.keys()][2];
  const liar = await startBlockPeer(t, node.tcpAddress, (cid) => {
    const text = cid.toString();
    return text === small ? randomData(1_000) : text === bad ? randomData(CHUNK_BYTES) : known.get(text);
  });
  await Promise.all([liar.provide(small), liar.provide(key)]);
  const dx = createDxRpcClient(node.rpcUrl);
  await assert.rejects(dx.download(small), { name: 'Corrupt', message: new RegExp(liar.peerId) });
  await assert.rejects(dx.download(key), { name: 'Corrupt' });
  assert.ok(await holdsNothing(node));
});

test('a node keeps nothing that is not what its key says, and tells why', async (t) => {
  const node = await startDxNode(t);
  const data = randomData(2.5 * CHUNK_BYTES);
  const { key, known } = await blocksOf(data);
  const wrong = await contentIdOf(randomData(100));
  const missing = await contentIdOf(randomData(100));
  const peer = await startBlockPeer(t, node.tcpAddress, (cid) =>
    cid.toString() === wrong ? randomData(100) : known.get(cid.toString()),
  );
  const client = new KeepClient(peer.libp2p, peerIdFromString(node.peerId));
  const ask = async (wanted: string, bytes: number) => {
    const answer = await client.keep(wanted, bytes, AbortSignal.timeout(60_000));
    return answer.kept ? 'kept' : answer.reason;
  };
  assert.equal(await ask('nonsense', 1), 'Invalid');
  assert.equal(await ask(wrong, 100), 'Corrupt');
  assert.equal(await ask(key, data.length - 1), 'Corrupt');
  assert.equal(await ask(key, data.length + 1), 'Corrupt');
  assert.equal(await ask(key, 300 * CHUNK_BYTES), 'TooLarge');
  assert.equal(await ask(missing, 100), 'NotFetched');
  assert.ok(await holdsNothing(node));
  assert.equal(await ask(key, data.length), 'kept');
  assert.equal(await ask(key, data.length), 'kept');
  const { keys, bytes, strangerBytes } = await node.stat();
  assert.deepEqual([keys, bytes, strangerBytes], [1, data.length, data.length]);
});

test('a node ends a stream on which something else than its protocol comes, and goes on with others', async (t) => {
  const node = await startDxNode(t);
  const peer = await startBlockPeer(t, node.tcpAddress, () => undefined);
  const garbage = ['{', '{}', '{"id":-1,"key":"x","bytes":1}', '{"id":1,"key":"x"}', `"${'x'.repeat(2_000)}"`, '\xff'];
  for (const text of garbage) {
    const stream = await peer.libp2p.dialProtocol(peerIdFromString(node.peerId), KEEP_PROTOCOL);
    const ended = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }));
    await writeFrame(stream, new TextEncoder().encode(text), AbortSignal.timeout(5_000));
    await ended;
  }
  const honest = await createTestPeer(t, { servers: [node.tcpAddress] });
  assert.deepEqual((await honest.upload(randomData(10))).holders, [node.peerId]);
});

/** A peer that has all blocks, and leaves for good when it has been asked for so many. */
async function startLeaving(t: TestContext, node: DxNode, known: ReadonlyMap<string, Uint8Array>, after: number) {
  let given = 0;
  const left = Promise.withResolvers<undefined>();
  const peer = await startBlockPeer(t, node.tcpAddress, (cid) => {
    if (++given <= after) return known.get(cid.toString());
    void Promise.resolve(peer.libp2p.stop()).then(() => left.resolve(undefined));
    return undefined;
  });
  return { peer, left: left.promise };
}

test('a node that downloads goes on with another peer when the one that gave is lost in the middle', async (t) => {
  const node = await startDxNode(t);
  const data = randomData(25_000_000);
  const { key, known } = await blocksOf(data);
  const { peer, left } = await startLeaving(t, node, known, 8);
  await peer.provide(key);
  const downloading = createDxRpcClient(node.rpcUrl).download(key);
  await left;
  // Whoever has the rest comes only now.
  const asked: string[] = [];
  await startBlockPeer(t, node.tcpAddress, (cid) => {
    asked.push(cid.toString());
    return known.get(cid.toString());
  });
  assertSame(await downloading, data);
  assert.ok(asked.length >= known.size - 8 && !asked.includes(key));
});

test('a node that is asked to keep something forgets it when the asking peer is lost in the middle', async (t) => {
  const node = await startDxNode(t);
  const data = randomData(25_000_000);
  const { key, known } = await blocksOf(data);
  const { peer } = await startLeaving(t, node, known, 8);
  const client = new KeepClient(peer.libp2p, peerIdFromString(node.peerId));
  await assert.rejects(client.keep(key, data.length, AbortSignal.timeout(60_000)));
  await waitFor(() => holdsNothing(node), { what: 'the room to be free', timeoutMs: 60_000, signal: t.signal });
  const honest = await createTestPeer(t, { servers: [node.tcpAddress] });
  assert.deepEqual((await honest.upload(data)).holders, [node.peerId]);
});

test('a peer that downloads goes on with a server when the node is killed in the middle', async (t) => {
  const server = await startDxServer(t);
  const node = await startDxNode(t, { dx: { bootstrap: [server.tcpAddress] } });
  const servers = [server.tcpAddress, node.tcpAddress];
  const data = randomData(25_000_000);
  const uploader = await createTestPeer(t, { servers });
  const { key, holders } = await uploader.upload(data);
  assert.equal(holders.length, 2);
  await uploader.close();
  const downloader = await createTestPeer(t, { servers });
  let killed: Promise<void> | undefined;
  const got = await downloader.download(key, {
    onProgress: ({ bytes }) => {
      if (bytes > 0) killed ??= node.kill();
    },
  });
  assertSame(got, data);
  assert.ok(killed);
  await killed;
});

test('an upload to a node that is killed in the middle is made up for by a server', async (t) => {
  const server = await startDxServer(t);
  const node = await startDxNode(t, { dx: { bootstrap: [server.tcpAddress] } });
  const uploader = await createTestPeer(t, { servers: [server.tcpAddress, node.tcpAddress] });
  const data = randomData(25_000_000);
  let killed: Promise<void> | undefined;
  const { key, holders } = await uploader.upload(data, {
    onProgress: ({ bytes }) => {
      if (bytes > 0) killed ??= node.kill();
    },
  });
  await killed;
  assert.ok(holders.includes(server.peerId));
  await uploader.close();
  const downloader = await createTestPeer(t, { servers: [server.tcpAddress] });
  assertSame(await downloader.download(key), data);
});
