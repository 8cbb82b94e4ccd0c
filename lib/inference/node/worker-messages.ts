/** What the threads that run ONNX models and their owner say to each other. */
import type { Signature } from '../match.ts';
import type { Tensor } from '../types.ts';

/** What a thread is started with. */
export interface WorkerTask {
  /** The ONNX file, in memory that all threads share. */
  readonly model: Uint8Array<SharedArrayBuffer>;
  /** How many threads one inference uses. */
  readonly threads: number;
}

/** The first message of a thread: the model is loaded, or cannot be. */
export type Started = { readonly signature: Signature } | { readonly failure: string };

/** The answer to a `RunTask`; answers come in the order of the tasks. */
export type RunResult = { readonly outputs: readonly Tensor[] } | { readonly failure: string };
