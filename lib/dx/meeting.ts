/** Connecting straight to another page: a relay introduces the two, and carries nothing of what they exchange. */
import type { PeerId } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import type { Libp2p } from 'libp2p';

import { connectionTo } from './streams.ts';

/** Whether a peer is another page that is connected straight to this one. */
export function isMet(libp2p: Libp2p, peer: PeerId): boolean {
  const connection = connectionTo(libp2p, peer);
  return connection !== undefined && isTabToTab(connection.remoteAddr.toString());
}

/**
 * Connects to a page that is reached through one of these servers. Nothing happens where it is connected already.
 *
 * @param servers addresses of relays, with their peer ids
 * @throws when none of them knows the page, or the two cannot reach each other
 */
export async function meet(
  libp2p: Libp2p,
  servers: readonly string[],
  peer: string,
  signal: AbortSignal,
): Promise<void> {
  const id = peerIdFromString(peer);
  if (id.equals(libp2p.peerId) || isMet(libp2p, id)) return;
  const connected = servers.filter((server) => server.includes('/p2p/'));
  await libp2p.dial(
    connected.map((server) => multiaddr(`${server}/p2p-circuit/webrtc/p2p/${peer}`)),
    { signal },
  );
}

/** Both ways through a relay end in these words; without the first the relay would carry the data itself. */
function isTabToTab(address: string): boolean {
  return address.split('/').includes('webrtc');
}
