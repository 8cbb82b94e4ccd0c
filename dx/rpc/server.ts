/** JSON-RPC over HTTP and WebSocket on one port, and whether the server is well. */
import type { AddressInfo } from 'node:net';

import websocket from '@fastify/websocket';
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';

import type { Metrics, ServedPeer } from '../metrics.ts';
import { codes, dispatch, type DispatchOptions } from './dispatch.ts';
import { describeError, dxMethods } from './methods.ts';

export interface RpcServerOptions {
  readonly peer: ServedPeer;
  readonly metrics: Metrics;
  readonly host: string;
  readonly port: number;
  /** The most bytes of data in one request. */
  readonly maxBytes: number;
  readonly log: FastifyBaseLogger;
}

export interface RpcServer {
  /** For HTTP; with `ws:` instead of `http:` for WebSocket. */
  readonly url: string;
  close(): Promise<void>;
}

const maxBatch = 50;
/** A request over WebSocket waits while so many of the same connection are being worked on. */
const maxPerSocket = 64;

/** @throws when it cannot listen there */
export async function startRpc({ peer, metrics, host, port, maxBytes, log }: RpcServerOptions): Promise<RpcServer> {
  // Data is in hexadecimal, and around it are a few hundred bytes.
  const bodyLimit = 2 * maxBytes + 4096;
  const stopping = new AbortController();
  const options = (signal: AbortSignal): DispatchOptions => ({
    methods: dxMethods(peer, maxBytes),
    describe: (error) => {
      const described = describeError(error);
      if (described.code === codes.internalError && !signal.aborted) log.error(error);
      return described;
    },
    maxBatch,
    signal,
  });

  // Where it listens is said elsewhere.
  const loggerInstance: FastifyBaseLogger = log.child({}, { level: 'warn' });
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    forceCloseConnections: true,
  });
  await app.register(websocket, { options: { maxPayload: bodyLimit } });
  app.addHook('onRequest', async (request, reply) => {
    if (isForeignPage(request)) await reply.code(403).send({ error: 'Pages of other sites may not use this server.' });
  });
  addHttp(app, options(stopping.signal));
  addWebSocket(app, options, stopping.signal);
  app.get('/healthz', () => ({ status: 'ok', ...peer.stat() }));
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));

  await app.listen({ host, port });
  const { port: actual } = app.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: async () => {
      stopping.abort(new Error('The server stops.'));
      await app.close();
    },
  };
}

function addHttp(app: FastifyInstance, options: DispatchOptions): void {
  // The text is parsed where errors are answered as JSON-RPC wants it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    const message =
      status === 413
        ? 'The request is too large.'
        : status === 415
          ? 'The content type must be application/json.'
          : 'The request cannot be read.';
    return reply.code(status).send({ jsonrpc: '2.0', id: null, error: { code: codes.invalidRequest, message } });
  });
  app.post('/', async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort(new Error('The caller has gone.'));
    });
    const signal = AbortSignal.any([options.signal, gone.signal]);
    const answer = await dispatch(typeof request.body === 'string' ? request.body : '', { ...options, signal });
    if (answer === undefined) return reply.code(204).send();
    return reply.type('application/json; charset=utf-8').send(answer);
  });
}

/** What is used of a socket of `ws`, which comes without type declarations. */
interface Socket {
  on(event: 'message', listener: (message: Buffer) => void): void;
  on(event: 'close' | 'error', listener: () => void): void;
  send(text: string): void;
  pause(): void;
  resume(): void;
  terminate(): void;
  readonly readyState: number;
  readonly OPEN: number;
}

function addWebSocket(
  app: FastifyInstance,
  options: (signal: AbortSignal) => DispatchOptions,
  stopping: AbortSignal,
): void {
  app.get('/', { websocket: true }, (socket: Socket) => {
    const gone = new AbortController();
    socket.on('close', () => gone.abort(new Error('The caller has gone.')));
    // What is wrong with a connection ends it, and nothing else.
    socket.on('error', () => socket.terminate());
    const dispatchOptions = options(AbortSignal.any([stopping, gone.signal]));
    let running = 0;
    socket.on('message', (message) => {
      if (++running >= maxPerSocket) socket.pause();
      void dispatch(message.toString('utf8'), dispatchOptions).then((answer) => {
        if (--running < maxPerSocket) socket.resume();
        if (answer !== undefined && socket.readyState === socket.OPEN) socket.send(answer);
      });
    });
  });
}

/** A page of any site can send requests to this machine; the browser tells then which site it is. */
function isForeignPage({ headers }: FastifyRequest): boolean {
  if (headers.origin === undefined) return false;
  try {
    const { hostname } = new URL(headers.origin);
    return !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  } catch {
    return true;
  }
}
