/** What can be asked of the market. Part of `../types.ts`. */
import type { RankedBid, Settlement, WatchedOrder } from '../../consumer/index.ts';
import type {
  Address,
  Agreement,
  Model,
  ModelVersion,
  Offer,
  Order,
  Period,
  Provider,
  Record as AccountRecord,
  Request,
  Role,
  Rules,
  Sale,
} from '../../market/types.ts';
import type { Query } from './values.ts';

/** The aggregates of a period, with where it lies. Times are estimates by the block time. */
export interface PeriodInfo extends Period {
  readonly fromBlock: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** The mean agreed price per inference; `null` if nothing was agreed in the period. */
  readonly priceMean: bigint | null;
}

/** A model as a card shows it. */
export interface ModelCard {
  readonly model: Model;
  /** How many providers offer its newest version now. */
  readonly providers: number;
  /** The fastest announced time per inference among them. */
  readonly fastestMs: number | null;
  /** Oldest first; only periods in which something happened. */
  readonly history: readonly PeriodInfo[];
  /** Delivered inferences in these periods. */
  readonly delivered: number;
  /** The mean price of the newest period that has one. */
  readonly recentPrice: bigint | null;
  /** What its NFT is for sale for; `null` if it is not. */
  readonly sale: Sale | null;
}

export interface ModelProvider {
  readonly offer: Offer;
  /** Whether it offers the newest version. */
  readonly isNewest: boolean;
  readonly provider: Provider | null;
  readonly record: AccountRecord | null;
}

/** A highest price to offer, and why. */
export interface PriceSuggestion {
  readonly maxPrice: bigint;
  /** Below it the chain refuses: royalty and market fee. */
  readonly least: bigint;
  readonly basis: 'openBids' | 'recentAgreements' | 'royalty';
  /** `Bids on open orders of this model are between 0.1 AIRO and 0.4 AIRO.` */
  readonly reason: string;
}

export interface ModelDetail extends ModelCard {
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
  readonly offers: readonly ModelProvider[];
  /** Open orders of this model, newest first. */
  readonly orders: readonly Order[];
  readonly suggestion: PriceSuggestion;
  /** Royalties paid in the periods of `history`. */
  readonly royalties: bigint;
}

export interface BidInfo extends RankedBid {
  /** `null` when the provider is not registered any more. */
  readonly profile: Provider['profile'] | null;
  readonly stake: bigint;
  readonly record: AccountRecord | null;
}

export interface OrderDetail {
  readonly order: Order;
  readonly model: Model | null;
  readonly phase: WatchedOrder['phase'];
  /** Best first. */
  readonly bids: readonly BidInfo[];
  /** Until the phase ends. */
  readonly phaseEndsInBlocks: number;
  readonly phaseEndsInMs: number;
}

/** What happens, or will, in an agreement. */
export interface TimelineEntry {
  readonly kind: 'opened' | 'requested' | 'answered' | 'failed' | 'missed' | 'ends' | 'ended';
  readonly block: number;
  /** An estimate by the block time. */
  readonly atMs: number;
  readonly text: string;
  /** Whether it lies ahead. */
  readonly isFuture: boolean;
}

export interface AgreementDetail {
  readonly agreement: Agreement;
  readonly model: Model | null;
  /** The version that was agreed on; `null` when the chain has removed it. */
  readonly version: ModelVersion | null;
  readonly provider: Provider | null;
  readonly settlement: Settlement;
  /** Every request that the chain still has, by index. */
  readonly requests: readonly Request[];
  readonly timeline: readonly TimelineEntry[];
  /** Why nothing can be sent any more; `null` while it can. */
  readonly closed: string | null;
  /** How many more can be requested in all. */
  readonly left: number;
}

export interface AgreementSummary {
  readonly role: Role;
  readonly agreement: Agreement;
  readonly settlement: Settlement;
  /** The model's name; `null` when the model is gone. */
  readonly modelName: string | null;
}

export interface HeldAmount {
  /** As the chain names it: `Execution.Escrow`. */
  readonly reason: string;
  readonly amount: bigint;
  /** In plain words: `Escrow of your agreements: paid out per answer, refunded per miss.` */
  readonly explanation: string;
}

export interface BalanceDetail {
  readonly free: bigint;
  readonly heldTotal: bigint;
  readonly held: readonly HeldAmount[];
}

/** Something an account did or that happened to it, as far as the state still says so. */
export interface ActivityEntry {
  readonly key: string;
  readonly block: number;
  readonly atMs: number;
  readonly text: string;
  /** Where it can be looked at: `/agreement/?id=7`; `null` where there is no page. */
  readonly href: string | null;
}

export interface ProviderDetail {
  readonly provider: Provider;
  readonly record: AccountRecord | null;
  readonly history: readonly PeriodInfo[];
}

export interface MarketOverview {
  /** The whole market's periods, oldest first. */
  readonly history: readonly PeriodInfo[];
  readonly openOrders: number;
}

/** What can be asked. Functions with the same arguments give the same object. */
export interface Market {
  rules(): Query<Rules>;
  /** All models, the newest first. */
  models(): Query<readonly ModelCard[]>;
  /** `null` when there is none of this number. */
  model(id: number): Query<ModelDetail | null>;
  /** The models whose NFT an account owns. */
  modelsOf(owner: Address): Query<readonly ModelCard[]>;
  order(id: number): Query<OrderDetail | null>;
  /** An account's open orders, newest first. */
  ordersOf(consumer: Address): Query<readonly OrderDetail[]>;
  agreement(id: number): Query<AgreementDetail | null>;
  /** An account's agreements in either role, newest first. */
  agreementsOf(account: Address): Query<readonly AgreementSummary[]>;
  balance(account: Address): Query<BalanceDetail>;
  record(account: Address, role: Role): Query<AccountRecord | null>;
  /** Newest first. */
  activity(account: Address): Query<readonly ActivityEntry[]>;
  provider(account: Address): Query<ProviderDetail | null>;
  providers(): Query<readonly Provider[]>;
  overview(): Query<MarketOverview>;
}
