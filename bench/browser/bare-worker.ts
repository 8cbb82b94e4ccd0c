/** Runs a model with onnxruntime-web and nothing around it, as fast as it can. */
import * as ort from 'onnxruntime-web/wasm';

export interface BareTask {
  /** Where the ONNX file is served. */
  readonly model: string;
  readonly inputName: string;
  readonly outputName: string;
  readonly shape: readonly number[];
  /** Different inputs, one after the other, in numbers of 32 bits. */
  readonly inputs: Float32Array;
  readonly threads: number;
  /** For how long it runs once it is told to begin. */
  readonly seconds: number;
}

/** What it says once it has warmed up. */
export interface BareReady {
  /** The outputs of all inputs, one after the other. */
  readonly outputs: Float32Array;
}

/** What it says after it was told to begin, which any second message does. */
export interface BareResult {
  readonly images: number;
  readonly seconds: number;
}

const begin = Promise.withResolvers<undefined>();

addEventListener(
  'message',
  ({ data }) => {
    addEventListener('message', () => begin.resolve(undefined));
    run(data as BareTask).catch((error: unknown) => postMessage({ error: String(error) }));
  },
  { once: true },
);

async function run({ model, inputName, outputName, shape, inputs, threads, seconds }: BareTask): Promise<void> {
  ort.env.wasm.numThreads = threads;
  // Otherwise each further thread would begin with this very file, and take what is said to it for a task.
  ort.env.wasm.wasmPaths = '/';
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const each = shape.reduce((all, size) => all * size, 1);
  const count = inputs.length / each;
  const infer = async (image: number) => {
    const numbers = inputs.subarray((image % count) * each, ((image % count) + 1) * each);
    const results = await session.run({ [inputName]: new ort.Tensor('float32', numbers, shape) }, [outputName]);
    return results[outputName]?.data as Float32Array;
  };
  const outputs: number[] = [];
  // The first runs are slower than the others; and the further threads begin only when this one has a moment for it.
  for (let image = 0; image < count; image++) {
    outputs.push(...(await infer(image)));
    await new Promise((resolve) => setTimeout(resolve));
  }
  const ready: BareReady = { outputs: Float32Array.from(outputs) };
  postMessage(ready);
  await begin.promise;
  const began = performance.now();
  let images = 0;
  while (performance.now() - began < seconds * 1000) await infer(images++);
  const result: BareResult = { images, seconds: (performance.now() - began) / 1000 };
  postMessage(result);
  await session.release();
}
