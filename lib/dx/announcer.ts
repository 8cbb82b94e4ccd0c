/**
 * Telling the DHT what is kept here, in the background and slowly: a record costs more than a small upload, and peers that
 * are connected to a storer find what it keeps without one.
 */
import type { Libp2p } from 'libp2p';

import { parseContentId } from './content-id.ts';
import type { ContentId } from './types.ts';

/** A key is announced so long after it has been kept, and the next one so long after that, in milliseconds. */
const firstPauseMs = 500;
const pauseMs = 100;
/** So many may wait; beyond that the oldest are left out, and sent when everything is announced again. */
const maxWaiting = 20_000;
const timeoutMs = 15_000;

export class Announcer {
  readonly #libp2p: Libp2p;
  readonly #waiting = new Set<ContentId>();
  readonly #stopping = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(libp2p: Libp2p) {
    this.#libp2p = libp2p;
  }

  announce(key: ContentId): void {
    this.#waiting.add(key);
    for (const oldest of this.#waiting) {
      if (this.#waiting.size <= maxWaiting) break;
      this.#waiting.delete(oldest);
    }
    this.#timer ??= setTimeout(() => void this.#work(), firstPauseMs);
  }

  /** It is not kept any more; records that others have of it expire. */
  withdraw(key: ContentId): void {
    this.#waiting.delete(key);
    void this.#libp2p.contentRouting.cancelReprovide(parseContentId(key)).catch(() => undefined);
  }

  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  async #work(): Promise<void> {
    const [key] = this.#waiting;
    if (key === undefined) {
      this.#timer = undefined;
      return;
    }
    this.#waiting.delete(key);
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(timeoutMs)]);
    // Without a record it is still found by everybody who is connected to this peer, and announced again later.
    await this.#libp2p.contentRouting.provide(parseContentId(key), { signal }).catch(() => undefined);
    if (!this.#stopping.signal.aborted) this.#timer = setTimeout(() => void this.#work(), pauseMs);
  }
}
