/** A thread that runs one ONNX model; see `worker-messages.ts` for what it is told and answers. */
import { parentPort, workerData } from 'node:worker_threads';

import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';

import type { DataType } from '../../market/types.ts';
import type { ActualSpec } from '../match.ts';
import { decodeBytes, encodeBytes, view } from '../tensor.ts';
import type { Tensor } from '../types.ts';
import type { RunResult, RunTask, Started, WorkerTask } from './worker-messages.ts';

// The native half of onnxruntime takes FP16 as Uint16Array only, and its JavaScript half would make Float16Arrays of it.
Reflect.deleteProperty(globalThis, 'Float16Array');

const ortTypes = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies Partial<Record<DataType, string>>;

const dataTypes = new Map(Object.entries(ortTypes).map(([dataType, type]) => [type as string, dataType as DataType]));

const { model, threads } = workerData as WorkerTask;
const port = parentPort;
if (port === null) throw new Error('This is the script of a worker thread.');

let session: InferenceSession;
try {
  session = await InferenceSession.create(new Uint8Array(model), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // What goes wrong is in the answer; the log would repeat it.
    logSeverityLevel: 4,
  });
  const signature = { inputs: session.inputMetadata.map(spec), outputs: session.outputMetadata.map(spec) };
  port.postMessage({ signature } satisfies Started);
  port.on('message', (task: RunTask) => void answer(task));
} catch (error) {
  port.postMessage({ failure: messageOf(error) } satisfies Started);
}

async function answer(task: RunTask): Promise<void> {
  let result: RunResult;
  try {
    result = await run(task);
  } catch (error) {
    result = { failure: messageOf(error) };
  }
  const memory = 'outputs' in result ? result.outputs.map(({ data }) => data.buffer as ArrayBuffer) : [];
  port?.postMessage(result, [...new Set(memory)]);
}

async function run({ inputs, outputs }: RunTask): Promise<RunResult> {
  const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, toOrt(tensor)]));
  const results = await session.run(feeds, [...outputs]);
  return { outputs: outputs.map((name) => fromOrt(name, results[name])) };
}

function toOrt(tensor: Tensor): OrtTensor {
  const { dataType, shape } = tensor;
  if (dataType === 'BYTES') {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return new OrtTensor(
      'string',
      decodeBytes(tensor).map((element) => decoder.decode(element)),
      shape,
    );
  }
  if (dataType === 'BF16') throw new Error('onnxruntime-node takes no BF16');
  return new OrtTensor(ortTypes[dataType], view(tensor) as OrtTensor['data'], shape);
}

function fromOrt(name: string, tensor: OrtTensor | undefined): Tensor {
  const dataType = dataTypes.get(tensor?.type ?? '');
  if (tensor === undefined || dataType === undefined) throw new Error(`There is no output "${name}" that is a tensor.`);
  const { data, dims: shape } = tensor;
  if (Array.isArray(data)) {
    const encoder = new TextEncoder();
    return { name, dataType, shape, data: encodeBytes(data.map((element) => encoder.encode(element))) };
  }
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return { name, dataType, shape, data: new Uint8Array(buffer, byteOffset, byteLength) };
}

function spec(metadata: InferenceSession.ValueMetadata): ActualSpec {
  if (!metadata.isTensor) return { name: metadata.name, dataType: 'no tensor', shape: [] };
  const shape = metadata.shape.map((dimension) => (typeof dimension === 'number' ? dimension : null));
  return { name: metadata.name, dataType: dataTypes.get(metadata.type) ?? metadata.type, shape };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}
