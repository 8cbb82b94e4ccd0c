/** What the bare process is told, and what it answers. */

/** How onnxruntime is used: so many threads with a session each, so many threads within a session, images at a time. */
export interface Setting {
  readonly sessions: number;
  readonly threads: number;
  readonly batch: number;
}

export interface BareTask {
  /** The ONNX file. */
  readonly model: string;
  /** A file with all inputs one after the other: numbers of 32 bits. */
  readonly inputs: string;
  readonly inputName: string;
  readonly outputName: string;
  /** The shape of one input, with 1 as the size of the batch. */
  readonly shape: readonly number[];
  readonly setting: Setting;
  /** For how long it runs, in seconds, after it has warmed up. */
  readonly seconds: number;
  /** Where to write the outputs of all inputs, one after the other; without it nothing is written. */
  readonly outputs?: string;
}

/** What one thread is given: the inputs as memory that all threads share. */
export interface BareThread extends Omit<BareTask, 'model' | 'inputs' | 'outputs'> {
  readonly model: Uint8Array<SharedArrayBuffer>;
  readonly inputs: Float32Array<SharedArrayBuffer>;
}

/** What a thread says when it has warmed up. */
export const WARM = 'warm';

/** What a thread says in the end. */
export interface ThreadResult {
  readonly images: number;
  readonly seconds: number;
}

/** What the process prints, as JSON on one line. */
export interface BareResult {
  readonly imagesPerSecond: number;
  /** The processor time per image, in milliseconds, of all threads. */
  readonly processorMs: number;
}

/** The number of numbers of one input. */
export function inputLength(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
