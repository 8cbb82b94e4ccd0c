/** How much of each kind of work goes on at a time. */
import { byDeadline, type Item } from './item.ts';
import type { Version } from './models-pool.ts';
import type { Executor } from './ports.ts';

/** So many payloads are fetched ahead of the executions of a model, if they are not too large. */
const MOST_AHEAD = 32;
/** The most bytes of payloads that are fetched ahead for a model. */
const MOST_BYTES_AHEAD = 64 * 2 ** 20;
/** Payloads that could not be found at first have places of their own, so that they do not hold up the others. */
const RETRIES = 8;
/** The part of the places for downloads that one agreement can have. */
const MOST_OF_ONE = 0.75;
const UPLOADS = 32;
/** What a runner has at hand beyond what it works on takes it at most this time, in milliseconds. */
const MOST_AT_HAND_MS = 1_000;
/** So many results of a model may wait for their upload before no more are made. */
const MOST_BEHIND = 64;

export type Step = 'download' | 'execute' | 'upload';

/** What goes on for a version of a model. */
interface Traffic {
  /** Payloads that are being fetched or are there. */
  ahead: number;
  executing: number;
  /** Results that are being uploaded or wait for it. */
  behind: number;
}

/** Counts what is going on. */
export class Lanes {
  readonly #going = { download: new Set<Item>(), execute: new Set<Item>(), upload: new Set<Item>() };
  readonly #retries = new Set<Item>();
  /** By model and version. */
  #traffic = new Map<number, Map<number, Traffic>>();
  /** How many payloads are being fetched for the first time, by agreement. */
  #fetching = new Map<number, number>();

  /** Takes a place; returns how to leave it, which may be done more than once. */
  enter(item: Item, step: Step): () => void {
    const isRetry = step === 'download' && item.tries > 0;
    const lane = isRetry ? this.#retries : this.#going[step];
    lane.add(item);
    const traffic = this.#of(item.agreement);
    if (step === 'execute') traffic.executing += 1;
    if (step === 'download' && !isRetry) {
      traffic.ahead += 1;
      this.#fetching.set(item.agreement.id, this.#fetchingOf(item.agreement.id) + 1);
    }
    return () => lane.delete(item);
  }

  /** Looks at what is where; what is counted afterwards builds on it. */
  survey(items: Iterable<Item>): void {
    this.#traffic = new Map();
    this.#fetching = new Map();
    for (const { agreement } of this.#going.download) {
      this.#of(agreement).ahead += 1;
      this.#fetching.set(agreement.id, this.#fetchingOf(agreement.id) + 1);
    }
    for (const item of this.#going.execute) this.#of(item.agreement).executing += 1;
    for (const { phase, agreement } of items) {
      if (phase === 'ready') this.#of(agreement).ahead += 1;
      if (phase === 'executed' || phase === 'uploading') this.#of(agreement).behind += 1;
    }
  }

  mayUpload(): boolean {
    return this.#going.upload.size < UPLOADS;
  }

  /** @param timeMs the time of an inference, `null` if it is not known */
  mayExecute({ agreement }: Item, { concurrency, ahead = 0 }: Executor, timeMs: number | null): boolean {
    const { executing, behind } = this.#of(agreement);
    const atOnce = Math.max(1, concurrency);
    // More urgent requests may come, and cannot overtake what the runner has.
    const atHand = timeMs === null ? 0 : Math.min(ahead, Math.floor((MOST_AT_HAND_MS * atOnce) / Math.max(timeMs, 1)));
    return executing < atOnce + atHand && behind < MOST_BEHIND;
  }

  /** How many requests the runner of an item's model has. */
  executing({ agreement }: Item): number {
    return this.#of(agreement).executing;
  }

  mayDownload({ agreement, tries }: Item, { concurrency, maxPayloadBytes }: Executor): boolean {
    if (tries > 0) return this.#retries.size < RETRIES;
    const byBytes = Math.min(MOST_AHEAD, Math.floor(MOST_BYTES_AHEAD / maxPayloadBytes));
    const most = Math.max(2 * concurrency, byBytes);
    // Whoever asks for what nobody has must not keep all places from the others.
    return this.#of(agreement).ahead < most && this.#fetchingOf(agreement.id) < Math.ceil(most * MOST_OF_ONE);
  }

  /**
   * Who is next: by deadline, but agreements take turns, so that one with many requests, or with payloads that nobody
   * has, does not hold up the others.
   */
  inTurn(waiting: readonly Item[]): Item[] {
    const places = new Map(this.#fetching);
    return waiting
      .map((item) => {
        const place = places.get(item.agreement.id) ?? 0;
        places.set(item.agreement.id, place + 1);
        return { item, place };
      })
      .sort((a, b) => a.place - b.place || byDeadline(a.item, b.item))
      .map(({ item }) => item);
  }

  #fetchingOf(agreement: number): number {
    return this.#fetching.get(agreement) ?? 0;
  }

  #of({ model, version }: Version): Traffic {
    let versions = this.#traffic.get(model);
    if (versions === undefined) this.#traffic.set(model, (versions = new Map<number, Traffic>()));
    let traffic = versions.get(version);
    if (traffic === undefined) versions.set(version, (traffic = { ahead: 0, executing: 0, behind: 0 }));
    return traffic;
  }
}
