/** The asking side of the keep protocol, towards one storer. */
import type { PeerId, Stream } from '@libp2p/interface';
import type { Libp2p } from 'libp2p';

import {
  decodeKeepMessage,
  encodeKeepMessage,
  KEEP_PROTOCOL,
  keepAnswer,
  MAX_KEEP_MESSAGE_BYTES,
  type KeepAnswer,
} from './keep-protocol.ts';
import { openStream, readFrames, writeFrame } from './streams.ts';
import type { ContentId } from './types.ts';

interface Pending {
  readonly resolve: (answer: KeepAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests share one stream, which is opened with the first and again after it has broken. */
export class KeepClient {
  readonly peer: PeerId;
  readonly #libp2p: Libp2p;
  readonly #pending = new Map<number, Pending>();
  readonly #closing = new AbortController();
  #stream: Stream | undefined;
  #opening: Promise<Stream> | undefined;
  #nextId = 1;

  constructor(libp2p: Libp2p, peer: PeerId) {
    this.#libp2p = libp2p;
    this.peer = peer;
  }

  /**
   * Asks the storer to keep something.
   *
   * @throws when it cannot be asked, when the connection is lost meanwhile, or with the signal's reason
   */
  async keep(key: ContentId, bytes: number, signal: AbortSignal): Promise<KeepAnswer> {
    signal.throwIfAborted();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<KeepAnswer>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(id, { resolve, reject });
    try {
      const sent = this.#open().then((stream) => writeFrame(stream, encodeKeepMessage({ id, key, bytes }), signal));
      sent.catch(reject);
      return await promise;
    } finally {
      this.#pending.delete(id);
      signal.removeEventListener('abort', onAbort);
    }
  }

  close(): void {
    this.#closing.abort(new Error('The storer has left.'));
    this.#stream?.abort(new Error('The peer has left.'));
    this.#stream = undefined;
    this.#failAll(new Error('The storer has left.'));
  }

  async #open(): Promise<Stream> {
    if (this.#stream?.writeStatus === 'writable') return this.#stream;
    this.#opening ??= this.#openNew().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openNew(): Promise<Stream> {
    const { stream } = await openStream(this.#libp2p, this.peer, KEEP_PROTOCOL, this.#closing.signal);
    this.#stream = stream;
    void this.#read(stream);
    return stream;
  }

  async #read(stream: Stream): Promise<void> {
    let reason: unknown = new Error('The storer has closed the stream.');
    try {
      for await (const frame of readFrames(stream, MAX_KEEP_MESSAGE_BYTES)) {
        const answer = decodeKeepMessage(keepAnswer, frame);
        this.#pending.get(answer.id)?.resolve(answer);
      }
    } catch (error) {
      reason = error;
    }
    stream.abort(reason instanceof Error ? reason : new Error(String(reason)));
    this.#failAll(reason);
  }

  #failAll(reason: unknown): void {
    for (const { reject } of this.#pending.values()) reject(reason);
  }
}
