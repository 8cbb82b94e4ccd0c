//! A second, minimal runtime with other types, to show that the pallets are plain FRAME crates.
//!
//! Accounts and balances are `u64`; periods and deadlines are counted in the `u32` blocks of another chain, which may
//! jump ahead by several per block or stand still, as a relay chain's do; the NFTs are a map of this file's own. The
//! pallets' limits are the smallest that make sense, deposits and the market's fee are zero, and an answer is paid
//! after a dispute window.

use crate::{content, description, key, output, profile_by};
use airo_primitives::{AgreementId, ModelId, ModelNfts, OrderId};
use frame_support::{
	PalletId, Twox64Concat, derive_impl,
	dispatch::DispatchResult,
	ensure, parameter_types, storage_alias,
	traits::{ConstU32, ConstU64, Hooks},
	weights::Weight,
};
use pallet_marketplace::OrderRequestOf;
use sp_runtime::{
	BuildStorage, DispatchError, Perbill,
	traits::{BlockNumberProvider, Dispatchable},
};

pub type AccountId = u64;
pub type Balance = u64;
/// The number of a block of the other chain.
pub type RelayNumber = u32;

frame_support::construct_runtime!(
	pub enum Runtime {
		System: frame_system,
		Balances: pallet_balances,
		Marketplace: pallet_marketplace,
		Execution: pallet_execution,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountData = pallet_balances::AccountData<Balance>;
	type Block = frame_system::mocking::MockBlock<Runtime>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
}

#[storage_alias(verbatim)]
type Now = StorageValue<Relay, RelayNumber, frame_support::pallet_prelude::ValueQuery>;

/// The other chain, whose blocks count.
pub struct Relay;

impl BlockNumberProvider for Relay {
	type BlockNumber = RelayNumber;

	fn current_block_number() -> RelayNumber {
		Now::get()
	}
}

#[storage_alias(verbatim)]
type Owners = StorageMap<Deeds, Twox64Concat, ModelId, AccountId>;

/// The NFTs: who owns which model, and nothing else.
pub struct Deeds;

impl Deeds {
	/// Gives a model's NFT to another owner.
	pub fn give(model: ModelId, to: AccountId) {
		Owners::insert(model, to);
	}
}

impl ModelNfts<AccountId> for Deeds {
	type CollectionId = [u8; 5];

	fn create_collection(_: &AccountId) -> Result<Self::CollectionId, DispatchError> {
		Ok(*b"deeds")
	}

	fn mint(_: &Self::CollectionId, model: ModelId, to: &AccountId) -> DispatchResult {
		ensure!(!Owners::contains_key(model), "the deed exists");
		Owners::insert(model, to);
		Ok(())
	}

	fn burn(_: &Self::CollectionId, model: ModelId) -> DispatchResult {
		Owners::take(model).map(|_| ()).ok_or(DispatchError::Other("there is no such deed"))
	}

	fn owner(_: &Self::CollectionId, model: ModelId) -> Option<AccountId> {
		Owners::get(model)
	}
}

/// Blocks of the other chain between an answer and its payment.
pub const DISPUTE_WINDOW: RelayNumber = 3;
/// Blocks of the other chain for which what is settled can be read.
pub const RETENTION: RelayNumber = 5;

parameter_types! {
	pub MarketplaceId: PalletId = PalletId(*b"minimal_");
	pub NoFee: Perbill = Perbill::zero();
	pub Half: Perbill = Perbill::from_percent(50);
	pub Whole: Perbill = Perbill::one();
	pub HookWeight: Weight = Weight::from_parts(100_000_000_000, 100_000_000);
}

impl pallet_marketplace::Config for Runtime {
	type AggregatesDeposit = ConstU64<0>;
	type Agreements = Execution;
	type BidStep = NoFee;
	type BlockNumberProvider = Relay;
	type Currency = Balances;
	type DepositBase = ConstU64<0>;
	type DepositPerByte = ConstU64<0>;
	type HookWeight = HookWeight;
	type MarketFee = NoFee;
	type MaxBids = ConstU32<2>;
	type MaxInferences = ConstU32<100>;
	type MaxOffers = ConstU32<1>;
	type MaxPeriod = ConstU32<50>;
	type MaxPrice = ConstU64<{ u64::MAX }>;
	type MaxVersions = ConstU32<1>;
	type MinStake = ConstU64<0>;
	type Nfts = Deeds;
	type PalletId = MarketplaceId;
	type PenaltyRate = Whole;
	type ReserveRate = Half;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = ConstU64<TREASURY>;
	type UnstakeDelay = ConstU32<0>;
	type WeightInfo = ();
}

impl pallet_execution::Config for Runtime {
	type AgreementDeposit = ConstU64<0>;
	type BlockNumberProvider = Relay;
	type Currency = Balances;
	type DisputeWindow = ConstU32<DISPUTE_WINDOW>;
	type HookWeight = HookWeight;
	type Market = Marketplace;
	type MaxBatch = ConstU32<8>;
	type MaxInFlight = ConstU32<40>;
	type MaxLifetime = ConstU32<500>;
	type MinResponseDeadline = ConstU32<1>;
	type PageDeposit = ConstU64<0>;
	type PeriodLength = ConstU32<50>;
	type Periods = ConstU32<1>;
	type RecordDeposit = ConstU64<0>;
	type Retention = ConstU32<RETENTION>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Treasury = ConstU64<TREASURY>;
	type WeightInfo = ();
}

/// Who registers models.
pub const OWNER: AccountId = 1;
/// To whom the NFT goes.
pub const BUYER: AccountId = 2;
/// Who orders.
pub const CONSUMER: AccountId = 3;
/// Who executes.
pub const PROVIDER: AccountId = 4;
/// Who gets penalties.
pub const TREASURY: AccountId = 9;
/// What each of them has at the start.
pub const ENDOWMENT: Balance = 1_000_000;
/// The royalty of [`a_model`].
pub const ROYALTY: Balance = 10;
/// The price of [`an_agreement`].
pub const PRICE: Balance = 60;
/// The highest price of [`a_request`].
pub const MAX_PRICE: Balance = 100;

/// Runs a test in a fresh chain and checks the invariants at its end.
pub fn test(run: impl FnOnce()) {
	let mut storage = frame_system::GenesisConfig::<Runtime>::default().build_storage().expect("builds");
	let balances = [OWNER, BUYER, CONSUMER, PROVIDER, TREASURY].map(|who| (who, ENDOWMENT)).to_vec();
	pallet_balances::GenesisConfig::<Runtime> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("builds");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		Now::put(1_000_000);
		run();
		check_invariants();
	});
}

/// Checks the invariants of both pallets, and that no money was made or lost.
pub fn check_invariants() {
	Marketplace::do_try_state().expect("the marketplace's invariants hold");
	Execution::do_try_state().expect("the execution pallet's invariants hold");
	assert_eq!(pallet_balances::TotalIssuance::<Runtime>::get(), 5 * ENDOWMENT);
}

/// Begins the next block, in which the other chain is `jump` blocks further.
///
/// The hooks run before the new number is known, as on a parachain, where an inherent brings it.
pub fn next_block(jump: RelayNumber) {
	let number = System::block_number() + 1;
	System::set_block_number(number);
	Marketplace::on_initialize(number);
	Execution::on_initialize(number);
	Now::mutate(|now| *now += jump);
	check_invariants();
}

/// The block of the other chain.
pub fn now() -> RelayNumber {
	Now::get()
}

/// Dispatches a call as a transaction of `who` does: rolled back if it fails.
pub fn call(who: AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
	call.into().dispatch(RuntimeOrigin::signed(who)).map(|_| ()).map_err(|failed| failed.error)
}

/// `OWNER` registers a model.
pub fn a_model() -> ModelId {
	let id = pallet_marketplace::NextModel::<Runtime>::get();
	let register = pallet_marketplace::Call::register_model {
		content: content(id),
		size: 1,
		description: description(),
		royalty: ROYALTY,
	};
	call(OWNER, register).expect("registers");
	id
}

/// `PROVIDER` registers and announces the model.
pub fn a_provider(model: ModelId) {
	let profile = profile_by(&[4; 32], &System::block_hash(0), &PROVIDER);
	let register = pallet_marketplace::Call::register_provider { profile, operator: None, stake: 10_000 };
	call(PROVIDER, register).expect("registers");
	call(PROVIDER, pallet_marketplace::Call::announce { model, version: 0, time_us: 1 }).expect("announces");
}

/// An order for 40 inferences.
pub fn a_request(model: ModelId) -> OrderRequestOf<Runtime> {
	OrderRequestOf::<Runtime> {
		model,
		inferences: 40,
		max_price: MAX_PRICE,
		bidding_period: 10,
		acceptance_period: 10,
		response_deadline: 20,
		lifetime: 100,
		providers: 1,
		max_in_flight: 40,
		min_stake: 0,
		min_record: Default::default(),
		key: key(),
		sender: None,
	}
}

/// `CONSUMER` places the usual order.
pub fn an_order(model: ModelId) -> OrderId {
	let id = pallet_marketplace::NextOrder::<Runtime>::get();
	call(CONSUMER, pallet_marketplace::Call::place_order { request: a_request(model) }).expect("orders");
	id
}

/// An agreement between `CONSUMER` and `PROVIDER` over a new model.
pub fn an_agreement() -> AgreementId {
	let model = a_model();
	a_provider(model);
	let order = an_order(model);
	call(PROVIDER, pallet_marketplace::Call::place_bid { order, price: PRICE }).expect("bids");
	let id = pallet_execution::NextAgreement::<Runtime>::get();
	let providers = vec![PROVIDER].try_into().expect("few");
	call(CONSUMER, pallet_marketplace::Call::accept_bids { order, providers }).expect("accepts");
	id
}

/// The stored agreement.
pub fn agreement(id: AgreementId) -> pallet_execution::AgreementOf<Runtime> {
	pallet_execution::Agreements::<Runtime>::get(id).expect("is stored")
}

/// The consumer registers the next `count` requests.
pub fn request(id: AgreementId, count: u32) -> DispatchResult {
	let first = agreement(id).counts.requested;
	let payloads = (first..first + count).map(content).collect();
	call(CONSUMER, pallet_execution::Call::request { agreement: id, first, payloads })
}

/// The provider answers `count` requests with outputs from index `first` on.
pub fn deliver(id: AgreementId, first: u32, count: u32) -> DispatchResult {
	let answers = (first..first + count).map(output).collect();
	call(PROVIDER, pallet_execution::Call::respond { agreement: id, first, answers })
}

/// All that `who` has, on hold or free.
pub fn total(who: AccountId) -> Balance {
	use frame_support::traits::fungible::Inspect;
	Balances::total_balance(&who)
}

/// What `who` has on hold for all reasons.
pub fn held(who: AccountId) -> Balance {
	use frame_support::traits::fungible::hold::Inspect;
	Balances::total_balance_on_hold(&who)
}
