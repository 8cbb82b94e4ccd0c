//! Acceptance: bids become agreements, the rest is released.

use crate::*;
use frame_support::assert_noop;
use pallet_execution::HoldReason as ExecutionHold;

/// An order for `wanted` providers with a bid of each of the four, at 50, 51, 52 and 53 units.
fn an_order_with_bids(wanted: u32) -> (u64, Vec<AccountId>) {
	let id = a_model();
	let bidders: Vec<_> = (0..4).map(|number| a_provider(number, id)).collect();
	let mut request = a_request(id);
	request.providers = wanted;
	let order = order_by(consumer(), request);
	for (who, price) in bidders.iter().zip(50..) {
		assert_ok!(bid(who.clone(), order, price * UNIT));
	}
	(order, bidders)
}

#[test]
fn an_accepted_bid_becomes_an_agreement_on_its_terms() {
	test(|| {
		let (order, bidders) = an_order_with_bids(1);
		let stored = crate::order(order);
		assert_ok!(accept(consumer(), order, vec![bidders[1].clone()]));

		let opened = agreement(0);
		assert_eq!((opened.order, opened.model, opened.version), (order, 0, 0));
		assert_eq!((opened.consumer.clone(), opened.provider.clone()), (consumer(), bidders[1].clone()));
		assert_eq!((opened.price, opened.royalty, opened.fee), (51 * UNIT, ROYALTY, 51 * UNIT / 100));
		// A tenth of the highest price; the reserve depends on the order alone.
		assert_eq!((opened.penalty, opened.reserve), (10 * UNIT, stored.reserve));
		assert_eq!((opened.quota, opened.max_in_flight, opened.response_deadline), (100, 100, 5));
		assert_eq!((opened.opened_at, opened.ends_at), (now(), now() + 200));
		assert_eq!((opened.sender.clone(), opened.responder.clone()), (None, None));
		assert_last(Event::BidsAccepted { order, agreements: vec![0] });
	});
}

#[test]
fn acceptance_moves_the_price_to_escrow_and_releases_everything_else() {
	test(|| {
		let (order, bidders) = an_order_with_bids(1);
		let reserve = crate::order(order).reserve;
		assert_ok!(accept(consumer(), order, vec![bidders[3].clone()]));

		assert!(!is_open(order) && bids_of(order).is_empty());
		assert_eq!(held_for(&consumer(), HoldReason::Order), 0);
		assert_eq!(held_for(&consumer(), HoldReason::Deposit), 0);
		assert_eq!(held_for(&consumer(), ExecutionHold::Escrow), 100 * 53 * UNIT);
		// The agreement's deposit and the record's.
		assert_eq!(held_for(&consumer(), ExecutionHold::Deposit), 1_300);
		assert_eq!(total(&consumer()), ENDOWMENT);
		let chosen = provider_of(&bidders[3]);
		assert_eq!((chosen.reserved, chosen.open_bids, chosen.open_agreements), (reserve, 0, 1));
		for other in &bidders[..3] {
			assert_eq!((provider_of(other).reserved, provider_of(other).open()), (0, 0));
		}
		assert_eq!(model(0).references, 1);
		assert_eq!(pallet_marketplace::Agenda::<Runtime>::iter().count(), 0);
	});
}

#[test]
fn three_of_four_bids_become_agreements_with_an_escrow_each() {
	test(|| {
		let (order, bidders) = an_order_with_bids(3);
		assert_eq!(held_for(&consumer(), HoldReason::Order), 3 * 100 * MAX_PRICE);
		let chosen = vec![bidders[3].clone(), bidders[0].clone(), bidders[2].clone()];
		assert_ok!(accept(consumer(), order, chosen));

		let opened: Vec<_> = (0..3).map(|id| (agreement(id).provider, agreement(id).price)).collect();
		let expected = [(0, 50), (2, 52), (3, 53)].map(|(place, price)| (bidders[place].clone(), price * UNIT));
		assert_eq!(opened, expected);
		assert_eq!(held_for(&consumer(), HoldReason::Order), 0);
		assert_eq!(held_for(&consumer(), ExecutionHold::Escrow), 100 * (50 + 52 + 53) * UNIT);
		assert_eq!(provider_of(&bidders[1]).open(), 0);
		assert_eq!(model(0).references, 3);
		assert_last(Event::BidsAccepted { order, agreements: vec![0, 1, 2] });

		request(0, 1);
		assert_ok!(deliver(0, 0, 1));
		assert_eq!((agreement(0).escrow(), agreement(1).escrow()), (99 * 50 * UNIT, 100 * 52 * UNIT));
	});
}

#[test]
fn fewer_than_wanted_may_be_accepted_and_that_ends_the_order() {
	test(|| {
		let (order, bidders) = an_order_with_bids(3);
		assert_ok!(accept(consumer(), order, vec![bidders[0].clone()]));
		assert_eq!(held_for(&consumer(), HoldReason::Order), 0);
		assert_noop!(accept(consumer(), order, vec![bidders[1].clone()]), Error::UnknownOrder);
	});
}

#[test]
fn a_bad_acceptance_is_refused_and_changes_nothing() {
	test(|| {
		let (order, bidders) = an_order_with_bids(2);
		let pick = |places: &[usize]| places.iter().map(|place| bidders[*place].clone()).collect::<Vec<_>>();
		assert_noop!(accept(consumer(), 7, pick(&[0])), Error::UnknownOrder);
		assert_noop!(accept(other_consumer(), order, pick(&[0])), Error::NotTheConsumer);
		assert_noop!(accept(bidders[0].clone(), order, pick(&[0])), Error::NotTheConsumer);
		assert_noop!(accept(consumer(), order, vec![]), Error::NothingAccepted);
		assert_noop!(accept(consumer(), order, pick(&[0, 1, 2])), Error::TooManyAccepted);
		assert_noop!(accept(consumer(), order, pick(&[0, 0])), Error::DuplicateProvider);
		assert_noop!(accept(consumer(), order, vec![stranger()]), Error::UnknownBid);
		assert_noop!(accept(consumer(), order, vec![bidders[0].clone(), stranger()]), Error::UnknownBid);
	});
}

#[test]
fn an_order_is_accepted_once() {
	test(|| {
		let (order, bidders) = an_order_with_bids(1);
		assert_ok!(accept(consumer(), order, vec![bidders[0].clone()]));
		assert_noop!(accept(consumer(), order, vec![bidders[0].clone()]), Error::UnknownOrder);
		assert_noop!(accept(consumer(), order, vec![bidders[1].clone()]), Error::UnknownOrder);
	});
}

#[test]
fn bids_are_binding_until_the_last_block_before_the_acceptance_deadline() {
	test(|| {
		let (order, bidders) = an_order_with_bids(1);
		run_to(crate::order(order).accept_until - 1);
		assert_ok!(accept(consumer(), order, vec![bidders[0].clone()]));
	});
}

#[test]
fn a_bid_of_a_provider_that_is_leaving_is_still_binding() {
	test(|| {
		let (order, bidders) = an_order_with_bids(1);
		assert_ok!(call(bidders[0].clone(), Call::leave {}));
		assert_ok!(accept(consumer(), order, vec![bidders[0].clone()]));
	});
}

#[test]
fn a_consumer_that_cannot_pay_the_agreements_deposit_keeps_its_order() {
	test(|| {
		let cheap = a_model();
		let mut request = a_request(cheap);
		request.inferences = 1;
		let order = order_by(consumer(), request);
		let who = a_provider(0, cheap);
		assert_ok!(bid(who.clone(), order, MAX_PRICE));
		let left = Balances::free_balance(consumer()) - EXISTENTIAL_DEPOSIT;
		let spend = pallet_balances::Call::transfer_allow_death { dest: stranger(), value: left };
		assert_ok!(call(consumer(), spend));
		let error = pallet_execution::Error::<Runtime>::InsufficientBalance;
		assert_noop!(accept(consumer(), order, vec![who]), error);
	});
}

#[test]
fn the_penalty_is_never_more_than_the_price() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let order = an_order(id);
		assert_ok!(bid(who.clone(), order, 2 * UNIT));
		assert_ok!(accept(consumer(), order, vec![who]));
		assert_eq!((agreement(0).price, agreement(0).penalty), (2 * UNIT, 2 * UNIT));
	});
}
