/** The worker that runs a model, as the page sees it. */
import { ExecutionFailed } from '../errors.ts';
import type { Tensor } from '../types.ts';
import { RunAgain, type RunTask } from '../worker-pool.ts';
import { NotStarted } from './gpu.ts';
import type { RunAnswer, StartMessage, Started, WorkerMessage } from './messages.ts';

export interface ThreadTimeouts {
  readonly loadTimeoutMs: number;
  readonly runTimeoutMs: number;
}

/** How a worker has ended. */
export interface Ending {
  readonly kind: 'stopped' | 'gpuLost' | 'crashed';
  readonly message: string;
}

interface Waiting {
  readonly resolve: (answer: Ran) => void;
  readonly reject: (error: Error) => void;
}

/** What a run gave. */
export interface Ran {
  readonly outputs: readonly Tensor[];
  /** How often commands were handed to the GPU for it. */
  readonly gpuSubmissions: number;
}

export class Thread {
  /** The loaded model; rejects with {@link NotStarted}. */
  readonly started: Promise<Started>;
  /** Resolves when it is gone or given up; never rejects. */
  readonly ended: Promise<Ending>;
  readonly #worker: Worker;
  readonly #timeouts: ThreadTimeouts;
  readonly #started = Promise.withResolvers<Started>();
  readonly #ended = Promise.withResolvers<Ending>();
  readonly #waiting: Waiting[] = [];
  #ending: Ending | null = null;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(start: StartMessage, timeouts: ThreadTimeouts) {
    this.started = this.#started.promise;
    this.ended = this.#ended.promise;
    // Who stops a thread that nobody waits for need not hear that it did not start.
    this.started.catch(() => undefined);
    this.#timeouts = timeouts;
    this.#worker = new Worker(new URL('../../../workers/inference.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }) => this.#hear(data as WorkerMessage));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#end('crashed', event.message || 'its script cannot be loaded');
    });
    this.#worker.postMessage(start);
    this.#watch(timeouts.loadTimeoutMs, 'did not start');
  }

  /** How many runs it has not answered yet. */
  get load(): number {
    return this.#waiting.length;
  }

  /**
   * Runs the model; several runs are done one after the other. The memory of the inputs goes over to the worker.
   *
   * @throws {ExecutionFailed} when the model fails or takes too long, or the worker crashes meanwhile
   * @throws {RunAgain} when the GPU is lost meanwhile
   */
  run(task: RunTask): Promise<Ran> {
    const { promise, resolve, reject } = Promise.withResolvers<Ran>();
    if (this.#ending !== null) {
      reject(gone(this.#ending));
      return promise;
    }
    const memory = task.inputs.map(({ data }) => data.buffer as ArrayBuffer);
    this.#worker.postMessage(task, [...new Set(memory)]);
    this.#waiting.push({ resolve, reject });
    if (this.#waiting.length === 1) this.#watchRun();
    return promise;
  }

  /** Ends the worker, and with it all memory that it has; what it has not answered fails. */
  stop(): void {
    this.#end('stopped', 'it was stopped');
  }

  #hear(message: WorkerMessage): void {
    switch (message.say) {
      case 'started':
        clearTimeout(this.#deadline);
        this.#started.resolve(message.started);
        break;
      case 'notStarted':
        this.#started.reject(new NotStarted(message.reason, message.message));
        this.stop();
        break;
      case 'answer':
        this.#answer(message.answer);
        break;
      case 'gpuLost':
        this.#end('gpuLost', message.message);
        break;
    }
  }

  #answer(answer: RunAnswer): void {
    const waiting = this.#waiting.shift();
    this.#watchRun();
    if ('outputs' in answer) waiting?.resolve(answer);
    else waiting?.reject(new ExecutionFailed(`The model failed: ${answer.failure}`));
  }

  #watchRun(): void {
    clearTimeout(this.#deadline);
    if (this.#waiting.length > 0) this.#watch(this.#timeouts.runTimeoutMs, 'did not answer');
  }

  #watch(ms: number, what: string): void {
    this.#deadline = setTimeout(() => this.#end('crashed', `it ${what} within ${ms / 1000} s`), ms);
  }

  #end(kind: Ending['kind'], message: string): void {
    if (this.#ending !== null) return;
    clearTimeout(this.#deadline);
    this.#ending = { kind, message };
    this.#worker.terminate();
    this.#started.reject(new NotStarted(kind === 'gpuLost' ? 'GpuLost' : 'DidNotStart', message));
    for (const { reject } of this.#waiting.splice(0)) reject(gone(this.#ending));
    this.#ended.resolve(this.#ending);
  }
}

function gone({ kind, message }: Ending): Error {
  if (kind === 'gpuLost') return new RunAgain(`The GPU was lost: ${message}`);
  return new ExecutionFailed(`What ran the model is gone: ${message}`);
}
