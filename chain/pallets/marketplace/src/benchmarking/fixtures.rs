//! Models, providers, orders and bids of the largest kind, for the benchmarks.

use crate::{
	AccountIdOf, BalanceOf, BidOf, Bids, Call, Channels, Config, DataType, Description, Dimension, Fit, HoldReason,
	ImageInput, Labels, Layout, Models, NextModel, NextOrder, OperatorOf, OrderRequestOf, Orders, Pallet, Profile,
	ProviderKind, Providers, TensorSpec,
};
use airo_primitives::{
	Agreements, ModelId, OrderId,
	benchmarking::{self, content, key},
	peer_proof_message,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::account;
use frame_support::{
	BoundedVec,
	traits::{Get, UnfilteredDispatchable, fungible::Inspect},
};
use frame_system::{RawOrigin, pallet_prelude::BlockNumberFor};
use sp_core::{ConstU32, crypto::KeyTypeId};
use sp_runtime::{
	Perbill, Saturating,
	traits::{One, Zero},
};

/// The keys of the peers that sign for providers.
const PEER_KEYS: KeyTypeId = KeyTypeId(*b"peer");
/// Content ids of models start here, so that none is used twice.
const FIRST_CONTENT: u32 = 1_000_000;

/// Dispatches a call that the fixture needs.
pub fn call<T: Config>(who: &T::AccountId, call: Call<T>) {
	call.dispatch_bypass_filter(RawOrigin::Signed(who.clone()).into()).expect("the fixture's call succeeds");
}

/// An account that can pay for everything here.
pub fn rich<T: Config>(name: &'static str, number: u32) -> T::AccountId {
	let who = account(name, number, 0);
	fund::<T>(&who);
	who
}

fn fund<T: Config>(who: &T::AccountId) {
	let stakes = T::MinStake::get().saturating_mul(1_000u32.into());
	let prices = max_price::<T>().saturating_mul(100_000u32.into());
	benchmarking::fund::<_, T::Currency>(who, stakes.saturating_add(prices));
}

/// The highest price of the orders here.
pub fn max_price<T: Config>() -> BalanceOf<T> {
	T::Currency::minimum_balance().max(One::one()).saturating_mul(10_000u32.into()).min(T::MaxPrice::get())
}

fn full<const LENGTH: u32>() -> BoundedVec<u8, ConstU32<LENGTH>> {
	BoundedVec::truncate_from(vec![b'x'; LENGTH as usize])
}

/// The longest description there can be.
pub fn description() -> Description {
	let tensor = TensorSpec {
		name: full(),
		data_type: DataType::Fp32,
		shape: BoundedVec::truncate_from(vec![Dimension::Fixed(u32::MAX); 8]),
	};
	Description {
		name: full(),
		licence: full(),
		inputs: BoundedVec::truncate_from(vec![tensor.clone(); 8]),
		outputs: BoundedVec::truncate_from(vec![tensor; 8]),
		image: Some(ImageInput {
			channels: Channels::Rgb,
			layout: Layout::Nchw,
			fit: Fit::Cover,
			mean: BoundedVec::truncate_from(vec![1; 3]),
			std: BoundedVec::truncate_from(vec![1; 3]),
		}),
		labels: Labels::Inline(BoundedVec::truncate_from(vec![full(); 32])),
		tolerance: 1,
	}
}

/// Endows the account that owns the collection of models.
pub fn endow_collection<T: Config>() {
	fund::<T>(&Pallet::<T>::account_id());
}

/// `owner` registers a model.
pub fn model<T: Config>(owner: &T::AccountId) -> ModelId {
	endow_collection::<T>();
	let id = NextModel::<T>::get();
	let royalty = max_price::<T>() / 10u32.into();
	let content = content(FIRST_CONTENT.saturating_add(id));
	call::<T>(owner, Call::register_model { content, size: 1, description: description(), royalty });
	id
}

/// `owner` registers a model of so many versions, each with a depositor of its own: the NFT changed hands in between.
pub fn model_with_versions<T: Config>(owner: &T::AccountId, versions: u32) -> ModelId {
	let id = model::<T>(owner);
	for number in 1..versions {
		call::<T>(
			owner,
			Call::publish_version { model: id, content: content(number), size: 1, description: description() },
		);
		let depositor = rich::<T>("depositor", number);
		crate::Versions::<T>::mutate(id, number, |version| {
			let version = version.as_mut().expect("was just published");
			Pallet::<T>::release(HoldReason::Deposit, owner, version.deposit);
			Pallet::<T>::hold(HoldReason::Deposit, &depositor, version.deposit).expect("the depositor is rich");
			version.depositor = depositor;
		});
	}
	id
}

/// A profile with a new peer that signs for `who`.
pub fn profile<T: Config>(who: &T::AccountId) -> Profile {
	let peer_key = sp_io::crypto::ed25519_generate(PEER_KEYS, None);
	let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
	let message = peer_proof_message(&genesis, who);
	let peer_proof = sp_io::crypto::ed25519_sign(PEER_KEYS, &peer_key, &message).expect("the key was just made");
	let peer: Vec<u8> = [&[0x00, 0x24, 0x08, 0x01, 0x12, 0x20], &peer_key.0[..]].concat();
	Profile { name: full(), key: key(), peer: BoundedVec::truncate_from(peer), peer_proof, kind: ProviderKind::Server }
}

/// An operator key with wide bounds.
pub fn operator<T: Config>(account: T::AccountId) -> OperatorOf<T> {
	OperatorOf::<T> { account, floor_price: One::one(), max_open: u32::MAX }
}

/// `who` registers as a provider, with the operator key of this number.
pub fn register<T: Config>(who: &T::AccountId, number: u32) {
	let operator = Some(operator::<T>(account("operator", number, 0)));
	let stake = T::MinStake::get().saturating_add(max_price::<T>());
	call::<T>(who, Call::register_provider { profile: profile::<T>(who), operator, stake });
}

/// The registered provider of this number.
pub fn provider<T: Config>(number: u32) -> T::AccountId {
	let who = rich::<T>("provider", number);
	register::<T>(&who, number);
	who
}

/// The provider of this number, which announces the model.
pub fn provider_of<T: Config>(number: u32, model: ModelId) -> T::AccountId {
	let who = provider::<T>(number);
	call::<T>(&who, Call::announce { model, version: 0, time_us: 1 });
	who
}

/// A provider that announces as many models.
pub fn provider_with_offers<T: Config>(models: u32) -> T::AccountId {
	let (owner, who) = (rich::<T>("owner", 0), provider::<T>(0));
	for _ in 0..models {
		let model = model::<T>(&owner);
		call::<T>(&who, Call::announce { model, version: 0, time_us: 1 });
	}
	who
}

/// What a consumer asks for: as many providers as there may be, one request at a time.
pub fn request<T: Config>(model: ModelId) -> OrderRequestOf<T> {
	let limits = T::Agreements::limits();
	OrderRequestOf::<T> {
		model,
		inferences: 10,
		max_price: max_price::<T>(),
		bidding_period: T::MaxPeriod::get(),
		acceptance_period: T::MaxPeriod::get(),
		response_deadline: limits.min_response_deadline,
		lifetime: limits.max_lifetime,
		providers: T::MaxBids::get(),
		max_in_flight: 1,
		min_stake: T::MinStake::get(),
		min_record: crate::MinRecord { delivered: 0, reliability: Perbill::one() },
		key: key(),
		sender: Some(account("sender", 0, 0)),
	}
}

/// An order with so many bids, all at the highest price, and its consumer.
pub fn order<T: Config>(bids: u32) -> (T::AccountId, OrderId) {
	let (owner, consumer) = (rich::<T>("owner", 0), rich::<T>("consumer", 0));
	let model = model::<T>(&owner);
	let id = NextOrder::<T>::get();
	call::<T>(&consumer, Call::place_order { request: request::<T>(model) });
	for number in 0..bids {
		let who = provider_of::<T>(number, model);
		call::<T>(&who, Call::place_bid { order: id, price: max_price::<T>() });
	}
	(consumer, id)
}

/// The bids of an order.
pub fn bids<T: Config>(order: OrderId) -> Vec<BidOf<T>> {
	Bids::<T>::get(order).into_inner()
}

/// The model of an order.
pub fn model_of<T: Config>(order: OrderId) -> ModelId {
	Orders::<T>::get(order).expect("the order is open").request.model
}

/// See [`Market::prepare_agreement`](airo_primitives::Market::prepare_agreement).
pub fn prepare_agreement<T: Config>(who: &AccountIdOf<T>, owner: &AccountIdOf<T>, reserve: BalanceOf<T>) -> ModelId {
	fund::<T>(owner);
	let id = model::<T>(owner);
	if !Providers::<T>::contains_key(who) {
		fund::<T>(who);
		register::<T>(who, 0);
	}
	benchmarking::fund::<_, T::Currency>(who, reserve);
	call::<T>(who, Call::raise_stake { amount: reserve });
	Pallet::<T>::update_provider(who, |provider| {
		provider.reserved.saturating_accrue(reserve);
		provider.open_agreements.saturating_inc();
	});
	Models::<T>::mutate_extant(id, |model| model.references.saturating_inc());
	id
}
