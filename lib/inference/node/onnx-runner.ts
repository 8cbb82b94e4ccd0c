/** Running ONNX models with onnxruntime in threads of this process. */
import { availableParallelism } from 'node:os';

import { isBatchable } from '../batches.ts';
import { ModelUnavailable } from '../errors.ts';
import { difference } from '../match.ts';
import type { InferenceRequest, InferenceResponse, LoadedModel, RunnableModel, Runner } from '../types.ts';
import { describedOutputs, validateInputs } from '../validate.ts';
import { WorkerPool } from '../worker-pool.ts';
import { ModelWorker } from './model-worker.ts';
import { disableOnnxruntimeTelemetry } from './no-telemetry.ts';

export interface OnnxRunnerOptions {
  /**
   * How many inferences of a model run side by side, each in its own thread with its own copy of the weights. By default
   * one for each processor, up to 4.
   */
  readonly sessions?: number;
  /**
   * How many threads one inference uses. By default the processors are divided among the sessions. Several sessions of
   * one thread do more together than one session of several threads, whose threads wait for each other.
   */
  readonly threads?: number;
  /**
   * How many inferences are put together, where the model's first dimensions are free; 4 by default, 1 for none. It is
   * worth it for small models and costs a little for large ones.
   */
  readonly maxBatch?: number;
  /** How many inferences of a model may wait before further ones are refused with `Overloaded`; 256 by default. */
  readonly maxQueue?: number;
  /**
   * How long a run of the model may take, in milliseconds, before it has failed; 120,000 by default. Its thread is
   * replaced, but onnxruntime cannot be interrupted: models that nobody trusts belong into a container.
   */
  readonly runTimeoutMs?: number;
}

/** A runner that runs ONNX models in this process. */
export function onnxRunner(options: OnnxRunnerOptions = {}): Runner {
  disableOnnxruntimeTelemetry();
  const processors = availableParallelism();
  const sessions = options.sessions ?? Math.min(4, processors);
  const threads = options.threads ?? Math.max(1, Math.floor(processors / sessions));
  const { maxBatch = 4, maxQueue = 256, runTimeoutMs = 120_000 } = options;
  const loaded = new Set<LoadedModel>();
  let closed = false;
  const isClosed = () => closed;

  async function load(model: RunnableModel, signal: AbortSignal): Promise<LoadedModel> {
    const { description } = model;
    if (isClosed()) throw new ModelUnavailable('The runner is closed.');
    const bytes = await model.bytes(signal);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const script = new URL('./onnx-worker.ts', import.meta.url);
    const pool = new WorkerPool({
      start: () => new ModelWorker(script, { model: shared, threads }, runTimeoutMs),
      defer: setImmediate,
      workers: sessions,
      outputs: description.outputs.map(({ name }) => name),
      maxQueue,
    });
    const actual = await pool.start(signal);
    const different = difference(description, actual);
    if (different !== null || isClosed()) {
      await pool.close();
      throw new ModelUnavailable(
        different === null ? 'The runner is closed.' : `The model is not as described. ${different}`,
      );
    }
    const together = isBatchable(description, actual) ? maxBatch : 1;
    pool.batchUpTo(together);
    const handle: LoadedModel = {
      concurrency: sessions,
      // Each thread has what it runs, and the same once more.
      ahead: 2 * sessions * together - sessions + 1,
      run: async (request: InferenceRequest, signal: AbortSignal): Promise<InferenceResponse> => {
        validateInputs(description, request);
        const inputs = description.inputs.flatMap(({ name }) => request.inputs.filter((input) => input.name === name));
        const outputs = await pool.run(inputs, signal);
        const response = {
          ...(request.id === undefined ? {} : { id: request.id }),
          model: model.name,
          version: model.version,
          outputs,
        };
        return { ...response, outputs: describedOutputs(description, response) };
      },
      release: async () => {
        loaded.delete(handle);
        await pool.close();
      },
    };
    loaded.add(handle);
    return handle;
  }

  return {
    about: `onnxruntime-node, ${sessions} sessions of ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    load,
    close: async () => {
      closed = true;
      await Promise.all([...loaded].map((model) => model.release()));
    },
  };
}
