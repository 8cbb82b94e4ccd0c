/**
 * Requests and responses of the Open Inference Protocol (KServe V2) for HTTP, with its binary tensor data extension:
 * https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol. A body is a JSON header and, after
 * it, the data of the binary tensors in the header's order.
 */
import { z } from 'zod';

import { dataTypes } from '../market/types.ts';
import { InvalidRequest, InvalidResponse, InvalidTensor } from './errors.ts';
import { fromJson, toJson } from './json-data.ts';
import { checkTensor } from './tensor.ts';
import type { InferenceRequest, InferenceResponse, Tensor } from './types.ts';

/** The HTTP header that says how many bytes of the body are JSON; without it all are. */
export const HEADER_LENGTH = 'inference-header-content-length';

/** A request's or response's HTTP body. */
export interface Encoded {
  /** The length of the JSON header in bytes: the value of {@link HEADER_LENGTH}. */
  readonly headerLength: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An HTTP body as it came; `headerLength` is `null` where the HTTP header was missing, so that all of it is JSON. */
export interface Received {
  readonly headerLength: number | null;
  readonly body: Uint8Array;
}

/** Which outputs a request wants, and how. */
export interface WantedOutputs {
  /** `null` for all. */
  readonly names: readonly string[] | null;
  /** Whether an output is to be sent in binary; else in JSON. */
  readonly isBinary: (name: string) => boolean;
}

/** A request as a server sees it. */
export interface ReceivedRequest extends InferenceRequest {
  readonly wanted: WantedOutputs;
}

/** The most tensors of a request or a response. The chain's descriptions have at most 8. */
const MAX_TENSORS = 64;
const MAX_DIMENSIONS = 8;

const name = z.string().min(1).max(256);
const id = z.string().max(256);
const dimension = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const tensorSchema = z.object({
  name,
  datatype: z.enum(dataTypes),
  shape: z.array(dimension).max(MAX_DIMENSIONS),
  parameters: z.object({ binary_data_size: z.int().min(0).optional() }).optional(),
  data: z.unknown().optional(),
});
const requestSchema = z.object({
  id: id.optional(),
  parameters: z.object({ binary_data_output: z.boolean().optional() }).optional(),
  inputs: z.array(tensorSchema).min(1).max(MAX_TENSORS),
  outputs: z
    .array(z.object({ name, parameters: z.object({ binary_data: z.boolean().optional() }).optional() }))
    .max(MAX_TENSORS)
    .optional(),
});
const responseSchema = z.object({
  id: id.optional(),
  // Servers leave it out in some of the protocol's own examples.
  model_name: name.optional(),
  model_version: z.string().max(256).optional(),
  outputs: z.array(tensorSchema).max(MAX_TENSORS),
});

/**
 * Encodes a request that asks for its answer in binary.
 *
 * @param binary whether the inputs are sent in binary too, which is the default; else as JSON
 * @throws {InvalidTensor} when an input that is to be sent as JSON holds what JSON cannot express
 */
export function encodeRequest({ id, inputs }: InferenceRequest, binary = true): Encoded {
  const header = { ...(id === undefined ? {} : { id }), parameters: { binary_data_output: true } };
  return encode(header, 'inputs', inputs, () => binary);
}

/**
 * Decodes a request of unknown origin: tensors in binary or as JSON. They share the memory of the body.
 *
 * @throws {InvalidRequest} when it is no request of the protocol
 * @throws {InvalidTensor} when a tensor's data does not belong to its shape and data type
 */
export function decodeRequest(received: Received): ReceivedRequest {
  const [header, binary] = split(received, requestSchema, InvalidRequest);
  const binaryByDefault = header.parameters?.binary_data_output ?? false;
  const wanted = new Map(header.outputs?.map((output) => [output.name, output.parameters?.binary_data]));
  return {
    ...(header.id === undefined ? {} : { id: header.id }),
    inputs: tensors(header.inputs, binary, InvalidRequest),
    wanted: {
      // As with Triton, no outputs named means all of them.
      names: wanted.size === 0 ? null : [...wanted.keys()],
      isBinary: (name) => wanted.get(name) ?? binaryByDefault,
    },
  };
}

/**
 * Encodes a response.
 *
 * @param isBinary whether an output is to be sent in binary, which is the default; else as JSON
 * @throws {InvalidTensor} when an output that is to be sent as JSON holds what JSON cannot express
 */
export function encodeResponse(
  { id, model, version, outputs }: InferenceResponse,
  isBinary: (name: string) => boolean = () => true,
): Encoded {
  const header = {
    ...(id === undefined ? {} : { id }),
    model_name: model,
    ...(version === undefined ? {} : { model_version: version }),
  };
  return encode(header, 'outputs', outputs, isBinary);
}

/**
 * Decodes a response of unknown origin. The tensors share the memory of the body.
 *
 * @throws {InvalidResponse} when it is no response of the protocol
 */
export function decodeResponse(received: Received): InferenceResponse {
  const [header, binary] = split(received, responseSchema, InvalidResponse);
  try {
    return {
      ...(header.id === undefined ? {} : { id: header.id }),
      model: header.model_name ?? '',
      ...(header.model_version === undefined ? {} : { version: header.model_version }),
      outputs: tensors(header.outputs, binary, InvalidResponse),
    };
  } catch (error) {
    if (error instanceof InvalidTensor) throw new InvalidResponse(error.message);
    throw error;
  }
}

function encode(
  header: object,
  key: 'inputs' | 'outputs',
  tensors: readonly Tensor[],
  isBinary: (name: string) => boolean,
): Encoded {
  const described = tensors.map((tensor) => {
    const { name, dataType: datatype, shape, data } = tensor;
    return isBinary(name)
      ? { name, datatype, shape, parameters: { binary_data_size: data.length } }
      : { name, datatype, shape, data: toJson(tensor) };
  });
  const json = new TextEncoder().encode(JSON.stringify({ ...header, [key]: described }));
  const binary = tensors.filter(({ name }) => isBinary(name));
  const body = new Uint8Array(binary.reduce((length, { data }) => length + data.length, json.length));
  body.set(json);
  let at = json.length;
  for (const { data } of binary) {
    body.set(data, at);
    at += data.length;
  }
  return { headerLength: json.length, body };
}

type Refusal = new (message: string) => Error;

/** The JSON header, checked, and the bytes after it. */
function split<T>({ headerLength, body }: Received, schema: z.ZodType<T>, Invalid: Refusal): [T, Uint8Array] {
  const end = headerLength ?? body.length;
  if (!Number.isSafeInteger(end) || end < 2 || end > body.length) {
    throw new Invalid(`A JSON header of ${end} bytes does not fit a body of ${body.length}.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(0, end)));
  } catch (error) {
    throw new Invalid(`The header is no JSON: ${error instanceof Error ? error.message : 'not UTF-8'}`);
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? 'JSON' : issue.path.join('.');
    throw new Invalid(`The header's ${where} is wrong: ${issue?.message ?? 'no object'}`);
  }
  return [result.data, body.subarray(end)];
}

function tensors(
  described: readonly z.infer<typeof tensorSchema>[],
  binary: Uint8Array,
  Invalid: Refusal,
): readonly Tensor[] {
  let at = 0;
  const found = described.map(({ name, datatype: dataType, shape, parameters, data }) => {
    const size = parameters?.binary_data_size;
    if (size === undefined) return fromJson(name, dataType, shape, data);
    if (data !== undefined) throw new Invalid(`The tensor "${name}" has data in JSON and in binary.`);
    if (size > binary.length - at) throw new Invalid(`The data of the tensor "${name}" ends beyond the body.`);
    at += size;
    return checkTensor({ name, dataType, shape, data: binary.subarray(at - size, at) });
  });
  if (at !== binary.length) throw new Invalid(`${binary.length - at} bytes follow the last tensor.`);
  return found;
}
