/**
 * What can be changed while Wingman runs. A change that comes through the API is kept in the journal and wins over the
 * configuration file, key by key, until that key is changed in the file: the file stays the operator's, and nothing
 * rewrites it.
 */
import { z } from 'zod';

import type { Settings } from '../../lib/provider/types.ts';
import { Conflict, messageOf } from '../errors.ts';
import type { SqliteJournal, StoredSetting } from '../journal/sqlite.ts';
import type { LoadedConfig } from './load.ts';
import { changeableKeys, changeableSchema, type Change, type Changeable, type ChangeableKey } from './schema.ts';
import { requireTrusted, trustedIn } from './trust.ts';

/** Where a value comes from. */
export type Source = 'default' | 'file' | 'api';

type Store = Pick<SqliteJournal, 'settings' | 'saveSettings' | 'removeSettings'>;
type Values = Record<string, unknown>;

export class LiveSettings {
  readonly #store: Store;
  readonly #now: () => number;
  /** The file's values as text, to notice when one is changed there. */
  readonly #inFile: Readonly<Record<ChangeableKey, string>>;
  readonly #trusted: ReadonlySet<string>;
  readonly #sources: Record<ChangeableKey, Source>;
  readonly #listeners = new Set<(changed: readonly ChangeableKey[]) => void>();
  #values: Changeable;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor({ config, named }: LoadedConfig, store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
    const { models, strategy, capacity, profile, paused, dryRun } = config;
    this.#values = { models, strategy, capacity, profile, paused, dryRun };
    this.#inFile = textOf(this.#values);
    this.#trusted = trustedIn(config);
    const sources = changeableKeys.map((key) => [key, named.has(key) ? 'file' : 'default'] as const);
    this.#sources = Object.fromEntries(sources) as Record<ChangeableKey, Source>;
  }

  /**
   * Lays what the API has changed over the file.
   *
   * @param say receives a line for each change that is dropped, because the file was changed since or because it is not
   *   valid any more
   */
  static async open(
    loaded: LoadedConfig,
    store: Store,
    say: (line: string) => void,
    now: () => number = Date.now,
  ): Promise<LiveSettings> {
    const settings = new LiveSettings(loaded, store, now);
    const dropped: string[] = [];
    for (const stored of store.settings()) {
      const problem = settings.#layOver(stored);
      if (problem === undefined) continue;
      say(`${stored.key}: the change that came through the API is dropped: ${problem}`);
      dropped.push(stored.key);
    }
    if (dropped.length > 0) await store.removeSettings(dropped);
    return settings;
  }

  current(): Changeable {
    return this.#values;
  }

  source(key: ChangeableKey): Source {
    return this.#sources[key];
  }

  /** The same for the engine. */
  forEngine(): Settings {
    const { models, strategy, capacity, paused, dryRun } = this.#values;
    return {
      paused,
      dryRun,
      models: models.map(({ model, strategy: own }) => (own === undefined ? { model } : { model, strategy: own })),
      strategy,
      ...capacity,
    };
  }

  /** Calls the listener after each change that is on disk. */
  onChange(listener: (changed: readonly ChangeableKey[]) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Applies a change that the schema has found valid, keeps it, and tells the listeners.
   *
   * @throws {Forbidden} when it names a program, a container or a file that the configuration file does not name
   * @throws {Conflict} when it would exchange what runs a model while that is served; nothing has changed then
   */
  change(change: Change): Promise<Changeable> {
    // One after the other: each is laid over what the one before has left.
    const applied = this.#turn.then(() => this.#apply(change));
    this.#turn = applied.catch(() => undefined);
    return applied;
  }

  async #apply(change: Change): Promise<Changeable> {
    const keys = changeableKeys.filter((key) => change[key] !== undefined);
    if (keys.length === 0) return this.#values;
    const given = Object.fromEntries(keys.map((key) => [key, change[key]]));
    const capacity = { ...this.#values.capacity, ...withoutUndefined(change.capacity ?? {}) };
    const next = { ...this.#values, ...given, capacity } as Changeable;
    requireTrusted(next, this.#trusted);
    refuseOtherRunners(this.#values, next);
    const text = textOf(next);
    const at = this.#now();
    await this.#store.saveSettings(
      keys.map((key) => ({ key, value: text[key], over: this.#inFile[key], at }) satisfies StoredSetting),
    );
    this.#values = next;
    for (const key of keys) this.#sources[key] = 'api';
    for (const listener of this.#listeners) listener(keys);
    return next;
  }

  /** @returns why it cannot be done */
  #layOver({ key: name, value, over }: StoredSetting): string | undefined {
    const key = changeableKeys.find((known) => known === name);
    if (key === undefined) return 'there is no such setting any more';
    if (over !== this.#inFile[key]) return 'the configuration file was changed since';
    const parsed = changeableSchema.shape[key].safeParse(JSON.parse(value));
    if (!parsed.success) return 'it is not valid any more';
    const next = { ...this.#values, [key]: parsed.data };
    try {
      requireTrusted(next, this.#trusted);
    } catch (error) {
      return messageOf(error);
    }
    this.#values = next;
    this.#sources[key] = 'api';
    return undefined;
  }
}

/** A loaded model keeps its runner; an exchange in between two requests would be neither here nor there. */
function refuseOtherRunners(before: Changeable, after: Changeable): void {
  for (const { model, runner } of after.models) {
    const now = before.models.find((served) => served.model === model);
    if (now === undefined || JSON.stringify(now.runner) === JSON.stringify(runner)) continue;
    throw new Conflict(
      `Model ${model} is served by another runner now. Take the model out first, and add it again with the new runner.`,
    );
  }
}

function textOf(values: Changeable): Record<ChangeableKey, string> {
  const encoded = z.encode(changeableSchema, values) as Values;
  const texts = changeableKeys.map((key) => [key, JSON.stringify(encoded[key])] as const);
  return Object.fromEntries(texts) as Record<ChangeableKey, string>;
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
