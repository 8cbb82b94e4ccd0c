/**
 * The market's things as every part of Airo speaks of them. Amounts are in the chain's smallest unit, blocks are block
 * numbers, and a number of blocks is a duration.
 */

/** An account's address in SS58, with the chain's prefix. */
export type Address = string;
/** A content id as text: CID version 1, base32, sha2-256, codec raw or dag-pb. */
export type ContentId = string;
/** Bytes in hexadecimal after `0x`. */
export type Hex = `0x${string}`;

export const dataTypes = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BF16',
  'BYTES',
] as const;
/** The data type of a tensor's elements, by its name in the Open Inference Protocol. */
export type DataType = (typeof dataTypes)[number];

/** An input or output of a model. */
export interface TensorSpec {
  readonly name: string;
  readonly dataType: DataType;
  /** Elements of each dimension; `null` is any number, along which requests can be batched. */
  readonly shape: readonly (number | null)[];
}

/** How an image becomes a model's first input: each channel value `v` of 0 to 255 becomes `(v / 255 - mean) / std`. */
export interface ImageInput {
  readonly channels: 'gray' | 'rgb' | 'bgr';
  readonly layout: 'nchw' | 'nhwc';
  /** Stretched; scaled to cover and its middle cut out; or scaled to lie inside and the rest filled with the mean. */
  readonly fit: 'stretch' | 'cover' | 'contain';
  /** Of each channel; the chain keeps millionths. */
  readonly mean: readonly number[];
  /** Of each channel; the chain keeps millionths. */
  readonly std: readonly number[];
}

/** What the elements of the first output are called: nothing, these names, or the lines of a text on Dx. */
export type Labels =
  | { readonly kind: 'none' }
  | { readonly kind: 'inline'; readonly names: readonly string[] }
  | { readonly kind: 'content'; readonly content: ContentId };

/** The machine-readable description of a version of a model. */
export interface Description {
  readonly name: string;
  readonly licence: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly image: ImageInput | null;
  readonly labels: Labels;
  /** By how much two correct results may differ in an element; the chain keeps millionths. */
  readonly tolerance: number;
}

export interface ModelVersion {
  readonly version: number;
  /** The content id of the ONNX file. */
  readonly content: ContentId;
  /** The size of the ONNX file in bytes. */
  readonly size: number;
  readonly description: Description;
  readonly publishedAt: number;
}

export interface Model {
  readonly id: number;
  /** The owner of its NFT now; `null` if that was burned. */
  readonly owner: Address | null;
  readonly royalty: bigint;
  readonly retired: boolean;
  readonly registeredAt: number;
  readonly offers: number;
  readonly newest: ModelVersion;
}

/** For what a model's owner gives its NFT away: whoever pays the price owns it in the same transaction. */
export interface Sale {
  /** What the buyer pays the owner, in the smallest unit. */
  readonly price: bigint;
  /** The only account that may buy it; `null` is anybody. */
  readonly reservedFor: Address | null;
}

/** HPKE (RFC 9180) with DHKEM(X25519, HKDF-SHA256). */
export const SCHEME_HPKE_X25519 = 0;

/** A published key: the scheme's number, and the key itself or the content id under which it lies on Dx. */
export interface PublicKey {
  readonly scheme: number;
  readonly material: { readonly inline: Hex } | { readonly content: ContentId };
}

/** What a provider says of itself. */
export interface Profile {
  readonly name: string;
  /** The key to which payloads are encrypted. */
  readonly key: PublicKey;
  /** Its Dx peer id, as text. */
  readonly peer: string;
  /** The peer's Ed25519 signature that binds it to chain and account. */
  readonly peerProof: Hex;
  readonly kind: 'server' | 'browser';
}

/** A key that may bid and answer for a provider, within bounds that only the provider's own account can change. */
export interface Operator {
  readonly account: Address;
  readonly floorPrice: bigint;
  readonly maxOpen: number;
}

export interface Provider {
  readonly account: Address;
  readonly profile: Profile;
  readonly operator: Operator | null;
  readonly stake: bigint;
  /** The part of the stake that stands for bids and agreements. */
  readonly reserved: bigint;
  readonly openBids: number;
  readonly openAgreements: number;
  readonly registeredAt: number;
  /** When the stake can be withdrawn, if the provider is leaving. */
  readonly leavesAt: number | null;
  /** The models that it serves. */
  readonly models: readonly number[];
}

export interface Offer {
  readonly provider: Address;
  readonly version: number;
  readonly timeMicroseconds: number;
  readonly announcedAt: number;
}

/** What a consumer asks for; prices are per inference, royalty and market fee included. */
export interface OrderRequest {
  readonly model: number;
  readonly inferences: number;
  readonly maxPrice: bigint;
  readonly biddingPeriod: number;
  readonly acceptancePeriod: number;
  readonly responseDeadline: number;
  readonly lifetime: number;
  /** How many providers are wanted, each for all inferences. */
  readonly providers: number;
  readonly maxInFlight: number;
  readonly minStake: bigint;
  readonly minRecord: { readonly delivered: number; /** 0 to 1. */ readonly reliability: number };
  /** The key to which results are encrypted. */
  readonly key: PublicKey;
  /** A key that may send requests in the order's agreements. */
  readonly sender: Address | null;
}

export interface Bid {
  readonly provider: Address;
  readonly price: bigint;
  readonly at: number;
}

export interface Order extends OrderRequest {
  readonly id: number;
  readonly consumer: Address;
  readonly version: number;
  readonly royalty: bigint;
  readonly placedAt: number;
  /** The first block in which no bid can be placed any more. */
  readonly bidsUntil: number;
  /** The first block in which no bid can be accepted any more. */
  readonly acceptUntil: number;
  /** The stake that each bid reserves. */
  readonly reserve: bigint;
  readonly held: bigint;
  /** Best first. */
  readonly bids: readonly Bid[];
}

export const failureCodes = [
  'PayloadMissing',
  'PayloadCorrupt',
  'PayloadTooLarge',
  'CannotDecrypt',
  'InvalidRequest',
  'InvalidTensor',
  'ModelUnavailable',
  'ExecutionFailed',
  'Overloaded',
  'Internal',
] as const;
/** Why there is no result: the first six are the consumer's fault, the others the provider's. */
export type FailureCode = (typeof failureCodes)[number];

/** Where a result lies, and a salted hash of the plaintext. */
export interface Output {
  readonly content: ContentId;
  readonly commitment: Hex;
}

/** A provider's answer to one request. */
export type Answer = { readonly output: Output } | { readonly failure: FailureCode };

export type Outcome =
  | { readonly state: 'pending' }
  /** Answered; the payment waits for the dispute window to pass. */
  | { readonly state: 'answered'; readonly output: Output; readonly at: number }
  /** Answered and paid. */
  | { readonly state: 'settled'; readonly output: Output; readonly at: number }
  /** Answered with an error and refunded. */
  | { readonly state: 'failed'; readonly code: FailureCode; readonly at: number }
  /** Not answered in time and refunded. */
  | { readonly state: 'missed' };

/** One inference of an agreement. */
export interface Request {
  readonly index: number;
  readonly payload: ContentId;
  readonly requestedAt: number;
  readonly outcome: Outcome;
}

export interface Counts {
  readonly requested: number;
  readonly answered: number;
  readonly delivered: number;
  readonly consumerFaults: number;
  readonly providerFaults: number;
  readonly missed: number;
}

export type AgreementState =
  | { readonly kind: 'active' }
  | { readonly kind: 'ended'; readonly at: number; readonly how: 'expired' | 'completed' | 'byConsumer' | 'abandoned' };

export interface Agreement {
  readonly id: number;
  readonly order: number;
  readonly model: number;
  readonly version: number;
  readonly consumer: Address;
  readonly sender: Address | null;
  readonly consumerKey: PublicKey;
  readonly provider: Address;
  readonly responder: Address | null;
  readonly providerKey: PublicKey;
  /** What the consumer pays per inference; royalty and fee are parts of it. */
  readonly price: bigint;
  readonly royalty: bigint;
  readonly fee: bigint;
  readonly penalty: bigint;
  readonly reserve: bigint;
  readonly quota: number;
  readonly maxInFlight: number;
  readonly responseDeadline: number;
  readonly openedAt: number;
  readonly endsAt: number;
  readonly counts: Counts;
  readonly state: AgreementState;
  readonly rating: number | null;
}

export type Role = 'consumer' | 'provider';

/** What is known of an account from its agreements. It is evidence, not security. */
export interface Record {
  readonly agreements: number;
  readonly open: number;
  readonly abandoned: number;
  readonly delivered: number;
  readonly missed: number;
  readonly consumerFaults: number;
  readonly providerFaults: number;
  readonly volume: bigint;
  readonly slashed: bigint;
  readonly counterparties: number;
  readonly counterpartiesPeak: number;
  readonly ratings: number;
  readonly ratingSum: number;
  readonly since: number;
  readonly lastActive: number;
}

/** The aggregates of one period. */
export interface Period {
  readonly index: number;
  readonly agreements: number;
  readonly agreed: number;
  readonly priceLow: bigint;
  readonly priceHigh: bigint;
  readonly priceSum: bigint;
  readonly delivered: number;
  readonly failed: number;
  readonly missed: number;
  readonly volume: bigint;
  readonly royalties: bigint;
  readonly fees: bigint;
}

/** The market's rules, constants of the chain. Rates are parts of one, durations are in blocks. */
export interface Rules {
  readonly minStake: bigint;
  readonly maxPrice: bigint;
  /** A bid reserves this part of the order's highest price times what can be in flight. */
  readonly reserveRate: number;
  readonly penaltyRate: number;
  readonly marketFee: number;
  /** The account that gets market fees and penalties. */
  readonly treasury: Address;
  /** A bid that takes the lead must be lower by this part; an improvement too. */
  readonly bidStep: number;
  readonly maxBids: number;
  readonly maxBatch: number;
  readonly maxInFlight: number;
  readonly minResponseDeadline: number;
  readonly retention: number;
  readonly blockTimeMs: number;
}

/**
 * An account's money: what it can spend, and what is on hold by reason (`Marketplace.Stake`, `Execution.Escrow`, ...;
 * `Reserved` for what a pallet holds without one, such as the deposit for an NFT).
 */
export interface Balance {
  readonly free: bigint;
  readonly held: readonly { readonly reason: string; readonly amount: bigint }[];
}
