/** Running models on a server of the Open Inference Protocol: KServe, Triton, or the one in `node/oip-server.ts`. */
import { z } from 'zod';

import * as errors from './errors.ts';
import { ExecutionFailed, InvalidRequest, InvalidResponse, ModelUnavailable, Overloaded } from './errors.ts';
import { difference } from './match.ts';
import { decodeResponse, encodeRequest, HEADER_LENGTH } from './open-inference.ts';
import type { InferenceRequest, InferenceResponse, LoadedModel, RunnableModel, Runner } from './types.ts';
import { describedOutputs, maxResponseBytes, validateInputs } from './validate.ts';

export interface HttpRunnerOptions {
  /** Where the server is: `http://127.0.0.1:8000`; a path before `/v2` is kept. */
  readonly url: string;
  /** The name of the model there, if it is not the model's own. */
  readonly modelName?: string;
  /** Take whatever version the server has; by default a server that names versions must have the model's. */
  readonly anyVersion?: boolean;
  /** Sent with each request, for servers that want a token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many inferences the server works on at a time; 4 by default. */
  readonly concurrency?: number;
  /** How long an inference may take, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** How long the server may take to tell about itself and its model, in milliseconds; 10,000 by default. */
  readonly metadataTimeoutMs?: number;
}

const serverSchema = z.object({ extensions: z.array(z.string()).optional() });
const tensorSchema = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.number()) });
const modelSchema = z.object({
  versions: z.array(z.string()).nullish(),
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
});
const errorSchema = z.object({ error: z.string(), code: z.string().optional() });

/** The most bytes that a server may tell about itself, its model, or an error. */
const MAX_METADATA_BYTES = 1_048_576;

/** A runner that has a server run the models. */
export function httpRunner(options: HttpRunnerOptions): Runner {
  const { url, concurrency = 4 } = options;
  const server = new Server(options);
  let closed = false;
  return {
    about: `Open Inference Protocol at ${url}`,
    load: async (model, signal) => {
      const { path, binary } = await server.find(model, options, signal);
      let released = false;
      const running = new Set<Promise<unknown>>();
      const loaded: LoadedModel = {
        concurrency,
        run: (request, signal) => {
          if (released || closed) return Promise.reject(new ModelUnavailable('The model was released.'));
          const result = server.infer(model, path, binary, request, signal);
          running.add(result);
          return result.finally(() => running.delete(result));
        },
        release: async () => {
          released = true;
          await Promise.allSettled(running);
        },
      };
      return loaded;
    },
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}

class Server {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #metadataTimeoutMs: number;

  constructor({ url, headers = {}, timeoutMs = 30_000, metadataTimeoutMs = 10_000 }: HttpRunnerOptions) {
    this.#base = url.replace(/\/+$/, '');
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
    this.#metadataTimeoutMs = metadataTimeoutMs;
  }

  /**
   * Where the server has a model, and whether it takes binary tensors.
   *
   * @throws {ModelUnavailable} when the server or the model is not ready, or the model is another one
   */
  async find(
    model: RunnableModel,
    { modelName = model.name, anyVersion = false }: HttpRunnerOptions,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly binary: boolean }> {
    const ready = await this.#get('v2/health/ready', signal);
    if (ready.status !== 200) throw new ModelUnavailable(`${this.#base} is not ready: it answers ${ready.status}.`);
    const named = `v2/models/${encodeURIComponent(modelName)}`;
    let found = await this.#metadata(named, signal);
    let path = named;
    if (!anyVersion && found.versions && found.versions.length > 0) {
      if (!found.versions.includes(model.version)) {
        const versions = found.versions.join(', ');
        throw new ModelUnavailable(
          `${this.#base} has "${modelName}" in version ${versions}, not in ${model.version}; see anyVersion.`,
        );
      }
      path = `${named}/versions/${encodeURIComponent(model.version)}`;
      found = await this.#metadata(path, signal);
    }
    const spec = ({ name, datatype, shape }: z.infer<typeof tensorSchema>) => ({
      name,
      dataType: datatype,
      shape: shape.map((dimension) => (dimension < 0 ? null : dimension)),
    });
    const different = difference(model.description, {
      inputs: found.inputs.map(spec),
      outputs: found.outputs.map(spec),
    });
    if (different !== null) {
      throw new ModelUnavailable(`"${modelName}" at ${this.#base} is not as described. ${different}`);
    }
    const about = await this.#get('v2', signal);
    const { extensions } = serverSchema.safeParse(parseJson(about.body)).data ?? {};
    return { path, binary: extensions?.includes('binary_tensor_data') ?? true };
  }

  async infer(
    model: RunnableModel,
    path: string,
    binary: boolean,
    request: InferenceRequest,
    signal: AbortSignal,
  ): Promise<InferenceResponse> {
    const { description } = model;
    validateInputs(description, request);
    const { headerLength, body } = encodeRequest(request, binary);
    const rows = request.inputs.reduce((most, { shape }) => Math.max(most, shape[0] ?? 1), 1);
    // Numbers take more room in JSON than in binary.
    const maxBytes = 8 * maxResponseBytes(description, rows);
    const answer = await this.#fetch(`${path}/infer`, this.#timeoutMs, maxBytes, signal, {
      method: 'POST',
      headers: binary
        ? { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: `${headerLength}` }
        : { 'content-type': 'application/json' },
      body,
    });
    if (answer.status !== 200) throw this.#refusal(answer);
    try {
      const { headerLength, body } = answer;
      const response = decodeResponse({ headerLength, body });
      return {
        ...(request.id === undefined ? {} : { id: request.id }),
        model: model.name,
        version: model.version,
        outputs: describedOutputs(description, response),
      };
    } catch (error) {
      if (!(error instanceof InvalidResponse)) throw error;
      throw new ExecutionFailed(`${this.#base} gave no valid response. ${error.message}`);
    }
  }

  async #metadata(path: string, signal: AbortSignal): Promise<z.infer<typeof modelSchema>> {
    const answer = await this.#get(path, signal);
    if (answer.status !== 200) throw new ModelUnavailable(this.#refusal(answer).message);
    const parsed = modelSchema.safeParse(parseJson(answer.body));
    if (parsed.success) return parsed.data;
    throw new ModelUnavailable(`${this.#base}/${path} does not tell about a model as the protocol says.`);
  }

  #get(path: string, signal: AbortSignal): Promise<Answer> {
    return this.#fetch(path, this.#metadataTimeoutMs, MAX_METADATA_BYTES, signal, { method: 'GET', headers: {} });
  }

  #refusal({ status, body }: Answer): Error {
    const parsed = errorSchema.safeParse(parseJson(body)).data;
    const message = `${this.#base} answers ${status}${parsed === undefined ? '' : `: ${parsed.error.slice(0, 500)}`}`;
    // What this project's server adds to the protocol: the error by its name.
    if (parsed?.code === 'InvalidTensor') return new errors.InvalidTensor(message);
    if (parsed?.code === 'ModelUnavailable' || status === 404) return new ModelUnavailable(message);
    if (status === 400 || status === 422) return new InvalidRequest(message);
    if (status === 429 || status === 503) return new Overloaded(message);
    return new ExecutionFailed(message);
  }

  async #fetch(
    path: string,
    timeoutMs: number,
    maxBytes: number,
    signal: AbortSignal,
    init: {
      readonly method: string;
      readonly headers: Record<string, string>;
      readonly body?: Uint8Array<ArrayBuffer>;
    },
  ): Promise<Answer> {
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${this.#base}/${path}`, {
        ...init,
        headers: { ...this.#headers, ...init.headers },
        redirect: 'error',
        signal: AbortSignal.any([signal, deadline]),
      });
      const length = response.headers.get(HEADER_LENGTH);
      return {
        status: response.status,
        headerLength: length === null ? null : Number(length),
        body: await readAll(response, maxBytes),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ExecutionFailed) throw error;
      if (deadline.aborted) throw new ExecutionFailed(`${this.#base} gave no answer within ${timeoutMs / 1000} s.`);
      throw new ModelUnavailable(`${this.#base} cannot be reached: ${reasonOf(error)}`, { cause: error });
    }
  }
}

interface Answer {
  readonly status: number;
  readonly headerLength: number | null;
  readonly body: Uint8Array;
}

async function readAll(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    length += next.value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      throw new ExecutionFailed(`The answer is longer than ${maxBytes} bytes.`);
    }
    parts.push(next.value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** `fetch` hides the reason, such as a refused connection, behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ('code' in cause ? String(cause.code) : error.message);
}
