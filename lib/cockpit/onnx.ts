/**
 * What an ONNX file says of itself, read without running it: it is a protobuf message of the type `ModelProto`.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { NotOnnx } from './errors.ts';

export interface OnnxHeader {
  readonly irVersion: number;
  /** Of the domain `ai.onnx`; 0 if the model uses none of it. */
  readonly opset: number;
  /** The name and version of the program that wrote it; empty if it does not say. */
  readonly producer: string;
}

/** The numbers of fields of `ModelProto` and `OperatorSetIdProto`. */
const fields = { irVersion: 1, producerName: 2, producerVersion: 3, graph: 7, opsetImport: 8 } as const;
const opsetFields = { domain: 1, version: 2 } as const;

/**
 * Reads the head of an ONNX file.
 *
 * @throws {NotOnnx} when it is something else
 */
export function readOnnxHeader(file: Uint8Array): OnnxHeader {
  if (file.length === 0) throw new NotOnnx('The file is empty. Choose an ONNX file.');
  let irVersion = 0;
  let name = '';
  let version = '';
  let hasGraph = false;
  const opsets = new Map<string, number>();
  for (const { number, value } of readMessage(file)) {
    if (number === fields.irVersion && typeof value === 'number') irVersion = value;
    else if (number === fields.producerName && typeof value === 'object') name = textOf(value);
    else if (number === fields.producerVersion && typeof value === 'object') version = textOf(value);
    else if (number === fields.graph && typeof value === 'object') hasGraph = true;
    else if (number === fields.opsetImport && typeof value === 'object') {
      const opset = readOpset(value);
      opsets.set(opset.domain, opset.version);
    }
  }
  if (!hasGraph || irVersion < 1 || opsets.size === 0) throw notOnnx();
  const opset = opsets.get('') ?? opsets.get('ai.onnx') ?? 0;
  return { irVersion, opset, producer: `${name} ${version}`.trim() };
}

function readOpset(bytes: Uint8Array): { readonly domain: string; readonly version: number } {
  let domain = '';
  let version = 0;
  for (const { number, value } of readMessage(bytes)) {
    if (number === opsetFields.domain && typeof value === 'object') domain = textOf(value);
    else if (number === opsetFields.version && typeof value === 'number') version = value;
  }
  return { domain, version };
}

interface Field {
  readonly number: number;
  /** A number, or the bytes of a text or a message. */
  readonly value: number | Uint8Array;
}

/** The fields of a protobuf message, one after the other. */
function* readMessage(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw notOnnx();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw notOnnx();
  };
  const skip = (count: number): Uint8Array => {
    if (count > bytes.length - at) throw notOnnx();
    const part = bytes.subarray(at, at + count);
    at += count;
    return part;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (number === 0) throw notOnnx();
    if (type === 0) yield { number, value: varint() };
    else if (type === 1) yield { number, value: skip(8) };
    else if (type === 2) yield { number, value: skip(varint()) };
    else if (type === 5) yield { number, value: skip(4) };
    else throw notOnnx();
  }
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const notOnnx = () =>
  new NotOnnx('This is no ONNX file, or it is damaged. Export the model to ONNX, as one file with its weights in it.');
