/** Buying: orders, sending, results. Part of `../types.ts`. */
import type { Comparison, InferenceResult, OrderSummary, Stage, Terms, Wish } from '../../consumer/index.ts';
import type { RankedClass } from '../../inference/classify.ts';
import type { InferenceRequest, InferenceResponse } from '../../inference/types.ts';
import type { Address, ContentId, Description } from '../../market/types.ts';
import type { Observable, Problem } from './values.ts';

/** An image as a model takes it. */
export interface PreparedImage {
  readonly request: InferenceRequest;
  /** What the model will be fed, as pixels to draw on a canvas of this size. */
  readonly fed: { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray<ArrayBuffer> };
  /** A small PNG of the image as it was given, at most 128 pixels wide and high. */
  readonly thumbnail: Blob;
  readonly width: number;
  readonly height: number;
}

/** One thing to infer on. */
export interface SendInput {
  /** Such as the name of the file. */
  readonly label: string;
  readonly request: InferenceRequest;
  /** Kept with the result; {@link PreparedImage.thumbnail}. */
  readonly thumbnail?: Blob;
}

/** `queued`: not sealed yet. Then the stages of `lib/consumer`; `opened` is decrypted and checked. */
export type InferenceStage = 'queued' | Stage;

/**
 * - `working`: on its way; `stage` says how far
 * - `paused`: not on chain, and nobody sends it: the page was closed before, or the wallet did not sign. `purchases.resume`
 *   goes on, for the place that it may have already, so that it is not paid twice
 * - all others: what became of it, as `lib/consumer` says
 */
export type InferenceState = 'working' | 'paused' | InferenceResult['state'];

/** One inference that was sent from this browser. Everything of it is kept. */
export interface InferenceInfo {
  readonly id: string;
  readonly agreement: number;
  readonly label: string;
  readonly createdAtMs: number;
  readonly state: InferenceState;
  readonly stage: InferenceStage;
  /** When each stage was reached. */
  readonly times: Readonly<Partial<Record<Stage, number>>>;
  /** Its number in the agreement. */
  readonly index: number | null;
  readonly payload: ContentId | null;
  readonly thumbnail: Blob | null;
  /** The most probable classes, best first, where the model is a classifier; at most 10. */
  readonly classes: readonly RankedClass[] | null;
  /** The whole result; `null` when it is not here, or too large to be kept. */
  readonly response: InferenceResponse | null;
  readonly paid: bigint;
  readonly refunded: bigint;
  /** The block of the answer: final once the chain's finalized block has this number. */
  readonly block: number | null;
  /** Why there is no result, and what to do. */
  readonly explanation: string | null;
}

export interface SendingStatus {
  /** Whether anything of this agreement is on its way in this tab. */
  readonly isWorking: boolean;
  /** Another tab of this browser works on it; this one shows what it does. */
  readonly isElsewhere: boolean;
  /** What is tried again at the moment. */
  readonly trouble: Problem | null;
  /** What ended the work before everything had a result; `resume` tries again. */
  readonly problem: Problem | null;
}

/** The key of this browser that sends requests without asking anybody. It cannot be read, nor moved. */
export interface SenderStatus {
  /** `null` until it is made, by the first order; and where this browser cannot have one. */
  readonly address: Address | null;
  /** Why this browser cannot have one; the wallet signs each request then. */
  readonly problem: Problem | null;
}

/** What sending costs beside the price, and who signs. */
export interface SendingPlan {
  /** The key of this browser that will sign the requests; `null`: the wallet is asked for each sending. */
  readonly sender: Address | null;
  /** What accepting gives to that key for the fees of all requests, from the consumer's account; none if it has enough. */
  readonly topUp: bigint;
}

export interface Backup {
  readonly keys: number;
  readonly inferences: number;
}

export interface Purchases {
  /** What an order would mean, and whether the market would take it. @throws {InvalidOrder} {@link ChainUnavailable} */
  describe(wish: Wish): Promise<{ readonly terms: Terms; readonly summary: OrderSummary }>;
  /**
   * Places an order with the chosen account; the key that opens its results is kept first. Unless the wish names another
   * one, the key of this browser may send its requests.
   *
   * @returns the order's number
   * @throws {InvalidOrder} {Cancelled} {NoAccount} and what `submit` throws
   */
  placeOrder(wish: Wish): Promise<number>;
  /** Who would sign the requests if these bids were accepted, and what for. @throws {UnknownOrder} {ChainUnavailable} */
  plan(order: number, providers: readonly Address[]): Promise<SendingPlan>;
  /**
   * Accepts bids, and gives the key that sends the requests what it needs for fees, in one transaction.
   *
   * @returns the numbers of the agreements
   * @throws what `submit` throws
   */
  accept(order: number, providers: readonly Address[]): Promise<readonly number[]>;
  cancel(order: number): Promise<void>;
  /** Ends an agreement; what was not delivered is refunded. */
  end(agreement: number): Promise<void>;
  /** Rates an agreement that has ended with 1 to 5 stars. */
  rate(agreement: number, stars: number): Promise<void>;

  /**
   * Sends inputs to an agreement's provider. Resolves when they are kept and on their way; the rest is in `inferences`
   * and goes on without any view.
   *
   * The requests are signed by this browser's key where the agreement names it, else by the consumer's account. A key
   * without money is trouble called `CannotPayFees`, which ends with {@link topUpSender}.
   *
   * @throws {BusyElsewhere} another tab sends in this agreement; {KeyMissing} {UnknownAgreement} {NoAccount}
   */
  send(agreement: number, inputs: readonly SendInput[]): Promise<void>;
  /**
   * Goes on with what is paused or not collected; where nobody has to sign that happens by itself at the next visit.
   *
   * @throws as {@link send}
   */
  resume(agreement: number): Promise<void>;
  /** Stops sending; what is registered on chain is collected later. */
  stop(agreement: number): void;
  /**
   * Sends an inference again that has no result; with one that is still open it goes on.
   *
   * @throws as {@link send}, or {NotKept} if its request is not here
   */
  sendAgain(inference: string): Promise<void>;
  /** Everything that was sent in an agreement from this browser, newest first; other tabs' work too. */
  inferences(agreement: number): Observable<readonly InferenceInfo[]>;
  sending(agreement: number): Observable<SendingStatus>;
  readonly sender: Observable<SenderStatus>;
  /**
   * Gives the key that sends requests what it needs for the rest of the open agreements, and lets it send in this one if
   * another key did. The account of this agreement's consumer signs; with nothing to do nobody is asked.
   *
   * @throws {UnknownAgreement} {KeysUnsupported} {NoAccount} and what `submit` throws
   */
  topUpSender(agreement: number): Promise<void>;
  /**
   * Sends all money of the key back, to the chosen account. Nobody has to sign. Open agreements need a top-up after that.
   *
   * @throws {CannotPayFees} when it has none; {KeysUnsupported} when it is not here; {NoAccount}
   */
  reclaimSender(): Promise<void>;

  /** Compares what several providers answered to the same input: `groups` holds places in `inferences`. */
  compare(inferences: readonly InferenceInfo[], description: Description): Promise<Comparison>;

  /**
   * Everything that is kept, keys to results included, in one encrypted file; not the key that sends requests, which cannot
   * be read: in another browser the wallet signs, or {@link topUpSender} names a key there.
   *
   * @throws {WeakPassphrase} below 8 characters
   */
  exportAll(passphrase: string): Promise<Blob>;
  /** Adds what such a file holds; what is here stays. @throws {NotABackup} {WrongPassphrase} {BackupTooNew} */
  importAll(file: Blob, passphrase: string): Promise<Backup>;
  /** Removes an agreement's inferences from this browser. */
  forget(agreement: number): Promise<void>;
}
