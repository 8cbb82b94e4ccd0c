import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generateKeyPair } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { sha256 } from 'multiformats/hashes/sha2';

import { connectionKind, distanceLog2, placeOf } from './kademlia.ts';

test("a peer's place is the hash of its multihash, as libp2p computes it", async () => {
  for (const type of ['Ed25519', 'secp256k1'] as const) {
    const peer = peerIdFromPrivateKey(await generateKeyPair(type));
    assert.deepEqual(await placeOf(peer.toString()), sha256.encode(peer.toMultihash().bytes) as Uint8Array);
  }
});

test('a text that is no peer id is refused', async () => {
  await assert.rejects(placeOf('0OIl'));
});

test('the distance is the position of the highest bit that differs', () => {
  const place = (...bytes: number[]) => Uint8Array.from([...bytes, ...Array<number>(32 - bytes.length).fill(0)]);
  assert.equal(distanceLog2(place(), place()), -1);
  assert.equal(distanceLog2(place(0x80), place()), 255);
  assert.equal(distanceLog2(place(0x01), place()), 248);
  assert.equal(distanceLog2(place(0xff, 0x10), place(0xff)), 244);
  const last = new Uint8Array(32);
  last[31] = 1;
  assert.equal(distanceLog2(last, place()), 0);
});

test('an address says how a connection works', () => {
  const relay = '/ip4/1.2.3.4/udp/4001/webrtc-direct/certhash/uEi/p2p/12D3KooA';
  assert.equal(connectionKind(relay), 'webrtc-direct');
  assert.equal(connectionKind(`${relay}/p2p-circuit/p2p/12D3KooB`), 'relayed');
  assert.equal(connectionKind(`${relay}/p2p-circuit/webrtc/p2p/12D3KooB`), 'webrtc');
  assert.equal(connectionKind('/ip4/1.2.3.4/tcp/4001/ws/p2p/12D3KooA'), 'websocket');
  assert.equal(connectionKind('/dns4/a.example/tcp/443/wss/p2p/12D3KooA'), 'websocket');
  assert.equal(connectionKind('/ip4/1.2.3.4/tcp/4001/p2p/12D3KooA'), 'other');
});
