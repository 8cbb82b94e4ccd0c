//! What the pallet stores.

use airo_primitives::{ContentId, ModelId, OrderId, PublicKey};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{
	Saturating,
	traits::{AtLeast32BitUnsigned, Zero},
};

/// The number of slots of a page: small enough that a single answer stays cheap, large enough that a batch touches
/// few storage entries.
pub const PAGE_SLOTS: u32 = 32;

/// The number of pages on which the `count` slots from index `first` on lie.
///
/// A batch is weighed by it, because the database's part of its cost goes with the pages.
pub(crate) fn pages_touched(first: u32, count: u32) -> u32 {
	(first % PAGE_SLOTS).saturating_add(count).div_ceil(PAGE_SLOTS)
}

/// Which side of an agreement a record is about.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Role {
	/// Who pays.
	Consumer,
	/// Who executes.
	Provider,
}

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Fault {
	/// The request cannot be served by anyone.
	Consumer,
	/// The provider could not serve a good request.
	Provider,
}

/// Why there is no result. The provider says so, nobody checks it; the inference is refunded either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum FailureCode {
	/// Consumer: the payload was not to be found on Dx.
	PayloadMissing,
	/// Consumer: the payload does not match its content id.
	PayloadCorrupt,
	/// Consumer: the payload is larger than the model's inputs allow.
	PayloadTooLarge,
	/// Consumer: the payload cannot be decrypted with the provider's key.
	CannotDecrypt,
	/// Consumer: the payload is no valid Open Inference Protocol request.
	InvalidRequest,
	/// Consumer: a tensor has another name, data type or shape than the model's inputs.
	InvalidTensor,
	/// Provider: the model is not available.
	ModelUnavailable,
	/// Provider: the model failed while it ran.
	ExecutionFailed,
	/// Provider: there was more work than time.
	Overloaded,
	/// Provider: anything else.
	Internal,
}

impl FailureCode {
	/// Whose fault this is.
	pub fn fault(self) -> Fault {
		match self {
			Self::PayloadMissing
			| Self::PayloadCorrupt
			| Self::PayloadTooLarge
			| Self::CannotDecrypt
			| Self::InvalidRequest
			| Self::InvalidTensor => Fault::Consumer,
			Self::ModelUnavailable | Self::ExecutionFailed | Self::Overloaded | Self::Internal => Fault::Provider,
		}
	}
}

/// A provider's answer to one request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Answer {
	/// The encrypted result lies on Dx.
	Output(Output),
	/// There is no result.
	Failure(FailureCode),
}

/// Where a result lies, and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Output {
	/// The content id of the encrypted result.
	pub content: ContentId,
	/// A salted hash of the plaintext result. Several providers' results can be compared by opening it, which the
	/// ciphertext's content id does not allow.
	pub commitment: H256,
}

/// What became of a request. The end of an agreement settles all its slots at once without touching them: one that is
/// still [`Pending`](Self::Pending) then was missed, one that is [`Answered`](Self::Answered) was paid.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Outcome<BlockNumber> {
	/// Not answered yet.
	Pending,
	/// Answered; the payment waits for the dispute window to pass.
	Answered {
		/// The result.
		output: Output,
		/// When it was answered.
		at: BlockNumber,
	},
	/// Answered and paid.
	Settled {
		/// The result.
		output: Output,
		/// When it was answered.
		at: BlockNumber,
	},
	/// Answered with an error and refunded.
	Failed {
		/// Why.
		code: FailureCode,
		/// When.
		at: BlockNumber,
	},
	/// Not answered in time and refunded.
	Missed,
}

/// One inference of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Slot<BlockNumber> {
	/// The content id of the encrypted payload.
	pub payload: ContentId,
	/// When it was requested. From this block plus the response deadline on it cannot be answered any more.
	pub requested_at: BlockNumber,
	/// What became of it.
	pub outcome: Outcome<BlockNumber>,
}

/// Consecutive slots of an agreement; slot `i` lies on page `i / PAGE_SLOTS`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Page<Balance, BlockNumber> {
	/// What the consumer has on hold for this page.
	pub deposit: Balance,
	/// The number of slots that are pending or answered.
	pub open: u32,
	/// When a slot was last settled, failed or missed.
	pub settled_at: BlockNumber,
	/// The slots.
	pub slots: BoundedVec<Slot<BlockNumber>, ConstU32<PAGE_SLOTS>>,
}

impl<Balance, BlockNumber> Page<Balance, BlockNumber> {
	/// Whether no slot can be added and none can change any more.
	pub fn is_final(&self) -> bool {
		self.open == 0 && self.slots.len() == PAGE_SLOTS as usize
	}
}

/// How an agreement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum End {
	/// Its lifetime was over.
	Expired,
	/// All inferences were used.
	Completed,
	/// The consumer ended it.
	ByConsumer,
	/// The provider ended it.
	Abandoned,
}

/// Whether an agreement is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum State<BlockNumber> {
	/// Requests and answers are taken.
	Active,
	/// Everything is paid or refunded; kept to be read until its retention is over.
	Ended {
		/// When.
		at: BlockNumber,
		/// How.
		how: End,
	},
}

/// How many inferences of an agreement are where.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Counts {
	/// Requested at all: the index of the next request.
	pub requested: u32,
	/// Answered, and waiting for the dispute window to pass.
	pub answered: u32,
	/// Answered and paid.
	pub delivered: u32,
	/// Failed by the consumer's fault and refunded.
	pub consumer_faults: u32,
	/// Failed by the provider's fault and refunded.
	pub provider_faults: u32,
	/// Not answered in time and refunded.
	pub missed: u32,
}

impl Counts {
	/// Slots that are used up: paid or refunded.
	pub fn settled(&self) -> u32 {
		self.delivered
			.saturating_add(self.consumer_faults)
			.saturating_add(self.provider_faults)
			.saturating_add(self.missed)
	}

	/// Requests that wait for an answer.
	pub fn pending(&self) -> u32 {
		self.requested.saturating_sub(self.settled()).saturating_sub(self.answered)
	}
}

/// A consumer and a provider, N inferences, and the money for them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Agreement<AccountId, Balance, BlockNumber> {
	/// The order that led to it.
	pub order: OrderId,
	/// The model.
	pub model: ModelId,
	/// The model's version.
	pub version: u32,
	/// Who pays.
	pub consumer: AccountId,
	/// A key of the consumer's that may send requests.
	pub sender: Option<AccountId>,
	/// The key to which results are encrypted.
	pub consumer_key: PublicKey,
	/// Who executes.
	pub provider: AccountId,
	/// A key of the provider's that may answer.
	pub responder: Option<AccountId>,
	/// The key to which payloads are encrypted.
	pub provider_key: PublicKey,
	/// What the consumer pays per inference, all included.
	pub price: Balance,
	/// What the owner of the model's NFT gets of it.
	pub royalty: Balance,
	/// What the market keeps of it.
	pub fee: Balance,
	/// What a missed inference costs the provider.
	pub penalty: Balance,
	/// What is left of the provider's stake reserved for this agreement.
	pub reserve: Balance,
	/// The number of inferences.
	pub quota: u32,
	/// How many requests may be unanswered at a time.
	pub max_in_flight: u32,
	/// Blocks within which a request is to be answered.
	pub response_deadline: BlockNumber,
	/// When it opened.
	pub opened_at: BlockNumber,
	/// When it ends at the latest; every request's deadline is at or before this block.
	pub ends_at: BlockNumber,
	/// How many inferences are where.
	pub counts: Counts,
	/// All pages before this one are final.
	pub first_open_page: u32,
	/// All pages before this one have been removed.
	pub pruned_pages: u32,
	/// What the consumer has on hold for the agreement's own storage.
	pub deposit: Balance,
	/// Whether it is alive.
	pub state: State<BlockNumber>,
	/// The consumer's rating, 1 to 5.
	pub rating: Option<u8>,
}

impl<AccountId, Balance, BlockNumber> Agreement<AccountId, Balance, BlockNumber>
where
	Balance: AtLeast32BitUnsigned + Copy,
	BlockNumber: AtLeast32BitUnsigned + Copy,
{
	/// Whether requests and answers are taken.
	pub fn is_active(&self) -> bool {
		matches!(self.state, State::Active)
	}

	/// Inferences that are neither paid nor refunded.
	pub fn unsettled(&self) -> u32 {
		self.quota.saturating_sub(self.counts.settled())
	}

	/// What is in escrow: the price of every inference that is neither paid nor refunded.
	pub fn escrow(&self) -> Balance {
		match self.state {
			State::Active => self.price.saturating_mul(self.unsettled().into()),
			State::Ended { .. } => Zero::zero(),
		}
	}

	/// The number of pages that have ever been begun.
	pub fn pages(&self) -> u32 {
		self.counts.requested.div_ceil(PAGE_SLOTS)
	}
}

/// What is known of an account from its agreements. It is evidence, not security.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Record<Balance, BlockNumber> {
	/// Agreements opened.
	pub agreements: u32,
	/// Agreements open now.
	pub open: u32,
	/// Agreements whose storage has not been removed yet.
	pub retained: u32,
	/// Agreements that the provider ended before their time.
	pub abandoned: u32,
	/// Inferences delivered and paid.
	pub delivered: u64,
	/// Inferences not answered in time.
	pub missed: u64,
	/// Inferences failed by the consumer's fault.
	pub consumer_faults: u64,
	/// Inferences failed by the provider's fault.
	pub provider_faults: u64,
	/// What consumers paid for what was delivered.
	pub volume: Balance,
	/// Stake lost for missed inferences and abandoned agreements.
	pub slashed: Balance,
	/// Distinct other sides among the retained agreements.
	pub counterparties: u32,
	/// The most distinct other sides there ever were among the retained agreements of a time.
	pub counterparties_peak: u32,
	/// Agreements rated by their consumers.
	pub ratings: u32,
	/// The sum of these ratings, 1 to 5 each.
	pub rating_sum: u32,
	/// When the first agreement opened.
	pub since: BlockNumber,
	/// When an agreement last opened, was settled or ended.
	pub last_active: BlockNumber,
	/// What the account has on hold for this record.
	pub deposit: Balance,
	/// The provider has left the market; the record goes with its last retained agreement.
	pub left: bool,
}

/// Whose aggregates.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Subject<AccountId> {
	/// The whole market.
	Market,
	/// A model.
	Model(ModelId),
	/// A provider.
	Provider(AccountId),
}

/// The aggregates of one period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Period<Balance> {
	/// The number of the period: block number divided by the period's length.
	pub index: u32,
	/// Agreements opened.
	pub agreements: u32,
	/// Inferences agreed on.
	pub agreed: u64,
	/// The lowest price per inference agreed on.
	pub price_low: Balance,
	/// The highest price per inference agreed on.
	pub price_high: Balance,
	/// The sum of the prices of all inferences agreed on: divided by `agreed` it is the average price.
	pub price_sum: Balance,
	/// Inferences delivered and paid.
	pub delivered: u64,
	/// Inferences failed, by whose fault ever.
	pub failed: u64,
	/// Inferences not answered in time.
	pub missed: u64,
	/// What consumers paid for what was delivered.
	pub volume: Balance,
	/// The owners' part of the volume.
	pub royalties: Balance,
	/// The market's part of the volume.
	pub fees: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> Period<Balance> {
	/// Counts an agreement that opened.
	pub fn add_agreement(&mut self, price: Balance, quota: u32) {
		self.price_low = if self.agreements == 0 { price } else { self.price_low.min(price) };
		self.price_high = self.price_high.max(price);
		self.price_sum = self.price_sum.saturating_add(price.saturating_mul(quota.into()));
		self.agreed.saturating_accrue(quota.into());
		self.agreements.saturating_inc();
	}
}
