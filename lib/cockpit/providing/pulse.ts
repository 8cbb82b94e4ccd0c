/**
 * Tells by the lateness of a regular beat whether this tab runs as it should: a browser slows hidden tabs down, freezes
 * them, or the whole device sleeps. Nothing tells a page so beforehand, or reliably at all.
 */

/** How often the beat is expected, in milliseconds. */
export const BEAT_MS = 1_000;
/** A beat that is so much late, in milliseconds, was not only a busy page: deadlines of a few blocks are in danger. */
const THROTTLED_MS = 3_000;
/** From so much on, in milliseconds, nothing ran in the meantime. */
const SLEPT_MS = 15_000;
/** After so many beats in time the tab counts as running again. */
const STEADY_BEATS = 3;

/** A time in which this tab did not run, or not as it should. */
export interface Interruption {
  /** When it began, in milliseconds since 1970. */
  readonly atMs: number;
  readonly lastedMs: number;
  readonly kind: 'slept' | 'throttled';
}

export class Pulse {
  #lastMs: number;
  #steady = STEADY_BEATS;
  /** Whether it slept since it last ran steadily. */
  #slept = false;
  #throttledSince: number | null = null;

  /** @param nowMs in milliseconds since 1970 */
  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /** Whether the last beats came late. */
  get isLate(): boolean {
    return this.#steady < STEADY_BEATS;
  }

  /** Takes a beat; returns what has just ended, if anything has. */
  beat(nowMs: number): Interruption | null {
    const before = this.#lastMs;
    const lateMs = nowMs - before - BEAT_MS;
    this.#lastMs = nowMs;
    if (lateMs >= THROTTLED_MS) {
      this.#steady = 0;
      if (lateMs >= SLEPT_MS && !this.#slept) {
        this.#slept = true;
        return { atMs: before, lastedMs: nowMs - before, kind: 'slept' };
      }
      // One long pause after the other is a tab that is slowed down.
      this.#throttledSince ??= before;
      return null;
    }
    this.#steady = Math.min(STEADY_BEATS, this.#steady + 1);
    if (!this.isLate) this.#slept = false;
    const since = this.#throttledSince;
    if (this.isLate || since === null) return null;
    this.#throttledSince = null;
    return { atMs: since, lastedMs: nowMs - since, kind: 'throttled' };
  }
}
