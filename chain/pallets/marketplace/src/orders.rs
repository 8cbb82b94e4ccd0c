//! Orders: placed, accepted, cancelled, expired.

use crate::{
	Agenda, AgendaCursor, BalanceOf, BidOf, Bids, BlockNumberOf, Closing, Config, Error, Event, HoldReason, Models,
	NextOrder, Order, OrderOf, OrderRequestOf, Orders, Pallet, WeightInfo,
};
use airo_primitives::{
	AgreementId, Agreements, OrderId, Terms,
	agenda::{Visit, work_off},
};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::Encode;
use frame_support::{
	ensure,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::{
	DispatchError, DispatchResult, Saturating,
	traits::{BlockNumberProvider, CheckedMul, Zero},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_place_order(who: T::AccountId, request: OrderRequestOf<T>) -> DispatchResult {
		let mut model = Models::<T>::get(request.model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(!model.retired, Error::<T>::ModelRetired);
		Self::check_request(&request)?;
		ensure!(Self::covers_royalty(request.max_price, model.royalty), Error::<T>::PriceBelowRoyalty);
		let held = request
			.max_price
			.checked_mul(&request.inferences.into())
			.and_then(|price| price.checked_mul(&request.providers.into()))
			.ok_or(Error::<T>::PriceOverflow)?;
		let in_flight = request
			.max_price
			.checked_mul(&request.max_in_flight.min(request.inferences).into())
			.ok_or(Error::<T>::PriceOverflow)?;

		let id = NextOrder::<T>::get();
		let placed_at = T::BlockNumberProvider::current_block_number();
		let bids_until = placed_at.saturating_add(request.bidding_period);
		let accept_until = bids_until.saturating_add(request.acceptance_period);
		let mut order = Order {
			consumer: who.clone(),
			request,
			version: model.version,
			royalty: model.royalty,
			placed_at,
			bids_until,
			accept_until,
			reserve: T::ReserveRate::get().mul_floor(in_flight),
			held,
			deposit: Zero::zero(),
		};
		order.deposit = Self::deposit_for(order.encoded_size());
		Self::hold(HoldReason::Order, &who, held)?;
		Self::hold(HoldReason::Deposit, &who, order.deposit)?;

		let number = order.request.model;
		NextOrder::<T>::put(id.saturating_add(1));
		Agenda::<T>::insert(accept_until, id, ());
		Orders::<T>::insert(id, order);
		model.references.saturating_inc();
		Models::<T>::insert(number, model);
		Self::deposit_event(Event::OrderPlaced { order: id, consumer: who, model: number });
		Ok(())
	}

	/// Returns the number of bids that were released.
	pub(crate) fn do_cancel_order(who: T::AccountId, id: OrderId) -> Result<u32, DispatchError> {
		let order = Orders::<T>::get(id).ok_or(Error::<T>::UnknownOrder)?;
		ensure!(order.consumer == who, Error::<T>::NotTheConsumer);
		Ok(Self::close(id, order, Closing::Cancelled))
	}

	pub(crate) fn do_accept_bids(who: T::AccountId, id: OrderId, accepted: Vec<T::AccountId>) -> DispatchResult {
		let order = Orders::<T>::get(id).ok_or(Error::<T>::UnknownOrder)?;
		ensure!(order.consumer == who, Error::<T>::NotTheConsumer);
		let now = T::BlockNumberProvider::current_block_number();
		ensure!(now < order.accept_until, Error::<T>::AcceptanceClosed);
		ensure!(!accepted.is_empty(), Error::<T>::NothingAccepted);
		ensure!(accepted.len() <= order.request.providers as usize, Error::<T>::TooManyAccepted);
		let accepted_set: BTreeSet<_> = accepted.iter().collect();
		ensure!(accepted_set.len() == accepted.len(), Error::<T>::DuplicateProvider);
		let bids = Bids::<T>::get(id);
		ensure!(
			accepted.iter().all(|provider| bids.iter().any(|bid| bid.provider == *provider)),
			Error::<T>::UnknownBid
		);

		// Released first: the agreements take their escrow from the same money.
		Self::remove(id, &order);
		let mut agreements = Vec::new();
		for bid in &bids {
			if accepted_set.contains(&bid.provider) {
				agreements.push(Self::open_agreement(id, &order, bid)?);
			} else {
				Self::release_bid(&order, bid);
			}
		}
		Models::<T>::mutate_extant(order.request.model, |model| {
			model.references.saturating_accrue(agreements.len() as u32);
		});
		Self::unreference(order.request.model);
		Self::deposit_event(Event::BidsAccepted { order: id, agreements });
		Ok(())
	}

	fn open_agreement(id: OrderId, order: &OrderOf<T>, bid: &BidOf<T>) -> Result<AgreementId, DispatchError> {
		let mut provider = Self::provider(&bid.provider)?;
		provider.open_bids.saturating_dec();
		provider.open_agreements.saturating_inc();
		let request = &order.request;
		let terms = Terms {
			order: id,
			model: request.model,
			version: order.version,
			consumer: order.consumer.clone(),
			sender: request.sender.clone(),
			consumer_key: request.key.clone(),
			provider: bid.provider.clone(),
			responder: provider.operator.as_ref().map(|operator| operator.account.clone()),
			provider_key: provider.profile.key.clone(),
			price: bid.price,
			royalty: order.royalty,
			fee: Self::market_fee(bid.price),
			penalty: T::PenaltyRate::get().mul_floor(request.max_price).min(bid.price),
			reserve: order.reserve,
			quota: request.inferences,
			max_in_flight: request.max_in_flight,
			response_deadline: request.response_deadline,
			lifetime: request.lifetime,
		};
		crate::Providers::<T>::insert(&bid.provider, provider);
		T::Agreements::open(terms)
	}

	/// Closes an order without an agreement; how many bids it had.
	pub(crate) fn close(id: OrderId, order: OrderOf<T>, closing: Closing) -> u32 {
		let bids = Bids::<T>::get(id);
		for bid in &bids {
			Self::release_bid(&order, bid);
		}
		Self::remove(id, &order);
		Self::unreference(order.request.model);
		Self::deposit_event(Event::OrderClosed { order: id, closing });
		bids.len() as u32
	}

	/// Removes an order with all its storage and releases the consumer's money.
	fn remove(id: OrderId, order: &OrderOf<T>) {
		Orders::<T>::remove(id);
		Bids::<T>::remove(id);
		Agenda::<T>::remove(order.accept_until, id);
		Self::release(HoldReason::Order, &order.consumer, order.held);
		Self::release(HoldReason::Deposit, &order.consumer, order.deposit);
	}

	/// Works off what is due, within `meter`.
	pub(crate) fn work_off_agenda(meter: &mut WeightMeter) {
		work_off::<Agenda<T>, AgendaCursor<T>, _, _>(
			T::BlockNumberProvider::current_block_number(),
			meter,
			T::WeightInfo::agenda_block(),
			T::WeightInfo::agenda_entry(),
			|id, meter| {
				let Some(order) = Orders::<T>::get(id) else { return Visit::Done };
				if meter.try_consume(T::WeightInfo::expire_order(T::MaxBids::get())).is_err() {
					return Visit::Unfinished;
				}
				Self::close(id, order, Closing::Expired);
				Visit::Done
			},
		);
	}

	/// The weight of cleaning up one order.
	pub(crate) fn largest_step() -> Weight {
		T::WeightInfo::agenda_block()
			.saturating_add(T::WeightInfo::agenda_entry())
			.saturating_add(T::WeightInfo::expire_order(T::MaxBids::get()))
	}

	fn check_request(request: &OrderRequestOf<T>) -> DispatchResult {
		let limits = T::Agreements::limits();
		let zero = BlockNumberOf::<T>::zero();
		ensure!((1..=T::MaxInferences::get()).contains(&request.inferences), Error::<T>::InferencesOutOfRange);
		ensure!(!request.max_price.is_zero(), Error::<T>::ZeroPrice);
		ensure!(request.max_price <= T::MaxPrice::get(), Error::<T>::PriceTooHigh);
		ensure!(
			request.bidding_period > zero
				&& request.bidding_period <= T::MaxPeriod::get()
				&& request.acceptance_period <= T::MaxPeriod::get(),
			Error::<T>::PeriodOutOfRange
		);
		ensure!(request.response_deadline >= limits.min_response_deadline, Error::<T>::DeadlineTooShort);
		ensure!(
			request.lifetime > request.response_deadline && request.lifetime <= limits.max_lifetime,
			Error::<T>::LifetimeOutOfRange
		);
		ensure!((1..=T::MaxBids::get()).contains(&request.providers), Error::<T>::ProvidersOutOfRange);
		ensure!((1..=limits.max_in_flight).contains(&request.max_in_flight), Error::<T>::InFlightOutOfRange);
		ensure!(request.key.check().is_ok(), Error::<T>::MalformedKey);
		Ok(())
	}

	/// The market's part of a price.
	pub(crate) fn market_fee(price: BalanceOf<T>) -> BalanceOf<T> {
		T::MarketFee::get().mul_floor(price)
	}

	/// Whether a price leaves nothing less than zero to the provider.
	pub(crate) fn covers_royalty(price: BalanceOf<T>, royalty: BalanceOf<T>) -> bool {
		price.saturating_sub(Self::market_fee(price)) >= royalty
	}
}
