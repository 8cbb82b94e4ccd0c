/** This tab's peer of Dx, and what is shown of it. */
import type { DxPeer } from '../dx/browser.ts';
import { pause } from '../chain/waiting.ts';
import { connectionKind, distanceLog2, placeOf } from './kademlia.ts';
import type { Network } from './network.ts';
import { Value } from './observable.ts';
import { problemOf } from './problem.ts';
import { serialize } from './serialize.ts';
import type { DxPeerInfo, DxStatus } from './types.ts';

export const firstDxStatus: DxStatus = {
  phase: 'idle',
  peerId: null,
  addresses: [],
  peers: [],
  servers: [],
  keys: 0,
  bytesStored: 0,
  bytesServed: 0,
  problem: null,
};

/** Connections can change their kind without an event, and so can what is stored. */
const lookEveryMs = 1_000;

export class DxSession {
  readonly status: Value<DxStatus>;
  /** The peer, once it is there; it may be without a connection. */
  readonly peer = new Value<DxPeer | null>(null);
  readonly #network: Network;
  readonly #closing = new AbortController();
  readonly #places = new Map<string, Uint8Array>();
  #servers: DxStatus['servers'] = [];
  #bytesServed = 0;
  #seed: Uint8Array | null = null;
  /** Ends the peer that runs, so that one with another identity begins. */
  #round = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(network: Network, status: Value<DxStatus>) {
    this.#network = network;
    this.status = status;
  }

  start(): void {
    if (this.#network.dx.servers.length === 0) return;
    this.#ended = this.#run().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.status.patch({ phase: 'failed', problem: problemOf(error) });
    });
  }

  /**
   * Makes the peer that of a seed, which a provider's profile names, or again one that nobody knows.
   *
   * @param seed the secret of the peer's key, 32 bytes
   */
  identify(seed: Uint8Array | null): void {
    if (String(seed) === String(this.#seed)) return;
    this.#seed = seed;
    this.#round.abort(new Error('The peer gets another identity.'));
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The session is over.'));
    const peer = this.peer.get();
    // One that is being made is closed as soon as it is there; that can take as long as its servers do not answer.
    if (peer === null) return;
    await this.#ended;
    this.peer.set(null);
    await peer.close();
  }

  async #run(): Promise<void> {
    this.status.patch({ phase: 'loading' });
    const { createDxPeer } = await import('../dx/browser.ts');
    while (!this.#isOver()) {
      this.status.patch({ phase: 'connecting' });
      this.#round = new AbortController();
      const { servers, stun } = this.#network.dx;
      const peer = await createDxPeer({ servers, stun, ...(this.#seed === null ? {} : { seed: this.#seed }) });
      if (this.#isOver()) {
        await peer.close();
        return;
      }
      await this.#use(peer, this.#round.signal);
    }
  }

  /** Shows a peer for as long as it is the session's. */
  async #use(peer: DxPeer, ended: AbortSignal): Promise<void> {
    const { servers } = this.#network.dx;
    const signal = AbortSignal.any([this.#closing.signal, ended]);
    if (!ended.aborted) this.peer.set(peer);
    this.#servers = servers.map((address) => ({
      server: address.slice(address.lastIndexOf('/p2p/') + '/p2p/'.length),
      ...{ state: 'connecting', reason: null },
    }));
    peer.on('server', ({ server, state, reason = null }) => {
      const others = this.#servers.filter((known) => known.server !== server);
      this.#servers = [...others, { server, state, reason }];
    });
    peer.on('given', ({ bytes }) => {
      this.#bytesServed += bytes;
    });
    while (!signal.aborted) {
      await this.#look(peer);
      await pause(lookEveryMs, signal).catch(() => undefined);
    }
    if (this.#isOver()) return;
    this.peer.set(null);
    this.status.patch({ ...firstDxStatus, phase: 'connecting', bytesServed: this.#bytesServed });
    await peer.close();
  }

  #isOver(): boolean {
    return this.#closing.signal.aborted;
  }

  async #look(peer: DxPeer): Promise<void> {
    const connections = peer.peers();
    const own = await this.#placeOf(peer.peerId);
    const servers = this.#servers.map((server) =>
      // Its first connection may be older than the first look.
      server.state === 'connecting' && connections.some((connection) => connection.peer === server.server)
        ? { ...server, state: 'connected' as const }
        : server,
    );
    const isServer = new Set(servers.map(({ server }) => server));
    const peers: DxPeerInfo[] = await Promise.all(
      connections.map(async (connection) => ({
        ...connection,
        kind: connectionKind(connection.address),
        isServer: isServer.has(connection.peer),
        distanceLog2: distanceLog2(own, await this.#placeOf(connection.peer)),
      })),
    );
    peers.sort((a, b) => a.distanceLog2 - b.distanceLog2 || (a.peer < b.peer ? -1 : 1));
    const { keys, bytes } = peer.stat();
    const isConnected = peers.some((connected) => connected.isServer || connected.keeps);
    const { phase } = this.status.get();
    const wasReady = phase === 'ready' || phase === 'lost';
    const next: DxStatus = {
      phase: isConnected ? 'ready' : wasReady ? 'lost' : 'connecting',
      ...{ peerId: peer.peerId, addresses: peer.addresses(), peers, servers, keys },
      ...{ bytesStored: bytes, bytesServed: this.#bytesServed, problem: null },
    };
    if (serialize(next) !== serialize(this.status.get())) this.status.set(next);
  }

  async #placeOf(peer: string): Promise<Uint8Array> {
    const known = this.#places.get(peer);
    if (known !== undefined) return known;
    const place = await placeOf(peer);
    this.#places.set(peer, place);
    return place;
  }
}
