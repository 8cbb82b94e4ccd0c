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

/** One run of the model. The memory of the tensors goes over to the thread. */
export interface RunTask {
  readonly inputs: readonly Tensor[];
  /** The outputs that are wanted. */
  readonly outputs: readonly string[];
}

/** The answer to a {@link RunTask}; answers come in the order of the tasks. */
export type RunResult = { readonly outputs: readonly Tensor[] } | { readonly failure: string };
