//! What the node knows about the runtime: the names and the types of its APIs, and nothing else.
//!
//! The client side of a runtime API is generated together with an implementation of it. The real implementation is
//! WebAssembly inside the chain specification, so the one below is a stand-in that only declares the APIs: the
//! executor never calls native code, hence no body can be reached.

use frame_support::weights::Weight;
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{OpaqueMetadata, crypto::KeyTypeId};
use sp_runtime::{
	ApplyExtrinsicResult, ExtrinsicInclusionMode, MultiSignature, OpaqueExtrinsic, generic,
	traits::{BlakeTwo256, Block as BlockT, IdentifyAccount, NumberFor, Verify},
	transaction_validity::{TransactionSource, TransactionValidity},
};
use sp_version::RuntimeVersion;

/// A block whose transactions are opaque bytes: what they mean is the runtime's business.
pub type Block = generic::Block<generic::Header<u32, BlakeTwo256>, OpaqueExtrinsic>;
/// The account id behind a signature.
pub type AccountId = <<MultiSignature as Verify>::Signer as IdentifyAccount>::AccountId;
/// An amount of the chain's smallest unit.
pub type Balance = u128;
/// The number of transactions of an account.
pub type Nonce = u32;

/// Carries the declarations below; it is never constructed.
#[allow(dead_code)]
struct StandIn;

impl_runtime_apis! {
	impl sp_api::Core<Block> for StandIn {
		fn version() -> RuntimeVersion {
			unreachable!()
		}

		fn execute_block(_: <Block as BlockT>::LazyBlock) {
			unreachable!()
		}

		fn initialize_block(_: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
			unreachable!()
		}
	}

	impl sp_api::Metadata<Block> for StandIn {
		fn metadata() -> OpaqueMetadata {
			unreachable!()
		}

		fn metadata_at_version(_: u32) -> Option<OpaqueMetadata> {
			unreachable!()
		}

		fn metadata_versions() -> Vec<u32> {
			unreachable!()
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for StandIn {
		fn apply_extrinsic(_: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			unreachable!()
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			unreachable!()
		}

		fn inherent_extrinsics(_: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			unreachable!()
		}

		fn check_inherents(
			_: <Block as BlockT>::LazyBlock,
			_: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			unreachable!()
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for StandIn {
		fn validate_transaction(
			_: TransactionSource,
			_: <Block as BlockT>::Extrinsic,
			_: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			unreachable!()
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for StandIn {
		fn offchain_worker(_: &<Block as BlockT>::Header) {
			unreachable!()
		}
	}

	impl sp_consensus_aura::AuraApi<Block, AuraId> for StandIn {
		fn slot_duration() -> sp_consensus_aura::SlotDuration {
			unreachable!()
		}

		fn authorities() -> Vec<AuraId> {
			unreachable!()
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for StandIn {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			unreachable!()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			unreachable!()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			_: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			_: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			unreachable!()
		}

		fn generate_key_ownership_proof(
			_: sp_consensus_grandpa::SetId,
			_: GrandpaId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			unreachable!()
		}
	}

	impl sp_session::SessionKeys<Block> for StandIn {
		fn generate_session_keys(_: Vec<u8>, _: Option<Vec<u8>>) -> sp_session::OpaqueGeneratedSessionKeys {
			unreachable!()
		}

		fn decode_session_keys(_: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			unreachable!()
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for StandIn {
		fn account_nonce(_: AccountId) -> Nonce {
			unreachable!()
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for StandIn {
		fn query_info(
			_: <Block as BlockT>::Extrinsic,
			_: u32,
		) -> pallet_transaction_payment_rpc_runtime_api::RuntimeDispatchInfo<Balance> {
			unreachable!()
		}

		fn query_fee_details(
			_: <Block as BlockT>::Extrinsic,
			_: u32,
		) -> pallet_transaction_payment_rpc_runtime_api::FeeDetails<Balance> {
			unreachable!()
		}

		fn query_weight_to_fee(_: Weight) -> Balance {
			unreachable!()
		}

		fn query_length_to_fee(_: u32) -> Balance {
			unreachable!()
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for StandIn {
		fn build_state(_: Vec<u8>) -> sp_genesis_builder::Result {
			unreachable!()
		}

		fn get_preset(_: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			unreachable!()
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			unreachable!()
		}
	}
}
