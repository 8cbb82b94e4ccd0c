/** The runner of a browser. */
import { isBatchable } from '../batches.ts';
import { ModelUnavailable } from '../errors.ts';
import { measureRuns } from '../measure.ts';
import type { InferenceRequest, InferenceResponse, RunnableModel } from '../types.ts';
import { describedOutputs, validateInputs } from '../validate.ts';
import { WorkerPool } from '../worker-pool.ts';
import { Session } from './session.ts';
import type { Backend, BrowserModel, BrowserRunner, BrowserRunnerOptions } from './types.ts';

/** More threads than this wait for each other more than they help, and the page needs a processor too. */
const maxThreads = 4;

/** A runner that runs ONNX models in workers of this page. */
export function browserRunner(options: BrowserRunnerOptions = {}): BrowserRunner {
  const { backend: best = 'webgpu', force = false, maxBatch = 4, maxQueue = 256, onEvent } = options;
  const { loadTimeoutMs = 120_000, runTimeoutMs = 60_000 } = options;
  const threads = options.threads ?? Math.min(maxThreads, navigator.hardwareConcurrency);
  const loaded = new Set<BrowserModel>();
  const closing = new AbortController();

  async function load(model: RunnableModel, signal: AbortSignal): Promise<BrowserModel> {
    const { name, description } = model;
    const until = AbortSignal.any([signal, closing.signal]);
    until.throwIfAborted();
    let losses = 0;
    let submissions = 0;
    let backend: Backend | null = null;
    const pool = new WorkerPool({
      start: () =>
        new Session({
          ...{ model, best, force, threads, maxBatch, losses, loadTimeoutMs, runTimeoutMs },
          onReady: (chosen) => {
            backend = chosen;
            onEvent?.({ event: 'ready', model: name, backend: chosen });
          },
          onEnd: ({ kind, message }) => {
            // A GPU that hangs or takes its worker with it is not better than one that is lost.
            if (backend?.kind === 'webgpu') losses += 1;
            if (kind === 'gpuLost') onEvent?.({ event: 'gpuLost', model: name, losses, message });
            else onEvent?.({ event: 'workerLost', model: name, message });
          },
          onSubmissions: (count) => {
            submissions += count;
          },
        }),
      defer,
      workers: 1,
      outputs: description.outputs.map((output) => output.name),
      maxQueue,
    });
    const together = isBatchable(description, await pool.start(until)) ? maxBatch : 1;
    pool.batchUpTo(together);
    const handle: BrowserModel = {
      concurrency: 1,
      // The worker has what it runs, and the same once more.
      ahead: 2 * together,
      get backend() {
        if (backend === null) throw new ModelUnavailable('The model is not loaded.');
        return backend;
      },
      get gpuSubmissions() {
        return submissions;
      },
      run: async (request: InferenceRequest, signal: AbortSignal): Promise<InferenceResponse> => {
        validateInputs(description, request);
        const inputs = description.inputs.flatMap((spec) => request.inputs.filter((input) => input.name === spec.name));
        const outputs = await pool.run(inputs, signal);
        const response = {
          ...(request.id === undefined ? {} : { id: request.id }),
          model: name,
          version: model.version,
          outputs,
        };
        return { ...response, outputs: describedOutputs(description, response) };
      },
      measure: (runs, measuring) => measureRuns(handle, description, runs, measuring),
      release: async () => {
        loaded.delete(handle);
        await pool.close();
      },
    };
    loaded.add(handle);
    return handle;
  }

  return {
    about: 'onnxruntime-web',
    load,
    close: async () => {
      closing.abort(new ModelUnavailable('The runner is closed.'));
      await Promise.all([...loaded].map((model) => model.release()));
    },
  };
}

/** A message comes after this turn of the event loop, and unlike a timer also in a page that nobody sees. */
function defer(task: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    task();
  };
  port2.postMessage(null);
}
