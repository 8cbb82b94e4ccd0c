/**
 * A server of the Open Inference Protocol over HTTP, with its binary tensor data extension, for any runner:
 * https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { InvalidRequest } from '../errors.ts';
import type { RunnableModel, Runner } from '../types.ts';
import {
  infer,
  MAX_REQUEST_BYTES,
  modelMetadata,
  refusalOf,
  serverMetadata,
  statusOf,
  TIMEOUT_MS,
  whileAwaited,
  type ServedModel,
} from './open-inference-http.ts';

export interface OipServerOptions {
  readonly runner: Runner;
  /** The models that it serves; the runner loads them when the server starts. */
  readonly models: readonly RunnableModel[];
  /** Where to listen; 127.0.0.1 by default. */
  readonly host?: string;
  /** The port, 0 (the default) for a free one. */
  readonly port?: number;
  /** The most bytes that a request may have; 64 MiB by default. */
  readonly maxRequestBytes?: number;
  /** How long an inference may take, in milliseconds; 60,000 by default. */
  readonly timeoutMs?: number;
}

export interface OipServer {
  readonly url: string;
  readonly port: number;
  /** Takes no new requests, answers those it has, and lets go of the models; the runner is left to whoever made it. */
  close(): Promise<void>;
}

/** What is refused before any model is asked. */
class Refusal extends Error {
  readonly status: number;

  constructor(name: keyof typeof refusals, message: string) {
    super(message);
    this.name = name;
    this.status = refusals[name];
  }
}

const refusals = { NotFound: 404, MethodNotAllowed: 405, TooLarge: 413 } as const;

/**
 * Starts a server. It listens once all models are loaded.
 *
 * @throws {ModelUnavailable} when a model cannot be loaded; an error of the system when it cannot listen
 */
export async function startOipServer(options: OipServerOptions, signal: AbortSignal): Promise<OipServer> {
  const { runner, models, host = '127.0.0.1', port = 0 } = options;
  const served: ServedModel[] = [];
  const release = () => Promise.all(served.map(({ loaded }) => loaded.release()));
  try {
    for (const model of models) served.push({ ...model, loaded: await runner.load(model, signal) });
    const server = createServer((request, response) => void answer(request, response, served, options));
    await listen(server, port, host);
    const { address, family, port: actual } = server.address() as AddressInfo;
    return {
      url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
      port: actual,
      close: async () => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeIdleConnections();
        await closed;
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  served: readonly ServedModel[],
  options: OipServerOptions,
): Promise<void> {
  try {
    const found = await route(request, response, served, options);
    if (found !== null) sendJson(response, found);
  } catch (error) {
    const problem = error instanceof Error ? error : new Error(String(error));
    const status = problem instanceof Refusal ? problem.status : (statusOf(problem) ?? 500);
    sendJson(response, refusalOf(problem), status);
  }
}

/** @returns what is to be answered; `null` when it has been */
async function route(
  request: IncomingMessage,
  response: ServerResponse,
  served: readonly ServedModel[],
  options: OipServerOptions,
): Promise<object | null> {
  const segments = (request.url ?? '').replace(/\?.*$/, '').split('/').filter(Boolean).map(decode);
  const [v2, section, name, ...rest] = segments;
  const isPost = request.method === 'POST';
  if (v2 !== 'v2') throw notFound(segments);
  if (section === 'models' && name !== undefined) {
    const [versions, version, ...action] = rest[0] === 'versions' ? rest : [undefined, undefined, ...rest];
    const found = served.find((model) => model.name === name && (versions === undefined || model.version === version));
    if (found === undefined) throw notFound(segments);
    if (action.length === 1 && action[0] === 'infer') {
      if (!isPost) throw new Refusal('MethodNotAllowed', 'An inference is a POST.');
      await sendInference(request, response, found, options);
      return null;
    }
    if (isPost) throw new Refusal('MethodNotAllowed', 'Only an inference is a POST.');
    if (action.length === 0) return modelMetadata(found);
    if (action.length === 1 && action[0] === 'ready') return { name, ready: true };
    throw notFound(segments);
  }
  if (isPost) throw new Refusal('MethodNotAllowed', 'Only an inference is a POST.');
  if (section === undefined) return serverMetadata('airo');
  if (section === 'health' && name === 'live' && rest.length === 0) return { live: true };
  if (section === 'health' && name === 'ready' && rest.length === 0) return { ready: true };
  throw notFound(segments);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new InvalidRequest(`The path has "${segment}", which is not percent-encoded.`);
  }
}

function notFound(segments: readonly string[]): Refusal {
  return new Refusal('NotFound', `There is no /${segments.join('/')} here, or no such model or version.`);
}

async function sendInference(
  request: IncomingMessage,
  response: ServerResponse,
  model: ServedModel,
  { maxRequestBytes = MAX_REQUEST_BYTES, timeoutMs = TIMEOUT_MS }: OipServerOptions,
): Promise<void> {
  const asked = { headers: request.headers, body: await readBody(request, maxRequestBytes) };
  const { headers, body } = await infer(model, asked, whileAwaited(response, timeoutMs));
  response.writeHead(200, { ...headers, 'content-length': body.length });
  response.end(body);
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new Refusal('TooLarge', `A request may have at most ${maxBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  // What was refused may not have been read to its end; then the connection cannot be used again.
  const close = status === 413 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...close });
  response.end(bytes);
}
