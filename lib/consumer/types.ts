/** What a consumer gives and gets. */
import type { InferenceRequest, InferenceResponse } from '../inference/types.ts';
import type { ContentId, FailureCode } from '../market/types.ts';

/** One thing to infer on. */
export interface Input {
  /** What it is called in results and progress, such as the name of a file. */
  readonly label: string;
  /** A request, or one that is framed already (`lib/inference/message.ts`). */
  readonly request: InferenceRequest | Uint8Array;
}

export const stages = ['sealed', 'uploaded', 'requested', 'answered', 'downloaded', 'opened'] as const;
/**
 * How far one inference is: the payload is encrypted, lies on Dx, is registered on chain; the answer is on chain, the
 * result is fetched from Dx, is decrypted and checked.
 */
export type Stage = (typeof stages)[number];

/** When each stage was reached, in milliseconds since 1970. */
export type Times = Readonly<Partial<Record<Stage, number>>>;

interface ResultBase {
  /** Its place among the inputs; `null` when it was sent before a restart. */
  readonly input: number | null;
  readonly label: string;
  /** Its number in the agreement; `null` when it was never registered. */
  readonly index: number | null;
  /** The content id of the encrypted payload, once it lies on Dx. */
  readonly payload: ContentId | null;
  readonly times: Times;
}

/** The result is here, checked against its hash and commitment, and paid. */
export interface Answered extends ResultBase {
  readonly state: 'answered';
  readonly index: number;
  readonly response: InferenceResponse;
  /** The content id of the encrypted result. */
  readonly result: ContentId;
  readonly paid: bigint;
  /** The block of the answer. It can be replaced until it is final. */
  readonly block: number;
}

/** The provider said why there is no result. It was refunded. */
export interface Failed extends ResultBase {
  readonly state: 'failed';
  readonly index: number;
  readonly code: FailureCode;
  readonly fault: 'consumer' | 'provider';
  readonly explanation: string;
  readonly refunded: bigint;
  readonly block: number;
}

/** The provider did not answer in time. It was refunded. */
export interface Missed extends ResultBase {
  readonly state: 'missed';
  readonly index: number;
  readonly explanation: string;
  readonly refunded: bigint;
}

/** The provider answered and was paid, but its result cannot be fetched, or is not what it should be. */
export interface ResultLost extends ResultBase {
  readonly state: 'resultMissing' | 'resultCorrupt';
  readonly index: number;
  readonly result: ContentId;
  readonly explanation: string;
  readonly paid: bigint;
  readonly block: number;
}

/** It is not registered on chain, so nothing was paid for it. */
export interface NotSent extends ResultBase {
  readonly state: 'notSent';
  readonly index: null;
  readonly explanation: string;
  /** Whether it cannot be any more. A transaction from before a restart may still get through while its place is free. */
  readonly final: boolean;
}

/** It was settled so long ago that the chain has removed it. */
export interface Removed extends ResultBase {
  readonly state: 'removed';
  readonly index: number;
  readonly explanation: string;
}

/** What became of one input. */
export type InferenceResult = Answered | Failed | Missed | ResultLost | NotSent | Removed;

/** What happens on the way, for whoever shows progress. */
export type InferenceEvent =
  | {
      readonly event: 'stage';
      readonly label: string;
      readonly input: number | null;
      readonly index: number;
      readonly stage: Stage;
      readonly at: number;
    }
  /** Something failed that is tried again. */
  | { readonly event: 'trouble'; readonly where: string; readonly error: Error };
