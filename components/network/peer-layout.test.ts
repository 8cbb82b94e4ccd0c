import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { DxPeerInfo } from '../../lib/cockpit/types.ts';
import { arcPath, layoutPeers, sharedBits } from './peer-layout.ts';

const peer = (name: string, distanceLog2: number): DxPeerInfo => ({
  peer: name,
  address: '/ip4/127.0.0.1/udp/1/webrtc-direct',
  kind: 'webrtc-direct',
  keeps: true,
  isServer: false,
  distanceLog2,
});

test('the most distant half of all addresses shares no bit', () => {
  assert.equal(sharedBits({ distanceLog2: 255 }), 0);
  assert.equal(sharedBits({ distanceLog2: 250 }), 5);
});

test('nearer peers stand nearer to the middle', () => {
  const { center, peers } = layoutPeers([peer('far', 255), peer('near', 251), peer('between', 253)], 600, 300);
  const distance = (name: string) => {
    const placed = peers.find((each) => each.peer.peer === name);
    assert.ok(placed);
    return Math.hypot(placed.x - center.x, placed.y - center.y);
  };
  assert.ok(distance('near') < distance('between') && distance('between') < distance('far'));
});

test('every peer is inside the drawing, on a place of its own that does not depend on the order of the list', () => {
  const all = Array.from({ length: 24 }, (_, index) => peer(`peer ${index}`, 255 - (index % 6)));
  const layout = layoutPeers(all, 360, 200);
  for (const { x, y } of layout.peers) assert.ok(x > 0 && x < 360 && y > 0 && y < 200, `${x} ${y}`);
  assert.equal(new Set(layout.peers.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size, all.length);
  assert.deepEqual(layoutPeers(all.toReversed(), 360, 200), layout);
});

test('each band holds half as many addresses as the one outside of it', () => {
  const { bands } = layoutPeers([], 600, 300);
  assert.deepEqual(
    bands.map(({ part }) => part),
    ['1/2', '1/4', '1/8', '1/16'],
  );
  assert.ok(bands.every(({ radius, middle }) => radius > middle && middle > 0));
});

test('an arc is a half-circle above its middle', () => {
  assert.equal(arcPath({ x: 100, y: 100 }, 50), 'M50 100A50 50 0 0 1 150 100');
});
