/** Several threads with the same model, and the queue of inferences before them. */
import { batchKey, concatenate, divide, rowsOf } from './batches.ts';
import { ModelUnavailable, Overloaded } from './errors.ts';
import type { Signature } from './match.ts';
import type { Tensor } from './types.ts';

/** One run of the model. The memory of the tensors goes over to the thread. */
export interface RunTask {
  readonly inputs: readonly Tensor[];
  /** The outputs that are wanted. */
  readonly outputs: readonly string[];
}

/** A thread with a loaded model, as the pool sees it. */
export interface PoolWorker {
  /** What the model says of itself; rejects with {@link ModelUnavailable} when it cannot be loaded. */
  readonly ready: Promise<Signature>;
  /** Resolves when the thread is gone or given up; never rejects. */
  readonly ended: Promise<void>;
  /** Whether the model is loaded. */
  readonly isReady: boolean;
  /** How many runs it has not answered yet. */
  readonly load: number;
  /**
   * Runs the model; several runs are done one after the other.
   *
   * @throws {ExecutionFailed} when the model fails or takes too long, or the thread crashes meanwhile
   * @throws {RunAgain} when the run is to be done by the thread that comes next
   */
  run(task: RunTask): Promise<readonly Tensor[]>;
  /** Ends the thread; what it has not answered fails. */
  stop(): Promise<void>;
}

/** What a thread worked on is lost through no fault of the model or the inputs, and the next thread can do it. */
export class RunAgain extends Error {
  override readonly name = 'RunAgain';
}

export interface PoolOptions {
  /** Starts a thread. */
  readonly start: () => PoolWorker;
  /** Does something after this turn of the event loop. Unlike a timer it must not wait in a page that nobody sees. */
  readonly defer: (task: () => void) => void;
  readonly workers: number;
  /** The outputs that are wanted. */
  readonly outputs: readonly string[];
  /** The most inferences that wait for a thread. */
  readonly maxQueue: number;
}

interface Job {
  readonly signal: AbortSignal;
  readonly inputs: readonly Tensor[];
  /** `null` when it must run alone. */
  rows: number | null;
  readonly key: string;
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The time before a thread that could not be replaced is tried again: doubled each time, within these bounds. */
const RETRY_MS = { first: 250, most: 30_000 };

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers = new Set<PoolWorker>();
  readonly #queue: Job[] = [];
  readonly #retries = new Set<ReturnType<typeof setTimeout>>();
  /** When each thread has answered last, by `performance.now()`. */
  readonly #answeredAt = new WeakMap<PoolWorker, number>();
  #maxBatch = 1;
  #batchBelowMs: () => number = () => Infinity;
  /** How long the last run took for each of its inferences. */
  #eachMs = 0;
  #failedStarts = 0;
  #running = 0;
  #planned = false;
  #idle = Promise.withResolvers<undefined>();
  #closing = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Starts the threads.
   *
   * @returns what the model says of itself
   * @throws {ModelUnavailable} when it cannot be loaded, or the reason of `signal`; no thread is left then
   */
  async start(signal: AbortSignal): Promise<Signature> {
    const abort = () => void this.#stop();
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', abort);
      const workers = Array.from({ length: this.#options.workers }, () => this.#add());
      const [signature] = await Promise.all(workers.map(({ ready }) => ready));
      signal.throwIfAborted();
      if (signature === undefined) throw new ModelUnavailable('No threads were asked for.');
      return signature;
    } catch (error) {
      await this.#stop();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * From now on so many inferences are put together. Only for models that can be: see `isBatchable`.
   *
   * @param belowMs says from which time of one on, in milliseconds, they run one by one: where a run costs little beside
   * the inferences in it, nothing is won, and the first ones of a batch wait for its last. Default: never.
   */
  batchUpTo(inferences: number, belowMs: () => number = () => Infinity): void {
    this.#maxBatch = inferences;
    this.#batchBelowMs = belowMs;
  }

  /** Runs one inference; see `LoadedModel.run` for what it throws. */
  async run(inputs: readonly Tensor[], signal: AbortSignal): Promise<readonly Tensor[]> {
    signal.throwIfAborted();
    if (this.#closing) throw new ModelUnavailable('The model was released.');
    if (this.#workers.size === 0) throw new ModelUnavailable('What runs the model crashes at each start.');
    if (this.#queue.length >= this.#options.maxQueue) {
      throw new Overloaded(`${this.#queue.length} inferences already wait for this model.`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<readonly Tensor[]>();
    const job = { signal, inputs, rows: rowsOf(inputs), key: batchKey(inputs), resolve, reject };
    const abort = () => {
      const place = this.#queue.indexOf(job);
      if (place >= 0) this.#queue.splice(place, 1);
      reject(signal.reason);
      this.#checkIdle();
    };
    signal.addEventListener('abort', abort);
    this.#queue.push(job);
    this.#plan();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** How many threads there are. */
  get size(): number {
    return this.#workers.size;
  }

  /** Starts further threads, while the others go on. Returns when they run; one that does not start is done without. */
  async add(count: number): Promise<void> {
    if (this.#closing) return;
    const started = Array.from({ length: count }, () => this.#add(true));
    await Promise.allSettled(started.map(({ ready }) => ready));
  }

  /** Ends the threads once what is running or waiting is done. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#checkIdle();
    await this.#idle.promise;
    await this.#stop();
  }

  /** @param isFurther whether the others do without it if it does not start */
  #add(isFurther = false): PoolWorker {
    const worker = this.#options.start();
    let isReplaced = !isFurther;
    this.#workers.add(worker);
    void worker.ready.then(
      () => {
        isReplaced = true;
        this.#failedStarts = 0;
        this.#plan();
      },
      () => {
        if (isReplaced) this.#failedStarts++;
      },
    );
    void worker.ended.then(() => {
      const isStopped = !this.#workers.delete(worker);
      const isWanted = !this.#closing || this.#queue.length > 0 || this.#running > 0;
      if (!isStopped && isWanted && isReplaced) this.#replace();
    });
    return worker;
  }

  #replace(): void {
    if (this.#failedStarts === 0) {
      this.#add();
      return;
    }
    if (this.#workers.size === 0) {
      const error = new ModelUnavailable('What runs the model crashes at each start.');
      for (const { reject } of this.#queue.splice(0)) reject(error);
      this.#checkIdle();
    }
    const retry = setTimeout(
      () => {
        this.#retries.delete(retry);
        this.#add();
      },
      Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** (this.#failedStarts - 1)),
    );
    this.#retries.add(retry);
  }

  async #stop(): Promise<void> {
    this.#closing = true;
    this.#retries.forEach((retry) => clearTimeout(retry));
    const workers = [...this.#workers];
    this.#workers.clear();
    await Promise.all(workers.map((worker) => worker.stop()));
  }

  /** Distributes the queue at the end of this turn of the event loop, so that calls made together can run together. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#options.defer(() => {
      this.#planned = false;
      this.#distribute();
    });
  }

  #distribute(): void {
    for (;;) {
      const worker = this.#nextWorker();
      if (worker === undefined || this.#queue.length === 0) return;
      const idle = [...this.#workers].filter(({ isReady, load }) => isReady && load === 0).length;
      void this.#runOn(worker, this.#take(Math.ceil(this.#queue.length / Math.max(1, idle))));
    }
  }

  /**
   * A thread that has nothing to do. When there is more to do than threads, or nothing to put together, also one with a
   * single run: with the next one at hand it need not wait until this thread has time for it.
   */
  #nextWorker(): PoolWorker | undefined {
    const [least] = [...this.#workers].filter(({ isReady }) => isReady).sort((a, b) => a.load - b.load);
    const isMuch = this.#queue.length > this.#workers.size || this.#eachMs >= this.#batchBelowMs();
    const most = isMuch ? 1 : 0;
    return least !== undefined && least.load <= most ? least : undefined;
  }

  /** Takes the first of the queue, and as many others as fit to it and are wanted. */
  #take(wanted: number): readonly Job[] {
    const first = this.#queue[0];
    const isAlone = first?.rows === null || this.#eachMs >= this.#batchBelowMs();
    const most = isAlone ? 1 : Math.min(wanted, this.#maxBatch);
    const batch: Job[] = [];
    for (let i = 0; i < this.#queue.length && batch.length < most;) {
      const job = this.#queue[i];
      if (job !== undefined && job.key === first?.key && (job === first || job.rows !== null)) {
        batch.push(job);
        this.#queue.splice(i, 1);
      } else i++;
    }
    return batch;
  }

  async #runOn(worker: PoolWorker, batch: readonly Job[]): Promise<void> {
    this.#running++;
    const given = performance.now();
    try {
      const outputs = await worker.run({
        inputs: concatenate(batch.map(({ inputs }) => inputs)),
        outputs: this.#options.outputs,
      });
      const answered = performance.now();
      this.#eachMs = (answered - Math.max(given, this.#answeredAt.get(worker) ?? 0)) / batch.length;
      this.#answeredAt.set(worker, answered);
      const rows = batch.map((job) => job.rows ?? 0);
      this.#deal(batch, batch.length === 1 ? [outputs] : divide(outputs, rows));
    } catch (error) {
      if (error instanceof RunAgain) this.#again(batch);
      // One of them may be what fails the others.
      else if (batch.length > 1) this.#deal(batch, null);
      else batch.forEach(({ reject }) => reject(error));
    } finally {
      this.#running--;
      this.#plan();
      this.#checkIdle();
    }
  }

  /** Gives each inference of a batch its outputs, or has each run again by itself where there are none. */
  #deal(batch: readonly Job[], outputs: readonly (readonly Tensor[])[] | null): void {
    if (outputs === null) {
      for (const job of batch) job.rows = null;
      this.#again(batch);
    } else batch.forEach(({ resolve }, i) => resolve(outputs[i] ?? []));
  }

  #again(batch: readonly Job[]): void {
    this.#queue.unshift(...batch.filter(({ signal }) => !signal.aborted));
  }

  #checkIdle(): void {
    if (this.#closing && this.#running === 0 && this.#queue.length === 0) this.#idle.resolve(undefined);
  }
}
