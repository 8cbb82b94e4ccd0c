/** Getting others to hold some data: as many as are wanted, or as many as there are. */
import { NotReplicated } from './errors.ts';
import type { KeepClient } from './keep-client.ts';
import type { Storers } from './storers.ts';
import { messageOf } from './streams.ts';
import type { ContentId } from './types.ts';

export interface ReplicateOptions {
  readonly key: ContentId;
  readonly bytes: number;
  /** How many holders are wanted, those in `already` counted. */
  readonly replicas: number;
  /** Who holds it already. */
  readonly already: readonly string[];
  readonly storers: Storers;
  /** Whether storers may still come: a server is being reconnected. */
  readonly mayCome: () => boolean;
  /** Resolves when each server has been tried once: just after the start some may still be on their way. */
  readonly tried: Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * A storer that does not answer for so long is not waited for: another one is asked beside it, in milliseconds. Nor is one
 * that is being connected, where somebody holds the data already.
 */
const slowMs = 3_000;

/**
 * Asks storers until enough of them hold it.
 *
 * @returns the holders
 * @throws {NotReplicated} when nobody does, and nobody can be expected to
 */
export async function replicate(options: ReplicateOptions): Promise<readonly string[]> {
  const { storers, replicas, already } = options;
  if (already.length < replicas && storers.connected.length < replicas - already.length) await storers.find();
  return new Replication(options).run();
}

class Replication {
  readonly #options: ReplicateOptions;
  readonly #holders: string[];
  readonly #refusals: string[] = [];
  /** The connections over which it was asked: a storer that comes back is asked again. */
  readonly #asked = new Set<KeepClient>();
  readonly #outcome = Promise.withResolvers<readonly string[]>();
  #open = 0;
  #slow = 0;
  /** Whether a storer may come at any moment: not all servers have been tried. */
  #isEarly = true;

  constructor(options: ReplicateOptions) {
    this.#options = options;
    this.#holders = [...options.already];
    this.#outcome.promise.catch(() => undefined);
  }

  async run(): Promise<readonly string[]> {
    const { signal, storers } = this.#options;
    const onAbort = () => {
      // What is held by fewer than wanted when the time is over is held after all.
      if (this.#holders.length > 0) this.#outcome.resolve(this.#holders);
      else this.#outcome.reject(this.#failure());
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const ignore = storers.onConnected(() => this.#step());
    const timer = setInterval(() => {
      this.#slow = this.#open;
      this.#isEarly = false;
      this.#step();
    }, slowMs);
    let isOver = false;
    void this.#options.tried.then(() => {
      this.#isEarly = false;
      if (!isOver) this.#step();
    });
    try {
      this.#step();
      return await this.#outcome.promise;
    } finally {
      isOver = true;
      clearInterval(timer);
      ignore();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #step(): void {
    const { key, replicas, storers, mayCome } = this.#options;
    if (this.#holders.length >= replicas) {
      this.#outcome.resolve(this.#holders);
      return;
    }
    for (const client of storers.inOrderFor(key)) {
      if (this.#asked.has(client)) continue;
      if (this.#holders.length + this.#open - this.#slow >= replicas) break;
      void this.#ask(client);
    }
    if (this.#open > 0) return;
    // All that there are have been asked.
    if (this.#holders.length > 0) {
      if (!this.#isEarly) this.#outcome.resolve(this.#holders);
    } else if (!mayCome()) this.#outcome.reject(this.#failure());
  }

  async #ask(client: KeepClient): Promise<void> {
    const { key, bytes, signal } = this.#options;
    const peer = client.peer.toString();
    this.#asked.add(client);
    this.#open++;
    try {
      const answer = await client.keep(key, bytes, signal);
      if (!answer.kept) this.#refusals.push(`${peer}: ${answer.reason} (${answer.message})`);
      else if (!this.#holders.includes(peer)) this.#holders.push(peer);
    } catch (error) {
      this.#refusals.push(`${peer}: ${messageOf(error)}`);
    }
    this.#open--;
    this.#slow = Math.min(this.#slow, this.#open);
    this.#step();
  }

  #failure(): NotReplicated {
    const why = this.#refusals.length === 0 ? 'no storer is connected' : this.#refusals.join('; ');
    const hint = this.#refusals.length === 0 ? ' Name the address of a Dx server that runs.' : '';
    return new NotReplicated(`Nobody else holds ${this.#options.key}: ${why}.${hint}`);
  }
}
