/** The models that this browser serves: fetched, checked, measured, and made ready for the engine. */
import type { Backend, BrowserModel, BrowserRunner } from '../../inference/browser/index.ts';
import { ModelUnavailable } from '../../inference/errors.ts';
import type { LoadedModel } from '../../inference/types.ts';
import type { Model, ModelVersion } from '../../market/types.ts';
import { executorOf } from '../../provider/executor.ts';
import type { Executor, Models } from '../../provider/ports.ts';
import { Value } from '../observable.ts';
import { problemOf } from '../problem.ts';
import type { BackendInfo, Problem, ProvidingSettings, ServedModelInfo } from '../types.ts';
import type { KeptModel } from './kept.ts';
import type { ModelFiles } from './model-files.ts';
import { firstInfo, infoOfKept } from './served-models.ts';

export interface TabModelsOptions {
  readonly files: ModelFiles;
  /** Makes what runs models. */
  readonly createRunner: (
    backend: ProvidingSettings['backend'],
    onEvent: (event: { readonly event: string; readonly message?: string }) => void,
  ) => Promise<BrowserRunner>;
  readonly save: (models: readonly KeptModel[]) => Promise<void>;
  /** How many inferences may run at a time. */
  readonly atOnce: () => number;
  /** Called when something was lost that is made again by itself. */
  readonly onTrouble: (problem: Problem) => void;
}

/** So many inferences are timed, one after the other. */
const measuredRuns = 5;

interface Entry {
  info: ServedModelInfo;
  version: ModelVersion;
}

/** A model that is loaded and measured. */
interface Made {
  readonly loaded: BrowserModel;
  readonly timeMs: number;
  readonly release: () => Promise<void>;
}

/** The {@link Models} of a tab. */
export class TabModels implements Models {
  readonly list = new Value<readonly ServedModelInfo[]>([]);
  /** How many inferences run now. */
  readonly running = new Value(0);
  readonly #options: TabModelsOptions;
  readonly #entries = new Map<number, Entry>();
  /** What is loaded, with the entry that shows it. */
  readonly #loaded = new Set<{ readonly model: number; readonly version: number; readonly loaded: BrowserModel }>();
  readonly #preparing = new Map<
    number,
    { readonly version: number; readonly done: Promise<void>; readonly stop: AbortController }
  >();
  readonly #preloaded = new Map<string, Promise<Made>>();
  #offers: ReadonlyMap<number, number> = new Map();
  #backend: ProvidingSettings['backend'] = 'automatic';
  #runner: Promise<BrowserRunner> | null = null;

  constructor(options: TabModelsOptions) {
    this.#options = options;
  }

  /** Shows what an earlier visit has chosen. */
  restore(kept: readonly KeptModel[]): void {
    const ids = new Set(kept.map(({ model }) => model));
    for (const id of [...this.#entries.keys()]) if (!ids.has(id)) this.#entries.delete(id);
    for (const entry of kept) {
      // What is under way here is newer than what another tab has kept.
      if (this.#preparing.has(entry.model) || this.#isLoaded(entry)) continue;
      this.#entries.set(entry.model, { version: entry.version, info: infoOfKept(entry) });
    }
    this.#show();
  }

  /** All that were chosen and measured, whether or not they are loaded at the moment. */
  chosen(): readonly number[] {
    return this.list.get().flatMap(({ model, timeMs }) => (timeMs === null ? [] : [model]));
  }

  /** What the chain says: the version that is offered, by model. */
  setOffers(offers: ReadonlyMap<number, number>): void {
    this.#offers = offers;
    this.#show();
  }

  /** What is to run models from now on; whether that is another one. What is loaded is loaded again when it is needed. */
  async setBackend(backend: ProvidingSettings['backend']): Promise<boolean> {
    if (backend === this.#backend) return false;
    this.#backend = backend;
    await this.close();
    return true;
  }

  /** Measures all models again, one after the other. What fails is shown. */
  async measureAgain(signal: AbortSignal): Promise<void> {
    for (const [model, entry] of [...this.#entries]) {
      if (entry.info.timeMs === null || signal.aborted) continue;
      const made = await this.#make(model, entry.version, entry, signal).catch(() => null);
      await made?.release();
    }
    await this.#save();
  }

  /** Adds a model, fetches, checks and measures it. @throws {ModelUnavailable} or the signal's reason */
  async add(model: Model, version: ModelVersion, signal: AbortSignal): Promise<void> {
    const running = this.#preparing.get(model.id);
    if (running?.version === version.version) return running.done;
    running?.stop.abort(new Error('A newer version takes its place.'));
    const stop = new AbortController();
    const done = this.#add(model, version, AbortSignal.any([signal, stop.signal])).finally(() => {
      if (this.#preparing.get(model.id)?.stop === stop) this.#preparing.delete(model.id);
    });
    this.#preparing.set(model.id, { version: version.version, done, stop });
    await done;
  }

  /** Loads what was measured before, so that it is there when the engine wants it. */
  preload(signal: AbortSignal): void {
    for (const [model, entry] of this.#entries) {
      if (entry.info.timeMs === null) continue;
      const making = this.#make(model, entry.version, entry, signal);
      this.#preloaded.set(keyOf(model, entry.version), making);
      // Whoever wants it hears of an error.
      making.catch(() => undefined);
    }
  }

  async prepare(model: Model, version: ModelVersion, signal: AbortSignal): Promise<Executor> {
    const entry = this.#entryFor(model.id, version);
    const key = keyOf(model.id, version);
    const preloaded = this.#preloaded.get(key);
    this.#preloaded.delete(key);
    const { loaded, timeMs, release } = await (preloaded ?? this.#make(model.id, version, entry, signal));
    return executorOf(this.#counted(loaded), version.description, timeMs, release, this.#options.atOnce);
  }

  /** Serves a model no more, and removes its file. */
  async remove(model: number): Promise<void> {
    const entry = this.#entries.get(model);
    if (entry === undefined) return;
    this.#entries.delete(model);
    this.#preparing.get(model)?.stop.abort(new Error('The model was removed.'));
    this.#show();
    await this.#save();
    const { content } = entry.version;
    const isShared = [...this.#entries.values()].some(({ version }) => version.content === content);
    if (!isShared) await this.#options.files.remove(content);
  }

  /** Ends what runs models. It is started again when it is needed. */
  async close(): Promise<void> {
    const runner = this.#runner;
    this.#runner = null;
    this.#preloaded.clear();
    await (await runner?.catch(() => null))?.close();
  }

  async #add(model: Model, version: ModelVersion, signal: AbortSignal): Promise<void> {
    const known = this.#entries.get(model.id);
    if (known?.version.version !== version.version || known.info.state !== 'ready') {
      this.#entries.set(model.id, { version, info: firstInfo(model.id, version) });
    }
    this.#show();
    await this.#save();
    const entry = this.#entries.get(model.id) ?? null;
    const { release } = await this.#make(model.id, version, entry, signal);
    await release();
    await this.#save();
  }

  /** The entry that shows a version: its own, or that of an older one, which it replaces. */
  #entryFor(model: number, version: ModelVersion): Entry | null {
    const entry = this.#entries.get(model);
    if (entry === undefined || entry.version.version > version.version) return null;
    if (entry.version.version < version.version) {
      entry.version = version;
      entry.info = firstInfo(model, version);
      this.#show();
    }
    return entry;
  }

  async #make(model: number, version: ModelVersion, entry: Entry | null, signal: AbortSignal): Promise<Made> {
    const { content, size, description } = version;
    const show = (fields: Partial<ServedModelInfo>) => {
      // It may have been removed, or replaced by a newer version.
      if (entry === null || this.#entries.get(model) !== entry || entry.info.version !== version.version) return;
      entry.info = { ...entry.info, ...fields };
      this.#show();
    };
    const before = entry?.info;
    let isMade = false;
    try {
      const bytes = (until: AbortSignal) =>
        this.#options.files.get(content, size, until, (bytesHere) => {
          // A session that is lost is made anew without anybody seeing it.
          if (!isMade) show({ state: 'downloading', bytesHere });
        });
      // Fetched before there is a worker: a download can take long.
      await bytes(signal);
      signal.throwIfAborted();
      show({ bytesHere: size, ...(before?.state === 'ready' ? {} : { state: 'measuring' }), problem: null });
      const runner = await this.#started();
      const loaded = await runner.load(
        { name: description.name, version: String(version.version), description, bytes },
        signal,
      );
      const slot = { model, version: version.version, loaded };
      const release = async () => {
        if (this.#loaded.delete(slot)) await loaded.release();
      };
      this.#loaded.add(slot);
      try {
        const { medianMs } = await loaded.measure(measuredRuns, { signal });
        show({ state: 'ready', bytesHere: size, timeMs: medianMs, backend: infoOf(loaded.backend), problem: null });
        isMade = true;
        return { loaded, timeMs: medianMs, release };
      } catch (error) {
        await release();
        throw error;
      }
    } catch (error) {
      if (signal.aborted) {
        show(before?.state === 'ready' ? { ...before } : { state: 'listed' });
        throw signal.reason;
      }
      const meant =
        error instanceof ModelUnavailable
          ? error
          : new ModelUnavailable(`Model ${model} cannot be made ready: ${messageOf(error)}`, { cause: error });
      show({ state: 'failed', problem: problemOf(meant) });
      throw meant;
    }
  }

  /** The same model; how many of its inferences run is shown. */
  #counted(loaded: BrowserModel): LoadedModel {
    return {
      get concurrency() {
        return loaded.concurrency;
      },
      get ahead() {
        return loaded.ahead ?? 0;
      },
      run: async (request, signal) => {
        this.running.set(this.running.get() + 1);
        try {
          return await loaded.run(request, signal);
        } finally {
          this.running.set(this.running.get() - 1);
        }
      },
      release: () => loaded.release(),
    };
  }

  #started(): Promise<BrowserRunner> {
    if (this.#runner !== null) return this.#runner;
    const starting = this.#options.createRunner(this.#backend, (event) => {
      if (event.message !== undefined) {
        const name = event.event === 'gpuLost' ? 'GpuLost' : 'WorkerLost';
        this.#options.onTrouble({ name, message: event.message, chainError: null });
      }
      this.#showBackends();
    });
    this.#runner = starting;
    starting.catch(() => {
      if (this.#runner === starting) this.#runner = null;
    });
    return starting;
  }

  #isLoaded({ model, version }: KeptModel): boolean {
    return [...this.#loaded].some((slot) => slot.model === model && slot.version === version.version);
  }

  /** What runs a model can change while it runs. */
  #showBackends(): void {
    for (const { model, version, loaded } of this.#loaded) {
      const entry = this.#entries.get(model);
      if (entry?.version.version === version) entry.info = { ...entry.info, backend: infoOf(loaded.backend) };
    }
    this.#show();
  }

  #show(): void {
    const infos = [...this.#entries.values()].map(({ info }) => ({
      ...info,
      isAnnounced: this.#offers.get(info.model) === info.version,
    }));
    this.list.set(infos.sort((a, b) => a.model - b.model));
  }

  async #save(): Promise<void> {
    await this.#options.save(
      [...this.#entries.values()].map(({ version, info: { model, timeMs, backend } }) => ({
        ...{ model, version, timeMs, backend },
      })),
    );
  }
}

/** What runs a model, for people. */
function infoOf({ kind, threads, adapter, why }: Backend): BackendInfo {
  const threadsText = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return {
    kind,
    device: kind === 'webgpu' ? gpuName(adapter) : threadsText,
    passedOver: why.map(({ kind: other, message }) => ({ kind: other, why: message })),
  };
}

/** Browsers tell as much of it as they like; all of it may be empty. */
function gpuName(adapter: Backend['adapter']): string {
  const texts = [adapter?.description ?? '', `${adapter?.vendor ?? ''} ${adapter?.architecture ?? ''}`.trim()];
  return texts.find((text) => text !== '') ?? 'a graphics processor that the browser does not name';
}

function keyOf(model: number, { version }: ModelVersion): string {
  return `${model}:${version}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
