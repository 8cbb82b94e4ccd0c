/** What page and worker say to each other when a model is checked. */
import type { ModelReport } from './types.ts';

export interface CheckRequest {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type CheckAnswer =
  { readonly report: ModelReport } | { readonly error: { readonly name: CheckErrorName; readonly message: string } };

/** The errors of `errors.ts` that the worker finds. */
export type CheckErrorName = 'NotOnnx' | 'UnsupportedOpset' | 'UnsupportedModel' | 'ModelFails';
