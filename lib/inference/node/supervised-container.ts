/** One container with a model: started, watched, started again, stopped. */
import { setTimeout as delay } from 'node:timers/promises';

import { ModelUnavailable } from '../errors.ts';
import { httpRunner, type HttpRunnerOptions } from '../http-runner.ts';
import type { InferenceRequest, InferenceResponse, LoadedModel, RunnableModel } from '../types.ts';
import { portFor, type ContainerCli, type ContainerSpec, type Foreground, type Mounts } from './container-cli.ts';

/** How closely containers are watched. Times are in milliseconds. */
export interface Supervision {
  /** How long a container may take until it is ready; 120,000 by default. */
  readonly startTimeoutMs?: number;
  /** The time between two looks at its health; 5,000 by default. */
  readonly healthIntervalMs?: number;
  /** After how many looks in vain it is started again; 3 by default. */
  readonly unhealthyAfter?: number;
  /** The pause before it is started again: doubled with each start in vain, between these; 500 and 60,000 by default. */
  readonly restartMs?: { readonly first: number; readonly most: number };
}

/** What happens to a container. */
export type ContainerEvent =
  | { readonly event: 'ready'; readonly container: string; readonly url: string }
  | {
      readonly event: 'lost';
      /** Why, with the last lines that the container wrote. */
      readonly reason: string;
      /** When it is started again, in milliseconds from now. */
      readonly retryMs: number;
    };

interface Options extends ContainerSpec, Supervision, Omit<HttpRunnerOptions, 'url'> {
  readonly owner: string;
  readonly newName: () => string;
  readonly onEvent: (event: ContainerEvent) => void;
}

/** A container that is up, and the model in it. */
interface Up {
  readonly name: string;
  readonly url: string;
  readonly foreground: Foreground;
  readonly model: LoadedModel;
}

/** How long one look at a container's health may take. */
const HEALTH_TIMEOUT_MS = 2_000;
/** The time between two looks at a container that is starting. */
const STARTING_INTERVAL_MS = 100;

export class SupervisedContainer {
  readonly #cli: ContainerCli;
  readonly #model: RunnableModel;
  readonly #mounts: Mounts;
  readonly #options: Options;
  readonly #stopping = new AbortController();
  #up: Up | undefined;
  #supervision: Promise<void> = Promise.resolve();

  constructor(cli: ContainerCli, model: RunnableModel, mounts: Mounts, options: Options) {
    this.#cli = cli;
    this.#model = model;
    this.#mounts = mounts;
    this.#options = options;
  }

  get concurrency(): number {
    return this.#up?.model.concurrency ?? 0;
  }

  /**
   * Starts the container and waits until its model is ready; from then on it is watched.
   *
   * @throws {ModelUnavailable} with the container's last lines when it is not; nothing is left then
   */
  async start(signal: AbortSignal): Promise<void> {
    const up = await this.#bringUp(AbortSignal.any([signal, this.#stopping.signal]));
    this.#supervision = this.#supervise(up);
  }

  /** See `LoadedModel.run`. */
  async run(request: InferenceRequest, signal: AbortSignal): Promise<InferenceResponse> {
    if (this.#up === undefined) throw new ModelUnavailable(`The container of ${this.#options.image} is not up.`);
    return this.#up.model.run(request, signal);
  }

  /** Waits for inferences that are running, then stops and removes the container. */
  async stop(): Promise<void> {
    const up = this.#up;
    this.#up = undefined;
    await up?.model.release();
    this.#stopping.abort(new ModelUnavailable('The model was released.'));
    await this.#supervision;
  }

  async #bringUp(signal: AbortSignal): Promise<Up> {
    const { newName, owner, startTimeoutMs = 120_000 } = this.#options;
    signal.throwIfAborted();
    const name = newName();
    const port = await portFor(this.#options);
    const url = `http://127.0.0.1:${port}`;
    const foreground = this.#cli.run(name, owner, port, this.#mounts);
    try {
      await becomesReady(url, foreground, startTimeoutMs, signal);
      const model = await httpRunner({ ...this.#options, url }).load(this.#model, signal);
      return { name, url, foreground, model };
    } catch (error) {
      await this.#remove(name, foreground);
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      throw new ModelUnavailable(
        `The container of ${this.#options.image} did not come up: ${reason}${tail(foreground)}`,
      );
    }
  }

  async #supervise(first: Up): Promise<void> {
    const { signal } = this.#stopping;
    let up: Up | undefined = first;
    let failures = 0;
    const { first: least, most } = this.#options.restartMs ?? { first: 500, most: 60_000 };
    const isOver = () => signal.aborted;
    while (!isOver()) {
      let reason: string;
      try {
        up ??= await this.#bringUp(signal);
        this.#up = up;
        failures = 0;
        this.#options.onEvent({ event: 'ready', container: up.name, url: up.url });
        reason = await this.#untilLost(up, signal);
        reason += tail(up.foreground);
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      this.#up = undefined;
      if (up !== undefined) await this.#remove(up.name, up.foreground);
      up = undefined;
      if (isOver()) return;
      const retryMs = Math.min(most, least * 2 ** failures++);
      this.#options.onEvent({ event: 'lost', reason, retryMs });
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Watches a container until it has to be replaced, and returns why; or until the signal aborts. */
  async #untilLost({ url, foreground }: Up, signal: AbortSignal): Promise<string> {
    const { healthIntervalMs = 5_000, unhealthyAfter = 3 } = this.#options;
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    let ended: string | undefined;
    void foreground.ended.then((reason) => {
      ended = reason;
      over.abort();
    });
    for (let failed = 0; failed < unhealthyAfter;) {
      await delay(healthIntervalMs, undefined, { signal: either }).catch(() => undefined);
      if (either.aborted) return ended ?? 'it was stopped';
      failed = (await isReady(url, either)) ? 0 : failed + 1;
    }
    return `it did not answer ${unhealthyAfter} times`;
  }

  async #remove(name: string, foreground: Foreground): Promise<void> {
    await this.#cli.remove(name);
    foreground.kill();
    await foreground.ended;
  }
}

async function becomesReady(
  url: string,
  foreground: Foreground,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  void foreground.ended.then((reason) => ended.abort(new ModelUnavailable(reason)));
  const deadline = AbortSignal.timeout(timeoutMs);
  const any = AbortSignal.any([signal, ended.signal, deadline]);
  while (!(await isReady(url, any))) {
    await delay(STARTING_INTERVAL_MS, undefined, { signal: any }).catch(() => undefined);
    signal.throwIfAborted();
    ended.signal.throwIfAborted();
    if (deadline.aborted) throw new ModelUnavailable(`it was not ready within ${timeoutMs / 1000} s`);
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const deadline = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    const response = await fetch(`${url}/v2/health/ready`, { signal: AbortSignal.any([signal, deadline]) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

function tail({ log }: Foreground): string {
  return log === '' ? '' : `\nIts last lines:\n${log}`;
}
