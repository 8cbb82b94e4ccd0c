/** Work that goes on beside the engine's loop: nothing of it is ever forgotten, and none of its errors is lost. */
import { reasonOf, toError } from './clock.ts';
import { TimedOut } from './errors.ts';
import type { Clock } from './ports.ts';
import type { About } from './types.ts';

/** Reports an error that changes nothing but for what was being done: where, and what it is about. */
export type Trouble = (where: string, error: Error, about?: About) => void;

/** The pieces of work that are going on. */
export class Tasks {
  readonly #running = new Set<Promise<void>>();
  readonly #trouble: Trouble;

  constructor(trouble: Trouble) {
    this.#trouble = trouble;
  }

  /** Begins a piece of work; an error of it is reported as trouble at `where`. */
  run(where: string, work: () => Promise<void>, about?: About): void {
    const task = work()
      .catch((error: unknown) => this.#trouble(where, toError(error), about))
      .finally(() => this.#running.delete(task));
    this.#running.add(task);
  }

  /** Returns when nothing is going on any more, what is begun in the meantime included. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/**
 * Work of which only the newest input counts: it is never done twice at a time, and what comes while it is being done
 * waits, the newest replacing the one before.
 */
export class Lane<Input> {
  readonly #work: (input: Input) => Promise<void>;
  readonly #run: (work: () => Promise<void>) => void;
  #next: { readonly input: Input } | null = null;
  #isRunning = false;

  constructor(run: (work: () => Promise<void>) => void, work: (input: Input) => Promise<void>) {
    this.#run = run;
    this.#work = work;
  }

  push(input: Input): void {
    this.#next = { input };
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#run(async () => {
      try {
        for (let next = this.#take(); next !== null; next = this.#take()) await this.#work(next.input);
      } finally {
        this.#isRunning = false;
      }
    });
  }

  #take(): { readonly input: Input } | null {
    const next = this.#next;
    this.#next = null;
    return next;
  }
}

/**
 * Gives work a deadline, beside the signal that can end it.
 *
 * @throws {TimedOut} when the work takes longer; its signal is aborted then
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (parent.aborted) throw reasonOf(parent);
  const controller = new AbortController();
  const stop = () => controller.abort(parent.reason);
  parent.addEventListener('abort', stop, { once: true });
  const timer = clock.sleep(ms, controller.signal).then((): never => {
    throw new TimedOut(what, ms);
  });
  try {
    return await Promise.race([work(controller.signal), timer]);
  } finally {
    parent.removeEventListener('abort', stop);
    controller.abort();
  }
}
