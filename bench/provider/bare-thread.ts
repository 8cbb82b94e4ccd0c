/** A thread of the bare process: one session that runs batch after batch. */
import { parentPort, workerData } from 'node:worker_threads';

import { InferenceSession, Tensor } from 'onnxruntime-node';

import { inputLength, WARM, type BareThread, type ThreadResult } from './bare-task.ts';

const { model, inputs, inputName, shape, setting, seconds } = workerData as BareThread;
const { batch, threads } = setting;
const warmUpSeconds = 1;

const session = await InferenceSession.create(new Uint8Array(model), {
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
});
const each = inputLength(shape);
// Filled once: what is measured is onnxruntime, not how its inputs get there.
const data = Float32Array.from({ length: each * batch }, (_, i) => inputs[i % inputs.length] ?? 0);
const feeds = { [inputName]: new Tensor('float32', data, [batch, ...shape.slice(1)]) };

await runFor(warmUpSeconds);
parentPort?.postMessage(WARM);
parentPort?.postMessage(await runFor(seconds));
await session.release();

async function runFor(wanted: number): Promise<ThreadResult> {
  const began = performance.now();
  for (let images = batch; ; images += batch) {
    await session.run(feeds);
    const took = (performance.now() - began) / 1000;
    if (took >= wanted) return { images, seconds: took };
  }
}
