/** Owning models: checked in this browser, put on Dx, registered and changed. */
import type { Dx } from '../dx/types.ts';
import type { Call, Included } from '../market/chain.ts';
import type { Address, ContentId, Description } from '../market/types.ts';
import { ModelFails, NotOnnx, TooLarge, UnsupportedModel, UnsupportedOpset } from './errors.ts';
import type { CheckAnswer, CheckErrorName, CheckRequest } from './model-check-messages.ts';
import type { ModelEntry, ModelReport, Owning, UploadedModel } from './types.ts';

/** What owning needs of the session. */
export interface OwningContext {
  readonly submit: (call: Call) => Promise<Included>;
  readonly dx: (signal: AbortSignal) => Promise<Dx>;
  readonly parseAddress: (text: string) => Promise<Address>;
  readonly closing: AbortSignal;
}

/** What others download at most by default; see `lib/dx`. */
const maxModelBytes = 256 * 1024 ** 2;
const checkTimeoutMs = 120_000;
const uploadTimeoutMs = 30 * 60_000;

const errors: Readonly<Record<CheckErrorName, new (message: string) => Error>> = {
  NotOnnx,
  UnsupportedOpset,
  UnsupportedModel,
  ModelFails,
};

export class CockpitOwning implements Owning {
  readonly #context: OwningContext;

  constructor(context: OwningContext) {
    this.#context = context;
  }

  async checkModel(file: Blob, options: { readonly signal?: AbortSignal } = {}): Promise<ModelReport> {
    refuseLarge(file);
    const signal = this.#signal(options.signal);
    const bytes = new Uint8Array(await file.arrayBuffer());
    signal.throwIfAborted();
    // What is no ONNX file is refused before the runtime is loaded.
    const { readOnnxHeader } = await import('./onnx.ts');
    readOnnxHeader(bytes);
    const answer = await inWorker({ bytes }, signal);
    if ('report' in answer) return answer.report;
    throw new errors[answer.error.name](answer.error.message);
  }

  async difference(report: ModelReport, description: Description): Promise<string | null> {
    const { difference } = await import('../inference/match.ts');
    return difference(description, report);
  }

  async parseDescription(json: string): Promise<Description> {
    const { parseDescription } = await import('../inference/description.ts');
    return parseDescription(json);
  }

  async uploadModel(
    file: Blob,
    options: {
      readonly onProgress?: (progress: { readonly bytes: number; readonly total: number }) => void;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<UploadedModel> {
    refuseLarge(file);
    const signal = this.#signal(options.signal);
    const dx = await this.#context.dx(signal);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { key, holders } = await dx.upload(bytes, {
      ...{ signal, timeoutMs: uploadTimeoutMs },
      onProgress: ({ bytes: done }) => options.onProgress?.({ bytes: done, total: bytes.length }),
    });
    return { content: key, size: bytes.length, holders: holders.length };
  }

  async uploadLabels(names: readonly string[], options: { readonly signal?: AbortSignal } = {}): Promise<ContentId> {
    const broken = names.find((name) => /[\r\n]/.test(name));
    if (broken !== undefined) {
      const { InvalidDescription } = await import('../inference/errors.ts');
      throw new InvalidDescription(`The name ${JSON.stringify(broken)} has a line break in it. Write it on one line.`);
    }
    const signal = this.#signal(options.signal);
    const dx = await this.#context.dx(signal);
    return (await dx.upload(new TextEncoder().encode(names.join('\n')), { signal })).key;
  }

  async register({ content, size, description }: ModelEntry, royalty: bigint): Promise<number> {
    const { events } = await this.#context.submit({ call: 'registerModel', content, size, description, royalty });
    const registered = events.find((event) => event.event === 'modelRegistered');
    if (registered === undefined) throw new Error('The chain reports no model in the transaction that registered it.');
    return registered.model;
  }

  async publish(model: number, { content, size, description }: ModelEntry): Promise<number> {
    const { events } = await this.#context.submit({ call: 'publishVersion', model, content, size, description });
    const published = events.find((event) => event.event === 'versionPublished');
    if (published === undefined) throw new Error('The chain reports no version in the transaction that published it.');
    return published.version;
  }

  async setRoyalty(model: number, royalty: bigint): Promise<void> {
    await this.#context.submit({ call: 'setRoyalty', model, royalty });
  }

  async retire(model: number): Promise<void> {
    await this.#context.submit({ call: 'retireModel', model });
  }

  async transfer(model: number, to: Address): Promise<void> {
    await this.#context.submit({ call: 'transferModel', model, to: await this.#context.parseAddress(to) });
  }

  async sell(model: number, price: bigint, to: Address | null): Promise<void> {
    const reservedFor = to === null ? null : await this.#context.parseAddress(to);
    await this.#context.submit({ call: 'sellModel', model, price, reservedFor });
  }

  async unsell(model: number): Promise<void> {
    await this.#context.submit({ call: 'unsellModel', model });
  }

  async buy(model: number, atMost: bigint): Promise<void> {
    await this.#context.submit({ call: 'buyModel', model, atMost });
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    const { closing } = this.#context;
    return signal === undefined ? closing : AbortSignal.any([closing, signal]);
  }
}

function refuseLarge(file: Blob): void {
  if (file.size > maxModelBytes) {
    throw new TooLarge(
      `The file has ${Math.ceil(file.size / 1024 ** 2)} MiB; models of up to ${maxModelBytes / 1024 ** 2} MiB can be served. Quantize it, or choose a smaller one.`,
    );
  }
}

/** Asks a worker of its own, which ends with the answer: what onnxruntime holds goes with it. */
async function inWorker(request: CheckRequest, signal: AbortSignal): Promise<CheckAnswer> {
  const worker = new Worker(new URL('../../workers/model-check.ts', import.meta.url), { type: 'module' });
  const { promise, resolve, reject } = Promise.withResolvers<CheckAnswer>();
  const onAbort = () => reject(signal.reason as Error);
  const timer = setTimeout(
    () => reject(new ModelFails(`The model did not run within ${checkTimeoutMs / 1000} s in this browser.`)),
    checkTimeoutMs,
  );
  worker.addEventListener('message', ({ data }) => resolve(data as CheckAnswer));
  worker.addEventListener('error', ({ message }) =>
    reject(new UnsupportedModel(`The model cannot be checked: ${message}`)),
  );
  signal.addEventListener('abort', onAbort);
  try {
    worker.postMessage(request, [request.bytes.buffer]);
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    worker.terminate();
  }
}
