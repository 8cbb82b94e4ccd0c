/** A thread that runs one ONNX model; see `worker-messages.ts` for what it is told and answers. */
import { parentPort, workerData } from 'node:worker_threads';

import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';

import { fromOrt, specOf, toOrt } from '../onnx.ts';
import type { RunTask } from '../worker-pool.ts';
import type { RunResult, Started, WorkerTask } from './worker-messages.ts';

// The native half of onnxruntime takes FP16 as Uint16Array only, and its JavaScript half would make Float16Arrays of it.
Reflect.deleteProperty(globalThis, 'Float16Array');

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
  const signature = { inputs: session.inputMetadata.map(specOf), outputs: session.outputMetadata.map(specOf) };
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
  const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, toOrt(OrtTensor, tensor)]));
  const results = await session.run(feeds, [...outputs]);
  return { outputs: outputs.map((name) => fromOrt(name, results[name])) };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}
