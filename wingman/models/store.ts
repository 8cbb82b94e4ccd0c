/** Models made ready: fetched or found in the cache, loaded by their runner, measured. */
import { ModelUnavailable } from '../../lib/inference/errors.ts';
import { measureRuns } from '../../lib/inference/measure.ts';
import type { LoadedModel, RunnableModel, Runner } from '../../lib/inference/types.ts';
import type { Description, Model, ModelVersion } from '../../lib/market/types.ts';
import { executorOf } from '../../lib/provider/executor.ts';
import type { Executor, Models } from '../../lib/provider/ports.ts';
import type { RunnerConfig } from '../config/schema.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../../scripts/lib/log.ts';
import type { ModelCache } from './cache.ts';

/** So many inferences are timed, one after the other. */
const measuredRuns = 5;

export interface ModelStoreOptions {
  readonly cache: ModelCache;
  /** What is to run a model. */
  readonly runnerOf: (model: number) => RunnerConfig;
  readonly createRunner: (config: RunnerConfig) => Runner;
  readonly log: Logger;
}

/** A model that is ready. */
export interface ReadyModel {
  readonly model: number;
  readonly version: number;
  readonly description: Description;
  readonly loaded: LoadedModel;
  /** What runs it, for people. */
  readonly about: string;
  readonly runner: RunnerConfig;
}

/** The {@link Models} of a Wingman. */
export class ModelStore implements Models {
  readonly #options: ModelStoreOptions;
  /** One runner for each way of running; models with the same share it. */
  readonly #runners = new Map<string, Runner>();
  readonly #ready = new Set<ReadyModel>();

  constructor(options: ModelStoreOptions) {
    this.#options = options;
  }

  /** What runs a model now, for people; `null` while it is not ready. */
  about(model: number): string | null {
    return this.ready().find((ready) => ready.model === model)?.about ?? null;
  }

  ready(): ReadyModel[] {
    return [...this.#ready];
  }

  async prepare(model: Model, version: ModelVersion, signal: AbortSignal): Promise<Executor> {
    const { cache, log, runnerOf } = this.#options;
    const { description, content, size } = version;
    const config = runnerOf(model.id);
    const runner = this.#runner(config);
    const release = cache.hold(content);
    try {
      const runnable: RunnableModel = {
        name: description.name,
        version: String(version.version),
        description,
        bytes: (until) => cache.get(content, size, until),
      };
      const loaded = await runner.load(runnable, signal);
      const measuredMs = await this.#measure(loaded, description, signal);
      log.info(
        { model: model.id, version: version.version, ms: round(measuredMs) },
        `model ${model.id} (${description.name}) is ready: ${runner.about}`,
      );
      const ready: ReadyModel = {
        model: model.id,
        version: version.version,
        description,
        loaded,
        about: runner.about,
        runner: config,
      };
      this.#ready.add(ready);
      return executorOf(loaded, description, measuredMs, async () => {
        if (!this.#ready.delete(ready)) return;
        release();
        await loaded.release();
      });
    } catch (error) {
      release();
      signal.throwIfAborted();
      if (error instanceof ModelUnavailable) throw error;
      throw new ModelUnavailable(`Model ${model.id} cannot be made ready: ${messageOf(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    const runners = [...this.#runners.values()];
    this.#runners.clear();
    await Promise.all(runners.map((runner) => runner.close()));
  }

  async #measure(loaded: LoadedModel, description: Description, signal: AbortSignal): Promise<number> {
    try {
      const { medianMs } = await measureRuns(loaded, description, measuredRuns, { signal });
      return medianMs;
    } catch (error) {
      await loaded.release();
      throw error;
    }
  }

  #runner(config: RunnerConfig): Runner {
    const key = JSON.stringify(config);
    let runner = this.#runners.get(key);
    if (runner === undefined) {
      runner = this.#options.createRunner(config);
      this.#runners.set(key, runner);
    }
    return runner;
  }
}

const round = (ms: number): number => Math.round(ms * 100) / 100;
