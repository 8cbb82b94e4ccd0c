/**
 * Made from the runtime's metadata by scripts/chain/make-types.ts; do not edit. These are the plain values that
 * ../plain.ts makes of what the chain says and that calls take. Fields that the chain encodes as u64 or u128 are bigint.
 */
/** Bytes in hexadecimal after `0x`. */
export type Hex = `0x${string}`;
/** An account's address in SS58. */
export type Address = string;

export interface AccountData {
  readonly free: bigint;
  readonly reserved: bigint;
  readonly frozen: bigint;
  readonly flags: bigint;
}

export interface AccountInfo {
  readonly nonce: number;
  readonly consumers: number;
  readonly providers: number;
  readonly sufficients: number;
  readonly data: AccountData;
}

export interface Agreement {
  readonly order: bigint;
  readonly model: number;
  readonly version: number;
  readonly consumer: Address;
  readonly sender: Address | null;
  readonly consumerKey: PublicKey;
  readonly provider: Address;
  readonly responder: Address | null;
  readonly providerKey: PublicKey;
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
  readonly firstOpenPage: number;
  readonly prunedPages: number;
  readonly deposit: bigint;
  readonly state: State;
  readonly rating: number | null;
}

export type Answer = { readonly Output: Output } | { readonly Failure: FailureCode };

export interface Bid {
  readonly provider: Address;
  readonly price: bigint;
  readonly at: number;
}

export type Channels = 'Gray' | 'Rgb' | 'Bgr';

export type Closing = 'Cancelled' | 'Expired';

export interface Counts {
  readonly requested: number;
  readonly answered: number;
  readonly delivered: number;
  readonly consumerFaults: number;
  readonly providerFaults: number;
  readonly missed: number;
}

export type DataType =
  | 'Bool'
  | 'Uint8'
  | 'Uint16'
  | 'Uint32'
  | 'Uint64'
  | 'Int8'
  | 'Int16'
  | 'Int32'
  | 'Int64'
  | 'Fp16'
  | 'Fp32'
  | 'Fp64'
  | 'Bf16'
  | 'Bytes';

export interface Description {
  readonly name: Hex;
  readonly licence: Hex;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly image: ImageInput | null;
  readonly labels: Labels;
  readonly tolerance: number;
}

export type Dimension = { readonly Fixed: number } | 'Dynamic';

export type End = 'Expired' | 'Completed' | 'ByConsumer' | 'Abandoned';

export type ExecutionHoldReason = 'Escrow' | 'Deposit';

export type FailureCode =
  | 'PayloadMissing'
  | 'PayloadCorrupt'
  | 'PayloadTooLarge'
  | 'CannotDecrypt'
  | 'InvalidRequest'
  | 'InvalidTensor'
  | 'ModelUnavailable'
  | 'ExecutionFailed'
  | 'Overloaded'
  | 'Internal';

export type Fit = 'Stretch' | 'Cover' | 'Contain';

export interface IdAmount {
  readonly id: RuntimeHoldReason;
  readonly amount: bigint;
}

export interface ImageInput {
  readonly channels: Channels;
  readonly layout: Layout;
  readonly fit: Fit;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface IndexedSlot {
  readonly index: number;
  readonly slot: Slot;
}

export type KeyMaterial = { readonly Inline: Hex } | { readonly Content: Hex };

export type Labels = 'None' | { readonly Inline: readonly Hex[] } | { readonly Content: Hex };

export type Layout = 'Nchw' | 'Nhwc';

export type MarketplaceHoldReason = 'Order' | 'Stake' | 'Deposit';

export interface MinRecord {
  readonly delivered: bigint;
  readonly reliability: number;
}

export interface Model {
  readonly version: number;
  readonly royalty: bigint;
  readonly retired: boolean;
  readonly registeredAt: number;
  readonly references: number;
  readonly offers: number;
  readonly depositor: Address;
  readonly deposit: bigint;
}

export interface ModelView {
  readonly id: number;
  readonly owner: Address | null;
  readonly model: Model;
  readonly newest: Version | null;
}

export interface Offer {
  readonly version: number;
  readonly timeUs: number;
  readonly announcedAt: number;
  readonly deposit: bigint;
}

export interface Operator {
  readonly account: Address;
  readonly floorPrice: bigint;
  readonly maxOpen: number;
}

export interface Order {
  readonly consumer: Address;
  readonly request: OrderRequest;
  readonly version: number;
  readonly royalty: bigint;
  readonly placedAt: number;
  readonly bidsUntil: number;
  readonly acceptUntil: number;
  readonly reserve: bigint;
  readonly held: bigint;
  readonly deposit: bigint;
}

export interface OrderRequest {
  readonly model: number;
  readonly inferences: number;
  readonly maxPrice: bigint;
  readonly biddingPeriod: number;
  readonly acceptancePeriod: number;
  readonly responseDeadline: number;
  readonly lifetime: number;
  readonly providers: number;
  readonly maxInFlight: number;
  readonly minStake: bigint;
  readonly minRecord: MinRecord;
  readonly key: PublicKey;
  readonly sender: Address | null;
}

export interface OrderView {
  readonly id: bigint;
  readonly order: Order;
  readonly bids: readonly Bid[];
}

export type Outcome =
  | 'Pending'
  | { readonly Answered: { readonly output: Output; readonly at: number } }
  | { readonly Settled: { readonly output: Output; readonly at: number } }
  | { readonly Failed: { readonly code: FailureCode; readonly at: number } }
  | 'Missed';

export interface Output {
  readonly content: Hex;
  readonly commitment: Hex;
}

export interface Page {
  readonly deposit: bigint;
  readonly open: number;
  readonly settledAt: number;
  readonly slots: readonly Slot[];
}

export interface Period {
  readonly index: number;
  readonly agreements: number;
  readonly agreed: bigint;
  readonly priceLow: bigint;
  readonly priceHigh: bigint;
  readonly priceSum: bigint;
  readonly delivered: bigint;
  readonly failed: bigint;
  readonly missed: bigint;
  readonly volume: bigint;
  readonly royalties: bigint;
  readonly fees: bigint;
}

export interface Profile {
  readonly name: Hex;
  readonly key: PublicKey;
  readonly peer: Hex;
  readonly peerProof: Hex;
  readonly kind: ProviderKind;
}

export interface Provider {
  readonly profile: Profile;
  readonly operator: Operator | null;
  readonly stake: bigint;
  readonly reserved: bigint;
  readonly openBids: number;
  readonly openAgreements: number;
  readonly registeredAt: number;
  readonly leavesAt: number | null;
  readonly deposit: bigint;
}

export type ProviderKind = 'Server' | 'Browser';

export interface ProviderView {
  readonly account: Address;
  readonly provider: Provider;
  readonly models: readonly number[];
}

export interface PublicKey {
  readonly scheme: number;
  readonly material: KeyMaterial;
}

export interface Record {
  readonly agreements: number;
  readonly open: number;
  readonly retained: number;
  readonly abandoned: number;
  readonly delivered: bigint;
  readonly missed: bigint;
  readonly consumerFaults: bigint;
  readonly providerFaults: bigint;
  readonly volume: bigint;
  readonly slashed: bigint;
  readonly counterparties: number;
  readonly counterpartiesPeak: number;
  readonly ratings: number;
  readonly ratingSum: number;
  readonly since: number;
  readonly lastActive: number;
  readonly deposit: bigint;
  readonly left: boolean;
}

export type Role = 'Consumer' | 'Provider';

export type RuntimeHoldReason =
  { readonly Marketplace: MarketplaceHoldReason } | { readonly Execution: ExecutionHoldReason };

export interface Slot {
  readonly payload: Hex;
  readonly requestedAt: number;
  readonly outcome: Outcome;
}

export type State = 'Active' | { readonly Ended: { readonly at: number; readonly how: End } };

export type Subject = 'Market' | { readonly Model: number } | { readonly Provider: Address };

export interface TensorSpec {
  readonly name: Hex;
  readonly dataType: DataType;
  readonly shape: readonly Dimension[];
}

export interface Version {
  readonly content: Hex;
  readonly size: bigint;
  readonly description: Description;
  readonly publishedAt: number;
  readonly depositor: Address;
  readonly deposit: bigint;
}

/** The functions of the runtime APIs: what they take and what they answer. */
export interface RuntimeApis {
  MarketplaceApi_models: {
    readonly params: readonly [after: number | null, limit: number];
    readonly result: readonly ModelView[];
  };
  MarketplaceApi_model: { readonly params: readonly [model: number]; readonly result: ModelView | null };
  MarketplaceApi_version: {
    readonly params: readonly [model: number, version: number];
    readonly result: Version | null;
  };
  MarketplaceApi_providers: {
    readonly params: readonly [after: Address | null, limit: number];
    readonly result: readonly ProviderView[];
  };
  MarketplaceApi_provider: { readonly params: readonly [account: Address]; readonly result: ProviderView | null };
  MarketplaceApi_offers: {
    readonly params: readonly [model: number, after: Address | null, limit: number];
    readonly result: readonly (readonly [Address, Offer])[];
  };
  MarketplaceApi_orders: {
    readonly params: readonly [after: bigint | null, limit: number];
    readonly result: readonly OrderView[];
  };
  MarketplaceApi_order: { readonly params: readonly [order: bigint]; readonly result: OrderView | null };
  ExecutionApi_agreement: { readonly params: readonly [agreement: bigint]; readonly result: Agreement | null };
  ExecutionApi_agreements_of: {
    readonly params: readonly [account: Address, after: bigint | null, limit: number];
    readonly result: readonly (readonly [bigint, Role, Agreement])[];
  };
  ExecutionApi_requests: {
    readonly params: readonly [agreement: bigint, first: number, limit: number];
    readonly result: readonly IndexedSlot[];
  };
  ExecutionApi_record: { readonly params: readonly [account: Address, role: Role]; readonly result: Record | null };
  ExecutionApi_periods: { readonly params: readonly [subject: Subject]; readonly result: readonly Period[] };
}

/** The calls of the pallets, with their arguments. */
export interface Calls {
  'marketplace.registerModel': readonly [content: Hex, size: bigint, description: Description, royalty: bigint];
  'marketplace.publishVersion': readonly [model: number, content: Hex, size: bigint, description: Description];
  'marketplace.setRoyalty': readonly [model: number, royalty: bigint];
  'marketplace.retireModel': readonly [model: number];
  'marketplace.purgeModel': readonly [model: number];
  'marketplace.registerProvider': readonly [profile: Profile, operator: Operator | null, stake: bigint];
  'marketplace.updateProfile': readonly [profile: Profile];
  'marketplace.setOperator': readonly [operator: Operator | null];
  'marketplace.raiseStake': readonly [amount: bigint];
  'marketplace.announce': readonly [model: number, version: number, timeUs: number];
  'marketplace.withdrawOffer': readonly [model: number];
  'marketplace.leave': readonly [];
  'marketplace.withdrawStake': readonly [];
  'marketplace.placeOrder': readonly [request: OrderRequest];
  'marketplace.cancelOrder': readonly [order: bigint];
  'marketplace.acceptBids': readonly [order: bigint, providers: readonly Address[]];
  'marketplace.placeBid': readonly [order: bigint, price: bigint];
  'marketplace.improveBid': readonly [order: bigint, price: bigint];
  'execution.request': readonly [agreement: bigint, first: number, payloads: readonly Hex[]];
  'execution.respond': readonly [agreement: bigint, first: number, answers: readonly Answer[]];
  'execution.settleOverdue': readonly [agreement: bigint, pages: number];
  'execution.endAgreement': readonly [agreement: bigint];
  'execution.abandon': readonly [agreement: bigint];
  'execution.rate': readonly [agreement: bigint, rating: number];
  'execution.replaceOperator': readonly [agreement: bigint, operator: Address | null];
  'execution.clearRecord': readonly [];
  'nfts.transfer': readonly [collection: number, item: number, dest: Address];
  'nfts.setPrice': readonly [collection: number, item: number, price: bigint | null, whitelistedBuyer: Address | null];
  'nfts.buyItem': readonly [collection: number, item: number, bidPrice: bigint];
  'balances.transferKeepAlive': readonly [dest: Address, value: bigint];
  'balances.transferAll': readonly [dest: Address, keepAlive: boolean];
}

/** The events of the pallets. */
export interface Events {
  'marketplace.ModelRegistered': { readonly model: number; readonly owner: Address };
  'marketplace.VersionPublished': { readonly model: number; readonly version: number };
  'marketplace.RoyaltyChanged': { readonly model: number; readonly royalty: bigint };
  'marketplace.ModelRetired': { readonly model: number };
  'marketplace.ModelPurged': { readonly model: number };
  'marketplace.ProviderRegistered': { readonly provider: Address; readonly stake: bigint };
  'marketplace.ProfileUpdated': { readonly provider: Address };
  'marketplace.OperatorChanged': { readonly provider: Address; readonly operator: Address | null };
  'marketplace.StakeRaised': { readonly provider: Address; readonly stake: bigint };
  'marketplace.StakeSlashed': { readonly provider: Address; readonly amount: bigint };
  'marketplace.Announced': {
    readonly provider: Address;
    readonly model: number;
    readonly version: number;
    readonly timeUs: number;
  };
  'marketplace.OfferWithdrawn': { readonly provider: Address; readonly model: number };
  'marketplace.ProviderLeaving': { readonly provider: Address; readonly leavesAt: number };
  'marketplace.ProviderLeft': { readonly provider: Address };
  'marketplace.OrderPlaced': { readonly order: bigint; readonly consumer: Address; readonly model: number };
  'marketplace.BidPlaced': { readonly order: bigint; readonly provider: Address; readonly price: bigint };
  'marketplace.BidDisplaced': { readonly order: bigint; readonly provider: Address };
  'marketplace.BidsAccepted': { readonly order: bigint; readonly agreements: readonly bigint[] };
  'marketplace.OrderClosed': { readonly order: bigint; readonly closing: Closing };
  'execution.AgreementOpened': {
    readonly agreement: bigint;
    readonly consumer: Address;
    readonly provider: Address;
    readonly quota: number;
    readonly price: bigint;
  };
  'execution.Requested': { readonly agreement: bigint; readonly first: number; readonly count: number };
  'execution.Answered': {
    readonly agreement: bigint;
    readonly first: number;
    readonly count: number;
    readonly failures: number;
  };
  'execution.Paid': {
    readonly agreement: bigint;
    readonly count: number;
    readonly earned: bigint;
    readonly royalty: bigint;
    readonly owner: Address | null;
  };
  'execution.Refunded': { readonly agreement: bigint; readonly amount: bigint };
  'execution.Missed': { readonly agreement: bigint; readonly count: number; readonly penalty: bigint };
  'execution.AgreementEnded': { readonly agreement: bigint; readonly how: End };
  'execution.Rated': { readonly agreement: bigint; readonly rating: number };
  'execution.OperatorReplaced': { readonly agreement: bigint; readonly role: Role; readonly operator: Address | null };
  'execution.RecordCleared': { readonly who: Address };
  'nfts.ItemPriceSet': {
    readonly collection: number;
    readonly item: number;
    readonly price: bigint;
    readonly whitelistedBuyer: Address | null;
  };
  'nfts.ItemPriceRemoved': { readonly collection: number; readonly item: number };
  'nfts.ItemBought': {
    readonly collection: number;
    readonly item: number;
    readonly price: bigint;
    readonly seller: Address;
    readonly buyer: Address;
  };
  'transactionPayment.TransactionFeePaid': { readonly who: Address; readonly actualFee: bigint; readonly tip: bigint };
}

/** The pallets' storage: the keys of an entry, and its value. */
export interface Storage {
  'marketplace.collection': { readonly keys: readonly []; readonly value: number };
  'marketplace.versions': { readonly keys: readonly [number, number]; readonly value: Version };
  'marketplace.providers': { readonly keys: readonly [Address]; readonly value: Provider };
  'marketplace.orders': { readonly keys: readonly [bigint]; readonly value: Order };
  'execution.agreements': { readonly keys: readonly [bigint]; readonly value: Agreement };
  'execution.pages': { readonly keys: readonly [bigint, number]; readonly value: Page };
  'nfts.itemPriceOf': { readonly keys: readonly [number, number]; readonly value: readonly [bigint, Address | null] };
  'system.account': { readonly keys: readonly [Address]; readonly value: AccountInfo };
  'balances.holds': { readonly keys: readonly [Address]; readonly value: readonly IdAmount[] };
}

/** The pallets' constants. */
export interface Constants {
  'marketplace.treasury': Address;
  'marketplace.marketFee': number;
  'marketplace.maxPrice': bigint;
  'marketplace.minStake': bigint;
  'marketplace.reserveRate': number;
  'marketplace.penaltyRate': number;
  'marketplace.bidStep': number;
  'marketplace.maxBids': number;
  'execution.maxBatch': number;
  'execution.maxInFlight': number;
  'execution.minResponseDeadline': number;
  'execution.retention': number;
  'execution.periodLength': number;
  'aura.slotDuration': bigint;
  'balances.existentialDeposit': bigint;
}

/** The errors of the market's pallets. */
export type ErrorName =
  | 'marketplace.UnknownModel'
  | 'marketplace.ModelRetired'
  | 'marketplace.ModelNotRetired'
  | 'marketplace.ModelInUse'
  | 'marketplace.NotTheModelOwner'
  | 'marketplace.TooManyVersions'
  | 'marketplace.MalformedContentId'
  | 'marketplace.ContentIdTaken'
  | 'marketplace.MalformedDescription'
  | 'marketplace.EmptyFile'
  | 'marketplace.RoyaltyTooHigh'
  | 'marketplace.CollectionUnavailable'
  | 'marketplace.InsufficientBalance'
  | 'marketplace.NotAProvider'
  | 'marketplace.AlreadyAProvider'
  | 'marketplace.StakeTooLow'
  | 'marketplace.StakeInUse'
  | 'marketplace.MalformedName'
  | 'marketplace.MalformedKey'
  | 'marketplace.MalformedPeerId'
  | 'marketplace.WrongPeerProof'
  | 'marketplace.PeerTaken'
  | 'marketplace.OperatorTaken'
  | 'marketplace.TooManyOffers'
  | 'marketplace.UnknownVersion'
  | 'marketplace.NoTime'
  | 'marketplace.NotAnnounced'
  | 'marketplace.AlreadyLeaving'
  | 'marketplace.Leaving'
  | 'marketplace.NotLeaving'
  | 'marketplace.StakeLocked'
  | 'marketplace.InferencesOutOfRange'
  | 'marketplace.ZeroPrice'
  | 'marketplace.PriceTooHigh'
  | 'marketplace.PriceBelowRoyalty'
  | 'marketplace.PriceOverflow'
  | 'marketplace.PeriodOutOfRange'
  | 'marketplace.DeadlineTooShort'
  | 'marketplace.LifetimeOutOfRange'
  | 'marketplace.ProvidersOutOfRange'
  | 'marketplace.InFlightOutOfRange'
  | 'marketplace.UnknownOrder'
  | 'marketplace.NotTheConsumer'
  | 'marketplace.OwnOrder'
  | 'marketplace.BiddingClosed'
  | 'marketplace.AcceptanceClosed'
  | 'marketplace.AboveMaximum'
  | 'marketplace.BelowFloor'
  | 'marketplace.TooManyOpen'
  | 'marketplace.OrderWantsMoreStake'
  | 'marketplace.OrderWantsBetterRecord'
  | 'marketplace.AlreadyBid'
  | 'marketplace.UnknownBid'
  | 'marketplace.StepTooSmall'
  | 'marketplace.NothingAccepted'
  | 'marketplace.TooManyAccepted'
  | 'marketplace.DuplicateProvider'
  | 'execution.UnknownAgreement'
  | 'execution.AgreementEnded'
  | 'execution.AgreementActive'
  | 'execution.NotTheConsumer'
  | 'execution.NotTheProvider'
  | 'execution.NotAParty'
  | 'execution.EmptyBatch'
  | 'execution.BatchTooLong'
  | 'execution.NotTheNextIndex'
  | 'execution.QuotaExceeded'
  | 'execution.TooManyInFlight'
  | 'execution.WindowFull'
  | 'execution.EndsTooSoon'
  | 'execution.MalformedContentId'
  | 'execution.InsufficientBalance'
  | 'execution.UnknownRequest'
  | 'execution.AlreadyAnswered'
  | 'execution.DeadlinePassed'
  | 'execution.RequestsOutstanding'
  | 'execution.NothingDue'
  | 'execution.RatingOutOfRange'
  | 'execution.AlreadyRated'
  | 'execution.NoRecord'
  | 'execution.RecordInUse'
  | 'nfts.NoPermission'
  | 'nfts.UnknownCollection'
  | 'nfts.AlreadyExists'
  | 'nfts.ApprovalExpired'
  | 'nfts.WrongOwner'
  | 'nfts.BadWitness'
  | 'nfts.CollectionIdInUse'
  | 'nfts.ItemsNonTransferable'
  | 'nfts.NotDelegate'
  | 'nfts.WrongDelegate'
  | 'nfts.Unapproved'
  | 'nfts.Unaccepted'
  | 'nfts.ItemLocked'
  | 'nfts.LockedItemAttributes'
  | 'nfts.LockedCollectionAttributes'
  | 'nfts.LockedItemMetadata'
  | 'nfts.LockedCollectionMetadata'
  | 'nfts.MaxSupplyReached'
  | 'nfts.MaxSupplyLocked'
  | 'nfts.MaxSupplyTooSmall'
  | 'nfts.UnknownItem'
  | 'nfts.UnknownSwap'
  | 'nfts.MetadataNotFound'
  | 'nfts.AttributeNotFound'
  | 'nfts.NotForSale'
  | 'nfts.BidTooLow'
  | 'nfts.ReachedApprovalLimit'
  | 'nfts.DeadlineExpired'
  | 'nfts.WrongDuration'
  | 'nfts.MethodDisabled'
  | 'nfts.WrongSetting'
  | 'nfts.InconsistentItemConfig'
  | 'nfts.NoConfig'
  | 'nfts.RolesNotCleared'
  | 'nfts.MintNotStarted'
  | 'nfts.MintEnded'
  | 'nfts.AlreadyClaimed'
  | 'nfts.IncorrectData'
  | 'nfts.WrongOrigin'
  | 'nfts.WrongSignature'
  | 'nfts.IncorrectMetadata'
  | 'nfts.MaxAttributesLimitReached'
  | 'nfts.WrongNamespace'
  | 'nfts.CollectionNotEmpty'
  | 'nfts.WitnessRequired';
