/** Where peers are in the Kademlia of Dx, and how they are connected. */
import { base58btc } from 'multiformats/bases/base58';

import type { ConnectionKind } from './types.ts';

/**
 * A peer's place: the SHA-256 of the multihash that its id is.
 *
 * @throws when the text is no peer id in base58
 * @see https://github.com/libp2p/specs/tree/master/kad-dht
 */
export async function placeOf(peerId: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', base58btc.baseDecode(peerId)));
}

/** The binary logarithm of the XOR distance of two places, rounded down: 0 to 255; -1 of a place to itself. */
export function distanceLog2(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) ^ (b[i] ?? 0);
    if (difference !== 0) return 8 * (a.length - i) - Math.clz32(difference) + 23;
  }
  return -1;
}

/** How a connection works, by the address of its other end. */
export function connectionKind(address: string): ConnectionKind {
  const parts = address.split('/');
  // An address through a relay that ends in `webrtc` is a connection that the relay only introduced.
  if (parts.includes('webrtc')) return 'webrtc';
  if (parts.includes('p2p-circuit')) return 'relayed';
  if (parts.includes('webrtc-direct')) return 'webrtc-direct';
  if (parts.includes('webtransport')) return 'webtransport';
  return parts.includes('ws') || parts.includes('wss') ? 'websocket' : 'other';
}
