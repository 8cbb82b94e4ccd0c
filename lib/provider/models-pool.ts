/** The models that are ready to run, are being made ready, or could not be. */
import type { Chain, Clock, Executor, Models } from './ports.ts';
import type { Timings } from './timings.ts';
import { isAborted, toError } from './clock.ts';
import type { Tasks } from './tasks.ts';
import type { EngineEvent } from './types.ts';

/** A version of a model that somebody needs. */
export interface Version {
  readonly model: number;
  readonly version: number;
}

export interface PoolEntry extends Version {
  readonly state: 'loading' | 'ready' | 'failed';
  /** Why it failed. */
  readonly reason: string | null;
  /** There exactly when it is ready. */
  readonly executor: Executor | null;
}

interface Slot extends Version {
  state: PoolEntry['state'];
  reason: string | null;
  executor: Executor | null;
  readonly controller: AbortController;
}

interface PoolOptions {
  readonly chain: Pick<Chain, 'model' | 'modelVersion'>;
  readonly models: Models;
  readonly clock: Clock;
  readonly timings: Timings;
  readonly tasks: Tasks;
  readonly emit: (event: EngineEvent) => void;
  /** Called when a model became ready or failed. */
  readonly changed: () => void;
}

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;

/** Keeps those versions ready that are wanted, and lets go of the others. */
export class ModelsPool {
  readonly #options: PoolOptions;
  readonly #slots = new Map<string, Slot>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get(model: number, version: number): PoolEntry | null {
    return this.#slots.get(keyOf({ model, version })) ?? null;
  }

  entries(): readonly PoolEntry[] {
    return [...this.#slots.values()];
  }

  /** Makes these versions ready, and lets go of all others. */
  want(versions: readonly Version[]): void {
    const wanted = new Map(versions.map((version) => [keyOf(version), version]));
    for (const [key, slot] of this.#slots) if (!wanted.has(key)) this.#drop(key, slot);
    for (const [key, version] of wanted) if (!this.#slots.has(key)) this.#begin(key, version);
  }

  /** Makes a version ready anew, because what runs it is gone. */
  renew(gone: Version, executor: Executor): void {
    const key = keyOf(gone);
    const slot = this.#slots.get(key);
    // Several inferences can tell of the same loss.
    if (slot?.executor !== executor) return;
    this.#drop(key, slot);
    this.#begin(key, gone);
  }

  #begin(key: string, { model, version }: Version): void {
    const slot: Slot = {
      model,
      version,
      state: 'loading',
      reason: null,
      executor: null,
      controller: new AbortController(),
    };
    this.#slots.set(key, slot);
    this.#options.tasks.run('preparing models', () => this.#prepare(slot), { model });
  }

  #drop(key: string, slot: Slot): void {
    this.#slots.delete(key);
    slot.controller.abort(new Error(`Model ${slot.model} is not needed any more.`));
    const { executor } = slot;
    slot.executor = null;
    if (executor === null) return;
    this.#options.tasks.run('letting go of models', () => executor.release(), { model: slot.model });
  }

  async #prepare(slot: Slot): Promise<void> {
    const { clock, emit, changed } = this.#options;
    const { signal } = slot.controller;
    const { model, version } = slot;
    for (let retryMs = FIRST_RETRY_MS; !isAborted(signal); retryMs = Math.min(2 * retryMs, LAST_RETRY_MS)) {
      const began = clock.now();
      try {
        await this.#load(slot);
        emit({ event: 'modelReady', model, version, ms: clock.now() - began });
        changed();
        return;
      } catch (thrown) {
        if (isAborted(signal)) return;
        slot.state = 'failed';
        slot.reason = toError(thrown).message;
        emit({ event: 'modelFailed', model, version, reason: slot.reason });
        changed();
      }
      // Rejects when the model is not wanted any more, which ends the loop.
      await clock.sleep(retryMs, signal).catch(() => undefined);
    }
  }

  async #load(slot: Slot): Promise<void> {
    const { chain, models, timings } = this.#options;
    const { model: id, version: number, controller } = slot;
    const [model, version] = await Promise.all([chain.model(id), chain.modelVersion(id, number)]);
    if (model === null || version === null) {
      throw new Error(`There is no version ${number} of model ${id} on the chain. Check the model's number.`);
    }
    const executor = await models.prepare(model, version, controller.signal);
    try {
      await timings.load(id, number, executor.measuredMs);
      controller.signal.throwIfAborted();
    } catch (error) {
      await executor.release();
      throw error;
    }
    slot.executor = executor;
    slot.state = 'ready';
    slot.reason = null;
  }
}

function keyOf({ model, version }: Version): string {
  return `${model}:${version}`;
}
