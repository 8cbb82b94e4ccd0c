//! # Execution pallet
//!
//! Carries out what consumer and provider agreed on in the Marketplace: requests, answers, payment, royalty, refunds.
//!
//! ## Terms
//!
//! * **Agreement**: a consumer, a provider, a model, a quota of inferences at a fixed price, and the money for them.
//! * **Escrow**: the price of all inferences that are neither paid nor refunded, on hold in the consumer's account.
//! * **Request**: the content id of an encrypted payload on Dx; its index is its place in the agreement.
//! * **Answer**: the content id of an encrypted result with a commitment to the result itself, or a failure code.
//! * **Settled**: paid or refunded. A slot of the quota is settled once.
//! * **Reserve**: the part of the provider's stake that stands for the agreement.
//!
//! ## How money moves
//!
//! An answer pays, in its block, the provider its part, the owner of the model's NFT *of that moment* the royalty, and
//! the treasury the market's fee. A royalty that cannot be paid (no owner, an account below the existential deposit)
//! goes to the treasury; what the treasury cannot take goes back to the consumer. No payout ever fails for it.
//!
//! A failure, a missed deadline and the end of an agreement give the money back to the consumer. A missed deadline and
//! an abandoned agreement cost the provider a penalty of at most the price, from the reserve, to the treasury: the
//! consumer never earns from a provider's failure, so flooding one is not worth anything.
//!
//! ## Deadlines
//!
//! From its deadline block on a request cannot be answered, whatever the hook has done by then. Every request is
//! entered in [`Agenda`] at its deadline; the hook settles what is due in the same block, as far as
//! [`Config::HookWeight`] and the idle weight of the block go, and the rest in the next. Anyone may call
//! [`Call::settle_overdue`].
//!
//! ## Storage
//!
//! Requests lie on pages of [`PAGE_SLOTS`] slots, so that a batch of a hundred answers touches four entries. The consumer
//! holds the deposit of the agreement and its pages. Final pages go [`Config::Retention`] blocks after their last slot
//! was settled, the agreement goes that long after its end.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod agreements;
mod answers;
pub mod api;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod money;
mod records;
mod requests;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
mod types;
mod visit;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::traits::fungible;
use sp_runtime::traits::BlockNumberProvider;

/// The currency's balance.
pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// The block number that periods and deadlines are counted in.
pub type BlockNumberOf<T> = <<T as Config>::BlockNumberProvider as BlockNumberProvider>::BlockNumber;
/// An agreement with the chain's types.
pub type AgreementOf<T> = Agreement<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberOf<T>>;
/// A page with the chain's types.
pub type PageOf<T> = Page<BalanceOf<T>, BlockNumberOf<T>>;
/// A record with the chain's types.
pub type RecordOf<T> = Record<BalanceOf<T>, BlockNumberOf<T>>;

/// Logs under this target.
pub const LOG_TARGET: &str = "runtime::execution";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use airo_primitives::{AgreementId, ContentId, Market};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, weights::WeightMeter};
	use frame_system::pallet_prelude::{BlockNumberFor as SystemBlockNumberFor, *};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The currency of prices, escrow and deposits.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;

		/// Where models, their owners and the providers' stakes are.
		type Market: Market<Self::AccountId, BalanceOf<Self>>;

		/// Counts the blocks of deadlines. A parachain takes the relay chain's.
		type BlockNumberProvider: BlockNumberProvider<BlockNumber: MaxEncodedLen + Default>;

		/// Receives the market's fee, penalties, and royalties that cannot be paid.
		#[pallet::constant]
		type Treasury: Get<Self::AccountId>;

		/// The most requests or answers of one call.
		#[pallet::constant]
		type MaxBatch: Get<u32>;

		/// The most requests of an agreement that may be unanswered at a time.
		#[pallet::constant]
		type MaxInFlight: Get<u32>;

		/// The shortest response deadline, in blocks.
		#[pallet::constant]
		type MinResponseDeadline: Get<BlockNumberOf<Self>>;

		/// The longest life of an agreement, in blocks.
		#[pallet::constant]
		type MaxLifetime: Get<BlockNumberOf<Self>>;

		/// Blocks between an answer and its payment. Zero pays in the answer's block.
		#[pallet::constant]
		type DisputeWindow: Get<BlockNumberOf<Self>>;

		/// Blocks for which settled requests, and ended agreements, can still be read.
		#[pallet::constant]
		type Retention: Get<BlockNumberOf<Self>>;

		/// The length of an aggregates' period, in blocks.
		#[pallet::constant]
		type PeriodLength: Get<BlockNumberOf<Self>>;

		/// The number of periods that are kept.
		#[pallet::constant]
		type Periods: Get<u32>;

		/// What the consumer has on hold for an agreement's own storage until it is removed.
		#[pallet::constant]
		type AgreementDeposit: Get<BalanceOf<Self>>;

		/// What the consumer has on hold for a page of [`PAGE_SLOTS`] requests until it is removed.
		#[pallet::constant]
		type PageDeposit: Get<BalanceOf<Self>>;

		/// What a consumer has on hold for its record until [`Call::clear_record`].
		#[pallet::constant]
		type RecordDeposit: Get<BalanceOf<Self>>;

		/// The weight that due work may take of each block for certain; idle weight comes on top.
		#[pallet::constant]
		type HookWeight: Get<Weight>;

		/// Weights of the calls and of the pieces of the hook's work.
		type WeightInfo: WeightInfo;
	}

	/// Why money is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Pays for inferences of open agreements.
		Escrow,
		/// Stands for storage that the account has caused.
		Deposit,
	}

	/// The number of the next agreement.
	#[pallet::storage]
	pub type NextAgreement<T> = StorageValue<_, AgreementId, ValueQuery>;

	/// Agreements, open and ended. The numbers are given in sequence, so no one can choose them.
	#[pallet::storage]
	pub type Agreements<T: Config> = StorageMap<_, Twox64Concat, AgreementId, AgreementOf<T>>;

	/// The agreements of an account, on either side.
	#[pallet::storage]
	pub type AgreementsOf<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, AgreementId, Role>;

	/// The requests of an agreement, by page.
	#[pallet::storage]
	pub type Pages<T: Config> = StorageDoubleMap<_, Twox64Concat, AgreementId, Twox64Concat, u32, PageOf<T>>;

	/// Agreements to be visited at a block, because something may be due.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageDoubleMap<_, Twox64Concat, BlockNumberOf<T>, Twox64Concat, AgreementId, ()>;

	/// The first block of [`Agenda`] that may still have entries.
	#[pallet::storage]
	pub type AgendaCursor<T: Config> = StorageValue<_, BlockNumberOf<T>>;

	/// What is known of an account as consumer and as provider.
	#[pallet::storage]
	pub type Records<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, Role, RecordOf<T>>;

	/// The number of retained agreements between a provider and a consumer.
	#[pallet::storage]
	pub type Pairs<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Aggregates, in a ring of [`Config::Periods`] places for each subject.
	#[pallet::storage]
	pub type Aggregates<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		Subject<T::AccountId>,
		Twox64Concat,
		u32,
		Period<BalanceOf<T>>,
		ValueQuery,
	>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An agreement has opened and its money is in escrow.
		AgreementOpened {
			agreement: AgreementId,
			consumer: T::AccountId,
			provider: T::AccountId,
			quota: u32,
			price: BalanceOf<T>,
		},
		/// Requests were registered.
		Requested { agreement: AgreementId, first: u32, count: u32 },
		/// Requests were answered; so many of them with a failure.
		Answered { agreement: AgreementId, first: u32, count: u32, failures: u32 },
		/// Delivered inferences were paid. `owner` is who got the royalty; none if it could not be paid.
		Paid {
			agreement: AgreementId,
			count: u32,
			earned: BalanceOf<T>,
			royalty: BalanceOf<T>,
			owner: Option<T::AccountId>,
		},
		/// Money went back from escrow to the consumer.
		Refunded { agreement: AgreementId, amount: BalanceOf<T> },
		/// Requests passed their deadline without an answer.
		Missed { agreement: AgreementId, count: u32, penalty: BalanceOf<T> },
		/// An agreement has ended.
		AgreementEnded { agreement: AgreementId, how: End },
		/// The consumer rated an ended agreement.
		Rated { agreement: AgreementId, rating: u8 },
		/// A side of an agreement has another operator key, or none.
		OperatorReplaced { agreement: AgreementId, role: Role, operator: Option<T::AccountId> },
		/// A consumer's record was removed.
		RecordCleared { who: T::AccountId },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no agreement of this number. It may have ended longer ago than the retention.
		UnknownAgreement,
		/// The agreement has ended. Place a new order.
		AgreementEnded,
		/// The agreement has not ended yet. Wait for its end.
		AgreementActive,
		/// Only the agreement's consumer, or for requests its operator key, may do this. Check the signing account.
		NotTheConsumer,
		/// Only the agreement's provider, or for answers its operator key, may do this. Check the signing account.
		NotTheProvider,
		/// Only the consumer or the provider itself may do this, with the account that made the agreement.
		NotAParty,
		/// The batch is empty. Give at least one entry.
		EmptyBatch,
		/// The batch has more entries than one call may have. Send it in parts of at most `MaxBatch`.
		BatchTooLong,
		/// The first index is not that of the agreement's next request. Read `counts.requested` and send again.
		NotTheNextIndex,
		/// There are fewer inferences left in the quota. Send fewer, or place a new order.
		QuotaExceeded,
		/// Too many requests would be unanswered at a time. Wait for answers, or send fewer.
		TooManyInFlight,
		/// An old request is still unsettled and too many lie behind it. Wait for its answer or deadline.
		WindowFull,
		/// The response deadline of the request would lie behind the agreement's end. Place a new order.
		EndsTooSoon,
		/// The bytes are no content id: a binary CIDv1, raw or dag-pb, with SHA2-256, is wanted.
		MalformedContentId,
		/// The account has not enough free balance to hold. Top it up.
		InsufficientBalance,
		/// There is no request of this index. Read `counts.requested`.
		UnknownRequest,
		/// The request has been answered, or its page removed. Leave it out of the batch.
		AlreadyAnswered,
		/// The deadline block of a request has been reached; it is refunded. Leave it out of the batch.
		DeadlinePassed,
		/// Requests are unanswered. Wait for the answers or their deadlines.
		RequestsOutstanding,
		/// Nothing of this agreement is due now.
		NothingDue,
		/// A rating is a number from 1 to 5.
		RatingOutOfRange,
		/// The agreement has been rated. An agreement is rated once.
		AlreadyRated,
		/// The account has no consumer's record.
		NoRecord,
		/// Agreements of the record are still stored. Wait until their retention is over.
		RecordInUse,
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
			assert!(T::MaxBatch::get() > 0, "MaxBatch must be at least 1");
			assert!(T::MaxInFlight::get() > 0, "MaxInFlight must be at least 1");
			assert!(T::Periods::get() > 0, "Periods must be at least 1");
			assert!(T::PeriodLength::get() > 0u32.into(), "PeriodLength must be at least 1 block");
			assert!(T::MinResponseDeadline::get() > 0u32.into(), "MinResponseDeadline must be at least 1 block");
			assert!(
				T::HookWeight::get().all_gte(Self::largest_step()),
				"HookWeight must allow the largest piece of due work"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: SystemBlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers the content ids of encrypted payloads as the next requests of an agreement.
		///
		/// Origin: the consumer, or the agreement's sender key. `first` is the index of the first of them and must be
		/// the agreement's next; this makes a retried transaction harmless. The consumer holds the deposit of each page
		/// that is begun. Emits `Requested`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::request(pages_touched(*first, payloads.len() as u32)))]
		pub fn request(
			origin: OriginFor<T>,
			agreement: AgreementId,
			first: u32,
			payloads: Vec<ContentId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_request(who, agreement, first, payloads)
		}

		/// Answers consecutive requests of an agreement, from index `first` on.
		///
		/// Origin: the provider, or the agreement's responder key. Each output pays the provider and the owner of the
		/// model's NFT out of escrow; each failure refunds the consumer and uses up the slot. All or nothing: one
		/// request that cannot be answered refuses the batch. Emits `Answered`, and `Paid` and `Refunded` once each.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::respond(pages_touched(*first, answers.len() as u32)))]
		pub fn respond(
			origin: OriginFor<T>,
			agreement: AgreementId,
			first: u32,
			answers: Vec<Answer>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_respond(who, agreement, first, answers)
		}

		/// Does now what is due for an agreement: refunds overdue requests, ends it, removes what is past retention.
		///
		/// Origin: anyone. Only needed if the hook is behind. `pages` bounds the work, in pages of requests; `NothingDue` if
		/// there is nothing to do.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::settle_overdue().saturating_add(Pallet::<T>::settle_weight(*pages)))]
		pub fn settle_overdue(origin: OriginFor<T>, agreement: AgreementId, pages: u32) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_settle_overdue(agreement, pages)
		}

		/// Ends an agreement early; what was not used is refunded at once.
		///
		/// Origin: the consumer, when no request is unanswered. Emits `AgreementEnded`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::end_agreement())]
		pub fn end_agreement(origin: OriginFor<T>, agreement: AgreementId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_end_agreement(who, agreement)
		}

		/// Gives an agreement up as its provider.
		///
		/// Origin: the provider's account, not its operator key. The consumer is refunded in full for everything that
		/// is not delivered, unanswered requests count as missed, the agreement as abandoned, and the reserve pays the
		/// penalty for each inference left. Emits `AgreementEnded`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::abandon())]
		pub fn abandon(origin: OriginFor<T>, agreement: AgreementId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_abandon(who, agreement)
		}

		/// Rates an ended agreement, once, from 1 (worst) to 5 (best).
		///
		/// Origin: the consumer, until the agreement is removed. Emits `Rated`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::rate())]
		pub fn rate(origin: OriginFor<T>, agreement: AgreementId, rating: u8) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_rate(who, agreement, rating)
		}

		/// Names another operator key for one's side of an open agreement, or none: a lost key is powerless at once.
		///
		/// Origin: the consumer's or the provider's own account. Emits `OperatorReplaced`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::replace_operator())]
		pub fn replace_operator(
			origin: OriginFor<T>,
			agreement: AgreementId,
			operator: Option<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_replace_operator(who, agreement, operator)
		}

		/// Removes one's own record as a consumer and releases its deposit.
		///
		/// Origin: the consumer, when none of its agreements is stored any longer. Emits `RecordCleared`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::clear_record())]
		pub fn clear_record(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_clear_record(who)
		}
	}
}
