/** One model in a worker, which becomes another one when its GPU is lost, as the pool sees it. */
import { ExecutionFailed, ModelUnavailable } from '../errors.ts';
import type { Signature } from '../match.ts';
import type { Tensor } from '../types.ts';
import type { PoolWorker, RunTask } from '../worker-pool.ts';
import { choose, type ChooseOptions, type Chosen } from './choose.ts';
import type { Ending } from './thread.ts';
import type { Backend } from './types.ts';

export interface SessionOptions extends Omit<ChooseOptions, 'signal'> {
  /** @param beside how many others like it can run beside it */
  readonly onReady: (backend: Backend, beside: number) => void;
  readonly onEnd: (ending: Ending) => void;
  /** Hears how often commands were handed to the GPU for a run. */
  readonly onSubmissions: (count: number) => void;
}

export class Session implements PoolWorker {
  readonly ready: Promise<Signature>;
  readonly ended: Promise<void>;
  readonly #options: SessionOptions;
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<undefined>();
  #chosen: Chosen | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.ended = this.#ended.promise;
    this.ready = this.#start();
    this.ready.catch(() => this.#ended.resolve(undefined));
  }

  get isReady(): boolean {
    return this.#chosen !== null;
  }

  get load(): number {
    return this.#chosen?.thread.load ?? 0;
  }

  async run(task: RunTask): Promise<readonly Tensor[]> {
    if (this.#chosen === null) throw new ExecutionFailed('The model is not loaded.');
    const { outputs, gpuSubmissions } = await this.#chosen.thread.run(task);
    this.#options.onSubmissions(gpuSubmissions);
    return outputs;
  }

  stop(): Promise<void> {
    this.#stopping.abort(new ModelUnavailable('The model was released.'));
    this.#chosen?.thread.stop();
    return this.ended;
  }

  async #start(): Promise<Signature> {
    const chosen = await choose({ ...this.#options, signal: this.#stopping.signal });
    this.#chosen = chosen;
    void chosen.thread.ended.then((ending) => {
      this.#chosen = null;
      if (ending.kind !== 'stopped') this.#options.onEnd(ending);
      this.#ended.resolve(undefined);
    });
    // It may have been stopped while the news was on its way.
    if (this.#stopping.signal.aborted) chosen.thread.stop();
    else this.#options.onReady(chosen.backend, chosen.beside);
    return chosen.signature;
  }
}
