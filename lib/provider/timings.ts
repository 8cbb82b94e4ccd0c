/** How long inferences take on this machine, by model and version. */
import type { Journal } from './ports.ts';

/** So many of the newest times count. */
const KEPT = 32;
/** One of so many times is written down, because what is remembered over a restart is a median anyway. */
const SAVED_EACH = 16;

interface Series {
  readonly times: number[];
  noted: number;
}

/** The measured times of inferences, in memory and in the journal. */
export class Timings {
  readonly #journal: Journal;
  readonly #series = new Map<string, Series>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Reads what is remembered of a model's version, and adds a time measured just now, if there is one. */
  async load(model: number, version: number, measuredMs: number | undefined): Promise<void> {
    const remembered = await this.#journal.timings(model, version, KEPT);
    const times = remembered.toReversed();
    if (measuredMs !== undefined) times.push(measuredMs);
    this.#series.set(keyOf(model, version), { times: times.slice(-KEPT), noted: 0 });
    if (measuredMs !== undefined) await this.#journal.saveTiming(model, version, measuredMs);
  }

  /** Notes the time of an inference. */
  async note(model: number, version: number, ms: number): Promise<void> {
    const key = keyOf(model, version);
    const series = this.#series.get(key) ?? { times: [], noted: 0 };
    this.#series.set(key, series);
    series.times.push(ms);
    if (series.times.length > KEPT) series.times.shift();
    if (series.noted++ % SAVED_EACH === 0) await this.#journal.saveTiming(model, version, ms);
  }

  /** The median time per inference, in milliseconds; `null` if none is known. */
  median(model: number, version: number): number | null {
    const times = this.#series.get(keyOf(model, version))?.times ?? [];
    return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? null;
  }
}

function keyOf(model: number, version: number): string {
  return `${model}:${version}`;
}
