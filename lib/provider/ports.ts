/** What the provider engine asks of its surroundings: the same in Wingman, in a browser tab and in a test. */
import type { Account, HeadFollower, MarketReads } from '../market/chain.ts';
import type { Agreement, ContentId, FailureCode, Hex, Model, ModelVersion, Output } from '../market/types.ts';

/** The chain, and the account with which the engine bids and answers (the provider's own, or its operator key). */
export interface Chain extends MarketReads, HeadFollower {
  readonly genesisHash: Hex;
  readonly account: Account;
}

/** Dx, as much of it as the engine needs; see `lib/dx/types.ts` for the errors. */
export interface Dx {
  upload(
    data: Uint8Array,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<{ readonly key: ContentId }>;
  download(
    key: ContentId,
    options: { readonly maxBytes: number; readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Uint8Array>;
}

/** Seals results and opens payloads. The place (chain, agreement, request) is bound into an envelope. */
export interface Envelopes {
  /** @throws {CannotDecrypt} when the payload is not for this provider, not for this place, or was changed */
  openPayload(envelope: Uint8Array, agreement: Agreement, index: number): Promise<Uint8Array>;
  sealResult(result: Uint8Array, agreement: Agreement, index: number): Promise<Uint8Array>;
}

/** A model that is ready to run. */
export interface Executor {
  /** How many inferences it works on at a time without one waiting for another. */
  readonly concurrency: number;
  /** How many more it likes to have at hand, so that it is never idle between two and can put some together; 0 by default. */
  readonly ahead?: number;
  /** The most bytes that an envelope with a valid request for this model can have. */
  readonly maxPayloadBytes: number;
  /**
   * The time of an inference in milliseconds, measured when the model was made ready. Without it the engine does not bid
   * for the model until it knows a time from the journal or from an execution.
   */
  readonly measuredMs?: number;
  /**
   * Runs one request, given and answered in the framing of `lib/inference/message.ts`.
   *
   * @throws errors whose `name` is a failure code of the chain; any other error counts as `Internal`
   */
  execute(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  release(): Promise<void>;
}

/** Makes models ready: fetches them from Dx (or finds them in its cache), verifies and loads them. */
export interface Models {
  /** @throws {ModelUnavailable} with the reason in the message */
  prepare(model: Model, version: ModelVersion, signal: AbortSignal): Promise<Executor>;
}

/** Time, so that a test can script it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What the engine decided about an order, and why. */
export interface Decision {
  readonly order: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** The best block on whose state it rests. */
  readonly block: number;
  readonly action: 'bid' | 'improve' | 'hold' | 'decline';
  /** The price that was decided on, or that stands, if any. */
  readonly price: bigint | null;
  /** Which rule decided: a stable word, see `rules.ts`. */
  readonly rule: string;
  /** The same for people, with the numbers that mattered. */
  readonly reason: string;
  /** What became of the transaction, if there was one. */
  readonly result: 'pending' | 'included' | 'failed' | null;
  readonly error: string | null;
}

/** How far the execution of one request is. */
export type ExecutionStage = 'seen' | 'downloaded' | 'executed' | 'uploaded' | 'answered' | 'failed' | 'missed';

/** One request of an agreement, as the provider sees it. */
export interface Execution {
  readonly agreement: number;
  readonly index: number;
  readonly payload: ContentId;
  readonly stage: ExecutionStage;
  /** When each stage was reached, in milliseconds since 1970. */
  readonly times: Readonly<Partial<Record<ExecutionStage, number>>>;
  /** The answer, once it is certain what it will be. After that no other answer is ever given. */
  readonly output: Output | null;
  readonly failure: FailureCode | null;
  /** Why it failed, for the operator. */
  readonly reason: string | null;
}

/** What the engine remembers over a crash. Every method returns when the change is on disk. */
export interface Journal {
  /** Replaces the decision of the same order and time, which is how the result of a bid is added to it. */
  saveDecision(decision: Decision): Promise<void>;
  /** The newest first. */
  decisions(filter: { readonly order?: number; readonly limit: number }): Promise<readonly Decision[]>;
  /** Replaces the execution of the same agreement and index. */
  saveExecution(execution: Execution): Promise<void>;
  execution(agreement: number, index: number): Promise<Execution | null>;
  /** The newest first. */
  executions(filter: {
    readonly agreement?: number;
    readonly stage?: ExecutionStage;
    readonly limit: number;
  }): Promise<readonly Execution[]>;
  /** Measured times per inference of a model's version, the newest first, in milliseconds. */
  saveTiming(model: number, version: number, ms: number): Promise<void>;
  timings(model: number, version: number, limit: number): Promise<readonly number[]>;
}
