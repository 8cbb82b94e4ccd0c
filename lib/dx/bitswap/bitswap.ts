/**
 * Bitswap 1.2, by which peers give each other blocks.
 *
 * It is written anew, and not taken from `@helia/bitswap` (4.0), because that one is made for files on the public
 * network: it looks up every block in the DHT although a connected peer has it, drops the second request of a peer for
 * the same block, never withdraws a request, and throws away wrong blocks without a word, so that a corrupt answer looks
 * like none. Both speak to each other; a test keeps it so.
 *
 * @see https://specs.ipfs.tech/bitswap-protocol/
 */
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import type { Libp2p } from 'libp2p';
import type { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';

import { CHUNK_BYTES } from '../dag.ts';
import { connectionTo, openStream, readFrames } from '../streams.ts';
import { blockKey, digestKey, Link, type BlockReader } from './link.ts';
import { decodeMessage, type BitswapMessage, type WantEntry } from './message.ts';
import { Want } from './want.ts';

export const BITSWAP_PROTOCOL = '/ipfs/bitswap/1.2.0';

/** The longest message that is taken. */
const maxMessageBytes = 4 * 1024 * 1024;
/** A block of at most so many bytes is sent at once to a peer that asks whether it is there. */
const smallBytes = 1024;
/** How many content ids of blocks that came are remembered, so that a second copy is not taken for a lie. */
const maxRecent = 4096;
/** How many providers a search connects to. */
const maxProviders = 4;
const dialTimeoutMs = 10_000;

export interface BitswapOptions {
  readonly libp2p: Libp2p;
  readonly blocks: BlockReader;
  /**
   * In which order connected peers are asked for a block, the smallest number first. One with a number below zero is
   * given time to send it before others are asked too.
   */
  readonly rank?: (peer: PeerId, cid: CID) => number;
  /** Called after a block has been sent. */
  readonly onGiven?: (to: PeerId, cid: CID, bytes: number) => void;
  /** Called for a block that was asked for, or asked for shortly before, and has come. */
  readonly onReceived?: (from: PeerId, bytes: number) => void;
}

export interface Fetched {
  readonly bytes: Uint8Array;
  /** The peer that gave it. */
  readonly from: PeerId;
}

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Peers that probably have it, the best first. */
  readonly first?: readonly PeerId[];
  /** Whether nobody else is asked. */
  readonly only?: boolean;
}

export class Bitswap {
  readonly #libp2p: Libp2p;
  readonly #blocks: BlockReader;
  readonly #rank: (peer: PeerId, cid: CID) => number;
  readonly #onGiven: (to: PeerId, cid: CID, bytes: number) => void;
  readonly #onReceived: (from: PeerId, bytes: number) => void;
  readonly #links = new Map<string, Link>();
  readonly #wants = new Map<string, Set<Want>>();
  readonly #recent = new Set<string>();
  #topology: string | undefined;

  constructor({
    libp2p,
    blocks,
    rank = () => 0,
    onGiven = () => undefined,
    onReceived = () => undefined,
  }: BitswapOptions) {
    this.#libp2p = libp2p;
    this.#blocks = blocks;
    this.#rank = rank;
    this.#onGiven = onGiven;
    this.#onReceived = onReceived;
  }

  async start(): Promise<void> {
    const onStream = (stream: Stream, connection: Connection) => void this.#receive(stream, connection);
    await this.#libp2p.handle(BITSWAP_PROTOCOL, onStream, {
      runOnLimitedConnection: true,
      maxInboundStreams: 64,
      maxOutboundStreams: 64,
    });
    this.#topology = await this.#libp2p.register(BITSWAP_PROTOCOL, {
      notifyOnLimitedConnection: true,
      onConnect: (peer) => {
        const link = this.#link(peer);
        for (const want of this.#allWants()) want.onJoined(link);
      },
      onDisconnect: (peer) => this.#drop(peer),
    });
  }

  async stop(): Promise<void> {
    if (this.#topology !== undefined) this.#libp2p.unregister(this.#topology);
    await this.#libp2p.unhandle(BITSWAP_PROTOCOL);
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  /**
   * Fetches one block. What is returned has the hash that its content id names.
   *
   * @throws {Corrupt} when somebody gave something else, and nobody the right thing
   * @throws {NotFound} with `only`, when these peers do not have it
   * @throws the signal's reason
   */
  async fetch(cid: CID, { signal, first = [], only = false }: FetchOptions): Promise<Fetched> {
    const want = new Want({
      cid,
      first: first.map((peer) => this.#link(peer)),
      only,
      connected: () =>
        [...this.#links.values()]
          .map((link) => ({ link, rank: this.#rank(link.peer, cid) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ link }) => link),
      isPreferred: ({ peer }) => this.#rank(peer, cid) < 0,
      search: (ended) => this.#search(cid, ended),
    });
    const wants = this.#wants.get(want.key) ?? new Set();
    this.#wants.set(want.key, wants.add(want));
    try {
      const { bytes, from } = await want.run(signal);
      return { bytes, from: from.peer };
    } finally {
      wants.delete(want);
      if (wants.size === 0) this.#wants.delete(want.key);
      this.#remember(want.key);
    }
  }

  /** Gives a block that has just come to those who asked for it before. */
  announce(cid: CID): void {
    const key = blockKey(cid);
    for (const link of this.#links.values()) {
      const wanted = link.wanted.get(key);
      if (wanted === undefined) continue;
      link.wanted.delete(key);
      if (wanted.type === 'block') link.give(wanted.cid);
      else link.tell(wanted.cid, true);
    }
  }

  #link(peer: PeerId): Link {
    const known = this.#links.get(peer.toString());
    if (known !== undefined) return known;
    const link = new Link({
      peer,
      blocks: this.#blocks,
      onGiven: (cid, bytes) => this.#onGiven(peer, cid, bytes),
      open: async (signal) => {
        if (connectionTo(this.#libp2p, peer) === undefined) await this.#libp2p.dial(peer, { signal });
        return openStream(this.#libp2p, peer, BITSWAP_PROTOCOL, signal);
      },
      best: () => connectionTo(this.#libp2p, peer),
      onFailed: () => {
        for (const want of this.#allWants()) want.onFailed(link);
        if (connectionTo(this.#libp2p, peer) === undefined) this.#drop(peer);
      },
    });
    this.#links.set(link.key, link);
    return link;
  }

  #drop(peer: PeerId): void {
    const link = this.#links.get(peer.toString());
    if (link === undefined) return;
    this.#links.delete(link.key);
    link.close();
    for (const want of this.#allWants()) want.onFailed(link);
  }

  async #receive(stream: Stream, connection: Connection): Promise<void> {
    try {
      for await (const frame of readFrames(stream, maxMessageBytes)) {
        const link = this.#link(connection.remotePeer);
        link.heardAtMs = performance.now();
        await this.#onMessage(link, decodeMessage(frame));
      }
      await stream.close();
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #onMessage(link: Link, message: BitswapMessage): Promise<void> {
    if (message.full) link.wanted.clear();
    for (const block of message.blocks) {
      const isOurs = block.hash === sha256.code && block.digestBytes === 32 && block.bytes.length <= 2 * CHUNK_BYTES;
      const { digest } = isOurs ? await sha256.digest(block.bytes) : { digest: new Uint8Array() };
      this.#onBlock(link, digestKey(digest), block.bytes);
    }
    for (const { cid, has } of message.presences) {
      for (const want of this.#wants.get(blockKey(cid)) ?? []) want.onPresence(link, has);
    }
    for (const want of message.wants) await this.#onWant(link, want);
  }

  #onBlock(link: Link, key: string, bytes: Uint8Array): void {
    const wants = this.#wants.get(key);
    if (wants !== undefined || this.#recent.has(key)) this.#onReceived(link.peer, bytes.length);
    if (wants !== undefined) {
      this.#remember(key);
      for (const want of wants) want.onBlock(link, bytes);
      return;
    }
    // Nobody asked for this. A peer that was asked for something else has answered that question wrongly, unless it is
    // a late copy of something that has come from elsewhere.
    if (this.#recent.has(key)) return;
    for (const want of this.#allWants()) if (want.isAskedOf(link)) want.onLie(link);
  }

  async #onWant(link: Link, { cid, type, cancel, sendDontHave }: WantEntry): Promise<void> {
    const key = blockKey(cid);
    if (cancel) {
      link.unwant(key);
      return;
    }
    // First noted, then looked up: a block that comes in between is not missed.
    link.want(key, { cid, type });
    if (!(await this.#blocks.has(cid))) {
      if (sendDontHave) link.tell(cid, false);
      return;
    }
    if (!link.wanted.delete(key)) return;
    if (type === 'block') link.give(cid);
    else if (((await this.#blocks.get(cid))?.length ?? Infinity) <= smallBytes) link.give(cid);
    else link.tell(cid, true);
  }

  /** Asks the DHT who has it, and connects to some of them; that they are there is then noticed as with any peer. */
  async #search(cid: CID, signal: AbortSignal): Promise<void> {
    const dials: Promise<unknown>[] = [];
    for await (const { id } of this.#libp2p.contentRouting.findProviders(cid, { signal })) {
      if (id.equals(this.#libp2p.peerId) || connectionTo(this.#libp2p, id) !== undefined) continue;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(dialTimeoutMs)]);
      dials.push(this.#libp2p.dial(id, { signal: limit }).catch(() => undefined));
      if (dials.length === maxProviders) break;
    }
    await Promise.all(dials);
  }

  *#allWants(): Generator<Want> {
    for (const wants of [...this.#wants.values()]) yield* [...wants];
  }

  #remember(key: string): void {
    this.#recent.add(key);
    for (const oldest of this.#recent) {
      if (this.#recent.size <= maxRecent) break;
      this.#recent.delete(oldest);
    }
  }
}
