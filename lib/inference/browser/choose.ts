/** Choosing what runs a model: the best that is there, starts, and gives the right results. */
import { isBatchable } from '../batches.ts';
import { distanceOf } from '../distance.ts';
import { ModelUnavailable } from '../errors.ts';
import { difference, type Signature } from '../match.ts';
import { sampleInputs } from '../samples.ts';
import type { RunnableModel } from '../types.ts';
import { NotStarted } from './gpu.ts';
import { layOut, single, type Layout } from './layout.ts';
import { Thread, type ThreadTimeouts } from './thread.ts';
import type { AdapterInfo, Backend, BackendKind, PassedOver, Reason, RefereeReport } from './types.ts';

export interface ChooseOptions extends ThreadTimeouts {
  readonly model: RunnableModel;
  /** The best that is tried. */
  readonly best: BackendKind;
  /** Whether nothing else is tried. */
  readonly force: boolean;
  /** How many threads of WebAssembly are used where several are possible. */
  readonly threads: number;
  readonly maxBatch: number;
  /** How often the GPU was lost with this model. */
  readonly losses: number;
  readonly signal: AbortSignal;
}

/** A model that runs. */
export interface Chosen {
  readonly thread: Thread;
  readonly signature: Signature;
  readonly backend: Backend;
  /** How many others like it can run beside it. */
  readonly beside: number;
}

interface Running {
  readonly kind: BackendKind;
  readonly layout: Layout;
  readonly thread: Thread;
  readonly signature: Signature;
  readonly adapter: AdapterInfo | null;
}

/** A GPU that was lost so often with a model does not get it again. */
const maxLosses = 2;

/**
 * Starts a model in the best way that works.
 *
 * @throws {ModelUnavailable} when none does, or the reason of the signal; no worker is left then
 */
export async function choose(options: ChooseOptions): Promise<Chosen> {
  return new Chooser(options).choose();
}

class Chooser {
  readonly #options: ChooseOptions;
  readonly #why: PassedOver[] = [];
  readonly #threads = new Set<Thread>();

  constructor(options: ChooseOptions) {
    this.#options = options;
  }

  async choose(): Promise<Chosen> {
    const { model, signal } = this.#options;
    const stop = () => this.#threads.forEach((thread) => thread.stop());
    signal.addEventListener('abort', stop);
    try {
      signal.throwIfAborted();
      const bytes = share(await model.bytes(signal));
      signal.throwIfAborted();
      const chosen = (await this.#onGpu(bytes)) ?? (await this.#onCpu(bytes, 'wasm'));
      signal.throwIfAborted();
      return chosen;
    } catch (error) {
      stop();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** @returns `null` when it is not to run there, after saying why */
  async #onGpu(bytes: Uint8Array): Promise<Chosen | null> {
    const obstacle = this.#obstacleOf('webgpu');
    const running = obstacle === null ? await this.#start('webgpu', bytes, 'webgpu') : this.#pass(obstacle);
    if (running === null) return null;
    // It runs the model in WebAssembly as well; if the GPU is wrong it is there already.
    const referee = await this.#cpu(bytes, 'webgpu');
    const verdict = await this.#judge(running, referee.running);
    if ('reason' in verdict) {
      running.thread.stop();
      this.#pass(verdict);
      return this.#chosen(referee.running, [...this.#why, ...referee.why], null);
    }
    referee.running.thread.stop();
    return this.#chosen(running, this.#why, verdict);
  }

  async #onCpu(bytes: Uint8Array, build: 'webgpu' | 'wasm'): Promise<Chosen> {
    const { running, why } = await this.#cpu(bytes, build);
    return this.#chosen(running, [...this.#why, ...why], null);
  }

  /** WebAssembly, with several threads if that is possible. */
  async #cpu(
    bytes: Uint8Array,
    build: 'webgpu' | 'wasm',
  ): Promise<{ readonly running: Running; readonly why: readonly PassedOver[] }> {
    const before = this.#why.length;
    const obstacle = this.#obstacleOf('wasm-threads');
    const running =
      (obstacle === null ? await this.#start('wasm-threads', bytes, build) : this.#pass(obstacle)) ??
      (await this.#start('wasm', bytes, build));
    // What was passed over here does not matter to who only wants a referee.
    const why = this.#why.splice(before);
    if (running === null) throw new ModelUnavailable(sum([...this.#why, ...why]));
    const { description } = this.#options.model;
    // The first run is slower than the others. A model that cannot take made-up inputs is not worse for that.
    await running.thread
      .run({ inputs: sampleInputs(description), outputs: description.outputs.map(({ name }) => name) })
      .catch(() => undefined);
    return { running, why };
  }

  async #start(kind: BackendKind, bytes: Uint8Array, build: 'webgpu' | 'wasm'): Promise<Running | null> {
    const { model, signal } = this.#options;
    signal.throwIfAborted();
    const layout = kind === 'wasm-threads' ? layOut(this.#options.threads, bytes.length) : single;
    const { threads } = layout;
    const start = { device: kind === 'webgpu' ? 'gpu' : 'cpu', build, threads, model: bytes } as const;
    const thread = new Thread(start, this.#options);
    this.#threads.add(thread);
    try {
      const { signature, adapter } = await thread.started;
      const different = difference(model.description, signature);
      if (different !== null) throw new ModelUnavailable(`The model is not as described. ${different}`);
      return { kind, layout, thread, signature, adapter };
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      signal.throwIfAborted();
      // One thread can do what several can do, and no more.
      if (kind !== 'webgpu' && error.reason === 'Unsupported') {
        throw new ModelUnavailable(`The model cannot be loaded: ${error.message}`, { cause: error });
      }
      return this.#pass({ kind, reason: error.reason, message: error.message });
    }
  }

  /** Compares the GPU's results with those of WebAssembly; the first ones also make the GPU's programs ready. */
  async #judge(gpu: Running, referee: Running): Promise<RefereeReport | PassedOver> {
    const { description } = this.#options.model;
    const { tolerance } = description;
    const rows = isBatchable(description, gpu.signature) ? [...new Set([1, this.#options.maxBatch])] : [1];
    const pass = (reason: Reason, message: string) => ({ kind: 'webgpu', reason, message }) as const;
    const outputs = description.outputs.map(({ name }) => name);
    let largestDifference = 0;
    for (const count of rows) {
      const task = () => ({ inputs: sampleInputs(description, count), outputs });
      const [ran, expected] = await Promise.allSettled([gpu.thread.run(task()), referee.thread.run(task())]);
      if (ran.status === 'rejected') return pass(...refusal(ran.reason));
      if (ran.value.gpuSubmissions === 0) {
        return pass('Unsupported', "None of the model's operators runs on the GPU.");
      }
      if (expected.status === 'rejected') {
        return pass('WrongResult', `Its result cannot be compared with that of WebAssembly: ${said(expected.reason)}`);
      }
      const distance = distanceOf(ran.value.outputs, expected.value.outputs);
      largestDifference = Math.max(largestDifference, distance);
      if (distance > tolerance) {
        const message = `Its result differs by ${distance.toPrecision(3)} from that of WebAssembly; the model allows ${tolerance}.`;
        return pass('WrongResult', message);
      }
    }
    return { samples: rows.length, largestDifference, tolerance };
  }

  #obstacleOf(kind: 'webgpu' | 'wasm-threads'): PassedOver | null {
    const { best, losses, threads } = this.#options;
    const pass = (reason: Reason, message: string) => ({ kind, reason, message });
    if (best === 'wasm' || (best === 'wasm-threads' && kind === 'webgpu')) return pass('Chosen', 'Another is chosen.');
    if (kind === 'webgpu') {
      return losses >= maxLosses ? pass('GpuLost', `The GPU was lost ${losses} times with this model.`) : null;
    }
    if (!globalThis.crossOriginIsolated) {
      return pass('NoSharedMemory', 'The page is not isolated: its server does not send the headers COOP and COEP.');
    }
    return threads < 2 ? pass('OneProcessor', 'There is one processor, or one thread was asked for.') : null;
  }

  /** @throws {ModelUnavailable} when this one alone was wanted */
  #pass(over: PassedOver): null {
    const { best, force } = this.#options;
    if (force && over.kind === best) throw new ModelUnavailable(`The model cannot run as chosen. ${sum([over])}`);
    this.#why.push(over);
    return null;
  }

  #chosen(running: Running, why: readonly PassedOver[], referee: RefereeReport | null): Chosen {
    const { kind, layout, thread, signature, adapter } = running;
    const threads = layout.workers * layout.threads;
    const about =
      adapter === null ? `WebAssembly, ${threads === 1 ? 'one thread' : `${threads} threads`}` : on(adapter);
    const backend = { kind, threads, about, why: [...why], adapter, referee };
    return { thread, signature, backend, beside: layout.workers - 1 };
  }
}

/** The file in memory that all workers share, where that is possible. */
export function share(bytes: Uint8Array): Uint8Array {
  if (!globalThis.crossOriginIsolated) return bytes.slice();
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function on({ vendor, architecture, device, description, isFallback }: AdapterInfo): string {
  const name = description || device || [vendor, architecture].filter((text) => text !== '').join(' ') || 'a GPU';
  return `WebGPU on ${name}${isFallback ? ', emulated in software' : ''}`;
}

function refusal(error: unknown): [Reason, string] {
  const isLost = error instanceof Error && error.name === 'RunAgain';
  return [isLost ? 'GpuLost' : 'Unsupported', said(error)];
}

const said = (error: unknown) => (error instanceof Error ? error.message : String(error));
const sum = (why: readonly PassedOver[]) => why.map(({ kind, message }) => `${kind}: ${message}`).join(' ');
