/** A process that does nothing but run a model with onnxruntime-node: what a Wingman is compared with. */
import { readFile, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

import { InferenceSession, Tensor } from 'onnxruntime-node';

import { disableOnnxruntimeTelemetry } from '../../lib/inference/node/no-telemetry.ts';
import { inputLength, WARM, type BareResult, type BareTask, type BareThread, type ThreadResult } from './bare-task.ts';

disableOnnxruntimeTelemetry();
const { model, inputs, outputs, ...task } = JSON.parse(process.argv[2] ?? '') as BareTask;
const modelBytes = shared(await readFile(model));
const numbers = new Float32Array(shared(await readFile(inputs)).buffer);
if (outputs !== undefined) await writeFile(outputs, await run());

let begin: NodeJS.CpuUsage | undefined;
const results = await Promise.all(Array.from({ length: task.setting.sessions }, thread));
const used = process.cpuUsage(begin);
const images = results.reduce((sum, result) => sum + result.images, 0);
const answer: BareResult = {
  imagesPerSecond: results.reduce((sum, result) => sum + result.images / result.seconds, 0),
  processorMs: (used.user + used.system) / 1000 / images,
};
console.log(JSON.stringify(answer));

async function thread(): Promise<ThreadResult> {
  const workerData = { ...task, model: modelBytes, inputs: numbers } satisfies BareThread;
  const worker = new Worker(new URL('./bare-thread.ts', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    worker.on('message', (message: typeof WARM | ThreadResult) => {
      if (message === WARM) begin ??= process.cpuUsage();
      else resolve(message);
    });
    worker.once('error', reject);
  });
}

/** The outputs of all inputs, each run by itself. */
async function run(): Promise<Uint8Array> {
  const session = await InferenceSession.create(new Uint8Array(modelBytes));
  const each = inputLength(task.shape);
  const parts: Buffer[] = [];
  for (let at = 0; at < numbers.length; at += each) {
    const input = new Tensor('float32', numbers.slice(at, at + each), task.shape);
    const output = (await session.run({ [task.inputName]: input }))[task.outputName];
    const data = output?.data;
    if (!(data instanceof Float32Array)) throw new Error(`The model has no output "${task.outputName}" of numbers.`);
    parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }
  await session.release();
  return Buffer.concat(parts);
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
