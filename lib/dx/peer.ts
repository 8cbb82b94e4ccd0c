/** A peer of the Dx network: what is the same in Node and in a browser. See `node/peer.ts` and `browser.ts`. */
import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { identify } from '@libp2p/identify';
import type { PrivateKey } from '@libp2p/interface';
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht';
import { ping } from '@libp2p/ping';
import type { Blockstore } from 'interface-blockstore';
import type { Datastore } from 'interface-datastore';
import { createLibp2p, type Libp2p, type Libp2pOptions } from 'libp2p';
import type { CID } from 'multiformats/cid';

import { Announcer } from './announcer.ts';
import { Bitswap } from './bitswap/bitswap.ts';
import { blockKey } from './bitswap/link.ts';
import { parseContentId } from './content-id.ts';
import { buildDag, type Dag } from './dag.ts';
import { fetchDag } from './download.ts';
import { NotFound, NotReplicated, TooLarge, WrongKey } from './errors.ts';
import { Events } from './events.ts';
import { Keeper } from './keeper.ts';
import { isMet, meet } from './meeting.ts';
import { Servers, type ServerEvent } from './servers.ts';
import { defaultLimits, type StoreLimits } from './store-policy.ts';
import { Store, type StoreStat } from './store.ts';
import { affinity, Storers } from './storers.ts';
import { messageOf } from './streams.ts';
import type { ContentId, DownloadOptions, Dx, Uploaded, UploadOptions } from './types.ts';
import { replicate } from './upload.ts';

/** The Kademlia of Dx: a network of its own. */
export const KAD_PROTOCOL = '/airo/dx/kad/1.0.0';

export const DEFAULT_REPLICAS = 2;
export const DEFAULT_TIMEOUT_MS = 60_000;
export const DEFAULT_MAX_BYTES = 256 * 1024 ** 2;

/** How a peer keeps data for others. */
export interface KeepOptions {
  readonly limits?: Partial<StoreLimits>;
  /**
   * The content ids that the chain refers to. Without it everything is strangers' data. While it fails, what was referred
   * to last stays.
   */
  readonly references?: () => Promise<ReadonlySet<ContentId>>;
  /** How often references are asked for and old data removed, in milliseconds. Default: 10 s. */
  readonly everyMs?: number;
}

/** What every peer can be told. */
export interface DxPeerOptions {
  /** Addresses of the servers through which the peer joins the network; several of one server are tried together. */
  readonly servers?: readonly string[];
  /** Makes the peer one that keeps data for others. Default: it does not. */
  readonly keep?: KeepOptions;
}

export interface DxEvents {
  /** A peer was connected, or the last connection to it was closed. */
  readonly connected: { readonly peer: string };
  readonly disconnected: { readonly peer: string };
  /** One of the servers that the peer joined through. */
  readonly server: ServerEvent;
  /** Data of others is kept, or was removed. */
  readonly kept: { readonly key: ContentId };
  readonly removed: { readonly key: ContentId };
  /** A block was given to another peer. */
  readonly given: { readonly peer: string; readonly bytes: number };
  /** A block has come from another peer. */
  readonly received: { readonly peer: string; readonly bytes: number };
  /** Something did not work that is tried again by itself. */
  readonly warning: { readonly message: string };
}

export interface ConnectedPeer {
  readonly peer: string;
  readonly address: string;
  /** Whether it keeps data for others. */
  readonly keeps: boolean;
}

export interface DxStat extends StoreStat {
  readonly peer: string;
  /** How many peers are connected, and how many of them keep data for others. */
  readonly peers: number;
  readonly storers: number;
  /** Whether this peer keeps data for others. */
  readonly keeps: boolean;
}

/** A running peer. */
export interface DxPeer extends Dx, AsyncDisposable {
  /** Its name on the network: the hash of its public key, as text. */
  readonly peerId: string;
  /** Where it can be reached, with its peer id. */
  addresses(): readonly string[];
  peers(): readonly ConnectedPeer[];
  stat(): DxStat;
  /** Signs with the peer's Ed25519 key: 64 bytes. A provider's profile names its peer with such a signature. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  on<Name extends keyof DxEvents>(name: Name, listener: (event: DxEvents[Name]) => void): () => void;
  /**
   * Connects straight to another page, such as the other side of an agreement. What it has is then fetched from it.
   *
   * @throws when it is not reached within `timeoutMs`, 15,000 by default
   */
  meet(peer: string, options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Leaves the network. */
  close(): Promise<void>;
}

/** What differs between the platforms. */
export interface PeerPlatform {
  readonly privateKey: PrivateKey;
  readonly libp2p: Pick<Libp2pOptions, 'addresses' | 'transports' | 'connectionManager' | 'connectionGater'>;
  readonly services?: NonNullable<Libp2pOptions['services']>;
  /** Whether others may expect it to answer questions about the DHT: it must be reachable and stay. */
  readonly isDhtServer: boolean;
  /** Whether it listens on any relay that it finds. */
  readonly looksForRelay: boolean;
  readonly blockstore: Blockstore;
  readonly datastore: Datastore;
  /** Called after everything else was closed. */
  readonly close?: () => Promise<void>;
}

const MEETING_TIMEOUT_MS = 15_000;
/** Provider records live for 48 hours, and are sent again in every round, because those who held them may be gone. */
const reprovide = { interval: 30 * 60_000, threshold: 47.5 * 3_600_000 };
/** A peer that keeps nothing for others has its own uploads for a while, until they are certainly elsewhere. */
const ownLimits: StoreLimits = { ...defaultLimits, strangerBytes: 128 * 1024 ** 2 };

/** Starts a peer. Returns when it has joined the network, or has tried each server once. */
export async function startPeer(platform: PeerPlatform, options: DxPeerOptions): Promise<DxPeer> {
  const libp2p = await createLibp2p({
    ...platform.libp2p,
    privateKey: platform.privateKey,
    start: false,
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      ...platform.services,
      identify: identify({ runOnLimitedConnection: true }),
      ping: ping(),
      dht: kadDHT({
        protocol: KAD_PROTOCOL,
        clientMode: !platform.isDhtServer,
        // Addresses of a private network are as good as others: a Dx may consist of them.
        peerInfoMapper: passthroughMapper,
        // A query without anybody to ask ends at once. The search for a relay would then begin the next one at once, for
        // ever, and a page would never get to do anything else.
        allowQueryWithZeroPeers: !platform.looksForRelay,
        reprovide,
      }),
    },
  });
  const events = new Events<DxEvents>();
  const store = await Store.open({
    blockstore: platform.blockstore,
    datastore: platform.datastore,
    limits: options.keep === undefined ? ownLimits : { ...defaultLimits, ...options.keep.limits },
    now: () => Date.now(),
    onRemoved: (key) => events.emit('removed', { key }),
    onDamaged: (cid) => {
      events.emit('warning', { message: `The block ${cid.toString()} was damaged on the disk and has been removed.` });
    },
  });
  const peer = new Peer(libp2p, platform, options, store, events);
  try {
    await peer.start();
  } catch (error) {
    await peer.close();
    throw error;
  }
  return peer;
}

class Peer implements DxPeer {
  readonly peerId: string;
  readonly #libp2p: Libp2p;
  readonly #platform: PeerPlatform;
  readonly #keep: KeepOptions | undefined;
  readonly #store: Store;
  readonly #events: Events<DxEvents>;
  readonly #bitswap: Bitswap;
  readonly #storers: Storers;
  readonly #servers: Servers;
  readonly #relays: readonly string[];
  readonly #keeper: Keeper | undefined;
  readonly #announcer: Announcer;
  readonly #closing = new AbortController();
  readonly #uploads = new Set<(to: string, cid: CID, bytes: number) => void>();
  #collecting = false;
  #collector: ReturnType<typeof setInterval> | undefined;
  #reannounce: ReturnType<typeof setTimeout> | undefined;
  #closed: Promise<void> | undefined;

  constructor(libp2p: Libp2p, platform: PeerPlatform, options: DxPeerOptions, store: Store, events: Events<DxEvents>) {
    this.peerId = libp2p.peerId.toString();
    this.#libp2p = libp2p;
    this.#platform = platform;
    this.#keep = options.keep;
    this.#store = store;
    this.#events = events;
    this.#storers = new Storers(libp2p);
    this.#announcer = new Announcer(libp2p);
    this.#bitswap = new Bitswap({
      libp2p,
      blocks: store,
      rank: (peer, cid) => {
        // Two pages have met because one has what the other wants; servers need not carry it then.
        if (isMet(libp2p, peer)) return -1;
        return this.#storers.has(peer) ? affinity(peer, cid.toString()) : Infinity;
      },
      onGiven: (to, cid, bytes) => {
        events.emit('given', { peer: to.toString(), bytes });
        this.#uploads.forEach((notify) => notify(to.toString(), cid, bytes));
      },
      onReceived: (from, bytes) => events.emit('received', { peer: from.toString(), bytes }),
    });
    this.#relays = options.servers ?? [];
    this.#servers = new Servers(libp2p, this.#relays, (event) => events.emit('server', event));
    if (options.keep !== undefined) {
      const onKept = (key: ContentId) => {
        events.emit('kept', { key });
        this.#announcer.announce(key);
      };
      this.#keeper = new Keeper({ libp2p, bitswap: this.#bitswap, store, onKept });
      events.on('removed', ({ key }) => this.#announcer.withdraw(key));
    }
  }

  async start(): Promise<void> {
    this.#libp2p.addEventListener('peer:connect', ({ detail }) =>
      this.#events.emit('connected', { peer: detail.toString() }),
    );
    this.#libp2p.addEventListener('peer:disconnect', ({ detail }) =>
      this.#events.emit('disconnected', { peer: detail.toString() }),
    );
    // Protocols come before connections, so that the first identify message names them all.
    await this.#bitswap.start();
    await this.#storers.start();
    await this.#keeper?.start();
    await this.#libp2p.start();
    void this.#collect();
    this.#collector = setInterval(() => void this.#collect(), this.#keep?.everyMs ?? 10_000);
    if (this.#keep !== undefined) this.#storers.onConnected(() => this.#announceAll());
    await this.#servers.start();
  }

  addresses(): readonly string[] {
    return this.#libp2p.getMultiaddrs().map((address) => address.toString());
  }

  peers(): readonly ConnectedPeer[] {
    return this.#libp2p.getConnections().map(({ remotePeer, remoteAddr }) => ({
      peer: remotePeer.toString(),
      address: remoteAddr.toString(),
      keeps: this.#storers.has(remotePeer),
    }));
  }

  stat(): DxStat {
    return {
      peer: this.peerId,
      peers: this.#libp2p.getPeers().length,
      storers: this.#storers.connected.length,
      keeps: this.#keeper !== undefined,
      ...this.#store.stat(),
    };
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return this.#platform.privateKey.sign(message);
  }

  on<Name extends keyof DxEvents>(name: Name, listener: (event: DxEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  async upload(data: Uint8Array, options: UploadOptions = {}): Promise<Uploaded> {
    const { replicas = DEFAULT_REPLICAS, timeoutMs = DEFAULT_TIMEOUT_MS, onProgress } = options;
    if (!Number.isInteger(replicas) || replicas < 1) throw new RangeError('At least one other peer must hold it.');
    const signal = this.#limit(timeoutMs, options.signal);
    // The caller may go on to use its memory for something else.
    const dag = await buildDag(data.slice());
    const key = dag.root.toString();
    if (options.key !== undefined && parseContentId(options.key).toString() !== key) {
      throw new WrongKey(`The data has the content id ${key} and not ${options.key}.`);
    }
    signal.throwIfAborted();
    await this.#hold(key, dag, data.length);
    const stopCounting = onProgress === undefined ? () => undefined : this.#countGiven(dag, data.length, onProgress);
    try {
      const holders = await replicate({
        key,
        bytes: data.length,
        replicas,
        already: this.#keeper === undefined ? [] : [this.peerId],
        storers: this.#storers,
        mayCome: () => !this.#servers.complete,
        tried: this.#servers.tried,
        signal,
      });
      onProgress?.({ bytes: data.length, total: data.length });
      return { key, holders };
    } catch (error) {
      throw options.signal?.aborted ? options.signal.reason : error;
    } finally {
      stopCounting();
      await this.#store.release(key);
    }
  }

  async download(key: ContentId, options: DownloadOptions = {}): Promise<Uint8Array> {
    const { maxBytes = DEFAULT_MAX_BYTES, timeoutMs = DEFAULT_TIMEOUT_MS, onProgress } = options;
    const root = parseContentId(key);
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#limit(timeoutMs, options.signal), ended.signal]);
    signal.throwIfAborted();
    let data = new Uint8Array();
    let done = 0;
    try {
      await fetchDag(root, {
        maxBytes,
        fetch: async (cid, likely) => {
          const local = await this.#store.get(cid);
          return local === undefined ? this.#bitswap.fetch(cid, { signal, first: likely }) : { bytes: local };
        },
        onSize: (bytes) => {
          data = new Uint8Array(bytes);
          onProgress?.({ bytes: 0, total: bytes });
        },
        onBlock: ({ bytes }, offset) => {
          if (offset === undefined) return;
          data.set(bytes, offset);
          done += bytes.length;
          onProgress?.({ bytes: done, total: data.length });
        },
      });
      return data;
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      this.#closing.signal.throwIfAborted();
      if (error instanceof DOMException && error.name === 'TimeoutError') {
        throw new NotFound(`Nobody gave ${key} within ${timeoutMs / 1000} s.`, { cause: error });
      }
      throw error;
    } finally {
      ended.abort();
    }
  }

  async meet(peer: string, { timeoutMs = MEETING_TIMEOUT_MS } = {}): Promise<void> {
    await meet(this.#libp2p, this.#relays, peer, this.#limit(timeoutMs, undefined));
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(new Error('The Dx peer is closed.'));
    clearInterval(this.#collector);
    clearTimeout(this.#reannounce);
    this.#servers.stop();
    this.#announcer.stop();
    this.#storers.stop();
    await this.#keeper?.stop();
    await this.#bitswap.stop();
    await this.#libp2p.stop();
    await this.#platform.close?.();
  }

  /** Puts own data where others can fetch it from. It must be released. */
  async #hold(key: ContentId, dag: Dag, bytes: number): Promise<void> {
    const admission = await this.#store.reserve(key, bytes, this.#keeper === undefined);
    if (!admission.admitted) {
      throw new (admission.reason === 'TooLarge' ? TooLarge : NotReplicated)(admission.message);
    }
    if (this.#store.holds(key)) return;
    const put: CID[] = [];
    try {
      for (const block of dag.blocks) {
        put.push(block.cid);
        await this.#store.put(block);
      }
      await this.#store.commit(key, put.splice(0));
    } catch (error) {
      await this.#store.release(key, put);
      throw error;
    }
    for (const { cid } of dag.blocks) this.#bitswap.announce(cid);
    if (this.#keeper === undefined) return;
    this.#events.emit('kept', { key });
    this.#announcer.announce(key);
  }

  /** Reports how much of it the fastest storer has got. */
  #countGiven(dag: Dag, total: number, onProgress: NonNullable<UploadOptions['onProgress']>): () => void {
    const sizes = new Map(
      dag.blocks.filter(({ cid }) => cid.code !== 0x70).map((b) => [blockKey(b.cid), b.bytes.length]),
    );
    const given = new Map<string, number>();
    let most = 0;
    onProgress({ bytes: 0, total });
    const onGiven = (to: string, cid: CID) => {
      const sum = (given.get(to) ?? 0) + (sizes.get(blockKey(cid)) ?? 0);
      given.set(to, sum);
      if (sum <= most) return;
      most = sum;
      onProgress({ bytes: Math.min(total, sum), total });
    };
    this.#uploads.add(onGiven);
    return () => this.#uploads.delete(onGiven);
  }

  async #collect(): Promise<void> {
    // A large chain takes its time to say what it refers to; one question at a time is enough.
    if (this.#collecting) return;
    this.#collecting = true;
    let references: ReadonlySet<ContentId> | undefined;
    try {
      references = await this.#keep?.references?.();
    } catch (error) {
      this.#events.emit('warning', { message: `The chain does not say what it refers to: ${messageOf(error)}` });
    }
    try {
      await this.#store.collect(references);
    } catch (error) {
      this.#events.emit('warning', { message: `Old data could not be removed: ${messageOf(error)}` });
    } finally {
      this.#collecting = false;
    }
  }

  /** A storer that has just come knows none of the records; several that come together cause one round. */
  #announceAll(): void {
    clearTimeout(this.#reannounce);
    this.#reannounce = setTimeout(() => {
      for (const key of this.#store.keys()) this.#announcer.announce(key);
    }, 2_000);
  }

  #limit(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
    const signals = [this.#closing.signal, AbortSignal.timeout(timeoutMs)];
    return AbortSignal.any(signal === undefined ? signals : [...signals, signal]);
  }
}
