/**
 * Takes requests from their payload to a certain answer. Downloads run ahead of the executions and uploads behind them, so
 * that the model is never idle while there is work; each request is at one step at a time.
 */
import { commitmentOf, newSalt, packResult } from '../inference/message.ts';
import type { FailureCode, Rules } from '../market/types.ts';
import { toError } from './clock.ts';
import { isHopeless, isLastChance, remainingMs } from './deadlines.ts';
import { failureCodeOf } from './failures.ts';
import { aboutOf, byDeadline, type Item, type Phase } from './item.ts';
import { Lanes, type Step } from './lanes.ts';
import type { ModelsPool, PoolEntry } from './models-pool.ts';
import type { Clock, Dx, Envelopes, Executor } from './ports.ts';
import type { Recorder } from './recorder.ts';
import type { Tasks, Trouble } from './tasks.ts';
import type { Timings } from './timings.ts';

/** A payload that nobody has yet is asked for again after this time, in milliseconds. */
const RETRY_MS = 1_000;
/** A full runner is asked again after this time, in milliseconds. */
const OVERLOADED_MS = 100;
/** How long the first try to download may take, in milliseconds; each further one twice as long. */
const FIRST_DOWNLOAD_MS = 5_000;
/** No step is given less than this, in milliseconds: block times are only what is expected. */
const SHORTEST_MS = 1_000;
/** A payload that is corrupt may be so at one peer only; so often it is tried. */
const CORRUPT_TRIES = 3;
/** A runner that is gone as soon as it is back is no runner. */
const GONE_TRIES = 5;

export interface PipelineOptions {
  readonly dx: Dx;
  readonly envelopes: Envelopes;
  readonly clock: Clock;
  readonly pool: ModelsPool;
  readonly timings: Timings;
  readonly recorder: Recorder;
  readonly tasks: Tasks;
  readonly trouble: Trouble;
  readonly signal: AbortSignal;
  /** Called when the answer of an item is certain and on disk. */
  readonly answerable: (item: Item) => void;
}

/** The phases in which a request is being worked on, or waits for it. */
const working: readonly Phase[] = ['waiting', 'downloading', 'ready', 'executing', 'executed', 'uploading'];
const running: readonly Phase[] = ['executing', 'executed', 'uploading'];

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #items = new Set<Item>();
  readonly #lanes = new Lanes();
  #best = 0;
  #blockTimeMs = 0;
  #isDraining = false;
  #isPumping = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Takes on a request. */
  add(item: Item): void {
    this.#items.add(item);
    this.pump();
  }

  /** Lets go of a request; what is being done for it is aborted. */
  drop(item: Item, why: string): void {
    item.controller.abort(new Error(why));
    item.phase = 'over';
    item.request = null;
    item.sealed = null;
    this.#items.delete(item);
    this.pump();
  }

  /** Begins nothing new any more. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Whether something is being executed, or has been and is not certain yet. */
  isBusy(): boolean {
    return [...this.#items].some(({ phase }) => running.includes(phase) || phase === 'answering');
  }

  /** Whether an answer of an agreement may be certain soon: one is being worked on, and nothing holds it up. */
  isComing(agreement: number): boolean {
    for (const item of this.#items) {
      if (item.agreement.id !== agreement || item.isPausing) continue;
      if (item.phase === 'answering' || running.includes(item.phase)) return true;
      if (!this.#isDraining && working.includes(item.phase)) return true;
    }
    return false;
  }

  /** There is a new best block. */
  head(best: number, rules: Rules): void {
    this.#best = best;
    this.#blockTimeMs = rules.blockTimeMs;
  }

  /**
   * Gives up what cannot be done in time any more, because a request that is missed costs stake, and one that has failed
   * does not. On the last block half of its time is left for it.
   */
  giveUp(): void {
    const best = this.#best;
    for (const item of [...this.#items]) {
      if (!working.includes(item.phase)) continue;
      const { deadlineBlock, agreement } = item;
      const isRunning = running.includes(item.phase);
      if (!isRunning && isHopeless(deadlineBlock, agreement.responseDeadline, best)) this.#giveUp(item);
      else if (isLastChance(deadlineBlock, best)) this.#giveUpSoon(item);
    }
    this.pump();
  }

  #giveUpSoon(item: Item): void {
    const { clock, tasks } = this.#options;
    const best = this.#best;
    const giveUp = async () => {
      // Rejects when it is done, or let go of.
      await clock.sleep(this.#blockTimeMs / 2, item.controller.signal).catch(toError);
      const isLate = best === this.#best && working.includes(item.phase);
      if (isLate && isLastChance(item.deadlineBlock, best)) this.#giveUp(item);
    };
    tasks.run('executing', giveUp, aboutOf(item));
  }

  #giveUp(item: Item): void {
    const { code, reason } = item.lastError ?? this.#whyLate(item);
    this.#fail(item, code, `${reason} (given up at block ${this.#best}, the deadline is block ${item.deadlineBlock})`);
  }

  /** Begins whatever there is room for. */
  pump(): void {
    // Many things happen at once, and one look does for all of them.
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      if (!this.#options.signal.aborted) this.#begin();
    });
  }

  /** It is called several times for each request, so it must not do much for each of those that only wait. */
  #begin(): void {
    this.#lanes.survey(this.#items);
    const standing: Partial<Record<Phase, Item[]>> = { executed: [], ready: [], waiting: [] };
    for (const item of this.#items) if (!item.isPausing) standing[item.phase]?.push(item);
    const { executed = [], ready = [], waiting = [] } = standing;
    for (const item of executed.sort(byDeadline)) if (this.#lanes.mayUpload()) this.#start(item, 'upload');
    if (this.#isDraining) return;
    const executors = new Map<number, Executor | null>();
    const executorOf = (item: Item): Executor | null => {
      let executor = executors.get(item.agreement.id);
      if (executor === undefined) executors.set(item.agreement.id, (executor = this.#executorOf(item)));
      return executor;
    };
    for (const item of ready.sort(byDeadline)) {
      const executor = executorOf(item);
      if (executor === null) continue;
      const { model, version } = item.agreement;
      const timeMs = this.#options.timings.median(model, version);
      if (this.#lanes.mayExecute(item, executor, timeMs)) this.#start(item, 'execute', executor);
    }
    const mayDownload = (item: Item): Executor | null => {
      const executor = executorOf(item);
      return executor !== null && this.#lanes.mayDownload(item, executor) ? executor : null;
    };
    const next = waiting.filter((item) => mayDownload(item) !== null).sort(byDeadline);
    for (const item of this.#lanes.inTurn(next)) {
      // Those before it may have taken the places.
      const executor = mayDownload(item);
      if (executor !== null) this.#start(item, 'download', executor);
    }
  }

  #start(item: Item, step: 'upload'): void;
  #start(item: Item, step: 'download' | 'execute', executor: Executor): void;
  #start(item: Item, step: Step, executor?: Executor): void {
    const { tasks } = this.#options;
    const leave = this.#lanes.enter(item, step);
    item.phase = step === 'download' ? 'downloading' : step === 'execute' ? 'executing' : 'uploading';
    const work = async () => {
      try {
        if (step === 'upload') await this.#upload(item);
        else if (executor !== undefined && step === 'download') await this.#download(item, executor);
        else if (executor !== undefined) await this.#execute(item, executor, leave);
      } catch (thrown) {
        if (!item.controller.signal.aborted) this.#stepFailed(item, step, toError(thrown), executor);
      } finally {
        leave();
        this.pump();
      }
    };
    tasks.run('executing', work, aboutOf(item));
  }

  async #download(item: Item, executor: Executor): Promise<void> {
    const { dx, envelopes, recorder } = this.#options;
    const { signal } = item.controller;
    const timeoutMs = this.#within(item, FIRST_DOWNLOAD_MS * 2 ** item.tries);
    const envelope = await dx.download(item.payload, { maxBytes: executor.maxPayloadBytes, timeoutMs, signal });
    signal.throwIfAborted();
    const request = await envelopes.openPayload(envelope, item.agreement, item.index);
    signal.throwIfAborted();
    item.request = request;
    this.#forward(item, 'ready');
    recorder.reach(item, 'downloaded');
  }

  async #execute(item: Item, executor: Executor, leave: () => void): Promise<void> {
    const { clock, envelopes, recorder, tasks, timings } = this.#options;
    const { agreement, index, controller, request } = item;
    if (request === null) throw new Error('The request is gone.');
    const began = clock.now();
    const others = this.#lanes.executing(item);
    const response = await executor.execute(request, controller.signal);
    // Beside those that the runner only had at hand it took longer than it takes by itself.
    const most = Math.max(others, this.#lanes.executing(item));
    const ms = (clock.now() - began) * Math.min(1, Math.max(1, executor.concurrency) / most);
    // The model can go on with the next one.
    leave();
    this.pump();
    controller.signal.throwIfAborted();
    item.request = null;
    recorder.reach(item, 'executed');
    const { model, version } = agreement;
    tasks.run('writing the journal', () => timings.note(model, version, ms), { model });
    const result = packResult(newSalt(), response);
    const [commitment, envelope] = await Promise.all([
      commitmentOf(result),
      envelopes.sealResult(result, agreement, index),
    ]);
    controller.signal.throwIfAborted();
    item.sealed = { envelope, commitment };
    this.#forward(item, 'executed');
  }

  async #upload(item: Item): Promise<void> {
    const { dx } = this.#options;
    const { signal } = item.controller;
    if (item.sealed === null) throw new Error('The result is gone.');
    const { envelope, commitment } = item.sealed;
    const { key } = await dx.upload(envelope, { timeoutMs: this.#within(item, Infinity), signal });
    signal.throwIfAborted();
    item.sealed = null;
    item.output = { content: key, commitment };
    item.lastError = null;
    this.#certain(item, 'uploaded');
  }

  #forward(item: Item, phase: Phase): void {
    item.phase = phase;
    item.tries = 0;
    item.lastError = null;
  }

  #stepFailed(item: Item, step: Step, error: Error, executor?: Executor): void {
    const { pool } = this.#options;
    const code = step === 'upload' ? 'Internal' : failureCodeOf(error);
    const reason = `${error.name}: ${error.message}`;
    item.tries += 1;
    if (step === 'upload') {
      this.#again(item, 'executed', RETRY_MS, code, reason);
    } else if (step === 'download' && code === 'PayloadMissing') {
      // The consumer may still be uploading it.
      this.#again(item, 'waiting', RETRY_MS, code, reason);
    } else if (step === 'download' && error.name === 'Corrupt' && item.tries < CORRUPT_TRIES) {
      this.#again(item, 'waiting', RETRY_MS, code, reason);
    } else if (step === 'execute' && code === 'Overloaded') {
      this.#again(item, 'ready', OVERLOADED_MS, code, reason);
    } else if (step === 'execute' && code === 'ModelUnavailable' && item.tries < GONE_TRIES) {
      if (executor !== undefined) pool.renew(item.agreement, executor);
      this.#again(item, 'ready', OVERLOADED_MS, code, reason);
    } else {
      this.#fail(item, code, reason);
    }
  }

  #again(item: Item, phase: Phase, afterMs: number, code: FailureCode, reason: string): void {
    const { clock, tasks } = this.#options;
    item.phase = phase;
    item.lastError = { code, reason };
    item.isPausing = true;
    const goOn = async () => {
      // Rejects when the request is let go of.
      await clock.sleep(afterMs, item.controller.signal).catch(toError);
      item.isPausing = false;
      this.pump();
    };
    tasks.run('executing', goOn, aboutOf(item));
  }

  #fail(item: Item, code: FailureCode, reason: string): void {
    item.controller.abort(new Error(reason));
    item.request = null;
    item.sealed = null;
    item.failure = code;
    item.reason = reason;
    this.#certain(item, 'failed');
  }

  /** The answer is certain; it may be sent as soon as it is on disk, and from then on there is no other. */
  #certain(item: Item, stage: 'uploaded' | 'failed'): void {
    const { clock, recorder, tasks, trouble, signal, answerable } = this.#options;
    item.phase = 'answering';
    recorder.reach(item, stage);
    const write = async () => {
      while (!signal.aborted) {
        try {
          await recorder.written(item);
          break;
        } catch (thrown) {
          trouble('writing the journal', toError(thrown), aboutOf(item));
          await clock.sleep(RETRY_MS, signal).catch(toError);
        }
      }
      // Let go of in the meantime, or the engine stops; then the answer is sent after its restart.
      if (signal.aborted || !this.#items.has(item)) return;
      this.#items.delete(item);
      answerable(item);
    };
    tasks.run('writing the journal', write, aboutOf(item));
  }

  #whyLate(item: Item): { readonly code: FailureCode; readonly reason: string } {
    const entry = this.#entryOf(item);
    if (entry?.state !== 'ready' && !running.includes(item.phase)) {
      return { code: 'ModelUnavailable', reason: entry?.reason ?? 'The model was not ready in time.' };
    }
    if (item.phase === 'downloading') {
      return { code: 'PayloadMissing', reason: 'The payload did not arrive in time.' };
    }
    return { code: 'Overloaded', reason: `There was more work than time: the request was ${item.phase}.` };
  }

  #executorOf(item: Item): Executor | null {
    return this.#entryOf(item)?.executor ?? null;
  }

  #entryOf({ agreement }: Item): PoolEntry | null {
    return this.#options.pool.get(agreement.model, agreement.version);
  }

  #within(item: Item, ms: number): number {
    const left = remainingMs(item.deadlineBlock, this.#best, this.#blockTimeMs);
    return Math.max(SHORTEST_MS, Math.min(ms, left));
  }
}
