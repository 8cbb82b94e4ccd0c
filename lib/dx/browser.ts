/**
 * A Dx peer in a browser's page. It must run where `RTCPeerConnection` is, which is not in a worker. It reaches servers by
 * webrtc-direct (from any page) or by WebSocket (from pages that are served without TLS), and other pages by WebRTC
 * through a relay. What it holds is in memory.
 */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { webRTC, webRTCDirect } from '@libp2p/webrtc';
import { webSockets } from '@libp2p/websockets';
import { MemoryBlockstore } from 'blockstore-core';
import { MemoryDatastore } from 'datastore-core';

import { startPeer, type DxPeer, type DxPeerOptions } from './peer.ts';

export type * from './peer.ts';

export interface BrowserPeerOptions extends DxPeerOptions {
  /** The secret of the peer's key, 32 bytes; the page keeps it. Default: a new one. */
  readonly seed?: Uint8Array;
  /** STUN servers for WebRTC, as `stun:HOST:PORT`: those of the Dx servers. Default: none. */
  readonly stun?: readonly string[];
  /** Whether other pages can connect to this one, by a relay that its servers offer. Default: true. */
  readonly reachable?: boolean;
}

const seedBytes = 32;

/**
 * Starts a Dx peer. Returns when it has joined the network through one of its servers, or has tried each once; it goes on
 * trying.
 *
 * @throws {RangeError} when an option cannot be what it is
 */
export async function createDxPeer(options: BrowserPeerOptions = {}): Promise<DxPeer> {
  const { seed, stun = [], reachable = true } = options;
  if (seed !== undefined && seed.length !== seedBytes) {
    throw new RangeError(`The secret of a peer's key has ${seedBytes} bytes.`);
  }
  // Without a configuration, public servers of other companies would be asked.
  const rtcConfiguration = { iceServers: stun.map((urls) => ({ urls })) };
  return startPeer(
    {
      privateKey:
        seed === undefined ? await generateKeyPair('Ed25519') : await generateKeyPairFromSeed('Ed25519', seed),
      libp2p: {
        // Without the name of a relay, one is looked for among the connected peers, and again when it is lost.
        addresses: { listen: reachable ? ['/p2p-circuit', '/webrtc'] : [] },
        transports: [
          webRTCDirect({ rtcConfiguration }),
          webRTC({ rtcConfiguration }),
          webSockets(),
          circuitRelayTransport(),
        ],
        // A Dx may consist of machines in a private network. What a page that is served by TLS cannot reach is not tried,
        // because the browser would complain each time.
        connectionGater: { denyDialMultiaddr: (address) => isMixedContent(address.toString(), options.servers ?? []) },
      },
      isDhtServer: false,
      looksForRelay: reachable,
      blockstore: new MemoryBlockstore(),
      datastore: new MemoryDatastore(),
    },
    options,
  );
}

/** Whether an address is a WebSocket without TLS for a page with TLS. One that was named as a server's is tried anyway. */
function isMixedContent(address: string, servers: readonly string[]): boolean {
  if (globalThis.location.protocol !== 'https:' || !/\/ws(\/|$)/.test(address)) return false;
  return (
    !address.includes('/tls/') && !servers.some((server) => server.startsWith(address.replace(/\/p2p\/[^/]+$/, '')))
  );
}
