//! How the market's two pallets are configured.
//!
//! Both count time in this chain's own blocks, and hold and pay in its own currency.

use super::{MAXIMUM_BLOCK_WEIGHT, TreasuryAccount};
use crate::{
	AIRO, Balance, Balances, BlockNumber, DAYS, Execution, HOURS, MICRO_AIRO, MILLI_AIRO, MINUTES, Marketplace, Nfts,
	Runtime, RuntimeHoldReason, System,
};
use airo_primitives::nfts::Nonfungibles;
use frame_support::{
	PalletId, parameter_types,
	traits::{ConstU32, ConstU128},
	weights::Weight,
};
use pallet_nfts::{CollectionConfig, CollectionSettings, ItemConfig, ItemSettings, MintSettings};
use sp_runtime::Perbill;

/// The account that owns the collection of all models.
pub const MARKETPLACE: PalletId = PalletId(*b"airo/mkt");

/// What the due work of requests and agreements may take of each block for certain: enough for the largest agreement's
/// whole window at once, and not so much that a burst of deadlines stops the market.
const EXECUTION_HOOK: Weight = MAXIMUM_BLOCK_WEIGHT.set_ref_time(MAXIMUM_BLOCK_WEIGHT.ref_time() / 5);
/// What cleaning up orders may take of each block for certain.
const MARKETPLACE_HOOK: Weight = MAXIMUM_BLOCK_WEIGHT.set_ref_time(MAXIMUM_BLOCK_WEIGHT.ref_time() / 20);

parameter_types! {
	pub const MarketplaceId: PalletId = MARKETPLACE;
	pub const MarketFee: Perbill = Perbill::from_percent(1);
	pub const ReserveRate: Perbill = Perbill::from_percent(20);
	pub const PenaltyRate: Perbill = Perbill::from_percent(10);
	pub const BidStep: Perbill = Perbill::from_percent(1);
	pub const MarketplaceHook: Weight = MARKETPLACE_HOOK;
	pub const ExecutionHook: Weight = EXECUTION_HOOK;
	/// Models may be transferred and sold by the functions of the NFT pallet; only the marketplace mints them.
	pub ModelCollection: CollectionConfig<Balance, BlockNumber, u32> = CollectionConfig {
		settings: CollectionSettings::all_enabled(),
		max_supply: None,
		mint_settings: MintSettings::default(),
	};
	pub ModelItem: ItemConfig = ItemConfig { settings: ItemSettings::all_enabled() };
}

impl pallet_marketplace::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Nfts = Nonfungibles<Nfts, ModelCollection, ModelItem>;
	type Agreements = Execution;
	type BlockNumberProvider = System;
	type PalletId = MarketplaceId;
	type Treasury = TreasuryAccount;
	type MarketFee = MarketFee;
	type MaxPrice = ConstU128<{ 1_000_000 * AIRO }>;
	type MinStake = ConstU128<{ 100 * AIRO }>;
	type ReserveRate = ReserveRate;
	type PenaltyRate = PenaltyRate;
	type BidStep = BidStep;
	type MaxBids = ConstU32<32>;
	type MaxInferences = ConstU32<1_000_000>;
	type MaxOffers = ConstU32<64>;
	type MaxVersions = ConstU32<64>;
	type MaxPeriod = ConstU32<{ 7 * DAYS }>;
	type UnstakeDelay = ConstU32<HOURS>;
	type DepositBase = ConstU128<{ 10 * MILLI_AIRO }>;
	type DepositPerByte = ConstU128<{ 10 * MICRO_AIRO }>;
	type AggregatesDeposit = ConstU128<{ 100 * MILLI_AIRO }>;
	type HookWeight = MarketplaceHook;
	type WeightInfo = pallet_marketplace::weights::SubstrateWeight<Runtime>;
}

impl pallet_execution::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Market = Marketplace;
	type BlockNumberProvider = System;
	type Treasury = TreasuryAccount;
	type MaxBatch = ConstU32<256>;
	type MaxInFlight = ConstU32<1_024>;
	type MinResponseDeadline = ConstU32<3>;
	type MaxLifetime = ConstU32<{ 30 * DAYS }>;
	type DisputeWindow = ConstU32<0>;
	type Retention = ConstU32<HOURS>;
	type PeriodLength = ConstU32<{ 10 * MINUTES }>;
	type Periods = ConstU32<32>;
	type AgreementDeposit = ConstU128<{ 50 * MILLI_AIRO }>;
	type PageDeposit = ConstU128<{ 50 * MILLI_AIRO }>;
	type RecordDeposit = ConstU128<{ 10 * MILLI_AIRO }>;
	type HookWeight = ExecutionHook;
	type WeightInfo = pallet_execution::weights::SubstrateWeight<Runtime>;
}
