//! A runtime to test the Airo pallets in, and helpers that play the market's actors.
//!
//! [`test`] runs a test in a fresh chain and checks the pallets' invariants afterwards; [`next_block`] checks them after
//! every block. Calls go through [`call`], which dispatches them as a transaction does, so that a failed one is rolled
//! back.

pub mod actors;
pub mod minimal;

pub use actors::*;

use airo_primitives::nfts::Nonfungibles;
use frame_support::{
	PalletId, derive_impl, parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU32, ConstU64, ConstU128, Hooks},
	weights::Weight,
};
use pallet_nfts::{CollectionConfig, CollectionSettings, ItemConfig, ItemSettings, MintSettings, PalletFeatures};
use sp_runtime::{
	AccountId32, BuildStorage, MultiSignature, Perbill,
	traits::{IdentityLookup, Verify},
};

pub type AccountId = AccountId32;
pub type Balance = u128;
pub type BlockNumber = u64;

/// One of the currency, in its smallest unit.
pub const UNIT: Balance = 1_000_000;
/// The existential deposit.
pub const EXISTENTIAL_DEPOSIT: Balance = 100;
/// What every actor has at the start.
pub const ENDOWMENT: Balance = 1_000_000 * UNIT;
/// Blocks for which what is settled can be read.
pub const RETENTION: BlockNumber = 20;
/// Blocks until a leaving provider's stake is free.
pub const UNSTAKE_DELAY: BlockNumber = 30;
/// The length of an aggregates' period, in blocks.
pub const PERIOD: BlockNumber = 100;

frame_support::construct_runtime!(
	pub enum Runtime {
		System: frame_system,
		Balances: pallet_balances,
		Nfts: pallet_nfts,
		Marketplace: pallet_marketplace,
		Execution: pallet_execution,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountData = pallet_balances::AccountData<Balance>;
	type AccountId = AccountId;
	type Block = frame_system::mocking::MockBlock<Runtime>;
	type Lookup = IdentityLookup<AccountId>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type FreezeIdentifier = u8;
	type MaxFreezes = ConstU32<1>;
	type RuntimeHoldReason = RuntimeHoldReason;
}

parameter_types! {
	pub NftsFeatures: PalletFeatures = PalletFeatures::all_enabled();
	pub ModelCollection: CollectionConfig<Balance, BlockNumber, u32> = CollectionConfig {
		settings: CollectionSettings::all_enabled(),
		max_supply: None,
		mint_settings: MintSettings::default(),
	};
	pub ModelItem: ItemConfig = ItemConfig { settings: ItemSettings::all_enabled() };
}

impl pallet_nfts::Config for Runtime {
	type ApprovalsLimit = ConstU32<4>;
	type AttributeDepositBase = ConstU128<1>;
	type BlockNumberProvider = System;
	type CollectionDeposit = ConstU128<1_000>;
	type CollectionId = u32;
	type CreateOrigin = AsEnsureOriginWithArg<frame_system::EnsureSigned<AccountId>>;
	type Currency = Balances;
	type DepositPerByte = ConstU128<1>;
	type Features = NftsFeatures;
	type ForceOrigin = frame_system::EnsureRoot<AccountId>;
	type ItemAttributesApprovalsLimit = ConstU32<4>;
	type ItemDeposit = ConstU128<200>;
	type ItemId = u32;
	type KeyLimit = ConstU32<64>;
	type Locker = ();
	type MaxAttributesPerCall = ConstU32<4>;
	type MaxDeadlineDuration = ConstU64<1_000>;
	type MaxTips = ConstU32<4>;
	type MetadataDepositBase = ConstU128<1>;
	type OffchainPublic = <MultiSignature as Verify>::Signer;
	type OffchainSignature = MultiSignature;
	type RuntimeEvent = RuntimeEvent;
	type StringLimit = ConstU32<64>;
	type ValueLimit = ConstU32<64>;
	type WeightInfo = ();
}

parameter_types! {
	pub MarketplaceId: PalletId = PalletId(*b"airo/mkt");
	pub Treasury: AccountId = treasury();
	pub MarketFee: Perbill = Perbill::from_percent(1);
	pub ReserveRate: Perbill = Perbill::from_percent(20);
	pub PenaltyRate: Perbill = Perbill::from_percent(10);
	pub BidStep: Perbill = Perbill::from_percent(1);
	/// What the hooks may spend of a block for certain; a test can make it small.
	pub static HookWeight: Weight = Weight::from_parts(1_000_000_000_000, u64::MAX);
	/// Blocks between an answer and its payment; a test can set it.
	pub static DisputeWindow: BlockNumber = 0;
}

impl pallet_marketplace::Config for Runtime {
	type AggregatesDeposit = ConstU128<1_000>;
	type Agreements = Execution;
	type BidStep = BidStep;
	type BlockNumberProvider = System;
	type Currency = Balances;
	type DepositBase = ConstU128<100>;
	type DepositPerByte = ConstU128<1>;
	type HookWeight = HookWeight;
	type MarketFee = MarketFee;
	type MaxBids = ConstU32<4>;
	type MaxInferences = ConstU32<1_000_000>;
	type MaxOffers = ConstU32<3>;
	type MaxPeriod = ConstU64<1_000>;
	type MaxPrice = ConstU128<{ 1_000 * UNIT }>;
	type MaxVersions = ConstU32<3>;
	type MinStake = ConstU128<{ 100 * UNIT }>;
	type Nfts = Nonfungibles<Nfts, ModelCollection, ModelItem>;
	type PalletId = MarketplaceId;
	type PenaltyRate = PenaltyRate;
	type ReserveRate = ReserveRate;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = Treasury;
	type UnstakeDelay = ConstU64<UNSTAKE_DELAY>;
	type WeightInfo = ();
}

impl pallet_execution::Config for Runtime {
	type AgreementDeposit = ConstU128<1_000>;
	type BlockNumberProvider = System;
	type Currency = Balances;
	type DisputeWindow = DisputeWindow;
	type HookWeight = HookWeight;
	type Market = Marketplace;
	type MaxBatch = ConstU32<256>;
	type MaxInFlight = ConstU32<1_000>;
	type MaxLifetime = ConstU64<10_000>;
	type MinResponseDeadline = ConstU64<2>;
	type PageDeposit = ConstU128<500>;
	type PeriodLength = ConstU64<PERIOD>;
	type Periods = ConstU32<4>;
	type RecordDeposit = ConstU128<300>;
	type Retention = ConstU64<RETENTION>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = Treasury;
	type WeightInfo = ();
}

/// A fresh chain at block 1: all actors endowed, the collection of models made.
pub fn new_chain() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Runtime>::default().build_storage().expect("builds");
	let balances = actors()
		.into_iter()
		.map(|who| (who, ENDOWMENT))
		.chain([(treasury(), EXISTENTIAL_DEPOSIT), (Marketplace::account_id(), 10_000)])
		.collect();
	pallet_balances::GenesisConfig::<Runtime> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("builds");
	pallet_marketplace::GenesisConfig::<Runtime> { create_collection: true, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("builds");
	let mut chain = sp_io::TestExternalities::new(storage);
	chain.execute_with(|| System::set_block_number(1));
	chain
}

/// Runs a test in a fresh chain and checks the invariants at its end.
pub fn test(run: impl FnOnce()) {
	new_chain().execute_with(|| {
		run();
		check_invariants();
	});
}

/// Checks the invariants of both pallets.
pub fn check_invariants() {
	Marketplace::do_try_state().expect("the marketplace's invariants hold");
	Execution::do_try_state().expect("the execution pallet's invariants hold");
}

/// Ends the block, begins the next, and checks the invariants.
pub fn next_block() {
	next_block_with_idle(Weight::zero());
}

/// [`next_block`], with so much weight left in the ending block for idle work.
pub fn next_block_with_idle(idle: Weight) {
	let now = System::block_number();
	let used = Marketplace::on_idle(now, idle);
	Execution::on_idle(now, idle.saturating_sub(used));
	System::set_block_number(now + 1);
	Marketplace::on_initialize(now + 1);
	Execution::on_initialize(now + 1);
	check_invariants();
}

/// Jumps to block `to` as a chain does that counts another chain's blocks: hooks and checks run once, there.
pub fn skip_to(to: BlockNumber) {
	System::set_block_number(to.max(System::block_number() + 1) - 1);
	next_block();
}

/// Goes on to block `to`.
pub fn run_to(to: BlockNumber) {
	while System::block_number() < to {
		next_block();
	}
}
