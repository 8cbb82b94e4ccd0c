/** What buying asks of its surroundings: the same on a command line, in a page and in a test. */
import type { Account, HeadFollower, MarketReads } from '../market/chain.ts';
import type { Agreement, ContentId, Hex, PublicKey } from '../market/types.ts';

/** The chain, and the account that orders and pays (or, for requests, the order's sender key). */
export interface Chain extends MarketReads, HeadFollower {
  readonly genesisHash: Hex;
  readonly account: Account;
}

/** Dx, as much of it as a consumer needs; see `lib/dx/errors.ts` for the errors. */
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

/** A key to which results are encrypted, and what opens them. */
export interface KeyPair {
  readonly publicKey: PublicKey;
  readonly privateKey: Uint8Array;
}

/** Seals payloads and opens results. The place (chain, agreement, request) is bound into an envelope. */
export interface Envelopes {
  createKey(): Promise<KeyPair>;
  /** @throws {UnsupportedKey} when the provider's key is of a scheme that is not known here */
  sealPayload(payload: Uint8Array, agreement: Agreement, index: number): Promise<Uint8Array>;
  /**
   * Opens a result, checks it against the commitment that the provider gave on chain, and takes the salt away.
   *
   * @returns the response in the framing of `lib/inference/message.ts`
   * @throws {CannotDecrypt} when it is not for this key, not for this place, or was changed
   * @throws {WrongCommitment} when it is not what the provider has committed to
   */
  openResult(
    envelope: Uint8Array,
    agreement: Agreement,
    index: number,
    commitment: Hex,
    privateKey: Uint8Array,
  ): Promise<Uint8Array>;
}

/** A request that was, or may have been, registered on chain, and whose result nobody has got yet. */
export interface SentRequest {
  readonly agreement: number;
  readonly index: number;
  readonly payload: ContentId;
  /** What the input is called, such as the name of a file. */
  readonly label: string;
  /** In milliseconds since 1970. */
  readonly sentAt: number;
}

/**
 * What must survive a crash, of one chain. Every method returns when the change is on disk. Several processes may use it
 * at a time.
 */
export interface Store {
  /** Keeps a private key. It is written before the order that names its public half. */
  saveKey(pair: KeyPair): Promise<void>;
  /** The private key that belongs to a public one, or `null` when it is not here. */
  privateKey(publicKey: PublicKey): Promise<Uint8Array | null>;
  /** Keeps requests. They are written before they are registered on chain. */
  saveSent(requests: readonly SentRequest[]): Promise<void>;
  /** The requests of an agreement that are kept, by index. */
  sent(agreement: number): Promise<readonly SentRequest[]>;
  forgetSent(requests: readonly Pick<SentRequest, 'agreement' | 'index' | 'payload'>[]): Promise<void>;
}

/** Time, so that a test can script it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Everything together. */
export interface Ports {
  readonly chain: Chain;
  readonly dx: Dx;
  readonly envelopes: Envelopes;
  readonly store: Store;
  readonly clock: Clock;
}
