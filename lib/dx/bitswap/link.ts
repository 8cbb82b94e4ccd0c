/** One peer as Bitswap sees it: what it wants from here, and what is to be said to it. */
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import type { CID } from 'multiformats/cid';

import { writeFrame, type OpenStream } from '../streams.ts';
import { encodeMessage, type Presence, type WantEntry } from './message.ts';

/** Blocks as they are given away. */
export interface BlockReader {
  has(cid: CID): Promise<boolean>;
  /** `undefined` when it is not there. */
  get(cid: CID): Promise<Uint8Array | undefined>;
}

export interface Wanted {
  readonly cid: CID;
  readonly type: 'block' | 'have';
}

/** What a peer can want at a time without having got it; beyond that the oldest is forgotten. */
const maxWanted = 2048;
/** A message is closed when it has this many bytes of blocks; it is less than what peers take (2 to 4 MiB). */
const messageBytes = 1024 * 1024;
/** Some implementations drop a stream on which nothing comes for ten seconds, so it is closed before. */
const idleMs = 4_000;
/** How long a peer may take to accept a message. */
const sendTimeoutMs = 30_000;

/** The key of a block where content ids with different codecs mean the same block. */
export function blockKey(cid: CID): string {
  return digestKey(cid.multihash.digest);
}

export function digestKey(digest: Uint8Array): string {
  let key = '';
  for (const byte of digest) key += String.fromCharCode(byte);
  return key;
}

export interface LinkOptions {
  readonly peer: PeerId;
  readonly blocks: BlockReader;
  readonly open: (signal: AbortSignal) => Promise<OpenStream>;
  /** The connection on which a new stream would be opened now. */
  readonly best: () => Connection | undefined;
  /** Called after a block has been sent. */
  readonly onGiven: (cid: CID, bytes: number) => void;
  /** Called when what was to be said could not be said. */
  readonly onFailed: (error: unknown) => void;
}

/** Everything that is said in one turn of the event loop travels in one message, on one stream that is kept open. */
export class Link {
  readonly peer: PeerId;
  readonly key: string;
  /** What the peer wants and is not here yet. */
  readonly wanted = new Map<string, Wanted>();
  /** When it said something last, by `performance.now()`. */
  heardAtMs = 0;

  readonly #options: LinkOptions;
  readonly #wants = new Map<string, WantEntry>();
  readonly #presences = new Map<string, Presence>();
  readonly #blocks = new Map<string, CID>();
  readonly #closing = new AbortController();
  #sending = false;
  #open: OpenStream | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.peer = options.peer;
    this.key = options.peer.toString();
  }

  /** Asks for a block, or whether it is there. */
  ask(cid: CID, type: WantEntry['type']): void {
    this.#wants.set(blockKey(cid), { cid, type, cancel: false, sendDontHave: true });
    this.#wake();
  }

  cancel(cid: CID): void {
    this.#wants.set(blockKey(cid), { cid, type: 'block', cancel: true, sendDontHave: false });
    this.#wake();
  }

  tell(cid: CID, has: boolean): void {
    this.#presences.set(blockKey(cid), { cid, has });
    this.#wake();
  }

  /** Sends a block; it is read from the store only when its turn comes. */
  give(cid: CID): void {
    this.#blocks.set(blockKey(cid), cid);
    this.#wake();
  }

  /** Takes note of what the peer wants. */
  want(key: string, wanted: Wanted): void {
    this.wanted.delete(key);
    this.wanted.set(key, wanted);
    for (const oldest of this.wanted.keys()) {
      if (this.wanted.size <= maxWanted) break;
      this.wanted.delete(oldest);
    }
  }

  /** The peer does not want it any more. */
  unwant(key: string): void {
    this.wanted.delete(key);
    this.#blocks.delete(key);
    this.#presences.delete(key);
  }

  close(): void {
    this.#closing.abort(new Error('The peer has left.'));
    clearTimeout(this.#idle);
    this.#open?.stream.abort(new Error('The peer has left.'));
    this.#open = undefined;
  }

  #wake(): void {
    if (this.#sending || this.#closing.signal.aborted) return;
    this.#sending = true;
    clearTimeout(this.#idle);
    void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    try {
      // What is said in the same turn goes along.
      await Promise.resolve();
      while (this.#wants.size + this.#presences.size + this.#blocks.size > 0) await this.#sendNext();
    } catch (error) {
      this.#wants.clear();
      this.#presences.clear();
      this.#blocks.clear();
      this.#open?.stream.abort(error instanceof Error ? error : new Error(String(error)));
      this.#open = undefined;
      if (!this.#closing.signal.aborted) this.#options.onFailed(error);
    } finally {
      this.#sending = false;
    }
    this.#idle = setTimeout(() => this.#closeStream(), idleMs);
  }

  async #sendNext(): Promise<void> {
    const wants = [...this.#wants.values()];
    this.#wants.clear();
    const blocks: { cid: CID; bytes: Uint8Array }[] = [];
    let size = 0;
    for (const [key, cid] of this.#blocks) {
      this.#blocks.delete(key);
      const bytes = await this.#options.blocks.get(cid);
      if (bytes === undefined) {
        this.#presences.set(key, { cid, has: false });
        continue;
      }
      blocks.push({ cid, bytes });
      size += bytes.length;
      if (size >= messageBytes) break;
    }
    const presences = [...this.#presences.values()];
    this.#presences.clear();
    await this.#send(encodeMessage({ wants, blocks, presences }));
    for (const { cid, bytes } of blocks) this.#options.onGiven(cid, bytes.length);
  }

  async #send(message: Uint8Array): Promise<void> {
    const timeout = AbortSignal.timeout(sendTimeoutMs);
    const signal = AbortSignal.any([this.#closing.signal, timeout]);
    const kept = this.#keptStream();
    if (kept !== undefined) {
      try {
        await writeFrame(kept, message, signal);
        return;
      } catch {
        // The peer may have dropped the stream meanwhile; a new one tells whether the peer itself is gone.
        signal.throwIfAborted();
      }
    }
    this.#open = await this.#options.open(signal);
    await writeFrame(this.#open.stream, message, signal);
  }

  #keptStream(): Stream | undefined {
    if (this.#open === undefined) return undefined;
    const { stream, connection } = this.#open;
    if (stream.writeStatus !== 'writable') return undefined;
    // Pages that have met through a relay are connected directly a moment later, and the relay may go then.
    if (this.#options.best() === connection) return stream;
    this.#closeStream();
    return undefined;
  }

  #closeStream(): void {
    const stream = this.#open?.stream;
    this.#open = undefined;
    stream?.close({ signal: AbortSignal.timeout(idleMs) }).catch(() => stream.abort(new Error('It did not close.')));
  }
}
