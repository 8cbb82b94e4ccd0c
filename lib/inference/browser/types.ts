/** What runs models in a browser. */
import type { MeasureOptions, Measurement } from '../measure.ts';
import type { LoadedModel, RunnableModel, Runner } from '../types.ts';

/** The ways to run a model, the best first. */
export const backendKinds = ['webgpu', 'wasm-threads', 'wasm'] as const;

export type BackendKind = (typeof backendKinds)[number];

/** Why a way to run a model is not taken: a stable word. */
export type Reason =
  /** The browser has no WebGPU in workers. */
  | 'NoWebGpu'
  /** There is no GPU that it could use. */
  | 'NoAdapter'
  /** The GPU cannot be opened. */
  | 'NoDevice'
  /** The GPU was lost too often. */
  | 'GpuLost'
  /** It cannot run this model. */
  | 'Unsupported'
  /** Its result differs from that of WebAssembly by more than the model's tolerance, or could not be compared. */
  | 'WrongResult'
  /** It did not start. */
  | 'DidNotStart'
  /** The page is not isolated from others, so its threads may share no memory. */
  | 'NoSharedMemory'
  /** There is one processor only. */
  | 'OneProcessor'
  /** Somebody has chosen another one. */
  | 'Chosen';

/** A way to run a model that is not taken. */
export interface PassedOver {
  readonly kind: BackendKind;
  readonly reason: Reason;
  /** The same for people. */
  readonly message: string;
}

/** The GPU, as far as the browser tells. Texts may be empty. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Whether it is emulated in software. */
  readonly isFallback: boolean;
}

/** What came out when the GPU was compared with WebAssembly. */
export interface RefereeReport {
  /** How many sample inferences were compared. */
  readonly samples: number;
  /** By how much the results differed at most in an element. */
  readonly largestDifference: number;
  /** By how much they may, from the model's description. */
  readonly tolerance: number;
}

/** What runs a model. */
export interface Backend {
  readonly kind: BackendKind;
  /** How many threads of WebAssembly run the model, those of all its workers together; 1 on a GPU. */
  readonly threads: number;
  /** What it is, for people: `WebAssembly, 2 threads`. */
  readonly about: string;
  /** Why each better one does not run, the best first. */
  readonly why: readonly PassedOver[];
  /** On a GPU only. */
  readonly adapter: AdapterInfo | null;
  /** On a GPU only. */
  readonly referee: RefereeReport | null;
}

export interface BrowserRunnerOptions {
  /** The best that is tried; `webgpu` by default. */
  readonly backend?: BackendKind;
  /** Try nothing else: a model that it cannot run is unavailable. */
  readonly force?: boolean;
  /**
   * How many threads of WebAssembly run a model; by default one for each processor, up to 4. Each has an inference of its
   * own, but for models that are too large for so many copies.
   */
  readonly threads?: number;
  /**
   * How many inferences are put together, where the model's first dimensions are free; 4 by default, 1 for none. In
   * WebAssembly that is done with short ones only.
   */
  readonly maxBatch?: number;
  /** How many inferences of a model may wait before further ones are refused with `Overloaded`; 256 by default. */
  readonly maxQueue?: number;
  /** How long each way of running a model may take to start, in milliseconds; 120,000 by default. */
  readonly loadTimeoutMs?: number;
  /**
   * How long a run may take, in milliseconds, before it has failed and its worker is replaced; 60,000 by default. With
   * several threads onnxruntime-web sometimes never comes back from a kernel that fails, such as for an index out of range.
   */
  readonly runTimeoutMs?: number;
  /** Hears what happens to models that are loaded. */
  readonly onEvent?: (event: RunnerEvent) => void;
}

export type RunnerEvent =
  /** A model can run, for the first time or again after all of its workers were lost. */
  | { readonly event: 'ready'; readonly model: string; readonly backend: Backend }
  /** The GPU is gone. What it worked on is done again, by the GPU after the first loss and by WebAssembly after the second. */
  | { readonly event: 'gpuLost'; readonly model: string; readonly losses: number; readonly message: string }
  /** A worker of a model crashed or hung; what it worked on has failed, and another one takes its place. */
  | { readonly event: 'workerLost'; readonly model: string; readonly message: string };

/** A model that is loaded in a browser. */
export interface BrowserModel extends LoadedModel {
  /** What runs it now. */
  readonly backend: Backend;
  /** How often commands for this model were handed to a GPU so far; 0 where none is used. */
  readonly gpuSubmissions: number;
  /**
   * Measures how long an inference takes, after one that does not count.
   *
   * @param runs how many inferences are measured, at least 1
   * @throws what {@link LoadedModel.run} throws, and the reason of the signal
   */
  measure(runs: number, options: MeasureOptions): Promise<Measurement>;
}

/** A {@link Runner} that says more of the models it has loaded. */
export interface BrowserRunner extends Runner {
  /**
   * Makes a model ready to run, warmed up. Its `bytes` are asked for again when a lost GPU makes it necessary.
   *
   * @throws {ModelUnavailable} when it cannot be loaded; the message says why
   */
  load(model: RunnableModel, signal: AbortSignal): Promise<BrowserModel>;
}
