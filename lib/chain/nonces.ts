/** The numbers of an account's transactions. */

/**
 * Gives an account's transactions their numbers, one after the other without gaps, while earlier ones still wait for a
 * block. When none waits, the chain is asked: another process may use the account too.
 */
export class NonceSequence {
  readonly #ask: () => Promise<number>;
  readonly #waiting = new Set<number>();
  #turn: Promise<unknown> = Promise.resolve();

  /** @param ask for the next number as the chain knows it, transactions in its pool included */
  constructor(ask: () => Promise<number>) {
    this.#ask = ask;
  }

  /** Runs the tasks in the order of these calls, each when the one before it has ended. */
  async inOrder<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(task);
    this.#turn = run.catch(() => undefined);
    return run;
  }

  /**
   * The next number. Call it within {@link inOrder}.
   *
   * @param surely asks the chain in any case: after it has refused a number
   */
  async next(surely: boolean): Promise<number> {
    const after = Math.max(-1, ...this.#waiting) + 1;
    return this.#waiting.size > 0 && !surely ? after : Math.max(after, await this.#ask());
  }

  /** A transaction with this number was sent. @returns what to call when it does not wait any more */
  sent(nonce: number): () => void {
    this.#waiting.add(nonce);
    return () => this.#waiting.delete(nonce);
  }
}
