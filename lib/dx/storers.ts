/** The peers that keep data for others, as far as they are connected, and how to find more. */
import type { PeerId } from '@libp2p/interface';
import type { Libp2p } from 'libp2p';

import { KeepClient } from './keep-client.ts';
import { KEEP_PROTOCOL } from './keep-protocol.ts';
import { connectionTo } from './streams.ts';
import type { ContentId } from './types.ts';

/** So many storers are connected if there are as many. */
const wanted = 3;
/** A search that has found too few is not repeated for so long, in milliseconds. */
const searchPauseMs = 10_000;
const searchTimeoutMs = 3_000;
const searchEveryMs = 30_000;
const maxDials = 8;

/**
 * A number for a storer and a key. Each key has its own order of the storers by it, so that the load is spread, and who
 * looks for a key asks first whom others have asked to keep it. Smaller is earlier.
 */
export function affinity(peer: PeerId, key: ContentId): number {
  let hash = 0;
  for (const char of key + peer.toString()) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  // The low bits of such a sum depend on few characters, so they are mixed into the high ones.
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export class Storers {
  readonly #libp2p: Libp2p;
  readonly #clients = new Map<string, KeepClient>();
  readonly #changed = new Set<() => void>();
  #topology: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #searched = -Infinity;
  #search: Promise<void> | undefined;

  constructor(libp2p: Libp2p) {
    this.#libp2p = libp2p;
  }

  async start(): Promise<void> {
    this.#topology = await this.#libp2p.register(KEEP_PROTOCOL, {
      notifyOnLimitedConnection: true,
      onConnect: (peer) => {
        if (this.#clients.has(peer.toString())) return;
        this.#clients.set(peer.toString(), new KeepClient(this.#libp2p, peer));
        this.#changed.forEach((notify) => notify());
      },
      onDisconnect: (peer) => {
        this.#clients.get(peer.toString())?.close();
        this.#clients.delete(peer.toString());
      },
    });
    this.#timer = setInterval(() => {
      if (this.#clients.size < wanted) void this.find();
    }, searchEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#topology !== undefined) this.#libp2p.unregister(this.#topology);
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  get connected(): readonly KeepClient[] {
    return [...this.#clients.values()];
  }

  /** The connected ones in the order in which they are to be asked about this key. */
  inOrderFor(key: ContentId): readonly KeepClient[] {
    return this.connected
      .map((client) => ({ client, rank: affinity(client.peer, key) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ client }) => client);
  }

  has(peer: PeerId): boolean {
    return this.#clients.has(peer.toString());
  }

  /** Calls `notify` whenever a storer has been connected; returns what ends that. */
  onConnected(notify: () => void): () => void {
    this.#changed.add(notify);
    return () => this.#changed.delete(notify);
  }

  /** Looks for further storers in the DHT and connects to them; soon after a search nothing happens. */
  async find(): Promise<void> {
    if (this.#search === undefined) {
      if (performance.now() - this.#searched < searchPauseMs) return;
      this.#search = this.#find().finally(() => {
        this.#searched = performance.now();
        this.#search = undefined;
      });
    }
    await this.#search;
  }

  async #find(): Promise<void> {
    const signal = AbortSignal.timeout(searchTimeoutMs);
    const dials: Promise<unknown>[] = [];
    try {
      const near = this.#libp2p.peerId.toMultihash().bytes;
      for await (const { id } of this.#libp2p.peerRouting.getClosestPeers(near, { signal })) {
        if (id.equals(this.#libp2p.peerId) || connectionTo(this.#libp2p, id) !== undefined) continue;
        dials.push(this.#libp2p.dial(id, { signal }).catch(() => undefined));
        if (dials.length === maxDials) break;
      }
    } catch {
      // A network of one server has nobody to ask.
    }
    await Promise.all(dials);
  }
}
