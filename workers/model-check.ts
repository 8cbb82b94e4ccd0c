/** Loads an ONNX file with onnxruntime and runs it once with zeros, away from the page's main thread. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';

import type { CheckAnswer, CheckErrorName, CheckRequest } from '../lib/cockpit/model-check-messages.ts';
import { readOnnxHeader } from '../lib/cockpit/onnx.ts';
import type { ModelReport } from '../lib/cockpit/types.ts';
import type { DataType, TensorSpec } from '../lib/market/types.ts';

/** onnxruntime's names of data types, as the Open Inference Protocol calls them, with what holds their zeros. */
const dataTypes: Partial<
  Record<Tensor.Type, { readonly name: DataType; readonly zeros: (count: number) => Tensor.DataType }>
> = {
  bool: { name: 'BOOL', zeros: (count) => new Uint8Array(count) },
  uint8: { name: 'UINT8', zeros: (count) => new Uint8Array(count) },
  uint16: { name: 'UINT16', zeros: (count) => new Uint16Array(count) },
  uint32: { name: 'UINT32', zeros: (count) => new Uint32Array(count) },
  uint64: { name: 'UINT64', zeros: (count) => new BigUint64Array(count) },
  int8: { name: 'INT8', zeros: (count) => new Int8Array(count) },
  int16: { name: 'INT16', zeros: (count) => new Int16Array(count) },
  int32: { name: 'INT32', zeros: (count) => new Int32Array(count) },
  int64: { name: 'INT64', zeros: (count) => new BigInt64Array(count) },
  float16: { name: 'FP16', zeros: (count) => new Uint16Array(count) },
  float32: { name: 'FP32', zeros: (count) => new Float32Array(count) },
  float64: { name: 'FP64', zeros: (count) => new Float64Array(count) },
  string: { name: 'BYTES', zeros: (count) => Array<string>(count).fill('') },
};
/** An input of more elements is not run with zeros: it would not fit into a tab. */
const maxElements = 2 ** 28;

class CheckError extends Error {
  readonly kind: CheckErrorName;

  constructor(kind: CheckErrorName, message: string) {
    super(message);
    this.kind = kind;
  }
}

addEventListener('message', ({ data }) => {
  void check(data as CheckRequest)
    .then((report): CheckAnswer => ({ report }))
    .catch((error: unknown): CheckAnswer => ({ error: describe(error) }))
    .then((answer) => postMessage(answer));
});

async function check({ bytes, wasmUrl }: CheckRequest): Promise<ModelReport> {
  const header = readOnnxHeader(bytes);
  // One thread needs no headers for shared memory, and a check has time.
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = { wasm: wasmUrl };
  env.logLevel = 'fatal';
  const began = performance.now();
  const session = await load(bytes, header.opset);
  const loadMs = performance.now() - began;
  const inputs = session.inputMetadata.map(specOf);
  const outputs = session.outputMetadata.map(specOf);
  const runMs = await runWithZeros(session, inputs);
  await session.release();
  return { bytes: bytes.length, ...header, inputs, outputs, loadMs, runMs };
}

async function load(bytes: Uint8Array, opset: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, { executionProviders: ['wasm'], logSeverityLevel: 4 });
  } catch (error) {
    const said = messageOf(error);
    if (/till opset|opset \d+ is under development|Unsupported model IR version/i.test(said)) {
      throw new CheckError(
        'UnsupportedOpset',
        `The model uses opset ${opset}, which is not supported. Export it with an older opset, such as 17. (${said})`,
      );
    }
    if (/INVALID_PROTOBUF|protobuf parsing failed/i.test(said)) {
      throw new CheckError('NotOnnx', 'This is no ONNX file, or it is damaged. Export the model again.');
    }
    if (/external data/i.test(said)) {
      throw new CheckError('UnsupportedModel', 'The model keeps its weights in another file. Export it as one file.');
    }
    throw new CheckError('UnsupportedModel', `The model cannot be loaded: ${said}`);
  }
}

function specOf(metadata: InferenceSession.ValueMetadata): TensorSpec {
  const type = metadata.isTensor ? dataTypes[metadata.type] : undefined;
  if (!metadata.isTensor || type === undefined) {
    const what = metadata.isTensor ? `of the type ${metadata.type}` : 'no tensor';
    throw new CheckError('UnsupportedModel', `"${metadata.name}" is ${what}, which an inference cannot carry.`);
  }
  const shape = metadata.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
  return { name: metadata.name, dataType: type.name, shape };
}

/** @returns how long it took, in milliseconds */
async function runWithZeros(session: InferenceSession, inputs: readonly TensorSpec[]): Promise<number> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, dataType, shape } of inputs) {
    const sizes = shape.map((size) => size ?? 1);
    const count = sizes.reduce((product, size) => product * size, 1);
    const [type, { zeros }] = typeNamed(dataType);
    if (count > maxElements) throw new CheckError('ModelFails', `The input "${name}" is too large to be tried here.`);
    feeds[name] = new Tensor(type, zeros(count), sizes);
  }
  const began = performance.now();
  try {
    await session.run(feeds);
  } catch (error) {
    throw new CheckError('ModelFails', `The model fails when it is run with zeros: ${messageOf(error)}`);
  }
  return performance.now() - began;
}

function typeNamed(name: DataType): [Tensor.Type, { readonly zeros: (count: number) => Tensor.DataType }] {
  for (const [type, known] of Object.entries(dataTypes)) if (known.name === name) return [type as Tensor.Type, known];
  throw new CheckError('UnsupportedModel', `Nothing of the type ${name} can be run here.`);
}

function describe(error: unknown): { readonly name: CheckErrorName; readonly message: string } {
  if (error instanceof CheckError) return { name: error.kind, message: error.message };
  if (error instanceof Error && error.name === 'NotOnnx') return { name: 'NotOnnx', message: error.message };
  return { name: 'UnsupportedModel', message: `The model could not be checked: ${messageOf(error)}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
