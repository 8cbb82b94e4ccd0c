/** The runner of a browser. */
import { isBatchable } from '../batches.ts';
import { ModelUnavailable } from '../errors.ts';
import { measureRuns } from '../measure.ts';
import type { InferenceRequest, InferenceResponse, RunnableModel } from '../types.ts';
import { describedOutputs, validateInputs } from '../validate.ts';
import { WorkerPool } from '../worker-pool.ts';
import { share } from './choose.ts';
import { Session } from './session.ts';
import type { Ending } from './thread.ts';
import type { Backend, BrowserModel, BrowserRunner, BrowserRunnerOptions } from './types.ts';

/** With more than this the page would not get its turn, and all of the device would be somebody else's. */
const maxThreads = 4;
/** Where one inference takes so long on the processor, in milliseconds, nothing is won by putting several together. */
const batchBelowMs = 25;

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
    let running = 0;
    let backend: Backend | null = null;
    let filling: Promise<void> = Promise.resolve();
    // Further workers read the same memory as the first one; each takes it as it is started.
    let file: Uint8Array | null = null;
    const source = { ...model, bytes: async (wanted: AbortSignal) => (file ??= share(await model.bytes(wanted))) };
    const onReady = (chosen: Backend, beside: number) => {
      backend = { ...chosen, why: isOnCpu(backend) ? backend.why : chosen.why };
      running += 1;
      if (running === 1) onEvent?.({ event: 'ready', model: name, backend });
      if (pool.size === 1) filling = pool.add(beside);
      file = null;
    };
    const onEnd = ({ kind, message }: Ending) => {
      running -= 1;
      // A GPU that hangs or takes its worker with it is not better than one that is lost.
      if (backend?.kind === 'webgpu') losses += 1;
      if (kind === 'gpuLost') onEvent?.({ event: 'gpuLost', model: name, losses, message });
      else onEvent?.({ event: 'workerLost', model: name, message });
    };
    const pool: WorkerPool = new WorkerPool({
      start: () =>
        new Session({
          // What has begun in WebAssembly goes on there: why not on a GPU is known.
          ...(isOnCpu(backend) ? { best: backend.kind, force: true } : { best, force }),
          ...{ model: source, threads, maxBatch, losses, loadTimeoutMs, runTimeoutMs, onReady, onEnd },
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
    pool.batchUpTo(together, () => (isOnCpu(backend) ? batchBelowMs : Infinity));
    await filling;
    if (until.aborted) {
      await pool.close();
      throw until.reason;
    }
    const handle: BrowserModel = {
      get concurrency() {
        return Math.max(1, pool.size);
      },
      // Each worker has what it runs, and the same once more.
      get ahead() {
        return 2 * handle.concurrency * together - handle.concurrency + 1;
      },
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

function isOnCpu(backend: Backend | null): backend is Backend {
  return backend !== null && backend.kind !== 'webgpu';
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
