/** The times at which a tab did not run, and what that did, for people. */
import type { ProvidingStatus } from '../types.ts';
import type { Interruption } from './pulse.ts';

type Shown = ProvidingStatus['interruptions'][number];

const kept = 20;
/** What is missed within so long after an interruption, in milliseconds, was missed because of it. */
const blameMs = 60_000;

interface Noted extends Interruption {
  /** How many requests waited when it ended. */
  readonly waiting: number;
  missed: number;
}

export class Interruptions {
  /** The newest first. */
  #noted: readonly Noted[] = [];

  add(interruption: Interruption, waiting: number): void {
    this.#noted = [{ ...interruption, waiting, missed: 0 }, ...this.#noted].slice(0, kept);
  }

  /** A request was missed. */
  missed(nowMs: number): void {
    const [newest] = this.#noted;
    if (newest !== undefined && nowMs - (newest.atMs + newest.lastedMs) < blameMs) newest.missed += 1;
  }

  list(): readonly Shown[] {
    return this.#noted.map(({ atMs, lastedMs, kind, waiting, missed }) => {
      const what =
        kind === 'slept'
          ? `Nothing ran for ${duration(lastedMs)}: the device slept, or the browser had frozen this tab.`
          : `The browser slowed this tab down for ${duration(lastedMs)}. Keep it in front, or in a window of its own.`;
      const did =
        missed > 0
          ? ` ${missed} ${missed === 1 ? 'request was' : 'requests were'} missed.`
          : waiting > 0
            ? ` ${waiting} ${waiting === 1 ? 'request was' : 'requests were'} waiting and went on.`
            : ' No request was waiting.';
      return { atMs, lastedMs, message: what + did };
    });
  }
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
