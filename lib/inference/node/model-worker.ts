/** One worker thread with a loaded model, as its owner sees it. */
import { Worker } from 'node:worker_threads';

import { ExecutionFailed, ModelUnavailable } from '../errors.ts';
import type { Signature } from '../match.ts';
import type { Tensor } from '../types.ts';
import type { RunResult, RunTask, Started, WorkerTask } from './worker-messages.ts';

interface Waiting {
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: Error) => void;
}

export class ModelWorker {
  /** What the model says of itself; rejects with {@link ModelUnavailable} when it cannot be loaded. */
  readonly ready: Promise<Signature>;
  /** Resolves when the thread is gone, with the reason; never rejects. */
  readonly ended: Promise<string>;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #isReady = false;

  /** @param script the thread's code; see `onnx-worker.ts` */
  constructor(script: URL, task: WorkerTask) {
    this.#worker = new Worker(script, { workerData: task });
    const started = Promise.withResolvers<Signature>();
    const ended = Promise.withResolvers<string>();
    this.ready = started.promise;
    this.ended = ended.promise;
    // Whoever starts a thread only to replace another may look at `ended` alone.
    this.ready.catch(() => undefined);
    let reason: string | undefined;
    this.#worker.once('message', (message: Started) => {
      if ('failure' in message) {
        reason = message.failure;
        void this.#worker.terminate();
        return;
      }
      this.#worker.on('message', (result: RunResult) => {
        const waiting = this.#waiting.shift();
        if ('outputs' in result) waiting?.resolve(result.outputs);
        else waiting?.reject(new ExecutionFailed(`The model failed: ${result.failure}`));
      });
      this.#isReady = true;
      started.resolve(message.signature);
    });
    this.#worker.once('error', (error) => {
      reason ??= error instanceof Error ? error.message : String(error);
    });
    this.#worker.once('exit', (code) => {
      const why = reason ?? `the thread ended with status ${code}`;
      started.reject(new ModelUnavailable(`The model cannot be loaded: ${why}`));
      for (const { reject } of this.#waiting.splice(0))
        reject(new ExecutionFailed(`What ran the model crashed: ${why}`));
      ended.resolve(why);
    });
  }

  /** Whether the model is loaded. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** How many runs it has not answered yet. */
  get load(): number {
    return this.#waiting.length;
  }

  /**
   * Runs the model; several runs are done one after the other. The memory of the inputs goes over to the thread.
   *
   * @throws {ExecutionFailed} when the model fails, or the thread crashes meanwhile
   */
  run(task: RunTask): Promise<readonly Tensor[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Tensor[]>();
    const memory = task.inputs.map(({ data }) => data.buffer as ArrayBuffer);
    this.#worker.postMessage(task, [...new Set(memory)]);
    this.#waiting.push({ resolve, reject });
    return promise;
  }

  /** Ends the thread; what it has not answered fails. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
