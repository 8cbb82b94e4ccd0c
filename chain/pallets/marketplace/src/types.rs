//! What the pallet stores, and what its calls take.

use airo_primitives::{ContentId, ModelId, PeerId, PublicKey};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32};
use scale_info::TypeInfo;
use sp_core::ed25519;
use sp_runtime::Perbill;

/// A short text, UTF-8.
pub type Text = BoundedVec<u8, ConstU32<64>>;

/// The data type of a tensor's elements, with the names of the Open Inference Protocol.
///
/// Source: <https://github.com/kserve/open-inference-protocol>, Tensor Data Types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DataType {
	/// One byte, 0 or 1.
	Bool,
	/// Unsigned, 8 bits.
	Uint8,
	/// Unsigned, 16 bits.
	Uint16,
	/// Unsigned, 32 bits.
	Uint32,
	/// Unsigned, 64 bits.
	Uint64,
	/// Signed, 8 bits.
	Int8,
	/// Signed, 16 bits.
	Int16,
	/// Signed, 32 bits.
	Int32,
	/// Signed, 64 bits.
	Int64,
	/// Floating point, 16 bits.
	Fp16,
	/// Floating point, 32 bits.
	Fp32,
	/// Floating point, 64 bits.
	Fp64,
	/// Brain floating point, 16 bits.
	Bf16,
	/// Bytes of any length.
	Bytes,
}

/// One dimension of a tensor's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Dimension {
	/// So many elements.
	Fixed(u32),
	/// Any number: requests can be batched along it.
	Dynamic,
}

/// An input or an output of a model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct TensorSpec {
	/// Its name in the ONNX file.
	pub name: Text,
	/// The data type of its elements.
	pub data_type: DataType,
	/// Its shape.
	pub shape: BoundedVec<Dimension, ConstU32<8>>,
}

/// The order of an image's channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Channels {
	/// One channel, luminance.
	Gray,
	/// Red, green, blue.
	Rgb,
	/// Blue, green, red.
	Bgr,
}

/// Where the channels are in an image's tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Layout {
	/// Batch, channel, height, width.
	Nchw,
	/// Batch, height, width, channel.
	Nhwc,
}

/// How an image is brought to the tensor's height and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Fit {
	/// Stretched to fit.
	Stretch,
	/// Scaled to cover, its middle cut out.
	Cover,
	/// Scaled to lie inside, the rest filled with the mean.
	Contain,
}

/// How an image becomes the model's first input: each channel value `v` in 0..=255 becomes `(v / 255 - mean) / std`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ImageInput {
	/// The channels and their order.
	pub channels: Channels,
	/// Where the channels are.
	pub layout: Layout,
	/// How the image is scaled.
	pub fit: Fit,
	/// The mean of each channel, in millionths.
	pub mean: BoundedVec<i32, ConstU32<4>>,
	/// The standard deviation of each channel, in millionths.
	pub std: BoundedVec<u32, ConstU32<4>>,
}

/// What the elements of the first output are called.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Labels {
	/// They have no names.
	None,
	/// The names, in order.
	Inline(BoundedVec<BoundedVec<u8, ConstU32<32>>, ConstU32<32>>),
	/// A text file on Dx, a name a line.
	Content(ContentId),
}

/// The machine-readable description of a version of a model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Description {
	/// The model's name.
	pub name: Text,
	/// An SPDX licence expression, or a name.
	pub licence: Text,
	/// The model's inputs.
	pub inputs: BoundedVec<TensorSpec, ConstU32<8>>,
	/// The model's outputs.
	pub outputs: BoundedVec<TensorSpec, ConstU32<8>>,
	/// How an image becomes the first input, if the model takes images.
	pub image: Option<ImageInput>,
	/// What the elements of the first output are called.
	pub labels: Labels,
	/// By how much, in millionths, two correct results may differ in an element.
	pub tolerance: u32,
}

/// A model. Who owns it is said by its NFT.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Model<AccountId, Balance, BlockNumber> {
	/// The newest version; versions count from 0.
	pub version: u32,
	/// What the owner gets per inference, for orders from now on.
	pub royalty: Balance,
	/// Whether new orders and announcements are refused.
	pub retired: bool,
	/// When it was registered.
	pub registered_at: BlockNumber,
	/// Open orders and stored agreements that refer to it.
	pub references: u32,
	/// The number of providers that announce it.
	pub offers: u32,
	/// Who registered it and carries the deposit.
	pub depositor: AccountId,
	/// What the depositor has on hold for the model itself and its aggregates.
	pub deposit: Balance,
}

/// A version of a model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Version<AccountId, Balance, BlockNumber> {
	/// The content id of the ONNX file.
	pub content: ContentId,
	/// The size of the ONNX file in bytes.
	pub size: u64,
	/// What goes in and comes out.
	pub description: Description,
	/// When it was published.
	pub published_at: BlockNumber,
	/// Who published it and carries the deposit.
	pub depositor: AccountId,
	/// What the depositor has on hold for it.
	pub deposit: Balance,
}

/// Where a provider runs its models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ProviderKind {
	/// A server.
	Server,
	/// A tab of a browser.
	Browser,
}

/// What a provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Profile {
	/// A name for people.
	pub name: Text,
	/// The key to which payloads are encrypted.
	pub key: PublicKey,
	/// The provider's Dx peer: the peer id of an Ed25519 key.
	pub peer: PeerId,
	/// The peer's signature under [`peer_proof_message`](airo_primitives::peer_proof_message).
	pub peer_proof: ed25519::Signature,
	/// Where the models run.
	pub kind: ProviderKind,
}

/// A key that may bid and answer for a provider, within bounds that only the provider's own account can change.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Operator<AccountId, Balance> {
	/// The key's account. It pays its own fees.
	pub account: AccountId,
	/// The lowest price per inference at which it may bid.
	pub floor_price: Balance,
	/// The most bids and agreements that may be open when it places a bid.
	pub max_open: u32,
}

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Provider<AccountId, Balance, BlockNumber> {
	/// What it says of itself.
	pub profile: Profile,
	/// The key that may bid and answer for it.
	pub operator: Option<Operator<AccountId, Balance>>,
	/// What it has on hold as stake.
	pub stake: Balance,
	/// The part of the stake that stands for bids and agreements.
	pub reserved: Balance,
	/// Bids in open orders.
	pub open_bids: u32,
	/// Agreements that have not ended.
	pub open_agreements: u32,
	/// When it registered.
	pub registered_at: BlockNumber,
	/// When the stake can be withdrawn, if the provider is leaving.
	pub leaves_at: Option<BlockNumber>,
	/// What it has on hold for its profile, record and aggregates.
	pub deposit: Balance,
}

impl<AccountId, Balance, BlockNumber> Provider<AccountId, Balance, BlockNumber> {
	/// The bids and agreements that are open.
	pub fn open(&self) -> u32 {
		self.open_bids.saturating_add(self.open_agreements)
	}
}

/// A provider's announcement that it serves a model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offer<Balance, BlockNumber> {
	/// The version it serves.
	pub version: u32,
	/// The measured time per inference, in microseconds.
	pub time_us: u32,
	/// When it was announced.
	pub announced_at: BlockNumber,
	/// What the provider has on hold for it.
	pub deposit: Balance,
}

/// What a provider must have shown to bid on an order.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct MinRecord {
	/// Inferences delivered, at least.
	pub delivered: u64,
	/// The delivered part of what was the provider's to deliver, at least.
	pub reliability: Perbill,
}

/// What a consumer asks for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct OrderRequest<AccountId, Balance, BlockNumber> {
	/// The model; its newest version is meant.
	pub model: ModelId,
	/// The number of inferences, from each provider wanted.
	pub inferences: u32,
	/// The highest price per inference, royalty and market fee included.
	pub max_price: Balance,
	/// Blocks in which bids can be placed.
	pub bidding_period: BlockNumber,
	/// Blocks after the bidding period in which bids can still be accepted.
	pub acceptance_period: BlockNumber,
	/// Blocks within which each request is to be answered.
	pub response_deadline: BlockNumber,
	/// Blocks that an agreement lasts.
	pub lifetime: BlockNumber,
	/// How many providers are wanted, each for all inferences.
	pub providers: u32,
	/// How many requests may be unanswered at a time.
	pub max_in_flight: u32,
	/// The stake that a bidder must have.
	pub min_stake: Balance,
	/// The record that a bidder must have.
	pub min_record: MinRecord,
	/// The key to which results are encrypted.
	pub key: PublicKey,
	/// A key that may send requests in the order's agreements.
	pub sender: Option<AccountId>,
}

/// An order that is open for bids or acceptance.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Order<AccountId, Balance, BlockNumber> {
	/// Who pays.
	pub consumer: AccountId,
	/// What was asked for.
	pub request: OrderRequest<AccountId, Balance, BlockNumber>,
	/// The version of the model.
	pub version: u32,
	/// What the owner of the model's NFT gets per inference.
	pub royalty: Balance,
	/// When it was placed.
	pub placed_at: BlockNumber,
	/// The first block in which no bid can be placed any more.
	pub bids_until: BlockNumber,
	/// The first block in which no bid can be accepted any more, and none is binding.
	pub accept_until: BlockNumber,
	/// The stake that each bid reserves.
	pub reserve: Balance,
	/// What the consumer has on hold for it, to be paid.
	pub held: Balance,
	/// What the consumer has on hold for its storage.
	pub deposit: Balance,
}

/// A binding offer to carry out an order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Bid<AccountId, Balance, BlockNumber> {
	/// Who bids.
	pub provider: AccountId,
	/// What the consumer would pay per inference, all included.
	pub price: Balance,
	/// When it was placed or last improved.
	pub at: BlockNumber,
}

/// Why an order was closed without an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Closing {
	/// The consumer cancelled it.
	Cancelled,
	/// Nobody was accepted in time.
	Expired,
}
