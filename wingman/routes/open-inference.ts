/**
 * The models that are ready, by the Open Inference Protocol over HTTP with its binary tensor data extension:
 * https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 *
 * A model goes by the name of its description, or by its number on the chain.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

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
} from '../../lib/inference/node/open-inference-http.ts';
import type { Context } from '../context.ts';
import { Unknown } from '../errors.ts';

interface ModelPath {
  readonly Params: { readonly model: string; readonly version?: string };
}

export function openInferenceRoutes(
  app: FastifyInstance,
  { context }: { readonly context: Context },
  done: () => void,
): void {
  const find = ({ params }: FastifyRequest<ModelPath>): ServedModel => {
    const { model: name, version } = params;
    const found = context.models
      .ready()
      .find(
        (ready) =>
          (ready.description.name === name || String(ready.model) === name) &&
          (version === undefined || String(ready.version) === version),
      );
    if (found === undefined) throw new Unknown(`There is no model "${name}" of this version that is ready.`);
    const { description, loaded } = found;
    return { name: description.name, version: String(found.version), description, loaded };
  };
  // A request is JSON, or JSON and bytes; the routes read both themselves.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_REQUEST_BYTES }, (_, body, parsed) => {
    parsed(null, body);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const status = error instanceof Unknown ? 404 : (statusOf(error) ?? error.statusCode ?? 500);
    return reply.code(status).send(refusalOf(error));
  });

  const schema = { hide: true };
  app.get('/v2', { schema }, () => serverMetadata('airo-wingman'));
  app.get('/v2/health/live', { schema }, () => ({ live: true }));
  app.get('/v2/health/ready', { schema }, () => ({ ready: true }));
  for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    app.get<ModelPath>(path, { schema }, (request) => modelMetadata(find(request)));
    app.get<ModelPath>(`${path}/ready`, { schema }, (request) => ({ name: find(request).name, ready: true }));
    app.post<ModelPath>(`${path}/infer`, { schema }, async (request, reply) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const signal = whileAwaited(reply.raw, TIMEOUT_MS);
      const answer = await infer(find(request), { headers: request.headers, body }, signal);
      const { buffer, byteOffset, length } = answer.body;
      return reply.headers(answer.headers).send(Buffer.from(buffer, byteOffset, length));
    });
  }
  done();
}
