//! # Marketplace pallet
//!
//! Models, providers, orders and bids: everything up to the agreement, which the Execution pallet then carries out.
//!
//! ## Terms
//!
//! * **Model**: an ONNX file on Dx with a machine-readable description. Its NFT says who owns it; the owner of the NFT
//!   at the time of payment gets the royalty of each inference.
//! * **Provider**: an account with a stake that announces which models it serves (an **offer**).
//! * **Order**: a consumer wants N inferences of a model at no more than a price. The maximum is on hold.
//! * **Bid**: a provider's binding price per inference, royalty and market fee included, with stake reserved for it.
//! * **Operator key**: a key without money of its own that may bid and answer for a provider, within a floor price and
//!   a maximum of open bids and agreements.
//!
//! ## Who may call what
//!
//! | call | origin |
//! | --- | --- |
//! | `register_model` | anyone |
//! | `publish_version`, `set_royalty`, `retire_model` | the owner of the model's NFT |
//! | `purge_model` | anyone, once it is retired or its NFT burned, and no order or agreement refers to it |
//! | `register_provider` | anyone |
//! | `update_profile`, `set_operator`, `raise_stake`, `announce`, `withdraw_offer`, `leave`, `withdraw_stake` | the provider |
//! | `place_order` | anyone |
//! | `accept_bids`, `cancel_order` | the order's consumer |
//! | `place_bid`, `improve_bid` | the provider or its operator key |
//!
//! ## Bids
//!
//! A bid cannot be withdrawn: it binds until the order's acceptance deadline. What it reserves of the stake depends on
//! the order alone, not on the price bid, so that a low bid is not a cheap way to crowd out others. The list of an
//! order is bounded and sorted; when it is full, a bid that is better than the worst by at least the step takes its
//! place. A bid may join others at their price, but who wants to lead must undercut the leader by at least the step,
//! and so must who improves: undercutting by one unit is refused.
//!
//! ## Money
//!
//! An order holds `providers * inferences * max_price`. Accepting it releases all of that and puts the agreements' prices
//! into escrow in the same call; cancelling and expiry release it. Every storage entry has a depositor, and a call or the
//! hook that removes it.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod api;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bids;
mod market;
mod models;
mod orders;
mod providers;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
mod types;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use airo_primitives::ModelNfts;
use frame_support::traits::fungible;
use sp_runtime::traits::BlockNumberProvider;

type AccountIdOf<T> = <T as frame_system::Config>::AccountId;
/// The currency's balance.
pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<AccountIdOf<T>>>::Balance;
/// The block number that periods and deadlines are counted in.
pub type BlockNumberOf<T> = <<T as Config>::BlockNumberProvider as BlockNumberProvider>::BlockNumber;
/// How the NFT backend names a collection.
pub type CollectionIdOf<T> = <<T as Config>::Nfts as ModelNfts<AccountIdOf<T>>>::CollectionId;
/// A model with the chain's types.
pub type ModelOf<T> = Model<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
/// A version of a model with the chain's types.
pub type VersionOf<T> = Version<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
/// A provider with the chain's types.
pub type ProviderOf<T> = Provider<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
/// An operator key with the chain's types.
pub type OperatorOf<T> = Operator<AccountIdOf<T>, BalanceOf<T>>;
/// An offer with the chain's types.
pub type OfferOf<T> = Offer<BalanceOf<T>, BlockNumberOf<T>>;
/// What a consumer asks for, with the chain's types.
pub type OrderRequestOf<T> = OrderRequest<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
/// An order with the chain's types.
pub type OrderOf<T> = Order<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
/// A bid with the chain's types.
pub type BidOf<T> = Bid<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;

/// Logs under this target.
pub const LOG_TARGET: &str = "runtime::marketplace";

// The macro wants the calls, errors and events of a pallet in one module; that is why this file is long.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use airo_primitives::{AgreementId, Agreements, ContentId, ModelId, OrderId, PeerId};
	use alloc::vec::Vec;
	use frame_support::{PalletId, pallet_prelude::*, weights::WeightMeter};
	use frame_system::pallet_prelude::{BlockNumberFor as SystemBlockNumberFor, *};
	use sp_runtime::Perbill;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The currency of prices, stakes and deposits.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// The NFTs that say who owns a model.
		type Nfts: ModelNfts<Self::AccountId>;

		/// Carries out what was agreed on.
		type Agreements: Agreements<Self::AccountId, BalanceOf<Self>, BlockNumberOf<Self>>;

		/// Counts the blocks of periods and deadlines; the same as the Execution pallet's.
		type BlockNumberProvider: BlockNumberProvider<BlockNumber: MaxEncodedLen>;

		/// Gives the pallet its account, which owns the collection of models.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// Receives what a provider loses of its stake.
		#[pallet::constant]
		type Treasury: Get<Self::AccountId>;

		/// The market's part of the price of each delivered inference.
		#[pallet::constant]
		type MarketFee: Get<Perbill>;

		/// The highest price per inference, and the highest royalty.
		#[pallet::constant]
		type MaxPrice: Get<BalanceOf<Self>>;

		/// The lowest stake of a provider that bids.
		#[pallet::constant]
		type MinStake: Get<BalanceOf<Self>>;

		/// What a bid reserves of the stake, as a part of the order's highest price times the inferences that can be in
		/// flight.
		#[pallet::constant]
		type ReserveRate: Get<Perbill>;

		/// What a missed inference costs the provider, as a part of the order's highest price, but never more than the
		/// agreement's price.
		#[pallet::constant]
		type PenaltyRate: Get<Perbill>;

		/// The part of a price by which a bid must be lower to improve on it or to lead.
		#[pallet::constant]
		type BidStep: Get<Perbill>;

		/// The most bids of an order.
		#[pallet::constant]
		type MaxBids: Get<u32>;

		/// The most inferences of an order.
		#[pallet::constant]
		type MaxInferences: Get<u32>;

		/// The most models that a provider announces.
		#[pallet::constant]
		type MaxOffers: Get<u32>;

		/// The most versions of a model.
		#[pallet::constant]
		type MaxVersions: Get<u32>;

		/// The longest bidding period, and the longest acceptance period, in blocks.
		#[pallet::constant]
		type MaxPeriod: Get<BlockNumberOf<Self>>;

		/// Blocks between leaving and the stake being free.
		#[pallet::constant]
		type UnstakeDelay: Get<BlockNumberOf<Self>>;

		/// What a storage entry costs at least.
		#[pallet::constant]
		type DepositBase: Get<BalanceOf<Self>>;

		/// What each byte of a storage entry costs on top.
		#[pallet::constant]
		type DepositPerByte: Get<BalanceOf<Self>>;

		/// What a model or a provider costs on top for the record and aggregates that are kept of it.
		#[pallet::constant]
		type AggregatesDeposit: Get<BalanceOf<Self>>;

		/// The weight that due work may take of each block for certain; idle weight comes on top.
		#[pallet::constant]
		type HookWeight: Get<Weight>;

		/// Weights of the calls and of the pieces of the hook's work.
		type WeightInfo: WeightInfo;
	}

	/// Why money is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Pays for orders that are open.
		Order,
		/// Stands for a provider's bids and agreements.
		Stake,
		/// Stands for storage that the account has caused.
		Deposit,
	}

	/// The collection of all models' NFTs; made with the first model if not at genesis.
	#[pallet::storage]
	pub type Collection<T: Config> = StorageValue<_, CollectionIdOf<T>>;

	/// The number of the next model.
	#[pallet::storage]
	pub type NextModel<T> = StorageValue<_, ModelId, ValueQuery>;

	/// Models. The numbers are given in sequence, so no one can choose them.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelOf<T>>;

	/// The versions of a model.
	#[pallet::storage]
	pub type Versions<T: Config> = StorageDoubleMap<_, Twox64Concat, ModelId, Twox64Concat, u32, VersionOf<T>>;

	/// Where a content id is registered.
	#[pallet::storage]
	pub type ContentIds<T> = StorageMap<_, Blake2_128Concat, ContentId, (ModelId, u32)>;

	/// Providers.
	#[pallet::storage]
	pub type Providers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ProviderOf<T>>;

	/// The provider that an operator key acts for.
	#[pallet::storage]
	pub type Operators<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, T::AccountId>;

	/// The provider that a Dx peer belongs to.
	#[pallet::storage]
	pub type Peers<T: Config> = StorageMap<_, Blake2_128Concat, PeerId, T::AccountId>;

	/// Who serves a model.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageDoubleMap<_, Twox64Concat, ModelId, Blake2_128Concat, T::AccountId, OfferOf<T>>;

	/// The models that a provider serves.
	#[pallet::storage]
	pub type OffersOf<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, BoundedVec<ModelId, T::MaxOffers>, ValueQuery>;

	/// The number of the next order.
	#[pallet::storage]
	pub type NextOrder<T> = StorageValue<_, OrderId, ValueQuery>;

	/// Open orders. The numbers are given in sequence, so no one can choose them.
	#[pallet::storage]
	pub type Orders<T: Config> = StorageMap<_, Twox64Concat, OrderId, OrderOf<T>>;

	/// The bids of an open order, best first; of equal ones the earlier first.
	#[pallet::storage]
	pub type Bids<T: Config> = StorageMap<_, Twox64Concat, OrderId, BoundedVec<BidOf<T>, T::MaxBids>, ValueQuery>;

	/// Orders to be cleaned up at a block if they are still there.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageDoubleMap<_, Twox64Concat, BlockNumberOf<T>, Twox64Concat, OrderId, ()>;

	/// The first block of [`Agenda`] that may still have entries.
	#[pallet::storage]
	pub type AgendaCursor<T: Config> = StorageValue<_, BlockNumberOf<T>>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T> {
		/// Whether to make the collection of models; the pallet's account must be endowed for the NFT backend's deposit.
		pub create_collection: bool,
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if self.create_collection {
				Pallet::<T>::collection().expect("the pallet's account is endowed for the collection's deposit");
			}
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model was registered and its NFT minted.
		ModelRegistered { model: ModelId, owner: T::AccountId },
		/// A new version of a model was published.
		VersionPublished { model: ModelId, version: u32 },
		/// A model's royalty was changed, for orders from now on.
		RoyaltyChanged { model: ModelId, royalty: BalanceOf<T> },
		/// A model was retired.
		ModelRetired { model: ModelId },
		/// A retired model was removed.
		ModelPurged { model: ModelId },
		/// A provider registered.
		ProviderRegistered { provider: T::AccountId, stake: BalanceOf<T> },
		/// A provider's profile was changed.
		ProfileUpdated { provider: T::AccountId },
		/// A provider has another operator key, or none.
		OperatorChanged { provider: T::AccountId, operator: Option<T::AccountId> },
		/// A provider's stake was raised.
		StakeRaised { provider: T::AccountId, stake: BalanceOf<T> },
		/// A provider lost stake to the treasury.
		StakeSlashed { provider: T::AccountId, amount: BalanceOf<T> },
		/// A provider announced a model.
		Announced { provider: T::AccountId, model: ModelId, version: u32, time_us: u32 },
		/// A provider no longer serves a model.
		OfferWithdrawn { provider: T::AccountId, model: ModelId },
		/// A provider is leaving; its stake can be withdrawn from this block on.
		ProviderLeaving { provider: T::AccountId, leaves_at: BlockNumberOf<T> },
		/// A provider has left and its stake is free.
		ProviderLeft { provider: T::AccountId },
		/// An order was placed.
		OrderPlaced { order: OrderId, consumer: T::AccountId, model: ModelId },
		/// A bid was placed or improved.
		BidPlaced { order: OrderId, provider: T::AccountId, price: BalanceOf<T> },
		/// A bid was crowded out of a full list by a better one; its stake is free.
		BidDisplaced { order: OrderId, provider: T::AccountId },
		/// Bids of an order were accepted.
		BidsAccepted { order: OrderId, agreements: Vec<AgreementId> },
		/// An order was closed without an agreement; the money is released.
		OrderClosed { order: OrderId, closing: Closing },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no model of this number.
		UnknownModel,
		/// The model is retired; it takes no new orders, versions or announcements. Choose another one.
		ModelRetired,
		/// The model is not retired. The owner of its NFT retires it first.
		ModelNotRetired,
		/// Orders or stored agreements refer to the model. Wait until they are gone.
		ModelInUse,
		/// Only the owner of the model's NFT may do this.
		NotTheModelOwner,
		/// The model has as many versions as there may be. Register a new model.
		TooManyVersions,
		/// The bytes are no content id: a binary CIDv1, raw or dag-pb, with SHA2-256, is wanted.
		MalformedContentId,
		/// This content id is registered already. A file is registered once.
		ContentIdTaken,
		/// A description needs a name, at least one input and one output, each with a name, mean and std for each
		/// channel, no std of zero, and texts in UTF-8.
		MalformedDescription,
		/// The size of the file is zero.
		EmptyFile,
		/// The royalty is above the highest price that there may be. Choose a lower one.
		RoyaltyTooHigh,
		/// The NFT backend could not make the collection. The pallet's account must be endowed for its deposit.
		CollectionUnavailable,
		/// The account has not enough free balance to hold. Top it up.
		InsufficientBalance,
		/// The account is not a provider, nor the operator key of one. Register first.
		NotAProvider,
		/// The account is a provider already.
		AlreadyAProvider,
		/// The stake is below the minimum. Stake more.
		StakeTooLow,
		/// The provider's free stake does not cover what this bid reserves. Raise the stake, or wait for other bids and
		/// agreements to end.
		StakeInUse,
		/// A name is empty or not UTF-8.
		MalformedName,
		/// The public key cannot be one of its scheme.
		MalformedKey,
		/// The peer id is not that of an Ed25519 key.
		MalformedPeerId,
		/// The peer's signature is not by this peer, for this account, on this chain.
		WrongPeerProof,
		/// The peer belongs to another provider.
		PeerTaken,
		/// The account cannot be an operator key: it acts for another provider, or is a provider itself.
		OperatorTaken,
		/// The provider has announced as many models as it may. Withdraw one first.
		TooManyOffers,
		/// There is no such version of the model.
		UnknownVersion,
		/// The time per inference is zero. Measure it.
		NoTime,
		/// The provider has not announced the model in the order's version. Announce it first.
		NotAnnounced,
		/// The provider is leaving already.
		AlreadyLeaving,
		/// The provider is leaving and cannot bid, announce or stake more.
		Leaving,
		/// The provider is not leaving. Call `leave` first.
		NotLeaving,
		/// The stake's delay has not passed, or bids or agreements are open. Try again later.
		StakeLocked,
		/// The number of inferences is zero or above the maximum.
		InferencesOutOfRange,
		/// The price is zero.
		ZeroPrice,
		/// The price is above the highest price that there may be.
		PriceTooHigh,
		/// The price does not cover the model's royalty and the market's fee. Offer more.
		PriceBelowRoyalty,
		/// Providers times inferences times price is more than the currency can express.
		PriceOverflow,
		/// The bidding period is zero or above the maximum, or the acceptance period is above the maximum.
		PeriodOutOfRange,
		/// The response deadline is below the minimum.
		DeadlineTooShort,
		/// The lifetime is not longer than the response deadline, or above the maximum.
		LifetimeOutOfRange,
		/// The number of providers is zero or above the most bids of an order.
		ProvidersOutOfRange,
		/// The number of requests in flight is zero or above the maximum.
		InFlightOutOfRange,
		/// There is no open order of this number: it was accepted, cancelled, or nobody accepted it in time.
		UnknownOrder,
		/// Only the order's consumer may do this.
		NotTheConsumer,
		/// The order is the bidder's own. Bid on orders of others.
		OwnOrder,
		/// The bidding period is over. Bid earlier.
		BiddingClosed,
		/// The acceptance deadline has passed; the order's money is being released.
		AcceptanceClosed,
		/// The price is above the order's highest. Bid lower.
		AboveMaximum,
		/// The price is below the operator key's floor price. Only the provider's own account can change that.
		BelowFloor,
		/// As many bids and agreements are open as the operator key may have. Wait for one to end.
		TooManyOpen,
		/// The order asks for a higher stake.
		OrderWantsMoreStake,
		/// The order asks for a better record.
		OrderWantsBetterRecord,
		/// The provider has a bid in this order already. Improve it.
		AlreadyBid,
		/// The provider has no bid in this order.
		UnknownBid,
		/// A lower price must be lower by at least the step: than one's own bid, than the best to lead, than the worst of
		/// a full list to get in.
		StepTooSmall,
		/// No bid was named.
		NothingAccepted,
		/// More bids were named than the order wants providers.
		TooManyAccepted,
		/// A provider was named twice.
		DuplicateProvider,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<SystemBlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: SystemBlockNumberFor<T>) -> Weight {
			let mut meter = WeightMeter::with_limit(T::HookWeight::get());
			Self::work_off_agenda(&mut meter);
			meter.consumed()
		}

		fn on_idle(_: SystemBlockNumberFor<T>, remaining: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(remaining);
			if AgendaCursor::<T>::get().is_some_and(|next| next <= T::BlockNumberProvider::current_block_number()) {
				Self::work_off_agenda(&mut meter);
			}
			meter.consumed()
		}

		fn integrity_test() {
			assert!(T::MaxBids::get() > 0, "MaxBids must be at least 1");
			assert!(T::MaxVersions::get() > 0, "MaxVersions must be at least 1");
			assert!(
				T::HookWeight::get().all_gte(Self::largest_step()),
				"HookWeight must allow the clean-up of one order"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: SystemBlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a model, mints its NFT to the caller, and holds the deposits for it.
		///
		/// Origin: anyone. `content` names the ONNX file on Dx, `size` is its length in bytes, `royalty` what the NFT's
		/// owner gets per inference. Emits `ModelRegistered`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_model())]
		pub fn register_model(
			origin: OriginFor<T>,
			content: ContentId,
			size: u64,
			description: Description,
			royalty: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_model(who, content, size, description, royalty)
		}

		/// Publishes a new version of a model. Orders placed before keep their version.
		///
		/// Origin: the owner of the model's NFT, who holds the version's deposit. Emits `VersionPublished`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::publish_version())]
		pub fn publish_version(
			origin: OriginFor<T>,
			model: ModelId,
			content: ContentId,
			size: u64,
			description: Description,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_publish_version(who, model, content, size, description)
		}

		/// Changes the royalty per inference, for orders placed from now on.
		///
		/// Origin: the owner of the model's NFT. Emits `RoyaltyChanged`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_royalty())]
		pub fn set_royalty(origin: OriginFor<T>, model: ModelId, royalty: BalanceOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_royalty(who, model, royalty)
		}

		/// Retires a model: no new orders and announcements. Open orders and agreements go on.
		///
		/// Origin: the owner of the model's NFT. Emits `ModelRetired`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::retire_model())]
		pub fn retire_model(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_retire_model(who, model)
		}

		/// Removes a model that is retired, or whose NFT was burned, with its versions and its NFT, and releases their
		/// deposits to the depositors.
		///
		/// Origin: anyone, once no order or stored agreement refers to it. Announcements stay until their providers
		/// withdraw them. Emits `ModelPurged`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::purge_model(T::MaxVersions::get()))]
		pub fn purge_model(origin: OriginFor<T>, model: ModelId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let versions = Self::do_purge_model(model)?;
			Ok(Some(T::WeightInfo::purge_model(versions)).into())
		}

		/// Registers the caller as a provider, with a stake.
		///
		/// Origin: anyone who is none yet. The profile's peer signs for the account, see `Profile`. An operator key may bid
		/// and answer within its bounds. Holds stake and deposit. Emits `ProviderRegistered`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::register_provider())]
		pub fn register_provider(
			origin: OriginFor<T>,
			profile: Profile,
			operator: Option<OperatorOf<T>>,
			stake: BalanceOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_provider(who, profile, operator, stake)
		}

		/// Replaces the provider's profile. Agreements that are open keep the public key that they opened with.
		///
		/// Origin: the provider. Emits `ProfileUpdated`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::update_profile())]
		pub fn update_profile(origin: OriginFor<T>, profile: Profile) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update_profile(who, profile)
		}

		/// Names the provider's operator key with its bounds, or none.
		///
		/// Origin: the provider. In agreements that are open the key is replaced with `Execution::replace_operator`. Emits
		/// `OperatorChanged`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::set_operator())]
		pub fn set_operator(origin: OriginFor<T>, operator: Option<OperatorOf<T>>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_operator(who, operator)
		}

		/// Raises the provider's stake by `amount`.
		///
		/// Origin: the provider. Emits `StakeRaised`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::raise_stake())]
		pub fn raise_stake(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_raise_stake(who, amount)
		}

		/// Announces that the provider serves a version of a model, in a measured time per inference in microseconds.
		///
		/// Origin: the provider. Announcing a model again replaces the offer. Emits `Announced`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::announce())]
		pub fn announce(origin: OriginFor<T>, model: ModelId, version: u32, time_us: u32) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_announce(who, model, version, time_us)
		}

		/// Withdraws the announcement of a model. Bids that are placed stay binding.
		///
		/// Origin: the provider. Emits `OfferWithdrawn`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::withdraw_offer())]
		pub fn withdraw_offer(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_offer(who, model)
		}

		/// Begins to leave: no new bids; the stake is free after the delay.
		///
		/// Origin: the provider. Emits `ProviderLeaving`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(who)
		}

		/// Ends being a provider: offers and profile go, stake and deposits are released.
		///
		/// Origin: a provider whose delay has passed and who has no open bid or agreement. Emits `ProviderLeft`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::withdraw_stake(T::MaxOffers::get()))]
		pub fn withdraw_stake(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let offers = Self::do_withdraw_stake(who)?;
			Ok(Some(T::WeightInfo::withdraw_stake(offers)).into())
		}

		/// Places an order for inferences of the newest version of a model, and holds the most that it can cost.
		///
		/// Origin: anyone. The royalty and the version are fixed from now on. Emits `OrderPlaced`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::place_order())]
		pub fn place_order(origin: OriginFor<T>, request: OrderRequestOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_place_order(who, request)
		}

		/// Cancels an order; all bids and the money are released.
		///
		/// Origin: the order's consumer, before a bid is accepted. Emits `OrderClosed`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::cancel_order(T::MaxBids::get()))]
		pub fn cancel_order(origin: OriginFor<T>, order: OrderId) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let bids = Self::do_cancel_order(who, order)?;
			Ok(Some(T::WeightInfo::cancel_order(bids)).into())
		}

		/// Accepts the bids of the named providers: an agreement opens with each, the order is done.
		///
		/// Origin: the order's consumer, until the acceptance deadline. At most as many as the order wants; one call
		/// accepts all. The prices go into escrow and the rest of the hold is released. Emits `BidsAccepted`.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::accept_bids(providers.len() as u32))]
		pub fn accept_bids(
			origin: OriginFor<T>,
			order: OrderId,
			providers: BoundedVec<T::AccountId, T::MaxBids>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept_bids(who, order, providers.into_inner())
		}

		/// Places a bid: what the consumer would pay per inference, royalty and market fee included.
		///
		/// Origin: a provider or its operator key. Binding until the order's acceptance deadline, with stake reserved.
		/// Emits `BidPlaced`, and `BidDisplaced` if it crowds out another.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::place_bid())]
		pub fn place_bid(origin: OriginFor<T>, order: OrderId, price: BalanceOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_place_bid(who, order, price)
		}

		/// Improves one's bid in an order by at least the step. Free but for the fee.
		///
		/// Origin: a provider or its operator key. Emits `BidPlaced`.
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::improve_bid())]
		pub fn improve_bid(origin: OriginFor<T>, order: OrderId, price: BalanceOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_improve_bid(who, order, price)
		}
	}
}
