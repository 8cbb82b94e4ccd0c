/**
 * What the engine of this tab remembers over a reload, in the browser's storage. One tab at a time has it open, so all of
 * it is in memory too, where it is searched; the storage is only written after it was opened.
 */
import type { Decision, Execution, ExecutionStage, Journal } from '../../provider/ports.ts';
import type { Change, KeyValue } from '../key-value.ts';

/** The most decisions, ended executions, and times of a model's version that are kept. */
const KEPT = { decisions: 1_000, executions: 2_000, timings: 100 };

/** The stages in which nothing happens to an execution any more. */
const finalStages: readonly ExecutionStage[] = ['answered', 'failed', 'missed'];

/** An entry with its place in the order in which entries were first written. */
interface Placed<T> {
  readonly place: number;
  readonly entry: T;
}

/**
 * A {@link Journal} whose newest entries can be had without waiting, and without a copy: nobody may change them, and the
 * list is the same one until there is something new.
 */
export interface TabJournal extends Journal {
  newestDecisions(limit: number): readonly Decision[];
  newestExecutions(limit: number): readonly Execution[];
}

/** Where the journal of a network lies. */
export const journalPrefix = (network: string) => `providing/${network}/journal/`;

/**
 * Opens the journal: reads what an earlier visit has left.
 *
 * @param values whose `write` returns when the changes are kept
 */
export async function openJournal(values: KeyValue, network: string): Promise<TabJournal> {
  const prefix = journalPrefix(network);
  const read = async (part: string) => (await values.entries(`${prefix}${part}/`)).map(([, value]) => value);
  const [decisions, executions, timings] = await Promise.all([read('decision'), read('execution'), read('timing')]);
  const writer = new Writer(values);
  return new KeptJournal(
    prefix,
    writer,
    new Entries(decisions as Placed<Decision>[], decisionKey),
    new Entries(executions as Placed<Execution>[], executionKey),
    new Map((timings as KeptTimings[]).map((kept) => [timingKey(kept.model, kept.version), kept])),
  );
}

interface KeptTimings {
  readonly model: number;
  readonly version: number;
  /** The newest first. */
  readonly ms: readonly number[];
}

class KeptJournal implements TabJournal {
  readonly #prefix: string;
  readonly #writer: Writer;
  readonly #decisions: Entries<Decision>;
  readonly #executions: Entries<Execution>;
  readonly #timings: Map<string, KeptTimings>;

  constructor(
    prefix: string,
    writer: Writer,
    decisions: Entries<Decision>,
    executions: Entries<Execution>,
    timings: Map<string, KeptTimings>,
  ) {
    this.#prefix = prefix;
    this.#writer = writer;
    this.#decisions = decisions;
    this.#executions = executions;
    this.#timings = timings;
  }

  saveDecision(decision: Decision): Promise<void> {
    const placed = this.#decisions.put(decision);
    const old = this.#decisions.removeOldest(KEPT.decisions, () => true);
    return this.#write([this.#change('decision', decisionKey(decision), placed), ...this.#removed('decision', old)]);
  }

  decisions({ order, limit }: { readonly order?: number; readonly limit: number }): Promise<readonly Decision[]> {
    return Promise.resolve(
      this.#decisions.newest(limit, (decision) => order === undefined || decision.order === order),
    );
  }

  newestDecisions(limit: number): readonly Decision[] {
    return this.#decisions.view(limit);
  }

  saveExecution(execution: Execution): Promise<void> {
    const placed = this.#executions.put(execution);
    const old = this.#executions.removeOldest(KEPT.executions, ({ stage }) => finalStages.includes(stage));
    return this.#write([
      this.#change('execution', executionKey(execution), placed),
      ...this.#removed('execution', old),
    ]);
  }

  execution(agreement: number, index: number): Promise<Execution | null> {
    return Promise.resolve(this.#executions.get(executionKey({ agreement, index })));
  }

  executions(filter: {
    readonly agreement?: number;
    readonly stage?: ExecutionStage;
    readonly limit: number;
  }): Promise<readonly Execution[]> {
    const { agreement, stage, limit } = filter;
    return Promise.resolve(
      this.#executions.newest(
        limit,
        (execution) =>
          (agreement === undefined || execution.agreement === agreement) &&
          (stage === undefined || execution.stage === stage),
      ),
    );
  }

  newestExecutions(limit: number): readonly Execution[] {
    return this.#executions.view(limit);
  }

  saveTiming(model: number, version: number, ms: number): Promise<void> {
    const key = timingKey(model, version);
    const kept = { model, version, ms: [ms, ...(this.#timings.get(key)?.ms ?? [])].slice(0, KEPT.timings) };
    this.#timings.set(key, kept);
    return this.#write([this.#change('timing', key, kept)]);
  }

  timings(model: number, version: number, limit: number): Promise<readonly number[]> {
    return Promise.resolve((this.#timings.get(timingKey(model, version))?.ms ?? []).slice(0, limit));
  }

  #change(part: string, key: string, value: unknown): Change {
    return { key: `${this.#prefix}${part}/${key}`, value };
  }

  #removed(part: string, keys: readonly string[]): Change[] {
    return keys.map((key) => this.#change(part, key, undefined));
  }

  #write(changes: readonly Change[]): Promise<void> {
    return this.#writer.write(changes);
  }
}

/** Entries by their keys, in the order in which they were first written. */
class Entries<T extends object> {
  readonly #entries: Map<string, Placed<T>>;
  readonly #keyOf: (entry: T) => string;
  #last: number;
  #view: { readonly limit: number; readonly entries: readonly T[] } | null = null;

  constructor(kept: readonly Placed<T>[], keyOf: (entry: T) => string) {
    const sorted = kept.toSorted((a, b) => a.place - b.place);
    this.#entries = new Map(sorted.map((placed) => [keyOf(placed.entry), placed]));
    this.#keyOf = keyOf;
    this.#last = sorted.at(-1)?.place ?? 0;
  }

  get(key: string): T | null {
    return copyOf(this.#entries.get(key));
  }

  /** Adds an entry, or replaces that of the same key in its place. */
  put(entry: T): Placed<T> {
    const key = this.#keyOf(entry);
    const place = this.#entries.get(key)?.place ?? (this.#last += 1);
    const placed = { place, entry: structuredClone(entry) };
    this.#entries.set(key, placed);
    this.#view = null;
    return placed;
  }

  /** Removes the oldest that may go while there are more than so many; returns their keys. */
  removeOldest(most: number, mayGo: (entry: T) => boolean): readonly string[] {
    const removed: string[] = [];
    for (const [key, { entry }] of this.#entries) {
      if (this.#entries.size <= most) break;
      if (!mayGo(entry)) continue;
      this.#entries.delete(key);
      this.#view = null;
      removed.push(key);
    }
    return removed;
  }

  /** The newest entries themselves. */
  view(limit: number): readonly T[] {
    if (this.#view?.limit !== limit) {
      const entries = [...this.#entries.values()].slice(-limit).reverse();
      this.#view = { limit, entries: entries.map(({ entry }) => entry) };
    }
    return this.#view.entries;
  }

  newest(limit: number, fits: (entry: T) => boolean): T[] {
    const found: T[] = [];
    for (const placed of [...this.#entries.values()].reverse()) {
      if (found.length >= limit) break;
      if (fits(placed.entry)) found.push(structuredClone(placed.entry));
    }
    return found;
  }
}

function copyOf<T>(placed: Placed<T> | undefined): T | null {
  return placed === undefined ? null : structuredClone(placed.entry);
}

/** Writes changes one transaction after the other: what comes while one goes on is written together in the next. */
class Writer {
  readonly #values: KeyValue;
  #waiting: { readonly changes: readonly Change[]; readonly done: PromiseWithResolvers<undefined> }[] = [];
  #isWriting = false;

  constructor(values: KeyValue) {
    this.#values = values;
  }

  async write(changes: readonly Change[]): Promise<void> {
    const done = Promise.withResolvers<undefined>();
    this.#waiting.push({ changes, done });
    if (!this.#isWriting) void this.#writeAll();
    await done.promise;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#values.write(group.flatMap(({ changes }) => changes));
        for (const { done } of group) done.resolve(undefined);
      } catch (error) {
        for (const { done } of group) done.reject(error);
      }
    }
    this.#isWriting = false;
  }
}

/** Numbers of the same length, so that the order of the keys is that of the numbers. */
const padded = (number: number) => String(number).padStart(16, '0');
const decisionKey = ({ order, at }: Pick<Decision, 'order' | 'at'>) => `${padded(order)}/${at}`;
const executionKey = ({ agreement, index }: Pick<Execution, 'agreement' | 'index'>) =>
  `${padded(agreement)}/${padded(index)}`;
const timingKey = (model: number, version: number) => `${padded(model)}/${padded(version)}`;
