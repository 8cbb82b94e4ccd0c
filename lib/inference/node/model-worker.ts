/** One worker thread with a loaded model, as its owner sees it. */
import { Worker } from 'node:worker_threads';

import { ExecutionFailed, ModelUnavailable } from '../errors.ts';
import type { Signature } from '../match.ts';
import type { Tensor } from '../types.ts';
import type { PoolWorker, RunTask } from '../worker-pool.ts';
import type { RunResult, Started, WorkerTask } from './worker-messages.ts';

interface Waiting {
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: Error) => void;
}

export class ModelWorker implements PoolWorker {
  /** What the model says of itself; rejects with {@link ModelUnavailable} when it cannot be loaded. */
  readonly ready: Promise<Signature>;
  /** Resolves when the thread is gone or given up; never rejects. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #runTimeoutMs: number;
  readonly #started = Promise.withResolvers<Signature>();
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #waiting: Waiting[] = [];
  #deadline: NodeJS.Timeout | undefined;
  #isReady = false;

  /**
   * @param script the thread's code; see `onnx-worker.ts`
   * @param runTimeoutMs how long one run may take, in milliseconds, before the thread is given up
   */
  constructor(script: URL, task: WorkerTask, runTimeoutMs: number) {
    this.#worker = new Worker(script, { workerData: task });
    this.#runTimeoutMs = runTimeoutMs;
    this.ready = this.#started.promise;
    this.ended = this.#ended.promise;
    // Whoever starts a thread only to replace another may look at `ended` alone.
    this.ready.catch(() => undefined);
    let reason: string | undefined;
    this.#worker.once('message', (message: Started) => {
      if ('failure' in message) {
        this.#end(message.failure);
        void this.#worker.terminate();
        return;
      }
      this.#worker.on('message', (result: RunResult) => {
        const waiting = this.#waiting.shift();
        this.#watch();
        if ('outputs' in result) waiting?.resolve(result.outputs);
        else waiting?.reject(new ExecutionFailed(`The model failed: ${result.failure}`));
      });
      this.#isReady = true;
      this.#started.resolve(message.signature);
    });
    this.#worker.once('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.#worker.once('exit', (code) => this.#end(reason ?? `the thread ended with status ${code}`));
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
   * @throws {ExecutionFailed} when the model fails or takes too long, or the thread crashes meanwhile
   */
  run(task: RunTask): Promise<readonly Tensor[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Tensor[]>();
    const memory = task.inputs.map(({ data }) => data.buffer as ArrayBuffer);
    this.#worker.postMessage(task, [...new Set(memory)]);
    this.#waiting.push({ resolve, reject });
    if (this.#waiting.length === 1) this.#watch();
    return promise;
  }

  /** Ends the thread; what it has not answered fails. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Begins to measure the time of the run that is next to be answered. */
  #watch(): void {
    clearTimeout(this.#deadline);
    if (this.#waiting.length === 0) return;
    this.#deadline = setTimeout(() => {
      this.#end(`it did not answer within ${this.#runTimeoutMs / 1000} s`);
      // While the thread is inside of onnxruntime it cannot be ended, so nobody waits for that.
      void this.#worker.terminate();
    }, this.#runTimeoutMs);
  }

  #end(why: string): void {
    clearTimeout(this.#deadline);
    this.#started.reject(new ModelUnavailable(`The model cannot be loaded: ${why}`));
    for (const { reject } of this.#waiting.splice(0)) reject(new ExecutionFailed(`What ran the model is gone: ${why}`));
    this.#ended.resolve(undefined);
  }
}
