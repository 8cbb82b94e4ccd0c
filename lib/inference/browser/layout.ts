/** How a model that runs in WebAssembly is spread over the processors. */

export interface Layout {
  /** How many inferences run side by side, each in a worker of its own with its own copy of the model. */
  readonly workers: number;
  /** How many threads each of them uses. */
  readonly threads: number;
}

/** One inference at a time, in one thread. */
export const single: Layout = { workers: 1, threads: 1 };

/** All copies of a model's file together: a tab has less memory than a server. */
const maxCopiesBytes = 256 * 2 ** 20;

/**
 * Spreads a model. Several workers of one thread do more together than one worker of several threads: those wait for each
 * other after every operator, and onnxruntime-web lets them spin meanwhile, so that whatever else the processors have to do
 * stops all of them. Threads share an inference only where there is no memory for so many copies.
 *
 * @param threads how many threads there are for it
 * @param modelBytes the size of the ONNX file
 */
export function layOut(threads: number, modelBytes: number): Layout {
  const most = Math.max(1, Math.min(threads, Math.floor(maxCopiesBytes / Math.max(1, modelBytes))));
  let best = single;
  for (let workers = 1; workers <= most; workers++) {
    const layout = { workers, threads: Math.floor(threads / workers) };
    if (used(layout) >= used(best)) best = layout;
  }
  return best;
}

const used = ({ workers, threads }: Layout) => workers * threads;
