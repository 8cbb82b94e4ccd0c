/** Dx through the JSON-RPC of a server or of a node of the chain: for programs that do not join the network. */
import { z } from 'zod';

import { contentIdOf, parseContentId } from './content-id.ts';
import { Corrupt, NotFound, NotReplicated, TooLarge, WrongKey } from './errors.ts';
import { fromHex, toHex } from './hex.ts';
import { errorNamed, rpcErrorCodes, type RpcErrorName } from './rpc-errors.ts';
import type { ContentId, DownloadOptions, Dx, Uploaded, UploadOptions } from './types.ts';

/** The server cannot be reached, or does not answer as it should. */
export class DxUnavailable extends Error {
  override readonly name = 'DxUnavailable';
}

/** So much of what a server says is told, in characters. */
const longestMessage = 1_000;

const answerSchema = z.union([
  z.object({
    error: z.object({
      code: z.number(),
      message: z.string().transform((text) => text.slice(0, longestMessage)),
      data: z.object({ name: z.string() }).optional().catch(undefined),
    }),
  }),
  z.object({ result: z.unknown() }),
]);
const statSchema = z.object({ addresses: z.array(z.string()) });
const uploadedSchema = z.object({ key: z.string(), holders: z.array(z.string()) });

const defaultTimeoutMs = 60_000;
const defaultMaxBytes = 256 * 1024 ** 2;

/**
 * Dx over HTTP. The server decides on the number of replicas. What is downloaded is checked here again, so that the server
 * need not be trusted with that.
 *
 * @param url `http://...`
 */
export function createDxRpcClient(url: string): Dx {
  return new DxRpcClient(url);
}

/**
 * Where peers reach a Dx server or the Dx peer of a node, each address with the peer id.
 *
 * @throws {DxUnavailable} when it cannot be asked
 */
export function readDxAddresses(
  url: string,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly string[]> {
  return new DxRpcClient(url).addresses(options);
}

class DxRpcClient implements Dx {
  readonly #url: string;
  #nextId = 1;

  constructor(url: string) {
    this.#url = url;
  }

  async upload(data: Uint8Array, options: UploadOptions = {}): Promise<Uploaded> {
    const { timeoutMs = defaultTimeoutMs, signal, onProgress } = options;
    const key = await contentIdOf(data);
    if (options.key !== undefined && parseContentId(options.key).toString() !== key) {
      throw new WrongKey(`The data has the content id ${key} and not ${options.key}.`);
    }
    onProgress?.({ bytes: 0, total: data.length });
    const late = () => new NotReplicated(`${this.#url} has not confirmed ${key} within ${timeoutMs / 1000} s.`);
    const answer = await this.#call('dx_upload', [key, toHex(data)], { timeoutMs, signal, late });
    const uploaded = uploadedSchema.safeParse(answer);
    if (!uploaded.success || uploaded.data.key !== key) throw this.#nonsense('dx_upload');
    onProgress?.({ bytes: data.length, total: data.length });
    return uploaded.data;
  }

  async download(key: ContentId, options: DownloadOptions = {}): Promise<Uint8Array> {
    const { maxBytes = defaultMaxBytes, timeoutMs = defaultTimeoutMs, signal, onProgress } = options;
    parseContentId(key);
    const late = () => new NotFound(`${this.#url} has not given ${key} within ${timeoutMs / 1000} s.`);
    const answer = await this.#call('dx_download', [key], { timeoutMs, signal, late, maxBytes });
    const data = typeof answer === 'string' ? fromHex(answer) : undefined;
    if (data === undefined) throw this.#nonsense('dx_download');
    if (data.length > maxBytes) throw tooLarge(key, maxBytes);
    if ((await contentIdOf(data)) !== key) throw new Corrupt(`${this.#url} gave something else for ${key}.`);
    onProgress?.({ bytes: data.length, total: data.length });
    return data;
  }

  async addresses({
    timeoutMs = defaultTimeoutMs,
    signal,
  }: {
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<readonly string[]> {
    const late = () => new DxUnavailable(`${this.#url} has not answered within ${timeoutMs / 1000} s.`);
    const stat = statSchema.safeParse(await this.#call('dx_stat', [], { timeoutMs, signal, late }));
    if (!stat.success) throw this.#nonsense('dx_stat');
    return stat.data.addresses;
  }

  async #call(
    method: string,
    params: readonly string[],
    limits: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal | undefined;
      readonly late: () => Error;
      readonly maxBytes?: number;
    },
  ): Promise<unknown> {
    const timeout = AbortSignal.timeout(limits.timeoutMs);
    const signal = limits.signal === undefined ? timeout : AbortSignal.any([timeout, limits.signal]);
    let text: string;
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: this.#nextId++, method, params }),
        signal,
      });
      text = await readText(response, limits.maxBytes, () => tooLarge(params[0] ?? '', limits.maxBytes ?? 0));
    } catch (error) {
      if (limits.signal?.aborted) throw limits.signal.reason;
      if (timeout.aborted) throw limits.late();
      if (error instanceof TooLarge) throw error;
      throw new DxUnavailable(`Nobody answers at ${this.#url}. Is the Dx server running?`, { cause: error });
    }
    let answer: z.infer<typeof answerSchema>;
    try {
      answer = answerSchema.parse(JSON.parse(text));
    } catch {
      throw this.#nonsense(method);
    }
    if (!('error' in answer)) return answer.result;
    const { code, message, data } = answer.error;
    if (data !== undefined && isRpcErrorName(data.name)) throw errorNamed(data.name, message);
    throw new DxUnavailable(`${this.#url} refused ${method}: ${message} (${code})`);
  }

  #nonsense(method: string): DxUnavailable {
    return new DxUnavailable(`${this.#url} did not answer ${method} as a Dx server does. Is it one?`);
  }
}

/** Reads an answer, but no more of it than data of `maxBytes` would need. */
async function readText(response: Response, maxBytes: number | undefined, tooMuch: () => Error): Promise<string> {
  if (maxBytes === undefined || response.body === null) return response.text();
  const limit = 2 * maxBytes + 4096;
  const decoder = new TextDecoder();
  let text = '';
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length <= limit) continue;
    await reader.cancel();
    throw tooMuch();
  }
  return text + decoder.decode();
}

function tooLarge(key: ContentId, maxBytes: number): TooLarge {
  return new TooLarge(`${key} has more than ${maxBytes} bytes.`);
}

function isRpcErrorName(name: string): name is RpcErrorName {
  return Object.hasOwn(rpcErrorCodes, name);
}
