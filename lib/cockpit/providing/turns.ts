/** Takes turns with the other tabs of a browser: one is at work, the next one takes over when it ends. */
import type { Locks } from '../locks.ts';

export interface TurnsOptions {
  readonly locks: Locks;
  readonly lockName: () => Promise<string>;
  /** Whether anybody is to be at work. Another tab may have changed that while this one waited. */
  readonly isWanted: () => Promise<boolean>;
  /**
   * The work, until it is over or the signal aborts.
   *
   * @param begun to be called as soon as it has begun
   */
  readonly work: (signal: AbortSignal, begun: () => void) => Promise<void>;
  /** Another tab is at work. */
  readonly onElsewhere: () => void;
  /** The turn has ended; with an error if it failed. */
  readonly onEnd: (error: unknown) => void;
  /** Ends everything. */
  readonly closing: AbortSignal;
}

interface Turn {
  readonly over: AbortController;
  readonly done: Promise<void>;
}

export class Turns {
  readonly #options: TurnsOptions;
  #turn: Turn | null = null;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Whether this tab is at work, or waits for that. */
  get isTaking(): boolean {
    return this.#turn !== null;
  }

  /**
   * Sees to it that this tab is at work, or waits for that. Returns when it is clear which of the two; errors are told to
   * `onEnd`.
   */
  async begin(): Promise<void> {
    const { closing, onEnd } = this.#options;
    // One that is ending is waited for.
    while (this.#turn?.over.signal.aborted === true) await this.#turn.done;
    if (this.#turn !== null || closing.aborted) return;
    const over = new AbortController();
    const decided = Promise.withResolvers<undefined>();
    const signal = AbortSignal.any([closing, over.signal]);
    const end = (error: unknown) => {
      this.#turn = null;
      decided.resolve(undefined);
      // What an abort brings about is no failure.
      onEnd(signal.aborted ? undefined : error);
    };
    const done = this.#take(signal, () => decided.resolve(undefined)).then(() => end(undefined), end);
    this.#turn = { over, done };
    await decided.promise;
  }

  /** Ends it; resolves when it has ended. */
  async end(): Promise<void> {
    this.#turn?.over.abort(new Error('It was switched off.'));
    await this.done();
  }

  /** Resolves when it has ended. */
  async done(): Promise<void> {
    await this.#turn?.done;
  }

  async #take(signal: AbortSignal, decided: () => void): Promise<void> {
    const { locks, lockName, isWanted, work, onElsewhere } = this.#options;
    const name = await lockName();
    while (!signal.aborted && (await isWanted())) {
      const release = await locks.take(name);
      if (release !== null) {
        try {
          await work(signal, decided);
        } finally {
          release();
        }
        return;
      }
      onElsewhere();
      decided();
      await locks.untilFree(name, signal);
    }
  }
}
