//! What must hold of the pallet's storage at the end of every block.

use crate::{
	Agenda, AgendaCursor, BalanceOf, Bids, Config, ContentIds, HoldReason, Models, NextModel, NextOrder, Offers,
	OffersOf, Operators, Orders, Pallet, Peers, Providers, Versions,
};
use airo_primitives::{Agreements, ModelId};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::hold::Inspect as InspectHold};
use sp_runtime::{Saturating, TryRuntimeError, traits::Zero};

type Sums<T> = BTreeMap<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
	/// Checks the pallet's invariants:
	///
	/// 1. What an account has on hold for orders is the sum over its open orders.
	/// 2. What a provider has on hold as stake is its stake; no one else has any.
	/// 3. What is reserved of a stake is what bids and agreements say, and never more than the stake.
	/// 4. What an account has on hold as deposit is the sum over its models, versions, orders, offers and profile.
	/// 5. The index of content ids and the versions match.
	/// 6. Operator keys, peers and offers match the providers, in both directions.
	/// 7. Bids are sorted, one a provider, within the order's price, and cover the royalty.
	/// 8. Every order has a visit in the agenda, and no entry lies before the cursor.
	/// 9. A model counts its offers, and at least its open orders as references.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut orders = Sums::<T>::new();
		let mut deposits = Sums::<T>::new();
		Self::check_models(&mut deposits)?;
		Self::check_orders(&mut orders, &mut deposits)?;
		Self::check_providers(&mut deposits)?;

		for who in frame_system::Account::<T>::iter_keys() {
			let held = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), &who);
			let sum = |sums: &Sums<T>| sums.get(&who).copied().unwrap_or_else(Zero::zero);
			let stake = Providers::<T>::get(&who).map_or_else(Zero::zero, |provider| provider.stake);
			ensure!(held(HoldReason::Order) == sum(&orders), "1: holds do not match the open orders");
			ensure!(held(HoldReason::Stake) == stake, "2: a hold does not match the stake");
			ensure!(held(HoldReason::Deposit) == sum(&deposits), "4: deposits do not match the storage");
		}
		if let Some(cursor) = AgendaCursor::<T>::get() {
			ensure!(Agenda::<T>::iter_keys().all(|(block, _)| block >= cursor), "8: an entry lies before the cursor");
		}
		Ok(())
	}

	fn check_models(deposits: &mut Sums<T>) -> Result<(), TryRuntimeError> {
		let next = NextModel::<T>::get();
		for (id, model) in Models::<T>::iter() {
			ensure!(id < next, "9: a model has a number that was not given yet");
			ensure!(Versions::<T>::contains_key(id, model.version), "5: the newest version is missing");
			ensure!(Offers::<T>::iter_prefix(id).count() == model.offers as usize, "9: offers are miscounted");
			let orders = Orders::<T>::iter_values().filter(|order| order.request.model == id).count();
			ensure!(model.references as usize >= orders, "9: references are miscounted");
			deposits.entry(model.depositor).or_default().saturating_accrue(model.deposit);
		}
		for (id, number, version) in Versions::<T>::iter() {
			ensure!(Models::<T>::contains_key(id), "5: a version has no model");
			ensure!(ContentIds::<T>::get(&version.content) == Some((id, number)), "5: a version is not indexed");
			deposits.entry(version.depositor).or_default().saturating_accrue(version.deposit);
		}
		ensure!(
			ContentIds::<T>::iter_keys().count() == Versions::<T>::iter_keys().count(),
			"5: the index names a removed version"
		);
		Ok(())
	}

	fn check_orders(orders: &mut Sums<T>, deposits: &mut Sums<T>) -> Result<(), TryRuntimeError> {
		let next = NextOrder::<T>::get();
		for (id, order) in Orders::<T>::iter() {
			ensure!(id < next, "8: an order has a number that was not given yet");
			ensure!(Models::<T>::contains_key(order.request.model), "9: an order's model is gone");
			ensure!(Agenda::<T>::contains_key(order.accept_until, id), "8: an order has no visit");
			let bids = Bids::<T>::get(id);
			ensure!(bids.iter().map(|bid| bid.price).is_sorted(), "7: bids are not sorted");
			for (place, bid) in bids.iter().enumerate() {
				ensure!(bid.price <= order.request.max_price, "7: a bid is above the highest price");
				ensure!(Self::covers_royalty(bid.price, order.royalty), "7: a bid does not cover the royalty");
				let behind = bids.iter().skip(place.saturating_add(1));
				ensure!(behind.clone().all(|other| other.provider != bid.provider), "7: a provider has two bids");
			}
			orders.entry(order.consumer.clone()).or_default().saturating_accrue(order.held);
			deposits.entry(order.consumer).or_default().saturating_accrue(order.deposit);
		}
		ensure!(Bids::<T>::iter_keys().all(Orders::<T>::contains_key), "7: bids have no order");
		Ok(())
	}

	fn check_providers(deposits: &mut Sums<T>) -> Result<(), TryRuntimeError> {
		let (mut operators, mut offers) = (0usize, 0usize);
		for (who, provider) in Providers::<T>::iter() {
			let bids = Bids::<T>::iter()
				.filter(|(_, bids)| bids.iter().any(|bid| bid.provider == who))
				.filter_map(|(id, _)| Orders::<T>::get(id));
			let (count, for_bids) = bids.fold((0u32, BalanceOf::<T>::zero()), |(count, sum), order| {
				(count.saturating_add(1), sum.saturating_add(order.reserve))
			});
			let reserved = for_bids.saturating_add(T::Agreements::reserved(&who));
			ensure!(provider.reserved == reserved, "3: what is reserved does not match bids and agreements");
			ensure!(provider.reserved <= provider.stake, "3: more is reserved than staked");
			ensure!(provider.open_bids == count, "3: bids are miscounted");
			ensure!(Peers::<T>::get(&provider.profile.peer).as_ref() == Some(&who), "6: a peer is not indexed");
			if let Some(operator) = &provider.operator {
				ensure!(Operators::<T>::get(&operator.account).as_ref() == Some(&who), "6: an operator is not indexed");
				operators = operators.saturating_add(1);
			}
			deposits.entry(who).or_default().saturating_accrue(provider.deposit);
		}
		ensure!(Operators::<T>::iter_keys().count() == operators, "6: an operator key has no provider");
		ensure!(Peers::<T>::iter_keys().count() == Providers::<T>::iter_keys().count(), "6: a peer has no provider");
		for (model, who, offer) in Offers::<T>::iter() {
			let listed: alloc::vec::Vec<ModelId> = OffersOf::<T>::get(&who).into_inner();
			ensure!(listed.contains(&model), "6: an offer is not listed");
			deposits.entry(who).or_default().saturating_accrue(offer.deposit);
			offers = offers.saturating_add(1);
		}
		ensure!(
			OffersOf::<T>::iter_values().map(|models| models.len()).sum::<usize>() == offers,
			"6: a list names a withdrawn offer"
		);
		Ok(())
	}
}
