/** The storer's side of the keep protocol: takes requests, fetches what is to be kept, and answers. */
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import type { Libp2p } from 'libp2p';
import type { CID } from 'multiformats/cid';

import type { Bitswap } from './bitswap/bitswap.ts';
import { parseContentId } from './content-id.ts';
import { fetchDag } from './download.ts';
import { Corrupt, InvalidKey, TooLarge } from './errors.ts';
import {
  decodeKeepMessage,
  encodeKeepMessage,
  KEEP_PROTOCOL,
  keepRequest,
  MAX_KEEP_MESSAGE_BYTES,
  type KeepAnswer,
  type KeepRequest,
  type Refusal,
} from './keep-protocol.ts';
import type { Store } from './store.ts';
import { messageOf, readFrames, writeFrame } from './streams.ts';
import type { ContentId } from './types.ts';

export interface KeeperOptions {
  readonly libp2p: Libp2p;
  readonly bitswap: Bitswap;
  readonly store: Store;
  /** Called when something is kept that was not kept before. */
  readonly onKept: (key: ContentId) => void;
}

/** So many things are fetched at once for one peer; further requests wait. */
const perPeer = 16;
/** So many requests of one peer may wait; further ones are refused. */
const maxWaiting = 1024;
/** How long a single block may take. Who is slower than that would hold room that others need. */
const blockTimeoutMs = 20_000;
const answerTimeoutMs = 10_000;

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #stopping = new AbortController();
  /** The same data may be brought by two peers at once; one of them is enough. */
  readonly #inProgress = new Map<ContentId, Promise<KeepAnswerBody>>();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const onStream = (stream: Stream, connection: Connection) => void this.#serve(stream, connection);
    const limits = { runOnLimitedConnection: true, maxInboundStreams: 8 };
    await this.#options.libp2p.handle(KEEP_PROTOCOL, onStream, limits);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The peer stops.'));
    await this.#options.libp2p.unhandle(KEEP_PROTOCOL);
  }

  async #serve(stream: Stream, connection: Connection): Promise<void> {
    const signal = this.#stopping.signal;
    const waiting: KeepRequest[] = [];
    let running = 0;
    const answer = async (message: KeepAnswer) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
      // Who does not take answers any more has no use for them.
      await writeFrame(stream, encodeKeepMessage(message), limit).catch((error: unknown) => abort(stream, error));
    };
    const work = async () => {
      running++;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await answer({ id: next.id, ...(await this.keep(next.key, next.bytes, connection.remotePeer)) });
      }
      running--;
    };
    try {
      for await (const frame of readFrames(stream, MAX_KEEP_MESSAGE_BYTES)) {
        const request = decodeKeepMessage(keepRequest, frame);
        if (waiting.length >= maxWaiting) {
          await answer({ id: request.id, ...refuse('Busy', 'Too many requests wait already; ask again later.') });
          continue;
        }
        waiting.push(request);
        if (running < perPeer) void work();
      }
      await stream.close();
    } catch (error) {
      abort(stream, error);
    }
  }

  /** Keeps something, fetching it from a peer if it is not here. Never throws. */
  async keep(key: ContentId, bytes: number, from: PeerId): Promise<KeepAnswerBody> {
    const running = this.#inProgress.get(key);
    if (running !== undefined) {
      const answer = await running;
      // What failed with another peer may work with this one.
      if (answer.kept) return answer;
    }
    const attempt = this.#keep(key, bytes, from);
    this.#inProgress.set(key, attempt);
    try {
      return await attempt;
    } finally {
      if (this.#inProgress.get(key) === attempt) this.#inProgress.delete(key);
    }
  }

  async #keep(key: ContentId, bytes: number, from: PeerId): Promise<KeepAnswerBody> {
    const { store, onKept } = this.#options;
    let root: CID;
    try {
      root = parseContentId(key);
    } catch (error) {
      return refuse('Invalid', messageOf(error));
    }
    const admission = await store.reserve(key, bytes);
    if (!admission.admitted) return refuse(admission.reason, admission.message);
    const put: CID[] = [];
    try {
      if (store.holds(key)) return { kept: true };
      const ended = new AbortController();
      try {
        await this.#fetch(root, bytes, from, put, ended.signal);
      } finally {
        ended.abort();
      }
      await store.commit(key, put.splice(0));
      onKept(key);
      return { kept: true };
    } catch (error) {
      if (error instanceof Corrupt || error instanceof InvalidKey) return refuse('Corrupt', error.message);
      if (error instanceof TooLarge) return refuse('Corrupt', `It is larger than was said: ${error.message}`);
      return refuse('NotFetched', `It could not be fetched from you: ${messageOf(error)}`);
    } finally {
      await store.release(key, put);
    }
  }

  async #fetch(root: CID, bytes: number, from: PeerId, put: CID[], ended: AbortSignal): Promise<void> {
    const { bitswap, store } = this.#options;
    await fetchDag(root, {
      maxBytes: bytes,
      fetch: async (cid) => {
        const local = await store.get(cid);
        if (local !== undefined) return { bytes: local };
        const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(blockTimeoutMs), ended]);
        return { bytes: (await bitswap.fetch(cid, { signal, first: [from], only: true })).bytes };
      },
      onSize: (size) => {
        if (size !== bytes) throw new Corrupt(`It has ${size} bytes and not ${bytes}.`);
      },
      onBlock: async (block) => {
        put.push(block.cid);
        await store.put(block);
        bitswap.announce(block.cid);
      },
    });
  }
}

/** An answer without the number of its request. */
export type KeepAnswerBody = { kept: true } | { kept: false; reason: Refusal; message: string };

function refuse(reason: Refusal, message: string): KeepAnswerBody {
  return { kept: false, reason, message: message.slice(0, 300) };
}

function abort(stream: Stream, error: unknown): void {
  stream.abort(error instanceof Error ? error : new Error(String(error)));
}
