//! Orders: placed, cancelled, and what they fix.

use crate::*;
use frame_support::assert_noop;
use pallet_marketplace::{Closing, OrderRequestOf};

#[test]
fn placing_stores_the_order_and_holds_the_most_that_it_can_cost() {
	test(|| {
		let id = a_model();
		let mut request = a_request(id);
		request.inferences = 70;
		request.providers = 3;
		request.max_in_flight = 40;
		request.sender = Some(operator());
		assert_ok!(place(consumer(), request.clone()));

		let stored = order(0);
		assert_eq!((stored.consumer.clone(), stored.request.clone()), (consumer(), request));
		assert_eq!((stored.version, stored.royalty, stored.placed_at), (0, ROYALTY, now()));
		assert_eq!((stored.bids_until, stored.accept_until), (now() + 10, now() + 20));
		// A fifth of the price for each request in flight.
		assert_eq!(stored.reserve, 40 * MAX_PRICE / 5);
		assert_eq!(stored.held, 3 * 70 * MAX_PRICE);
		assert_eq!(stored.deposit, deposit_for(stored.encoded_size()));
		assert_eq!(held_for(&consumer(), HoldReason::Order), stored.held);
		assert_eq!(held_for(&consumer(), HoldReason::Deposit), stored.deposit);
		assert_eq!(total(&consumer()), ENDOWMENT);
		assert_eq!(model(id).references, 1);
		assert_last(Event::OrderPlaced { order: 0, consumer: consumer(), model: id });
	});
}

#[test]
fn orders_are_numbered_in_sequence() {
	test(|| {
		let id = a_model();
		assert_eq!([an_order(id), an_order(id), an_order(id)], [0, 1, 2]);
	});
}

/// Requests that are refused, each with the error.
fn bad_requests(id: u32) -> Vec<(OrderRequestOf<Runtime>, Error)> {
	let with = |change: fn(&mut OrderRequestOf<Runtime>)| {
		let mut request = a_request(id);
		change(&mut request);
		request
	};
	vec![
		(with(|request| request.model = 7), Error::UnknownModel),
		(with(|request| request.inferences = 0), Error::InferencesOutOfRange),
		(with(|request| request.inferences = 1_000_001), Error::InferencesOutOfRange),
		(with(|request| request.max_price = 0), Error::ZeroPrice),
		(with(|request| request.max_price = 1_000 * UNIT + 1), Error::PriceTooHigh),
		(with(|request| request.max_price = Balance::MAX), Error::PriceTooHigh),
		(with(|request| request.max_price = ROYALTY), Error::PriceBelowRoyalty),
		(with(|request| request.bidding_period = 0), Error::PeriodOutOfRange),
		(with(|request| request.bidding_period = 1_001), Error::PeriodOutOfRange),
		(with(|request| request.acceptance_period = 1_001), Error::PeriodOutOfRange),
		(with(|request| request.response_deadline = 1), Error::DeadlineTooShort),
		(with(|request| request.lifetime = request.response_deadline), Error::LifetimeOutOfRange),
		(with(|request| request.lifetime = 10_001), Error::LifetimeOutOfRange),
		(with(|request| request.providers = 0), Error::ProvidersOutOfRange),
		(with(|request| request.providers = 5), Error::ProvidersOutOfRange),
		(with(|request| request.max_in_flight = 0), Error::InFlightOutOfRange),
		(with(|request| request.max_in_flight = 1_001), Error::InFlightOutOfRange),
		(
			with(|request| {
				request.key = airo_primitives::PublicKey {
					scheme: airo_primitives::SCHEME_HPKE_X25519,
					material: airo_primitives::KeyMaterial::Inline(Default::default()),
				}
			}),
			Error::MalformedKey,
		),
		// More than the consumer has.
		(
			with(|request| {
				request.inferences = 1_000_000;
				request.providers = 4;
			}),
			Error::InsufficientBalance,
		),
	]
}

#[test]
fn a_bad_order_is_refused_and_changes_nothing() {
	test(|| {
		for (request, error) in bad_requests(a_model()) {
			assert_noop!(place(consumer(), request), error);
		}
	});
}

#[test]
fn a_retired_model_takes_no_orders() {
	test(|| {
		let id = a_model();
		assert_ok!(call(owner(), Call::retire_model { model: id }));
		assert_noop!(place(consumer(), a_request(id)), Error::ModelRetired);
	});
}

#[test]
fn an_order_at_its_limits_is_taken() {
	test(|| {
		let mut request = a_request(a_model());
		request.inferences = 1;
		request.max_price = 1_000 * UNIT;
		request.bidding_period = 1_000;
		request.acceptance_period = 1_000;
		request.response_deadline = 2;
		request.lifetime = 10_000;
		request.providers = 4;
		request.max_in_flight = 1_000;
		assert_ok!(place(consumer(), request.clone()));
		request.bidding_period = 1;
		request.acceptance_period = 0;
		request.lifetime = 3;
		request.max_in_flight = 1;
		assert_ok!(place(consumer(), request));
	});
}

#[test]
fn a_price_that_more_than_the_currency_can_express_is_refused() {
	use airo_testing::minimal;
	minimal::test(|| {
		let id = minimal::a_model();
		let overflowing = |change: fn(&mut OrderRequestOf<minimal::Runtime>)| {
			let mut request = OrderRequestOf::<minimal::Runtime> { max_price: u64::MAX, ..minimal::a_request(id) };
			change(&mut request);
			minimal::call(minimal::CONSUMER, pallet_marketplace::Call::place_order { request })
		};
		let error = pallet_marketplace::Error::<minimal::Runtime>::PriceOverflow;
		assert_noop!(overflowing(|request| request.inferences = 2), error);
		let error = pallet_marketplace::Error::<minimal::Runtime>::PriceOverflow;
		assert_noop!(
			overflowing(|request| {
				request.inferences = 1;
				request.providers = 2;
			}),
			error
		);
		let error = pallet_marketplace::Error::<minimal::Runtime>::InsufficientBalance;
		assert_noop!(
			overflowing(|request| {
				request.inferences = 1;
				request.max_in_flight = 1;
			}),
			error
		);
	});
}

#[test]
fn version_and_royalty_are_those_of_the_orders_placement() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let old = an_order(id);
		assert_ok!(publish(owner(), id, 2));
		assert_ok!(call(owner(), Call::set_royalty { model: id, royalty: 9 * UNIT }));
		let new = an_order(id);
		assert_eq!((order(old).version, order(old).royalty), (0, ROYALTY));
		assert_eq!((order(new).version, order(new).royalty), (1, 9 * UNIT));

		assert_ok!(bid(who.clone(), old, PRICE));
		assert_noop!(bid(who.clone(), new, PRICE), Error::NotAnnounced);
		assert_ok!(accept(consumer(), old, vec![who.clone()]));
		assert_eq!((agreement(0).version, agreement(0).royalty), (0, ROYALTY));
		request(0, 1);
		assert_ok!(deliver(0, 0, 1));
		assert_eq!(total(&owner()), ENDOWMENT + ROYALTY);

		a_provider(0, id);
		assert_ok!(bid(who.clone(), new, PRICE));
		assert_ok!(accept(consumer(), new, vec![who]));
		assert_eq!((agreement(1).version, agreement(1).royalty), (1, 9 * UNIT));
	});
}

#[test]
fn retiring_a_model_leaves_open_orders_as_they_are() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let order = an_order(id);
		assert_ok!(call(owner(), Call::retire_model { model: id }));
		assert_ok!(bid(who.clone(), order, PRICE));
		assert_ok!(accept(consumer(), order, vec![who]));
	});
}

#[test]
fn cancelling_releases_the_money_and_all_bids() {
	test(|| {
		let id = a_model();
		let bidders = [a_provider(0, id), a_provider(1, id)];
		let order = an_order(id);
		for who in &bidders {
			assert_ok!(bid(who.clone(), order, PRICE));
		}
		assert_ok!(call(consumer(), Call::cancel_order { order }));
		assert!(!is_open(order) && bids_of(order).is_empty());
		assert_eq!((held(&consumer()), Balances::free_balance(consumer())), (0, ENDOWMENT));
		for who in &bidders {
			assert_eq!((provider_of(who).reserved, provider_of(who).open()), (0, 0));
		}
		assert_eq!(model(id).references, 0);
		assert_eq!(pallet_marketplace::Agenda::<Runtime>::iter().count(), 0);
		assert_last(Event::OrderClosed { order, closing: Closing::Cancelled });
	});
}

#[test]
fn only_the_consumer_cancels_and_only_an_open_order() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let order = an_order(id);
		let cancel = |who, order| call(who, Call::cancel_order { order });
		assert_noop!(cancel(other_consumer(), order), Error::NotTheConsumer);
		assert_noop!(cancel(consumer(), 7), Error::UnknownOrder);
		assert_ok!(bid(who.clone(), order, PRICE));
		assert_ok!(accept(consumer(), order, vec![who]));
		assert_noop!(cancel(consumer(), order), Error::UnknownOrder);
		let another = an_order(id);
		assert_ok!(cancel(consumer(), another));
		assert_noop!(cancel(consumer(), another), Error::UnknownOrder);
	});
}
