/** A Dx peer in Node: TCP, WebSocket and WebRTC, with or without a folder. */
import { join } from 'node:path';

import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { tcp } from '@libp2p/tcp';
import { webRTC, webRTCDirect } from '@libp2p/webrtc';
import { webSockets } from '@libp2p/websockets';
import { MemoryBlockstore } from 'blockstore-core';
import { FsBlockstore } from 'blockstore-fs';
import { MemoryDatastore } from 'datastore-core';
import { FsDatastore } from 'datastore-fs';

import { startPeer, type DxPeer, type DxPeerOptions, type PeerPlatform } from '../peer.ts';
import { certificateFromFile, makeCertificate } from './certificate.ts';
import { SEED_BYTES, seedFromFile } from './identity.ts';
import { countBuffersWithHeap } from './memory.ts';

export type * from '../peer.ts';

export interface NodePeerOptions extends DxPeerOptions {
  /**
   * Keeps the peer's key, its certificate and, with `keep`, the data that it holds. Without it everything is in memory,
   * and the peer is another one each time.
   */
  readonly folder?: string;
  /** The secret of the peer's key, 32 bytes. Default: the one in the folder, or a new one. */
  readonly seed?: Uint8Array;
  /**
   * Addresses to listen on, as multiaddrs: `/ip4/127.0.0.1/tcp/0`, `/ip4/127.0.0.1/tcp/0/ws`,
   * `/ip4/127.0.0.1/udp/0/webrtc-direct`. Default: none; the peer only dials.
   */
  readonly listen?: readonly string[];
  /** Addresses to tell others instead of those: for a peer behind a port forwarding. */
  readonly announce?: readonly string[];
  /** STUN servers for WebRTC, as `stun:HOST:PORT`. Default: none. */
  readonly stun?: readonly string[];
  /** Makes it a server of the network: it answers about the DHT and relays between browsers. Default: false. */
  readonly server?: boolean;
}

/** A relay carries what two browsers need to connect to each other, and payloads where they cannot. */
const relay = {
  reservations: {
    maxReservations: 4_096,
    reservationTtl: 2 * 3_600_000,
    defaultDurationLimit: 3_600_000,
    defaultDataLimit: 256n * 1024n ** 2n,
  },
};

/** Many peers behind one address are usual: an office, a test. */
const serverConnections = {
  maxConnections: 4_000,
  inboundConnectionThreshold: 500,
  maxIncomingPendingConnections: 500,
};

/**
 * Starts a Dx peer. Returns when it has joined the network through one of its servers, or has tried each once; it goes on
 * trying.
 *
 * @throws {RangeError} when an option cannot be what it is; other errors when it cannot listen or use its folder
 */
export async function createDxPeer(options: NodePeerOptions = {}): Promise<DxPeer> {
  countBuffersWithHeap();
  const { folder, listen = [], announce = [], stun = [], server = false } = options;
  if (options.seed !== undefined && options.seed.length !== SEED_BYTES) {
    throw new RangeError(`The secret of a peer's key has ${SEED_BYTES} bytes.`);
  }
  const seed = options.seed ?? (folder === undefined ? undefined : await seedFromFile(join(folder, 'peer.key')));
  const rtcConfiguration = { iceServers: stun.map((urls) => ({ urls })) };
  const listensByWebRtc = listen.some((address) => address.includes('webrtc-direct'));
  const certificate = !listensByWebRtc
    ? undefined
    : folder === undefined
      ? await makeCertificate()
      : await certificateFromFile(join(folder, 'webrtc.json'));
  // What a peer that keeps nothing for others has uploaded lies with others, and is not worth the disk.
  const stores = await openStores(options.keep === undefined ? undefined : folder);
  const platform: PeerPlatform = {
    privateKey: seed === undefined ? await generateKeyPair('Ed25519') : await generateKeyPairFromSeed('Ed25519', seed),
    libp2p: {
      addresses: { listen: [...listen], announce: [...announce] },
      transports: [
        tcp(),
        webSockets(),
        webRTCDirect({ rtcConfiguration, ...(certificate === undefined ? {} : { certificate }) }),
        webRTC({ rtcConfiguration }),
        circuitRelayTransport(),
      ],
      connectionManager: server ? serverConnections : {},
    },
    services: server ? { relay: circuitRelayServer(relay) } : {},
    isDhtServer: server,
    looksForRelay: false,
    ...stores,
  };
  return startPeer(platform, options);
}

async function openStores(
  folder: string | undefined,
): Promise<Pick<PeerPlatform, 'blockstore' | 'datastore' | 'close'>> {
  if (folder === undefined) return { blockstore: new MemoryBlockstore(), datastore: new MemoryDatastore() };
  const blockstore = new FsBlockstore(join(folder, 'blocks'));
  const datastore = new FsDatastore(join(folder, 'index'));
  await blockstore.open();
  await datastore.open();
  return {
    blockstore,
    datastore,
    close: async () => {
      await blockstore.close();
      await datastore.close();
    },
  };
}
