/** What only one tab of a browser does at a time, though several of it at once. */
import type { Locks } from './locks.ts';

export class TabTurn {
  readonly #locks: Locks;
  readonly #name: () => Promise<string>;
  readonly #closing: AbortSignal;
  #inside = 0;
  #turn: Promise<() => void> | null = null;

  /**
   * @param name of the lock, as soon as it is known
   * @param closing ends waiting for another tab
   */
  constructor(locks: Locks, name: () => Promise<string>, closing: AbortSignal) {
    this.#locks = locks;
    this.#name = name;
    this.#closing = closing;
  }

  /** Does something once it is this tab's turn, which ends when nothing is done any more. @throws what the task throws */
  async run<T>(task: () => Promise<T>): Promise<T> {
    this.#inside += 1;
    this.#turn ??= this.#take();
    const turn = this.#turn;
    try {
      await turn;
      return await task();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) {
        this.#turn = null;
        void turn.then(
          (release) => release(),
          () => undefined,
        );
      }
    }
  }

  async #take(): Promise<() => void> {
    const name = await this.#name();
    for (;;) {
      const release = await this.#locks.take(name);
      if (release !== null) return release;
      await this.#locks.untilFree(name, this.#closing);
    }
  }
}
