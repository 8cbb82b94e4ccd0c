import { reasonOf } from '../clock.ts';
import type { Clock } from '../ports.ts';

/** Time that passes only when a test says so. */
export class ScriptedClock implements Clock {
  #now = 1_000_000;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(reasonOf(signal));
        return;
      }
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener('abort', stop);
          resolve();
        },
      };
      const stop = () => {
        this.#sleepers.delete(sleeper);
        reject(reasonOf(signal));
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Lets time pass and wakes who has slept long enough. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#now) sleeper.wake();
  }
}
