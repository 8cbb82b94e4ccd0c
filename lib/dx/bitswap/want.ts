/** One block that is looked for: whom to ask, whom to ask next, and when to give up. */
import type { CID } from 'multiformats/cid';

import { Corrupt, NotFound } from '../errors.ts';
import { blockKey, type Link } from './link.ts';

export interface Fetched {
  readonly bytes: Uint8Array;
  /** The peer that gave it. */
  readonly from: Link;
}

/**
 * - asked: for the block; - queried: whether it is there; - has, none: what it said; - lied: it sent something else;
 * - failed: it could not be reached.
 */
type State = 'asked' | 'queried' | 'has' | 'none' | 'lied' | 'failed';

/** When a peer was last asked, and after how long a silence it is asked again, in milliseconds. */
interface Asking {
  readonly atMs: number;
  readonly patienceMs: number;
}

export interface WantOptions {
  readonly cid: CID;
  /** Peers that probably have it, the best first. */
  readonly first: readonly Link[];
  /** Whether only these are asked. */
  readonly only: boolean;
  /** The connected peers, the best first. */
  readonly connected: () => readonly Link[];
  /** Peers that are to give it themselves where they can, although others may be faster. */
  readonly isPreferred: (link: Link) => boolean;
  /** Looks for further peers, and returns when as many as possible are connected. */
  readonly search: (signal: AbortSignal) => Promise<void>;
}

/** So many connected peers are asked at once whether they have a block. */
const maxQueried = 16;
/** So many peers are asked for the same block at once when the first ones are slow. */
const maxAsked = 3;
/** When to ask another peer beside one that does not answer, in milliseconds. */
const hedgeMs = 1_000;
/** So many of these times a preferred peer has to itself: it may be a page that is busy, and is noticed when it closes. */
const preferredTimes = 4;
/**
 * A peer that says nothing at all for so long is asked again, and then after twice as long each. A question or an answer
 * can be lost with a connection of which nobody knows yet that it is dead; and Kubo drops a question for what it is just
 * sending.
 */
const patienceMs = 5_000;
/** The pauses between searches for further peers, in milliseconds. */
const searchPauses = [500, 1_000, 2_000, 4_000, 8_000];

export class Want {
  readonly cid: CID;
  readonly key: string;
  readonly #options: WantOptions;
  readonly #states = new Map<Link, State>();
  readonly #askings = new Map<Link, Asking>();
  readonly #outcome = Promise.withResolvers<Fetched>();
  readonly #ended = new AbortController();
  #parallel = 1;
  #slow = 0;
  #searching = false;
  #searches = 0;
  #hedge: ReturnType<typeof setInterval> | undefined;

  constructor(options: WantOptions) {
    this.#options = options;
    this.cid = options.cid;
    this.key = blockKey(options.cid);
    this.#outcome.promise.catch(() => undefined);
  }

  /**
   * Asks until somebody gives the block.
   *
   * @throws {Corrupt} when somebody gave something else, and nobody the right thing
   * @throws {NotFound} when `only` the given peers were to be asked and none has it
   * @throws the signal's reason
   */
  async run(signal: AbortSignal): Promise<Fetched> {
    const onAbort = () => this.#outcome.reject(this.#lied() ?? signal.reason);
    if (signal.aborted) throw signal.reason;
    signal.addEventListener('abort', onAbort, { once: true });
    this.#hedge = setInterval(() => this.#onSlow(), hedgeMs);
    try {
      this.#step();
      return await this.#outcome.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearInterval(this.#hedge);
      this.#ended.abort();
      // The others need not send it, now or when they get it.
      for (const [link, state] of this.#states) {
        if (state === 'asked' || state === 'queried' || state === 'none' || state === 'has') link.cancel(this.cid);
      }
      this.#states.clear();
    }
  }

  /** Whether the block itself was asked of this peer, and it has not answered. */
  isAskedOf(link: Link): boolean {
    return this.#states.get(link) === 'asked';
  }

  onBlock(from: Link, bytes: Uint8Array): void {
    // One that was asked again may be about to send it again.
    const isAskedAgain = (this.#askings.get(from)?.patienceMs ?? 0) > patienceMs;
    if (!isAskedAgain) this.#states.delete(from);
    this.#outcome.resolve({ bytes, from });
  }

  onPresence(from: Link, has: boolean): void {
    const state = this.#states.get(from);
    if (state === undefined) return;
    // A peer that was asked for the block and says that it has it is going to send it.
    if (state === 'asked' && has) return;
    this.#states.set(from, has ? 'has' : 'none');
    this.#step();
  }

  onLie(from: Link): void {
    this.#states.set(from, 'lied');
    this.#step();
  }

  onFailed(link: Link): void {
    if (this.#states.get(link) === undefined || this.#states.get(link) === 'lied') return;
    this.#states.set(link, 'failed');
    this.#step();
  }

  onJoined(link: Link): void {
    if (this.#options.only || this.#states.has(link)) return;
    this.#ask(link, this.#count('asked') < this.#parallel ? 'asked' : 'queried');
  }

  #step(): void {
    if (this.#ended.signal.aborted) return;
    const { first, only } = this.#options;
    if (this.#count('asked') >= this.#parallel) return;
    const next = first.find((link) => !this.#states.has(link)) ?? this.#inState('has');
    if (next !== undefined) {
      this.#ask(next, 'asked');
      return;
    }
    if (only) {
      if (this.#count('asked') === 0) this.#outcome.reject(this.#lied() ?? new NotFound(this.#say('no longer has')));
      return;
    }
    let asked = this.#count('asked') > 0 || this.#count('queried') > 0;
    const unknown = this.#options.connected().filter((link) => !this.#states.has(link));
    for (const link of unknown.slice(0, maxQueried)) {
      this.#ask(link, asked ? 'queried' : 'asked');
      asked = true;
    }
    if (!asked) void this.#search();
  }

  #onSlow(): void {
    if (++this.#slow < preferredTimes && this.#isPreferredAsked()) return;
    this.#parallel = Math.min(maxAsked, this.#parallel + 1);
    this.#askAgain();
    this.#step();
    if (!this.#options.only) void this.#search();
  }

  async #search(): Promise<void> {
    if (this.#searching) return;
    this.#searching = true;
    const signal = this.#ended.signal;
    try {
      await this.#options.search(signal);
    } catch {
      // A search without a result is followed by another one.
    }
    if (signal.aborted) return;
    const open = this.#count('asked') + this.#count('queried') + this.#count('has');
    if (open === 0 && this.#lied() !== undefined) {
      this.#outcome.reject(this.#lied());
      return;
    }
    const pause = searchPauses[Math.min(this.#searches++, searchPauses.length - 1)];
    const timer = setTimeout(() => {
      this.#searching = false;
      this.#step();
    }, pause);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  #ask(link: Link, state: 'asked' | 'queried', patience = patienceMs): void {
    this.#states.set(link, state);
    this.#askings.set(link, { atMs: performance.now(), patienceMs: patience });
    link.ask(this.cid, state === 'asked' ? 'block' : 'have');
  }

  #isPreferredAsked(): boolean {
    for (const [link, state] of this.#states) if (state === 'asked' && this.#options.isPreferred(link)) return true;
    return false;
  }

  #askAgain(): void {
    const now = performance.now();
    for (const [link, state] of this.#states) {
      const asking = this.#askings.get(link);
      if ((state !== 'asked' && state !== 'queried') || asking === undefined) continue;
      if (now - Math.max(asking.atMs, link.heardAtMs) < asking.patienceMs) continue;
      this.#ask(link, state, 2 * asking.patienceMs);
    }
  }

  #count(wanted: State): number {
    let count = 0;
    for (const state of this.#states.values()) if (state === wanted) count++;
    return count;
  }

  #inState(wanted: State): Link | undefined {
    for (const [link, state] of this.#states) if (state === wanted) return link;
    return undefined;
  }

  #lied(): Corrupt | undefined {
    const liar = this.#inState('lied');
    if (liar === undefined) return undefined;
    return new Corrupt(`Peer ${liar.key} gave something else for ${this.cid.toString()}, and nobody the right thing.`);
  }

  #say(what: string): string {
    return `${this.#options.first.map(({ key }) => key).join(', ')} ${what} ${this.cid.toString()}.`;
  }
}
