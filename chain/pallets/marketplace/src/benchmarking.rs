//! Measures what the calls and the pieces of the hook's work cost, each in its worst case.

#![cfg(feature = "runtime-benchmarks")]

pub mod fixtures;

use crate::*;
use airo_primitives::benchmarking::content;
use fixtures::{
	bids, call, description, endow_collection, max_price, model, model_of, model_with_versions, operator, order,
	profile, provider, provider_of, provider_with_offers, request, rich,
};
use frame_benchmarking::v2::*;
use frame_support::{BoundedVec, traits::Get, weights::WeightMeter};
use frame_system::RawOrigin;
use sp_runtime::{Saturating, traits::One};

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_model() {
		// The first model makes the collection if genesis did not.
		endow_collection::<T>();
		Collection::<T>::kill();
		let owner = rich::<T>("owner", 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), content(0), 1, description(), max_price::<T>());

		assert!(Models::<T>::contains_key(0));
	}

	#[benchmark]
	fn publish_version() {
		let owner = rich::<T>("owner", 0);
		let id = model::<T>(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), id, content(0), 1, description());

		assert!(Versions::<T>::contains_key(id, 1));
	}

	#[benchmark]
	fn set_royalty() {
		let owner = rich::<T>("owner", 0);
		let id = model::<T>(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), id, One::one());

		assert_eq!(Models::<T>::get(id).map(|model| model.royalty), Some(One::one()));
	}

	#[benchmark]
	fn retire_model() {
		let owner = rich::<T>("owner", 0);
		let id = model::<T>(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), id);

		assert_eq!(Models::<T>::get(id).map(|model| model.retired), Some(true));
	}

	#[benchmark]
	fn purge_model(v: Linear<1, { T::MaxVersions::get() }>) {
		let owner = rich::<T>("owner", 0);
		let id = model_with_versions::<T>(&owner, v);
		call::<T>(&owner, Call::retire_model { model: id });

		#[extrinsic_call]
		_(RawOrigin::Signed(account("anyone", 0, 0)), id);

		assert!(!Models::<T>::contains_key(id));
	}

	#[benchmark]
	fn register_provider() {
		let who = rich::<T>("provider", 0);
		let profile = profile::<T>(&who);
		let operator = Some(operator::<T>(account("operator", 0, 0)));

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), profile, operator, T::MinStake::get());

		assert!(Providers::<T>::contains_key(who));
	}

	#[benchmark]
	fn update_profile() {
		let who = provider::<T>(0);
		let profile = profile::<T>(&who);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), profile.clone());

		assert_eq!(Providers::<T>::get(who).map(|provider| provider.profile), Some(profile));
	}

	#[benchmark]
	fn set_operator() {
		let who = provider::<T>(0);
		let new = operator::<T>(account("operator", 1, 0));

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Some(new.clone()));

		assert_eq!(Operators::<T>::get(new.account), Some(who));
	}

	#[benchmark]
	fn raise_stake() {
		let who = provider::<T>(0);
		let before = Providers::<T>::get(&who).map(|provider| provider.stake).unwrap_or_default();

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), T::MinStake::get());

		let stake = Providers::<T>::get(who).map(|provider| provider.stake);
		assert_eq!(stake, Some(before.saturating_add(T::MinStake::get())));
	}

	#[benchmark]
	fn announce() {
		let who = provider_with_offers::<T>(T::MaxOffers::get().saturating_sub(1));
		let id = model::<T>(&rich::<T>("owner", 0));

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), id, 0, 1);

		assert!(Offers::<T>::contains_key(id, who));
	}

	#[benchmark]
	fn withdraw_offer() {
		let who = provider_with_offers::<T>(T::MaxOffers::get());
		let id = NextModel::<T>::get().saturating_sub(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), id);

		assert!(!Offers::<T>::contains_key(id, who));
	}

	#[benchmark]
	fn leave() {
		let who = provider::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(Providers::<T>::get(who).is_some_and(|provider| provider.leaves_at.is_some()));
	}

	#[benchmark]
	fn withdraw_stake(m: Linear<0, { T::MaxOffers::get() }>) {
		let who = provider_with_offers::<T>(m);
		call::<T>(&who, Call::leave {});
		let now = T::BlockNumberProvider::current_block_number();
		T::BlockNumberProvider::set_block_number(now.saturating_add(T::UnstakeDelay::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(!Providers::<T>::contains_key(who));
	}

	#[benchmark]
	fn place_order() {
		let id = model::<T>(&rich::<T>("owner", 0));
		let consumer = rich::<T>("consumer", 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(consumer), request::<T>(id));

		assert!(Orders::<T>::contains_key(0));
	}

	#[benchmark]
	fn cancel_order(b: Linear<0, { T::MaxBids::get() }>) {
		let (consumer, id) = order::<T>(b);

		#[extrinsic_call]
		_(RawOrigin::Signed(consumer), id);

		assert!(!Orders::<T>::contains_key(id));
	}

	/// Whatever is accepted, all bids are read and released; accepting one costs more than releasing it.
	#[benchmark]
	fn accept_bids(a: Linear<1, { T::MaxBids::get() }>) {
		let (consumer, id) = order::<T>(T::MaxBids::get());
		let accepted = bids::<T>(id).into_iter().rev().take(a as usize).map(|bid| bid.provider).collect();

		#[extrinsic_call]
		_(RawOrigin::Signed(consumer), id, BoundedVec::truncate_from(accepted));

		assert!(!Orders::<T>::contains_key(id));
	}

	/// By the operator key, into a full list, to its front.
	#[benchmark]
	fn place_bid() {
		let (_, id) = order::<T>(T::MaxBids::get());
		let number = T::MaxBids::get();
		let who = provider_of::<T>(number, model_of::<T>(id));
		let price = max_price::<T>() / 2u32.into();

		#[extrinsic_call]
		_(RawOrigin::Signed(account("operator", number, 0)), id, price);

		assert_eq!(bids::<T>(id).first().map(|bid| bid.provider.clone()), Some(who));
	}

	/// By the operator key, from the end of a full list to its front.
	#[benchmark]
	fn improve_bid() {
		let (_, id) = order::<T>(T::MaxBids::get());
		let number = T::MaxBids::get().saturating_sub(1);
		let price = max_price::<T>() / 2u32.into();

		#[extrinsic_call]
		_(RawOrigin::Signed(account("operator", number, 0)), id, price);

		assert_eq!(bids::<T>(id).first().map(|bid| bid.price), Some(price));
	}

	/// A run of the hook that finds nothing in the one block it looks at.
	#[benchmark]
	fn agenda_block() {
		AgendaCursor::<T>::put(T::BlockNumberProvider::current_block_number());

		#[block]
		{
			Pallet::<T>::work_off_agenda(&mut WeightMeter::new());
		}

		assert!(AgendaCursor::<T>::get().is_some_and(|next| next > T::BlockNumberProvider::current_block_number()));
	}

	/// A run of the hook that finds an entry and has nothing to do for it.
	#[benchmark]
	fn agenda_entry() {
		let now = T::BlockNumberProvider::current_block_number();
		AgendaCursor::<T>::put(now);
		Agenda::<T>::insert(now, 0, ());

		#[block]
		{
			Pallet::<T>::work_off_agenda(&mut WeightMeter::new());
		}

		assert!(!Agenda::<T>::contains_key(now, 0));
	}

	#[benchmark]
	fn expire_order(b: Linear<0, { T::MaxBids::get() }>) {
		let (_, id) = order::<T>(b);

		#[block]
		{
			let expired = Orders::<T>::get(id).expect("the order is open");
			Pallet::<T>::close(id, expired, Closing::Expired);
		}

		assert!(!Orders::<T>::contains_key(id));
	}
}
