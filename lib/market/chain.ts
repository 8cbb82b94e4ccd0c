/**
 * The chain as the market's parts need it: what can be read, what can be done, and how it ends. `lib/chain` implements
 * this for a real chain; the provider engine and the consumer are written against it.
 */
import type {
  Address,
  Agreement,
  Answer,
  Balance,
  ContentId,
  Description,
  Hex,
  Model,
  ModelVersion,
  Offer,
  Operator,
  Order,
  OrderRequest,
  Period,
  Profile,
  Provider,
  Record,
  Request,
  Role,
  Rules,
  Sale,
} from './types.ts';

export interface Block {
  readonly number: number;
  readonly hash: Hex;
}

/** The newest block, which may still be replaced, and the newest that is final. */
export interface Heads {
  readonly best: Block;
  readonly finalized: Block;
}

/** Which state a read is about: that of the best block (the default), of the finalized one, or of a block's hash. */
export type At = 'best' | 'finalized' | Hex;

/** A page of a list: what comes after `after` (from the start without it), at most `limit` entries (100 at most). */
export interface Paging<Key> {
  readonly after?: Key;
  readonly limit?: number;
  readonly at?: At;
}

/** What can be read. Every read fails with `ChainUnavailable` while there is no connection, after a deadline. */
export interface MarketReads {
  rules(): Promise<Rules>;
  models(page?: Paging<number>): Promise<readonly Model[]>;
  model(id: number, at?: At): Promise<Model | null>;
  modelVersion(id: number, version: number, at?: At): Promise<ModelVersion | null>;
  /** What a model's NFT is for sale for; `null` if it is not. */
  sale(model: number, at?: At): Promise<Sale | null>;
  providers(page?: Paging<Address>): Promise<readonly Provider[]>;
  provider(account: Address, at?: At): Promise<Provider | null>;
  offers(model: number, page?: Paging<Address>): Promise<readonly Offer[]>;
  /** Open orders. */
  orders(page?: Paging<number>): Promise<readonly Order[]>;
  order(id: number, at?: At): Promise<Order | null>;
  agreement(id: number, at?: At): Promise<Agreement | null>;
  /** The agreements of an account in either role, in the order of the storage. */
  agreementsOf(
    account: Address,
    page?: Paging<number>,
  ): Promise<readonly { readonly role: Role; readonly agreement: Agreement }[]>;
  /** The requests of an agreement from index `first` on, at most `limit` (100 at most); removed ones are left out. */
  requests(agreement: number, first: number, limit: number, at?: At): Promise<readonly Request[]>;
  record(account: Address, role: Role, at?: At): Promise<Record | null>;
  periods(
    subject: 'market' | { readonly model: number } | { readonly provider: Address },
    at?: At,
  ): Promise<readonly Period[]>;
  balance(account: Address, at?: At): Promise<Balance>;
}

/** The heads of the chain as they come, over reconnections too. */
export interface HeadFollower {
  /**
   * Yields the present heads and then every change, until the signal aborts. A consumer that is slow gets the newest
   * heads, not every one in between. After a lost connection it goes on as soon as there is one again.
   */
  heads(signal: AbortSignal): AsyncIterable<Heads>;
}

/** A call of the chain, as data. */
export type Call =
  | {
      readonly call: 'registerModel';
      readonly content: ContentId;
      readonly size: number;
      readonly description: Description;
      readonly royalty: bigint;
    }
  | {
      readonly call: 'publishVersion';
      readonly model: number;
      readonly content: ContentId;
      readonly size: number;
      readonly description: Description;
    }
  | { readonly call: 'setRoyalty'; readonly model: number; readonly royalty: bigint }
  | { readonly call: 'retireModel'; readonly model: number }
  | { readonly call: 'purgeModel'; readonly model: number }
  | { readonly call: 'transferModel'; readonly model: number; readonly to: Address }
  /** Puts the NFT of one's model up for sale, or changes the price. A transfer ends the sale as well. */
  | {
      readonly call: 'sellModel';
      readonly model: number;
      /** More than zero, in the smallest unit. */
      readonly price: bigint;
      /** The only account that may buy it; `null` is anybody. */
      readonly reservedFor: Address | null;
    }
  | { readonly call: 'unsellModel'; readonly model: number }
  /** Pays what the NFT is for sale for and owns it; refused when that is more than `atMost`. */
  | { readonly call: 'buyModel'; readonly model: number; readonly atMost: bigint }
  | {
      readonly call: 'registerProvider';
      readonly profile: Profile;
      readonly operator: Operator | null;
      readonly stake: bigint;
    }
  | { readonly call: 'updateProfile'; readonly profile: Profile }
  | { readonly call: 'setOperator'; readonly operator: Operator | null }
  | { readonly call: 'raiseStake'; readonly by: bigint }
  | {
      readonly call: 'announce';
      readonly model: number;
      readonly version: number;
      readonly timeMicroseconds: number;
    }
  | { readonly call: 'withdrawOffer'; readonly model: number }
  | { readonly call: 'leave' }
  | { readonly call: 'withdrawStake' }
  | { readonly call: 'placeOrder'; readonly request: OrderRequest }
  | { readonly call: 'cancelOrder'; readonly order: number }
  | { readonly call: 'acceptBids'; readonly order: number; readonly providers: readonly Address[] }
  | { readonly call: 'placeBid'; readonly order: number; readonly price: bigint }
  | { readonly call: 'improveBid'; readonly order: number; readonly price: bigint }
  | {
      readonly call: 'request';
      readonly agreement: number;
      readonly first: number;
      readonly payloads: readonly ContentId[];
    }
  | {
      readonly call: 'respond';
      readonly agreement: number;
      readonly first: number;
      readonly answers: readonly Answer[];
    }
  | {
      readonly call: 'settleOverdue';
      readonly agreement: number;
      /** The most work to do, in pages of 32 requests. */
      readonly pages: number;
    }
  | { readonly call: 'endAgreement'; readonly agreement: number }
  | { readonly call: 'abandon'; readonly agreement: number }
  | { readonly call: 'rate'; readonly agreement: number; readonly stars: number }
  | { readonly call: 'replaceOperator'; readonly agreement: number; readonly operator: Address | null }
  | { readonly call: 'clearRecord' }
  | { readonly call: 'transfer'; readonly to: Address; readonly amount: bigint }
  /** Everything that the account can spend; it ends unless something is on hold in it. */
  | { readonly call: 'transferAll'; readonly to: Address };

/** What happened to the market in a transaction; events that do not concern it are left out. */
export type MarketEvent =
  | { readonly event: 'modelRegistered'; readonly model: number; readonly owner: Address }
  | { readonly event: 'versionPublished'; readonly model: number; readonly version: number }
  | {
      readonly event: 'modelForSale';
      readonly model: number;
      readonly price: bigint;
      readonly reservedFor: Address | null;
    }
  | { readonly event: 'modelNotForSale'; readonly model: number }
  | {
      readonly event: 'modelSold';
      readonly model: number;
      /** What the buyer paid to the seller. */
      readonly price: bigint;
      readonly seller: Address;
      readonly buyer: Address;
    }
  | { readonly event: 'providerRegistered'; readonly provider: Address; readonly stake: bigint }
  | { readonly event: 'stakeSlashed'; readonly provider: Address; readonly amount: bigint }
  | { readonly event: 'orderPlaced'; readonly order: number; readonly consumer: Address; readonly model: number }
  | { readonly event: 'bidPlaced'; readonly order: number; readonly provider: Address; readonly price: bigint }
  | { readonly event: 'bidDisplaced'; readonly order: number; readonly provider: Address }
  | { readonly event: 'bidsAccepted'; readonly order: number; readonly agreements: readonly number[] }
  | { readonly event: 'orderClosed'; readonly order: number; readonly closing: 'cancelled' | 'expired' }
  | {
      readonly event: 'agreementOpened';
      readonly agreement: number;
      readonly order: number;
      readonly consumer: Address;
      readonly provider: Address;
      readonly quota: number;
      readonly price: bigint;
    }
  | { readonly event: 'requested'; readonly agreement: number; readonly first: number; readonly count: number }
  | {
      readonly event: 'answered';
      readonly agreement: number;
      readonly first: number;
      readonly count: number;
      /** How many of them are failures. */
      readonly failures: number;
    }
  | {
      readonly event: 'paid';
      readonly agreement: number;
      readonly count: number;
      /** What the provider got for all of them. */
      readonly earned: bigint;
      readonly royalty: bigint;
      /** Who got the royalty; `null` if it could not be paid. */
      readonly owner: Address | null;
    }
  | { readonly event: 'refunded'; readonly agreement: number; readonly amount: bigint }
  | { readonly event: 'missed'; readonly agreement: number; readonly count: number; readonly penalty: bigint }
  | {
      readonly event: 'agreementEnded';
      readonly agreement: number;
      readonly how: 'expired' | 'completed' | 'byConsumer' | 'abandoned';
    }
  | { readonly event: 'rated'; readonly agreement: number; readonly stars: number }
  /** Any other event of the market's pallets: its name as `marketplace.Announced`, its fields as the chain has them. */
  | { readonly event: 'other'; readonly name: string; readonly data: unknown };

/** A transaction that is in a block and did what it should. */
export interface Included {
  readonly block: Block;
  readonly transaction: Hex;
  /** What the sender paid to the chain. */
  readonly fee: bigint;
  readonly events: readonly MarketEvent[];
}

/** How far a transaction is. A block that is not final can be replaced; then it goes back to `broadcast`. */
export type TransactionStatus =
  | { readonly status: 'signed'; readonly transaction: Hex }
  | { readonly status: 'broadcast'; readonly transaction: Hex }
  | { readonly status: 'inBestBlock'; readonly included: Included }
  | { readonly status: 'finalized'; readonly included: Included };

export interface SubmitOptions {
  /** Settle when it is in a best block (the default), or only when that is final. */
  readonly until?: 'inBestBlock' | 'finalized';
  readonly onStatus?: (status: TransactionStatus) => void;
  readonly signal?: AbortSignal;
}

/** An account that can sign. */
export interface Account {
  readonly address: Address;
  /**
   * Signs a call, or several in one transaction that all succeed or all fail, sends it and waits until it is in a block.
   * Transactions of one account are sent in the order of these calls, without waiting for one another.
   *
   * @throws {CallFailed} when the chain refused the call by name; nothing has changed then but for the fee
   * @throws {TransactionLost} when it is not known whether it was included (connection lost, dropped from the pool): read
   *   the state to find out
   * @throws {TransactionRefused} when the chain's pool does not take it, for instance when the account cannot pay the fee
   */
  submit(call: Call | readonly Call[], options?: SubmitOptions): Promise<Included>;
}
