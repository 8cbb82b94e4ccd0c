/** A page that runs models and nothing else. */
import {
  browserRunner,
  type Backend,
  type BrowserModel,
  type BrowserRunnerOptions,
  type Measurement,
  type RunnerEvent,
} from '../../../lib/inference/browser/index.ts';
import type { Tensor } from '../../../lib/inference/types.ts';
import type { DataType, Description } from '../../../lib/market/types.ts';

/** A tensor that can be handed from a test to a page and back. */
export interface PlainTensor {
  readonly name: string;
  readonly dataType: DataType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** What became of a run. */
export type PlainResult = { readonly outputs: readonly PlainTensor[] } | { readonly error: string };

declare global {
  interface Window {
    /** Loads the model that lies at an address; gives the error's name and message when that fails. */
    load(file: string, description: Description, options?: BrowserRunnerOptions): Promise<string | null>;
    /** Begins to load, gives it up, and gives the error. */
    giveUpLoading(file: string, description: Description): Promise<string>;
    /** Runs inferences at the same time. */
    run(requests: readonly (readonly PlainTensor[])[]): Promise<readonly PlainResult[]>;
    /** Begins runs, gives the first one up, and gives what became of all. */
    giveUpFirst(requests: readonly (readonly PlainTensor[])[]): Promise<readonly PlainResult[]>;
    /** Runs the same inference many times. */
    repeat(inputs: readonly PlainTensor[], times: number): Promise<void>;
    measure(runs: number): Promise<{ readonly measurement: Measurement; readonly progress: readonly number[] }>;
    /** Stops measuring after some inferences, and gives the error and how many there were. */
    measureUntil(runs: number, enough: number): Promise<{ readonly error: string; readonly done: number }>;
    state(): { readonly backend: Backend; readonly gpuSubmissions: number; readonly events: readonly RunnerEvent[] };
    release(): Promise<void>;
    /** Asks the worker that is in trouble for something, and gives its answer. */
    trouble(deed: string, count?: number): Promise<number>;
  }
}

let model: BrowserModel;
let events: RunnerEvent[] = [];
const never = new AbortController().signal;
const reason = new Error('not wanted any more');

const text = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

const runnable = (file: string, description: Description) => ({
  name: description.name,
  version: '1',
  description,
  bytes: async (signal: AbortSignal) => new Uint8Array(await (await fetch(file, { signal })).arrayBuffer()),
});

const toTensor = (tensor: PlainTensor): Tensor => ({ ...tensor, data: Uint8Array.from(tensor.data) });
const toPlain = (tensor: Tensor): PlainTensor => ({ ...tensor, data: [...tensor.data] });

async function runOne(inputs: readonly PlainTensor[], signal: AbortSignal): Promise<PlainResult> {
  try {
    const { outputs } = await model.run({ inputs: inputs.map(toTensor) }, signal);
    return { outputs: outputs.map(toPlain) };
  } catch (error) {
    return { error: text(error) };
  }
}

window.load = async (file, description, options = {}) => {
  events = [];
  const onEvent = (event: RunnerEvent) => void events.push(event);
  try {
    model = await browserRunner({ ...options, onEvent }).load(runnable(file, description), never);
    return null;
  } catch (error) {
    return text(error);
  }
};

window.giveUpLoading = async (file, description) => {
  const abort = new AbortController();
  const loading = browserRunner().load(runnable(file, description), abort.signal);
  setTimeout(() => abort.abort(reason));
  return loading.then(() => 'it was loaded', text);
};

window.run = (requests) => Promise.all(requests.map((inputs) => runOne(inputs, never)));

window.giveUpFirst = (requests) => {
  const abort = new AbortController();
  const results = requests.map((inputs, place) => runOne(inputs, place === 0 ? abort.signal : never));
  abort.abort(reason);
  return Promise.all(results);
};

window.repeat = async (inputs, times) => {
  const request = { inputs: inputs.map(toTensor) };
  for (let done = 0; done < times; done++) await model.run(request, never);
};

window.measure = async (runs) => {
  const progress: number[] = [];
  const measurement = await model.measure(runs, { signal: never, onProgress: (done) => progress.push(done) });
  return { measurement, progress };
};

window.measureUntil = async (runs, enough) => {
  const abort = new AbortController();
  let done = 0;
  const onProgress = (count: number) => {
    done = count;
    if (count === enough) abort.abort(reason);
  };
  const error = await model.measure(runs, { signal: abort.signal, onProgress }).then(() => 'it was done', text);
  return { error, done };
};

window.state = () => ({ backend: model.backend, gpuSubmissions: model.gpuSubmissions, events });

window.release = () => model.release();

const channel = new BroadcastChannel('trouble');
window.trouble = (deed, count = 0) =>
  new Promise((resolve) => {
    channel.addEventListener('message', ({ data }) => resolve((data as { answer: number }).answer), { once: true });
    channel.postMessage({ deed, count });
  });
