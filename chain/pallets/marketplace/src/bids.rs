//! Bids: placed, improved, displaced, released.

use crate::{
	BalanceOf, Bid, BidOf, Bids, BlockNumberOf, Config, Error, Event, Offers, Operators, OrderOf, Orders, Pallet,
	ProviderOf, Providers,
};
use airo_primitives::{Agreements, OrderId};
use frame_support::{BoundedVec, ensure, traits::Get};
use sp_runtime::{
	DispatchError, DispatchResult, Saturating,
	traits::{BlockNumberProvider, One, Zero},
};

type BidList<T> = BoundedVec<BidOf<T>, <T as Config>::MaxBids>;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_place_bid(who: T::AccountId, id: OrderId, price: BalanceOf<T>) -> DispatchResult {
		let (account, mut provider) = Self::bidder(&who)?;
		let (order, now) = Self::open_for_bids(id)?;
		ensure!(account != order.consumer, Error::<T>::OwnOrder);
		Self::check_price(&order, price)?;
		Self::check_bounds(&who, &provider, price, true)?;
		Self::check_conditions(&account, &provider, &order)?;
		let mut bids = Bids::<T>::get(id);
		ensure!(bids.iter().all(|bid| bid.provider != account), Error::<T>::AlreadyBid);
		Self::check_lead(&bids, price)?;
		ensure!(provider.stake.saturating_sub(provider.reserved) >= order.reserve, Error::<T>::StakeInUse);

		let displaced = Self::make_room(&mut bids, price)?;
		Self::insert(&mut bids, Bid { provider: account.clone(), price, at: now })?;
		provider.reserved.saturating_accrue(order.reserve);
		provider.open_bids.saturating_inc();
		Providers::<T>::insert(&account, provider);
		Bids::<T>::insert(id, bids);
		if let Some(bid) = displaced {
			Self::release_bid(&order, &bid);
			Self::deposit_event(Event::BidDisplaced { order: id, provider: bid.provider });
		}
		Self::deposit_event(Event::BidPlaced { order: id, provider: account, price });
		Ok(())
	}

	pub(crate) fn do_improve_bid(who: T::AccountId, id: OrderId, price: BalanceOf<T>) -> DispatchResult {
		let (account, provider) = Self::bidder(&who)?;
		let (order, now) = Self::open_for_bids(id)?;
		Self::check_price(&order, price)?;
		Self::check_bounds(&who, &provider, price, false)?;
		let mut bids = Bids::<T>::get(id);
		let place = bids.iter().position(|bid| bid.provider == account).ok_or(Error::<T>::UnknownBid)?;
		let old = bids.remove(place);
		ensure!(price <= Self::one_step_below(old.price), Error::<T>::StepTooSmall);
		Self::check_lead(&bids, price)?;

		Self::insert(&mut bids, Bid { provider: account.clone(), price, at: now })?;
		Bids::<T>::insert(id, bids);
		Self::deposit_event(Event::BidPlaced { order: id, provider: account, price });
		Ok(())
	}

	/// Gives back what a bid had reserved.
	pub(crate) fn release_bid(order: &OrderOf<T>, bid: &BidOf<T>) {
		Self::update_provider(&bid.provider, |provider| {
			provider.reserved.saturating_reduce(order.reserve);
			provider.open_bids.saturating_dec();
		});
	}

	/// The provider that `who` acts for, by itself or as its operator key.
	fn bidder(who: &T::AccountId) -> Result<(T::AccountId, ProviderOf<T>), DispatchError> {
		let account = match Operators::<T>::get(who) {
			Some(account) => account,
			None => who.clone(),
		};
		let provider = Self::staying(&account)?;
		Ok((account, provider))
	}

	fn open_for_bids(id: OrderId) -> Result<(OrderOf<T>, BlockNumberOf<T>), DispatchError> {
		let order = Orders::<T>::get(id).ok_or(Error::<T>::UnknownOrder)?;
		let now = T::BlockNumberProvider::current_block_number();
		ensure!(now < order.bids_until, Error::<T>::BiddingClosed);
		Ok((order, now))
	}

	fn check_price(order: &OrderOf<T>, price: BalanceOf<T>) -> DispatchResult {
		ensure!(!price.is_zero(), Error::<T>::ZeroPrice);
		ensure!(price <= order.request.max_price, Error::<T>::AboveMaximum);
		ensure!(Self::covers_royalty(price, order.royalty), Error::<T>::PriceBelowRoyalty);
		Ok(())
	}

	/// What bounds an operator key.
	fn check_bounds(who: &T::AccountId, provider: &ProviderOf<T>, price: BalanceOf<T>, opens: bool) -> DispatchResult {
		if let Some(operator) = provider.operator.as_ref().filter(|operator| operator.account == *who) {
			ensure!(price >= operator.floor_price, Error::<T>::BelowFloor);
			ensure!(!opens || provider.open() < operator.max_open, Error::<T>::TooManyOpen);
		}
		Ok(())
	}

	/// What the market and the order ask of a bidder.
	fn check_conditions(account: &T::AccountId, provider: &ProviderOf<T>, order: &OrderOf<T>) -> DispatchResult {
		let request = &order.request;
		ensure!(
			Offers::<T>::get(request.model, account).is_some_and(|offer| offer.version == order.version),
			Error::<T>::NotAnnounced
		);
		ensure!(provider.stake >= T::MinStake::get(), Error::<T>::StakeTooLow);
		ensure!(provider.stake >= request.min_stake, Error::<T>::OrderWantsMoreStake);
		let standing = T::Agreements::standing(account);
		ensure!(
			standing.delivered >= request.min_record.delivered
				&& standing.reliability() >= request.min_record.reliability,
			Error::<T>::OrderWantsBetterRecord
		);
		Ok(())
	}

	/// A bid may stand at the best price or above it; below it only by a step.
	fn check_lead(bids: &BidList<T>, price: BalanceOf<T>) -> DispatchResult {
		let best = bids.first().map(|bid| bid.price);
		ensure!(best.is_none_or(|best| price >= best || price <= Self::one_step_below(best)), Error::<T>::StepTooSmall);
		Ok(())
	}

	/// The highest price that is better than this one by at least the step, which is never less than one unit.
	fn one_step_below(price: BalanceOf<T>) -> BalanceOf<T> {
		price.saturating_sub(T::BidStep::get().mul_ceil(price).max(One::one()))
	}

	/// Takes the worst bid out of a full list if `price` is better by at least a step.
	fn make_room(bids: &mut BidList<T>, price: BalanceOf<T>) -> Result<Option<BidOf<T>>, DispatchError> {
		if !bids.is_full() {
			return Ok(None);
		}
		let worst = bids.last().map(|bid| bid.price).unwrap_or_default();
		ensure!(price <= Self::one_step_below(worst), Error::<T>::StepTooSmall);
		Ok(bids.pop())
	}

	/// Puts a bid in its place: behind all that are better or equal.
	fn insert(bids: &mut BidList<T>, bid: BidOf<T>) -> DispatchResult {
		let place = bids.partition_point(|other| other.price <= bid.price);
		bids.try_insert(place, bid).map_err(|_| DispatchError::Corruption)
	}
}
