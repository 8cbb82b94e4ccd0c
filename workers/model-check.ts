/** Loads an ONNX file with onnxruntime and runs it once with zeros, away from the page's main thread. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';

import type { CheckAnswer, CheckErrorName, CheckRequest } from '../lib/cockpit/model-check-messages.ts';
import { readOnnxHeader } from '../lib/cockpit/onnx.ts';
import type { ModelReport } from '../lib/cockpit/types.ts';
import { ortTypes, specOf as actualSpecOf, toOrt } from '../lib/inference/onnx.ts';
import { elementCount, elementSize } from '../lib/inference/tensor.ts';
import type { DataType, TensorSpec } from '../lib/market/types.ts';

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

async function check({ bytes }: CheckRequest): Promise<ModelReport> {
  const header = readOnnxHeader(bytes);
  // One thread needs no headers for shared memory, and a check has time.
  env.wasm.numThreads = 1;
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
  const { name, dataType, shape } = actualSpecOf(metadata);
  if (!isKnown(dataType)) {
    const what = metadata.isTensor ? `of the type ${dataType}` : 'no tensor';
    throw new CheckError('UnsupportedModel', `"${name}" is ${what}, which an inference cannot carry.`);
  }
  return { name, dataType, shape: shape.map((size) => (size !== null && size > 0 ? size : null)) };
}

const isKnown = (dataType: string): dataType is DataType => dataType in ortTypes;

/** @returns how long it took, in milliseconds */
async function runWithZeros(session: InferenceSession, inputs: readonly TensorSpec[]): Promise<number> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, dataType, shape: described } of inputs) {
    const shape = described.map((size) => size ?? 1);
    const count = elementCount(shape);
    if (count > maxElements) throw new CheckError('ModelFails', `The input "${name}" is too large to be tried here.`);
    // An element of BYTES is its length in 32 bits; an empty one has nothing else.
    const data = new Uint8Array(count * (elementSize(dataType) ?? 4));
    feeds[name] = toOrt(Tensor, { name, dataType, shape, data });
  }
  const began = performance.now();
  try {
    await session.run(feeds);
  } catch (error) {
    throw new CheckError('ModelFails', `The model fails when it is run with zeros: ${messageOf(error)}`);
  }
  return performance.now() - began;
}

function describe(error: unknown): { readonly name: CheckErrorName; readonly message: string } {
  if (error instanceof CheckError) return { name: error.kind, message: error.message };
  if (error instanceof Error && error.name === 'NotOnnx') return { name: 'NotOnnx', message: error.message };
  return { name: 'UnsupportedModel', message: `The model could not be checked: ${messageOf(error)}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
