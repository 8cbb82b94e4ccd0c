/** What a page and the worker that runs a model in it say to each other. */
import type { Signature } from '../match.ts';
import type { Tensor } from '../types.ts';
import type { AdapterInfo, Reason } from './types.ts';

/** The first message to a worker. */
export interface StartMessage {
  readonly device: 'gpu' | 'cpu';
  /** Which onnxruntime: only the one for WebGPU can use a GPU; the other one is half as large. */
  readonly build: 'webgpu' | 'wasm';
  /** How many threads of WebAssembly one inference uses. */
  readonly threads: number;
  /** The ONNX file. */
  readonly model: Uint8Array;
}

/** A model that a worker has loaded. */
export interface Started {
  readonly signature: Signature;
  /** On a GPU only. */
  readonly adapter: AdapterInfo | null;
}

/** The answer to a run; answers come in the order of the runs, whose messages are `RunTask`s. */
export type RunAnswer =
  { readonly outputs: readonly Tensor[]; readonly gpuSubmissions: number } | { readonly failure: string };

/** What a worker says. */
export type WorkerMessage =
  | { readonly say: 'started'; readonly started: Started }
  | { readonly say: 'notStarted'; readonly reason: Reason; readonly message: string }
  | { readonly say: 'answer'; readonly answer: RunAnswer }
  /** The GPU is gone; runs without an answer get none. */
  | { readonly say: 'gpuLost'; readonly message: string };
