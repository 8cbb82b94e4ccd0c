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
  /** For how long it runs after it has warmed up. */
  readonly seconds: number;
}

export interface BareResult {
  readonly imagesPerSecond: number;
  /** The outputs of all inputs, one after the other. */
  readonly outputs: Float32Array;
}

addEventListener('message', ({ data }) => {
  run(data as BareTask).then(
    (result) => postMessage(result),
    (error: unknown) => postMessage({ error: String(error) }),
  );
});

async function run({ model, inputName, outputName, shape, inputs, threads, seconds }: BareTask): Promise<BareResult> {
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
  const began = performance.now();
  let done = 0;
  while (performance.now() - began < seconds * 1000) await infer(done++);
  const imagesPerSecond = done / ((performance.now() - began) / 1000);
  await session.release();
  return { imagesPerSecond, outputs: Float32Array.from(outputs) };
}
