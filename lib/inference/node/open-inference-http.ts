/**
 * What servers of the Open Inference Protocol over HTTP have in common, whatever it is that listens:
 * https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

import type { Description, TensorSpec } from '../../market/types.ts';
import { InvalidRequest } from '../errors.ts';
import { decodeRequest, encodeResponse, HEADER_LENGTH } from '../open-inference.ts';
import type { LoadedModel } from '../types.ts';
import { validateInputs } from '../validate.ts';

/** A model that is served. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly description: Description;
  readonly loaded: LoadedModel;
}

/** The most bytes that a request may have unless more is configured. */
export const MAX_REQUEST_BYTES = 64 * 1024 ** 2;
/** How long an inference may take unless more is configured, in milliseconds. */
export const TIMEOUT_MS = 60_000;

/** In characters: a message may quote what was asked for, however long that is. */
const longestMessage = 1_000;

/** By the names of errors. */
const statuses: Readonly<Record<string, number>> = {
  InvalidRequest: 400,
  InvalidTensor: 400,
  UnsupportedEncoding: 415,
  Overloaded: 503,
  ModelUnavailable: 503,
  TimeoutError: 504,
};

/** The body of a request is compressed. */
class UnsupportedEncoding extends Error {
  override readonly name = 'UnsupportedEncoding';
}

/** The status that tells of an error, where it has one of its own. */
export function statusOf(error: Error): number | undefined {
  return statuses[error.name];
}

/** What is answered instead of a result. The error's name is beside what the protocol has, and other clients ignore it. */
export function refusalOf({ name, message }: Error): { readonly error: string; readonly code: string } {
  return { error: message.slice(0, longestMessage), code: name };
}

/** What `GET /v2` answers. */
export function serverMetadata(name: string): object {
  return { name, version: '1', extensions: ['binary_tensor_data'] };
}

/** What `GET /v2/models/NAME` answers. */
export function modelMetadata({ name, version, description }: ServedModel): object {
  const spec = ({ name, dataType, shape }: TensorSpec) => ({
    name,
    datatype: dataType,
    shape: shape.map((dimension) => dimension ?? -1),
  });
  return {
    name,
    versions: [version],
    platform: 'onnx_onnxv1',
    inputs: description.inputs.map(spec),
    outputs: description.outputs.map(spec),
  };
}

/**
 * Answers `POST /v2/models/NAME/infer`.
 *
 * @returns the body and its headers, without its length
 * @throws {InvalidRequest} {InvalidTensor} {UnsupportedEncoding} and what running the model throws
 */
export async function infer(
  { name: model, version, description, loaded }: ServedModel,
  { headers, body }: { readonly headers: IncomingHttpHeaders; readonly body: Uint8Array },
  signal: AbortSignal,
): Promise<{ readonly headers: Readonly<Record<string, string | number>>; readonly body: Uint8Array }> {
  const { 'content-encoding': encoding = 'identity', [HEADER_LENGTH]: length } = headers;
  if (encoding !== 'identity') throw new UnsupportedEncoding(`Send the body without ${encoding}.`);
  const { wanted, ...inference } = decodeRequest({ headerLength: length === undefined ? null : Number(length), body });
  validateInputs(description, inference);
  const unknown = wanted.names?.find((name) => !description.outputs.some((output) => output.name === name));
  if (unknown !== undefined) throw new InvalidRequest(`${model} has no output "${unknown}".`);
  const result = await loaded.run(inference, signal);
  const outputs = result.outputs.filter(({ name }) => wanted.names?.includes(name) ?? true);
  const encoded = encodeResponse({ ...result, model, version, outputs }, wanted.isBinary);
  const isBinary = encoded.headerLength < encoded.body.length;
  return {
    headers: isBinary
      ? { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: encoded.headerLength }
      : { 'content-type': 'application/json' },
    body: encoded.body,
  };
}

/** A signal that fires when whoever waits for the response has gone, or waits for longer than this. */
export function whileAwaited(response: ServerResponse, timeoutMs: number): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('The client is gone.')));
  return AbortSignal.any([gone.signal, AbortSignal.timeout(timeoutMs)]);
}
