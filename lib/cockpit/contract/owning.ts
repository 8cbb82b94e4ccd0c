/** Owning models. Part of `../types.ts`. */
import type { Address, ContentId, Description, TensorSpec } from '../../market/types.ts';

/** What an ONNX file turned out to be. */
export interface ModelReport {
  readonly bytes: number;
  readonly irVersion: number;
  /** Of the domain `ai.onnx`. */
  readonly opset: number;
  readonly producer: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** How long one run with zeros took here, by WebAssembly. */
  readonly runMs: number;
  readonly loadMs: number;
}

/** A model on Dx that can be registered. */
export interface UploadedModel {
  readonly content: ContentId;
  readonly size: number;
  /** How many other peers hold it. */
  readonly holders: number;
}

export interface ModelEntry {
  readonly content: ContentId;
  readonly size: number;
  readonly description: Description;
}

export interface Owning {
  /**
   * Reads and runs an ONNX file in a worker, with zeros as input. Nothing leaves this browser.
   *
   * @throws {NotOnnx} {UnsupportedOpset} {UnsupportedModel} {ModelFails} {TooLarge}
   */
  checkModel(file: Blob, options?: { readonly signal?: AbortSignal }): Promise<ModelReport>;
  /** In what a file differs from a description, for people; `null` when it does not. */
  difference(report: ModelReport, description: Description): Promise<string | null>;
  /** Reads a description from JSON. @throws {InvalidDescription} with what is wrong, and where */
  parseDescription(json: string): Promise<Description>;
  /**
   * Puts the names of a model's classes on Dx, one a line, where they are more or longer than a description takes.
   *
   * @throws {InvalidDescription} when a name has a line break in it; {NotReplicated}
   */
  uploadLabels(names: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<ContentId>;
  /** Puts an ONNX file on Dx. @throws {NotReplicated} {TooLarge} {DxUnavailable} */
  uploadModel(
    file: Blob,
    options?: {
      readonly onProgress?: (progress: { readonly bytes: number; readonly total: number }) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<UploadedModel>;
  /** @returns the model's number. @throws what `submit` throws */
  register(model: ModelEntry, royalty: bigint): Promise<number>;
  /** @returns the version's number */
  publish(model: number, version: ModelEntry): Promise<number>;
  setRoyalty(model: number, royalty: bigint): Promise<void>;
  retire(model: number): Promise<void>;
  /** Gives the NFT, and with it all coming royalties, to somebody else. @throws {InvalidAddress} before anything is signed */
  transfer(model: number, to: Address): Promise<void>;
  /**
   * Puts the NFT up for sale, or changes the price.
   *
   * @param price more than zero, in the smallest unit
   * @param to the only account that may buy it; `null` is anybody
   * @throws {InvalidAddress} {InvalidValue} before anything is signed
   */
  sell(model: number, price: bigint, to: Address | null): Promise<void>;
  /** Takes it off sale. */
  unsell(model: number): Promise<void>;
  /** Buys a model at the price that it is for sale for. @throws {CallFailed} when that is more than `atMost` by now */
  buy(model: number, atMost: bigint): Promise<void>;
}
