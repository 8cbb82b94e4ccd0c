//! What the Marketplace and the Execution pallet tell and ask each other.

use crate::{AgreementId, ModelId, OrderId, PublicKey};
use sp_runtime::{DispatchError, Perbill};

/// The terms of an agreement: everything that is fixed when it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms<AccountId, Balance, BlockNumber> {
	/// The order that led to it.
	pub order: OrderId,
	/// The model, and its version as of the order.
	pub model: ModelId,
	/// The version of the model as of the order.
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
	/// What the consumer pays per inference, royalty and market fee included.
	pub price: Balance,
	/// What the owner of the model's NFT gets per inference, out of the price.
	pub royalty: Balance,
	/// What the market keeps per inference, out of the price.
	pub fee: Balance,
	/// What a missed inference costs the provider, out of the reserve.
	pub penalty: Balance,
	/// The part of the provider's stake that stands for this agreement.
	pub reserve: Balance,
	/// The number of inferences.
	pub quota: u32,
	/// How many requests may be unanswered at a time.
	pub max_in_flight: u32,
	/// Blocks within which a request is to be answered.
	pub response_deadline: BlockNumber,
	/// Blocks after which the agreement ends.
	pub lifetime: BlockNumber,
}

/// What the Execution pallet can carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits<BlockNumber> {
	/// The most requests that may be unanswered at a time.
	pub max_in_flight: u32,
	/// The shortest response deadline.
	pub min_response_deadline: BlockNumber,
	/// The longest life of an agreement.
	pub max_lifetime: BlockNumber,
}

/// A provider's record in short, for an order's condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
	/// Inferences delivered.
	pub delivered: u64,
	/// Inferences missed or failed by the provider's fault.
	pub faults: u64,
}

impl Standing {
	/// The delivered part of all inferences that were the provider's to deliver; all of them if there were none.
	pub fn reliability(&self) -> Perbill {
		match self.delivered.saturating_add(self.faults) {
			0 => Perbill::one(),
			all => Perbill::from_rational(self.delivered, all),
		}
	}
}

/// The side of the Execution pallet that the Marketplace sees.
pub trait Agreements<AccountId, Balance, BlockNumber> {
	/// What an order may ask for.
	fn limits() -> Limits<BlockNumber>;

	/// Opens an agreement and takes `price * quota` of the consumer's balance into escrow.
	fn open(terms: Terms<AccountId, Balance, BlockNumber>) -> Result<AgreementId, DispatchError>;

	/// A provider's record in short.
	fn standing(provider: &AccountId) -> Standing;

	/// The sum of what the provider's agreements have reserved of its stake. Walks all agreements: for checks only.
	fn reserved(provider: &AccountId) -> Balance;

	/// Drops the record and the aggregates of a provider that has left.
	fn forget_provider(provider: &AccountId);

	/// Drops the aggregates of a model that has left the market.
	fn forget_model(model: ModelId);
}

/// The side of the Marketplace that the Execution pallet sees.
pub trait Market<AccountId, Balance> {
	/// Who owns the model's NFT now.
	fn model_owner(model: ModelId) -> Option<AccountId>;

	/// Moves up to `amount` of the provider's reserved stake to the treasury and returns how much that was.
	fn slash(provider: &AccountId, amount: Balance) -> Balance;

	/// An agreement has ended: `reserve`, what is left of its reserve, is free again.
	fn agreement_ended(provider: &AccountId, reserve: Balance);

	/// Nothing of an agreement over `model` is stored any longer.
	fn agreement_removed(model: ModelId);

	/// Makes what an agreement presupposes, as if a bid had just been accepted: a model whose NFT belongs to `owner`, and
	/// `provider` with a stake of which `reserve` stands for the agreement.
	#[cfg(feature = "runtime-benchmarks")]
	fn prepare_agreement(provider: &AccountId, owner: &AccountId, reserve: Balance) -> ModelId;
}
