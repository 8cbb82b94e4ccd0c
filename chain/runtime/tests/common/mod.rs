//! A chain of the real runtime, driven as a node drives it: block after block, with signed transactions that pay fees.

use airo_primitives::{ContentId, KeyMaterial, ModelId, PublicKey, SCHEME_HPKE_X25519, peer_proof_message};
use airo_runtime::{
	AIRO, AccountId, Balance, BlockNumber, Executive, Header, Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig,
	SLOT_DURATION, Signature, SignedPayload, System, TxExtension, UncheckedExtrinsic, genesis_presets,
};
use codec::Encode;
use core::cell::Cell;
use frame_support::genesis_builder_helper::build_state;
use pallet_execution::{Answer, Output};
use pallet_marketplace::{DataType, Description, Dimension, Labels, OrderRequestOf, Profile, ProviderKind, TensorSpec};
use sp_consensus_aura::{AURA_ENGINE_ID, Slot};
use sp_core::{H256, Pair, ed25519};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	DispatchError, MultiAddress,
	generic::{Digest, DigestItem, Era},
	traits::{BlakeTwo256, Hash, Header as _},
};

thread_local! {
	/// The fees of this test's finished blocks. The events that tell of them last for a block only.
	static PAST_FEES: Cell<Balance> = const { Cell::new(0) };
}

/// The genesis state of a preset.
pub fn genesis(preset: &str) -> TestExternalities {
	let patch = genesis_presets::get_preset(&preset.into()).expect("the preset exists");
	let patch = serde_json::from_slice(&patch).expect("a preset is JSON");
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default is JSON");
	merge(&mut config, patch);
	let mut chain = TestExternalities::new_empty();
	chain.execute_with(|| {
		build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes()).expect("the preset builds");
	});
	chain
}

/// Lays a patch over a configuration, as the node does with a preset.
fn merge(config: &mut serde_json::Value, patch: serde_json::Value) {
	match (config, patch) {
		(serde_json::Value::Object(config), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(config.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(config, patch) => *config = patch,
	}
}

/// Begins the first block; transactions go into it until [`next_block`].
pub fn first_block() {
	begin_block(1, H256::zero());
}

/// Finishes the block, checks the pallets' invariants and begins the next.
pub fn next_block() {
	skip_to(System::block_number() + 1);
}

/// Goes on to block `to`, block by block.
pub fn run_to(to: BlockNumber) {
	while System::block_number() < to {
		next_block();
	}
}

/// Finishes the block, checks the pallets' invariants and begins block `number`, as if those in between were missing.
/// Long waits are short this way, and the pallets must cope with it: a chain may count time in another chain's blocks.
pub fn skip_to(number: BlockNumber) {
	PAST_FEES.set(fees());
	let finished = Executive::finalize_block();
	airo_runtime::Marketplace::do_try_state().expect("the marketplace's invariants hold");
	airo_runtime::Execution::do_try_state().expect("the execution pallet's invariants hold");
	System::set_block_number(number - 1);
	begin_block(number, finished.hash());
}

fn begin_block(number: BlockNumber, parent: H256) {
	let slot = Slot::from(u64::from(number));
	let digest = Digest { logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())] };
	let header = Header::new(number, H256::zero(), H256::zero(), parent, digest);
	Executive::initialize_block(&header);
	let time = pallet_timestamp::Call::<Runtime>::set { now: u64::from(number) * SLOT_DURATION };
	Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(time.into()))
		.expect("the inherent is valid")
		.expect("the inherent succeeds");
}

/// `who` signs a call, and the block takes it.
pub fn submit(who: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	let call = call.into();
	let extension: TxExtension = (
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		frame_system::CheckNonce::from(System::account_nonce(who.to_account_id())),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(0),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	);
	let payload = SignedPayload::new(call.clone(), extension.clone()).expect("the call can be signed");
	let signature = payload.using_encoded(|bytes| Signature::Sr25519(who.sign(bytes)));
	let address = MultiAddress::Id(who.to_account_id());
	Executive::apply_extrinsic(UncheckedExtrinsic::new_signed(call, address, signature, extension))
		.expect("the transaction is valid")
}

/// [`submit`] of a call that succeeds.
pub fn ok(who: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	submit(who, call).expect("the call succeeds");
}

/// What `submit` of a refused call returns for an error of a pallet.
pub fn error(error: impl Into<DispatchError>) -> Result<(), DispatchError> {
	Err(error.into())
}

/// The fees that were paid so far.
pub fn fees() -> Balance {
	let in_this_block: Balance = System::events()
		.into_iter()
		.map(|record| match record.event {
			RuntimeEvent::TransactionPayment(pallet_transaction_payment::Event::TransactionFeePaid {
				actual_fee,
				..
			}) => actual_fee,
			_ => 0,
		})
		.sum();
	PAST_FEES.get() + in_this_block
}

/// All that accounts have, on hold or free.
pub fn sum_of_balances() -> Balance {
	frame_system::Account::<Runtime>::iter_values().map(|account| account.data.free + account.data.reserved).sum()
}

/// All that `who` has, on hold or free.
pub fn total(who: Sr25519Keyring) -> Balance {
	let data = System::account(who.to_account_id()).data;
	data.free + data.reserved
}

/// A content id of its own for each seed.
pub fn content(seed: u32) -> ContentId {
	let digest = BlakeTwo256::hash_of(&seed);
	[1, 0x55, 0x12, 32].into_iter().chain(digest.0).collect::<Vec<u8>>().try_into().expect("36 bytes")
}

/// An HPKE public key.
pub fn key() -> PublicKey {
	PublicKey { scheme: SCHEME_HPKE_X25519, material: KeyMaterial::Inline(vec![8; 32].try_into().expect("32 bytes")) }
}

/// The description of a small image classifier.
pub fn description() -> Description {
	let tensor = |name: &str, shape: Vec<Dimension>| TensorSpec {
		name: name.as_bytes().to_vec().try_into().expect("short"),
		data_type: DataType::Fp32,
		shape: shape.try_into().expect("short"),
	};
	let image = vec![Dimension::Dynamic, Dimension::Fixed(1), Dimension::Fixed(28), Dimension::Fixed(28)];
	Description {
		name: b"ResNet".to_vec().try_into().expect("short"),
		licence: b"Apache-2.0".to_vec().try_into().expect("short"),
		inputs: vec![tensor("input", image)].try_into().expect("short"),
		outputs: vec![tensor("logits", vec![Dimension::Dynamic, Dimension::Fixed(10)])].try_into().expect("short"),
		image: None,
		labels: Labels::None,
		tolerance: 100,
	}
}

/// A profile whose peer signs for `who`.
pub fn profile_of(who: &AccountId) -> Profile {
	let pair = ed25519::Pair::from_seed(who.as_ref());
	let peer: Vec<u8> = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20].into_iter().chain(pair.public().0).collect();
	Profile {
		name: b"provider".to_vec().try_into().expect("short"),
		key: key(),
		peer: peer.try_into().expect("38 bytes"),
		peer_proof: pair.sign(&peer_proof_message(&System::block_hash(0), who)),
		kind: ProviderKind::Server,
	}
}

/// The blocks in which a request is to be answered.
pub const DEADLINE: BlockNumber = 3;

/// An order for six inferences at no more than 100 AIRO.
pub fn request(model: ModelId) -> OrderRequestOf<Runtime> {
	OrderRequestOf::<Runtime> {
		model,
		inferences: 6,
		max_price: 100 * AIRO,
		bidding_period: 10,
		acceptance_period: 10,
		response_deadline: DEADLINE,
		lifetime: 200,
		providers: 1,
		max_in_flight: 6,
		min_stake: 0,
		min_record: Default::default(),
		key: key(),
		sender: None,
	}
}

/// A result.
pub fn output(seed: u32) -> Answer {
	Answer::Output(Output { content: content(500_000 + seed), commitment: H256::repeat_byte(7) })
}
