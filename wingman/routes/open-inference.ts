/**
 * The models that are ready, by the Open Inference Protocol over HTTP with its binary tensor data extension:
 * https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 *
 * A model goes by the name of its description, or by its number on the chain.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { InvalidRequest } from '../../lib/inference/errors.ts';
import { decodeRequest, encodeResponse, HEADER_LENGTH } from '../../lib/inference/open-inference.ts';
import { validateInputs } from '../../lib/inference/validate.ts';
import type { TensorSpec } from '../../lib/market/types.ts';
import type { Context } from '../context.ts';
import { messageOf, Unknown } from '../errors.ts';
import type { ReadyModel } from '../models/store.ts';

const maxRequestBytes = 64 * 1024 ** 2;
const timeoutMs = 60_000;
/** In characters: a message may quote what was asked for, however long that is. */
const longestMessage = 1_000;

const statuses: Readonly<Record<string, number>> = {
  InvalidRequest: 400,
  InvalidTensor: 400,
  Unknown: 404,
  ModelUnavailable: 503,
  Overloaded: 503,
  TimeoutError: 504,
};

interface ModelPath {
  readonly Params: { readonly model: string; readonly version?: string };
}

export function openInferenceRoutes(
  app: FastifyInstance,
  { context }: { readonly context: Context },
  done: () => void,
): void {
  const find = ({ params }: FastifyRequest<ModelPath>): ReadyModel => {
    const { model: name, version } = params;
    const found = context.models
      .ready()
      .find(
        (ready) =>
          (ready.description.name === name || String(ready.model) === name) &&
          (version === undefined || String(ready.version) === version),
      );
    if (found === undefined) throw new Unknown(`There is no model "${name}" of this version that is ready.`);
    return found;
  };
  // A request is JSON, or JSON and bytes; the routes read both themselves.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxRequestBytes }, (_, body, parsed) => {
    parsed(null, body);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    // The error's name is beside what the protocol has, and other clients ignore it.
    const refusal = { error: messageOf(error).slice(0, longestMessage), code: error.name };
    return reply.code(statuses[error.name] ?? error.statusCode ?? 500).send(refusal);
  });

  const schema = { hide: true };
  const server = { name: 'airo-wingman', version: '1', extensions: ['binary_tensor_data'] };
  app.get('/v2', { schema }, () => server);
  app.get('/v2/health/live', { schema }, () => ({ live: true }));
  app.get('/v2/health/ready', { schema }, () => ({ ready: true }));
  for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    app.get<ModelPath>(path, { schema }, (request) => metadataOf(find(request)));
    app.get<ModelPath>(`${path}/ready`, { schema }, (request) => ({
      name: find(request).description.name,
      ready: true,
    }));
    app.post<ModelPath>(`${path}/infer`, { schema }, (request, reply) => infer(find(request), request, reply));
  }
  done();
}

function metadataOf({ version, description }: ReadyModel): object {
  const spec = ({ name, dataType, shape }: TensorSpec) => ({
    name,
    datatype: dataType,
    shape: shape.map((dimension) => dimension ?? -1),
  });
  return {
    name: description.name,
    versions: [String(version)],
    platform: 'onnx_onnxv1',
    inputs: description.inputs.map(spec),
    outputs: description.outputs.map(spec),
  };
}

async function infer(
  { description, version, loaded }: ReadyModel,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const length = request.headers[HEADER_LENGTH];
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const { wanted, ...inference } = decodeRequest({ headerLength: length === undefined ? null : Number(length), body });
  validateInputs(description, inference);
  const unknown = wanted.names?.find((name) => !description.outputs.some((output) => output.name === name));
  if (unknown !== undefined) throw new InvalidRequest(`${description.name} has no output "${unknown}".`);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new Error('The client is gone.')));
  const result = await loaded.run(inference, AbortSignal.any([gone.signal, AbortSignal.timeout(timeoutMs)]));
  const outputs = result.outputs.filter(({ name }) => wanted.names?.includes(name) ?? true);
  const answer = { ...result, model: description.name, version: String(version), outputs };
  const { headerLength, body: bytes } = encodeResponse(answer, wanted.isBinary);
  if (headerLength < bytes.length) reply.header(HEADER_LENGTH, headerLength);
  return reply
    .type(headerLength < bytes.length ? 'application/octet-stream' : 'application/json')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}
