//! The market's actors, and what they do in almost every test.

use crate::{AccountId, Balance, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System, UNIT};
use airo_primitives::{
	AgreementId, ContentId, KeyMaterial, ModelId, OrderId, PeerId, PublicKey, SCHEME_HPKE_X25519, peer_proof_message,
};
use codec::Encode;
use frame_support::dispatch::DispatchResult;
use pallet_execution::{Answer, FailureCode, Output};
use pallet_marketplace::{
	DataType, Description, Dimension, Labels, OperatorOf, OrderRequestOf, Profile, ProviderKind, TensorSpec,
};
use sp_core::{H256, Pair, ed25519};
use sp_runtime::{
	AccountId32,
	traits::{BlakeTwo256, Dispatchable, Hash},
};

const fn actor(number: u8) -> AccountId {
	AccountId32::new([number; 32])
}

/// Who registers models.
pub fn owner() -> AccountId {
	actor(1)
}

/// Who buys the NFT of a model.
pub fn buyer() -> AccountId {
	actor(2)
}

/// Who orders.
pub fn consumer() -> AccountId {
	actor(3)
}

/// Who orders as well.
pub fn other_consumer() -> AccountId {
	actor(4)
}

/// A key that someone names as operator; endowed for fees.
pub fn operator() -> AccountId {
	actor(5)
}

/// Who has nothing to do with it.
pub fn stranger() -> AccountId {
	actor(6)
}

/// The provider of this number, 0 to 7.
pub fn provider(number: u8) -> AccountId {
	actor(10 + number)
}

/// Who gets fees and penalties.
pub fn treasury() -> AccountId {
	actor(99)
}

/// All who are endowed.
pub fn actors() -> Vec<AccountId> {
	let providers = (0..8).map(provider);
	[owner(), buyer(), consumer(), other_consumer(), operator(), stranger()].into_iter().chain(providers).collect()
}

/// Dispatches a call as a transaction of `who` does: rolled back if it fails.
pub fn call(who: AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
	call.into().dispatch(RuntimeOrigin::signed(who)).map(|_| ()).map_err(|failed| failed.error)
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
	profile_by(<&[u8; 32]>::try_from(AsRef::<[u8]>::as_ref(who)).expect("32 bytes"), &System::block_hash(0), who)
}

/// A profile whose peer, with a key from `seed`, signs for `account` on the chain with this genesis hash.
pub fn profile_by(seed: &[u8; 32], genesis: &H256, account: &impl Encode) -> Profile {
	let pair = ed25519::Pair::from_seed(seed);
	let peer: Vec<u8> = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20].into_iter().chain(pair.public().0).collect();
	Profile {
		name: b"provider".to_vec().try_into().expect("short"),
		key: key(),
		peer: PeerId::try_from(peer).expect("38 bytes"),
		peer_proof: pair.sign(&peer_proof_message(genesis, account)),
		kind: ProviderKind::Server,
	}
}

/// The royalty of [`a_model`].
pub const ROYALTY: Balance = UNIT;

/// `owner` registers a model.
pub fn a_model() -> ModelId {
	let id = pallet_marketplace::NextModel::<Runtime>::get();
	let call_ = pallet_marketplace::Call::register_model {
		content: content(1_000_000 + id),
		size: 1_000,
		description: description(),
		royalty: ROYALTY,
	};
	call(owner(), call_).expect("registers");
	id
}

/// `who` registers as a provider with a stake of 10,000 units.
pub fn register_provider(who: AccountId, operator: Option<OperatorOf<Runtime>>) {
	let profile = profile_of(&who);
	let stake = 10_000 * UNIT;
	call(who, pallet_marketplace::Call::register_provider { profile, operator, stake }).expect("registers");
}

/// The provider of this number registers, if need be, and announces the model.
pub fn a_provider(number: u8, model: ModelId) -> AccountId {
	let who = provider(number);
	if !pallet_marketplace::Providers::<Runtime>::contains_key(&who) {
		register_provider(who.clone(), None);
	}
	let version = pallet_marketplace::Models::<Runtime>::get(model).expect("exists").version;
	call(who.clone(), pallet_marketplace::Call::announce { model, version, time_us: 45_000 }).expect("announces");
	who
}

/// The highest price of [`a_request`].
pub const MAX_PRICE: Balance = 100 * UNIT;

/// What a consumer usually asks for: 100 inferences.
pub fn a_request(model: ModelId) -> OrderRequestOf<Runtime> {
	OrderRequestOf::<Runtime> {
		model,
		inferences: 100,
		max_price: MAX_PRICE,
		bidding_period: 10,
		acceptance_period: 10,
		response_deadline: 5,
		lifetime: 200,
		providers: 1,
		max_in_flight: 100,
		min_stake: 0,
		min_record: Default::default(),
		key: key(),
		sender: None,
	}
}

/// `who` places an order.
pub fn order_by(who: AccountId, request: OrderRequestOf<Runtime>) -> OrderId {
	let id = pallet_marketplace::NextOrder::<Runtime>::get();
	call(who, pallet_marketplace::Call::place_order { request }).expect("orders");
	id
}

/// `consumer` places the usual order.
pub fn an_order(model: ModelId) -> OrderId {
	order_by(consumer(), a_request(model))
}

/// `who` bids.
pub fn bid(who: AccountId, order: OrderId, price: Balance) -> DispatchResult {
	call(who, pallet_marketplace::Call::place_bid { order, price })
}

/// `who` improves its bid.
pub fn improve(who: AccountId, order: OrderId, price: Balance) -> DispatchResult {
	call(who, pallet_marketplace::Call::improve_bid { order, price })
}

/// `who` accepts bids.
pub fn accept(who: AccountId, order: OrderId, providers: Vec<AccountId>) -> DispatchResult {
	call(who, pallet_marketplace::Call::accept_bids { order, providers: providers.try_into().expect("few") })
}

/// The price of [`an_agreement`].
pub const PRICE: Balance = 50 * UNIT;

/// An agreement between `by` and provider 0, who serves the model, on the usual terms with a change.
pub fn agreement_over(model: ModelId, by: AccountId, change: impl FnOnce(&mut OrderRequestOf<Runtime>)) -> AgreementId {
	let mut request = a_request(model);
	change(&mut request);
	let order = order_by(by.clone(), request);
	bid(provider(0), order, PRICE).expect("bids");
	let id = pallet_execution::NextAgreement::<Runtime>::get();
	accept(by, order, vec![provider(0)]).expect("accepts");
	id
}

/// An agreement between `consumer` and provider 0 over a new model, on the usual terms with a change.
pub fn an_agreement_with(change: impl FnOnce(&mut OrderRequestOf<Runtime>)) -> AgreementId {
	let model = a_model();
	a_provider(0, model);
	agreement_over(model, consumer(), change)
}

/// [`an_agreement_with`] the usual terms.
pub fn an_agreement() -> AgreementId {
	an_agreement_with(|_| {})
}

/// The stored agreement.
pub fn agreement(id: AgreementId) -> pallet_execution::AgreementOf<Runtime> {
	pallet_execution::Agreements::<Runtime>::get(id).expect("is stored")
}

/// `who` registers `count` requests from index `first` on.
pub fn request_by(who: AccountId, agreement: AgreementId, first: u32, count: u32) -> DispatchResult {
	let payloads = (first..first + count).map(content).collect();
	call(who, pallet_execution::Call::request { agreement, first, payloads })
}

/// The consumer registers the next `count` requests.
pub fn request(id: AgreementId, count: u32) {
	let agreement = agreement(id);
	request_by(agreement.consumer, id, agreement.counts.requested, count).expect("requests");
}

/// An output.
pub fn output(seed: u32) -> Answer {
	Answer::Output(Output { content: content(500_000 + seed), commitment: H256::repeat_byte(7) })
}

/// `who` answers from index `first` on.
pub fn answer_by(who: AccountId, agreement: AgreementId, first: u32, answers: Vec<Answer>) -> DispatchResult {
	call(who, pallet_execution::Call::respond { agreement, first, answers })
}

/// The provider answers `count` requests with outputs from index `first` on.
pub fn deliver(id: AgreementId, first: u32, count: u32) -> DispatchResult {
	answer_by(agreement(id).provider, id, first, (first..first + count).map(output).collect())
}

/// The provider answers one request with a failure.
pub fn fail(id: AgreementId, index: u32, code: FailureCode) -> DispatchResult {
	answer_by(agreement(id).provider, id, index, vec![Answer::Failure(code)])
}

/// The events of the two pallets so far.
pub fn events() -> Vec<RuntimeEvent> {
	System::events()
		.into_iter()
		.map(|record| record.event)
		.filter(|event| matches!(event, RuntimeEvent::Marketplace(_) | RuntimeEvent::Execution(_)))
		.collect()
}

/// What `who` has on hold for all reasons.
pub fn held(who: &AccountId) -> Balance {
	use frame_support::traits::fungible::hold::Inspect;
	crate::Balances::total_balance_on_hold(who)
}

/// What `who` has on hold for one reason.
pub fn held_for(who: &AccountId, reason: impl Into<crate::RuntimeHoldReason>) -> Balance {
	use frame_support::traits::fungible::hold::Inspect;
	crate::Balances::balance_on_hold(&reason.into(), who)
}

/// All that `who` has, on hold or free.
pub fn total(who: &AccountId) -> Balance {
	use frame_support::traits::fungible::Inspect;
	crate::Balances::total_balance(who)
}

/// The block now.
pub fn now() -> BlockNumber {
	System::block_number()
}
