/** Runs one ONNX model with onnxruntime, away from the page's main thread; `lib/inference/browser` starts it. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';

import { Gpu, NotStarted } from '../lib/inference/browser/gpu.ts';
import type { RunAnswer, StartMessage, Started, WorkerMessage } from '../lib/inference/browser/messages.ts';
import { fromOrt, specOf, toOrt } from '../lib/inference/onnx.ts';
import type { Tensor } from '../lib/inference/types.ts';
import type { RunTask } from '../lib/inference/worker-pool.ts';

// Tensors of FP16 go in and out as their bits; onnxruntime would make Float16Arrays of them where there are any.
Reflect.deleteProperty(globalThis, 'Float16Array');

/** What goes wrong is in the answer; the log would repeat it. */
const quiet = { logSeverityLevel: 4 } as const;

/** A session, and what its tensors are made with. */
interface Model {
  readonly session: InferenceSession;
  readonly Constructor: typeof OrtTensor;
  readonly gpu: Gpu | null;
}

addEventListener('message', ({ data }) => void serve(data as StartMessage), { once: true });

async function serve(message: StartMessage): Promise<void> {
  let model: Model;
  try {
    model = await start(message);
  } catch (error) {
    const reason = error instanceof NotStarted ? error.reason : 'Unsupported';
    say({ say: 'notStarted', reason, message: messageOf(error) });
    return;
  }
  const { session, gpu } = model;
  void gpu?.lost.then((lost) => say({ say: 'gpuLost', message: lost }));
  // onnxruntime does one run at a time.
  let last: Promise<void> = Promise.resolve();
  addEventListener('message', ({ data }) => {
    last = last.then(() => answer(model, data as RunTask));
  });
  const signature = { inputs: session.inputMetadata.map(specOf), outputs: session.outputMetadata.map(specOf) };
  const started: Started = { signature, adapter: gpu?.adapter ?? null };
  say({ say: 'started', started });
}

async function start({ device, build, threads, model }: StartMessage): Promise<Model> {
  // Without a GPU nobody has to wait for megabytes that cannot be used.
  const gpu = device === 'gpu' ? await Gpu.open() : null;
  const ort = await (build === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm'));
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'fatal';
  const provider = gpu === null ? 'wasm' : { name: 'webgpu', device: gpu.device };
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    ...quiet,
  });
  return { session, Constructor: ort.Tensor, gpu };
}

async function answer(model: Model, task: RunTask): Promise<void> {
  let done: RunAnswer;
  try {
    done = await run(model, task);
  } catch (error) {
    done = { failure: messageOf(error) };
    // The loss is told by itself, and whoever waits has it done again.
    if ((await model.gpu?.isLost()) === true) return;
  }
  const memory = 'outputs' in done ? done.outputs.map(({ data }) => data.buffer as ArrayBuffer) : [];
  say({ say: 'answer', answer: done }, [...new Set(memory)]);
}

async function run({ session, Constructor, gpu }: Model, { inputs, outputs }: RunTask): Promise<RunAnswer> {
  const submissions = gpu?.submissions ?? 0;
  const toFeed = (tensor: Tensor) =>
    gpu?.upload((...all) => Constructor.fromGpuBuffer(...all), tensor) ?? toOrt(Constructor, tensor);
  const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, toFeed(tensor)]));
  const results = await session.run(feeds, [...outputs], quiet);
  return {
    outputs: outputs.map((name) => fromOrt(name, results[name])),
    gpuSubmissions: (gpu?.submissions ?? 0) - submissions,
  };
}

function say(message: WorkerMessage, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}
