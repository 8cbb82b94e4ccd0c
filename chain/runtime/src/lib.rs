//! The runtime of the Airo chain: the rules by which a block changes the state.
//!
//! It is compiled to WebAssembly (feature `wasm`) and travels in the chain specification; the node itself contains no
//! runtime. Without that feature the crate is plain native code, which is all that tests and lints need.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]

extern crate alloc;

#[cfg(all(feature = "std", feature = "wasm"))]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod genesis_presets;
pub mod migrations;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
	MultiAddress, MultiSignature, generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
};
use sp_version::{RuntimeVersion, runtime_version};

impl_opaque_keys! {
	/// The keys that a validator keeps on its node.
	pub struct SessionKeys {
		/// Authors blocks.
		pub aura: Aura,
		/// Votes for finality.
		pub grandpa: Grandpa,
	}
}

/// The version of the rules.
///
/// `spec_version` goes up with every change of behaviour, `transaction_version` whenever an existing call or a
/// transaction extension is encoded differently, so that wallets and offline signers notice.
#[runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("airo"),
	impl_name: Cow::Borrowed("airo"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// A slot, and a block, lasts two seconds: an inference on the market should not wait longer for the chain than for
/// the model.
pub const MILLISECS_PER_BLOCK: u64 = 2_000;
/// The duration of an Aura slot.
pub const SLOT_DURATION: u64 = MILLISECS_PER_BLOCK;
/// How many blocks make a minute.
pub const MINUTES: BlockNumber = 60_000 / (MILLISECS_PER_BLOCK as BlockNumber);
/// How many blocks make an hour.
pub const HOURS: BlockNumber = MINUTES * 60;
/// How many blocks make a day.
pub const DAYS: BlockNumber = HOURS * 24;

/// One AIRO, in the smallest unit.
pub const AIRO: Balance = 1_000_000_000_000;
/// A thousandth of an AIRO.
pub const MILLI_AIRO: Balance = AIRO / 1_000;
/// A millionth of an AIRO.
pub const MICRO_AIRO: Balance = AIRO / 1_000_000;
/// What an account must hold to exist.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_AIRO;

/// A signature by any of the common schemes.
pub type Signature = MultiSignature;
/// The account id behind a signature.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// An amount in the smallest unit.
pub type Balance = u128;
/// The number of transactions of an account.
pub type Nonce = u32;
/// A hash.
pub type Hash = sp_core::H256;
/// The number of a block.
pub type BlockNumber = u32;
/// How transactions name an account.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What is checked and done around every transaction.
pub type TxExtension = (
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// A transaction, its signature not verified.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What a signer signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Carries out blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
	migrations::Migrations,
>;

/// The pallets, each with the index that its calls, events and errors are encoded with.
#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;

	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;

	#[runtime::pallet_index(2)]
	pub type Aura = pallet_aura;

	#[runtime::pallet_index(3)]
	pub type Grandpa = pallet_grandpa;

	#[runtime::pallet_index(4)]
	pub type Balances = pallet_balances;

	#[runtime::pallet_index(5)]
	pub type TransactionPayment = pallet_transaction_payment;

	#[runtime::pallet_index(6)]
	pub type Nfts = pallet_nfts;

	#[runtime::pallet_index(7)]
	pub type Utility = pallet_utility;

	#[runtime::pallet_index(8)]
	pub type Sudo = pallet_sudo;

	#[runtime::pallet_index(10)]
	pub type Marketplace = pallet_marketplace;

	#[runtime::pallet_index(11)]
	pub type Execution = pallet_execution;
}
