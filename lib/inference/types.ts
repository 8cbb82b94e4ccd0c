/** What every runner of models has in common, in a browser and on a server. */
import type { DataType, Description } from '../market/types.ts';

/** A tensor. `data` holds the elements row by row, little endian; for BYTES each is a 32-bit length and its bytes. */
export interface Tensor {
  readonly name: string;
  readonly dataType: DataType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A request for one inference, of the Open Inference Protocol. */
export interface InferenceRequest {
  readonly id?: string;
  readonly inputs: readonly Tensor[];
}

/** Its answer. */
export interface InferenceResponse {
  readonly id?: string;
  readonly model: string;
  readonly version?: string;
  readonly outputs: readonly Tensor[];
}

/** A model that can be loaded: its description, and its ONNX file once somebody asks for it. */
export interface RunnableModel {
  /** The name under which a server of the Open Inference Protocol knows it. */
  readonly name: string;
  readonly version: string;
  readonly description: Description;
  /** The ONNX file, verified. Runners that bring their own model do not ask for it. */
  readonly bytes: (signal: AbortSignal) => Promise<Uint8Array>;
}

/** A model that is loaded and can run. */
export interface LoadedModel {
  /**
   * Runs one inference. Calls may overlap: the runner batches them where the model allows.
   *
   * @throws {InvalidTensor} when a tensor does not fit the model's description
   * @throws {ExecutionFailed} when the model fails while it runs
   * @throws {ModelUnavailable} when what runs it is gone
   * @throws {Overloaded} when what runs it has more work than it takes
   */
  run(request: InferenceRequest, signal: AbortSignal): Promise<InferenceResponse>;
  /** How many inferences it works on at a time without one waiting for another. */
  readonly concurrency: number;
  /** How many more it likes to have at hand, so that it is never idle between two and can put some together; 0 by default. */
  readonly ahead?: number;
  /** Lets go of what it holds; calls that are running end first. */
  release(): Promise<void>;
}

/** Something that runs models. */
export interface Runner {
  /** What it is, for people: `onnxruntime-node, 2 sessions`. */
  readonly about: string;
  /**
   * Makes a model ready to run.
   *
   * @throws {ModelUnavailable} when it cannot be loaded; the message says why
   */
  load(model: RunnableModel, signal: AbortSignal): Promise<LoadedModel>;
  close(): Promise<void>;
}
