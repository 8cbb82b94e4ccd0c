//! The JSON-RPC methods that the node adds to those every SDK node has (`system`, `chain`, `state`, `author`,
//! `chainHead`, `transaction`, `archive`).
//!
//! A further namespace is one more `merge` in [`create`], with what it needs as a field of [`Dependencies`].

use crate::{
	runtime_api::Block,
	service::{FullBackend, FullClient, FullPool},
};
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sp_runtime::traits::{Block as BlockT, NumberFor};
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods about finality need.
#[derive(Clone)]
pub struct GrandpaDependencies {
	/// The state of the voter's rounds.
	pub voter_state: SharedVoterState,
	/// The authorities that vote.
	pub authority_set: SharedAuthoritySet<<Block as BlockT>::Hash, NumberFor<Block>>,
	/// Justifications as they come in.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs that a block is final.
	pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// What the methods need.
#[derive(Clone)]
pub struct Dependencies {
	/// The chain.
	pub client: Arc<FullClient>,
	/// The transactions that wait for a block.
	pub pool: Arc<FullPool>,
	/// Finality.
	pub grandpa: GrandpaDependencies,
	/// The methods of Dx, where it runs.
	pub dx: Option<RpcModule<()>>,
}

/// Puts the methods together.
pub fn create(
	dependencies: Dependencies,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>> {
	let Dependencies { client, pool, grandpa, dx } = dependencies;
	let mut module = RpcModule::new(());
	module.merge(System::new(client.clone(), pool).into_rpc())?;
	module.merge(TransactionPayment::new(client).into_rpc())?;
	module.merge(
		Grandpa::new(executor, grandpa.authority_set, grandpa.voter_state, grandpa.justifications, grandpa.proofs)
			.into_rpc(),
	)?;
	if let Some(dx) = dx {
		module.merge(dx)?;
	}
	Ok(module)
}
