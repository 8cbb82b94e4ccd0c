//! Bids: placed, improved, displaced.

use crate::*;
use frame_support::assert_noop;
use pallet_marketplace::MinRecord;
use sp_runtime::Perbill;

/// A model, an order for it, and providers 0 to 5 that announced it.
fn an_open_order() -> (u64, Vec<AccountId>) {
	let id = a_model();
	let providers = (0..6).map(|number| a_provider(number, id)).collect();
	(an_order(id), providers)
}

#[test]
fn a_bid_is_stored_and_reserves_stake() {
	test(|| {
		let (order, who) = an_open_order();
		assert_ok!(bid(who[0].clone(), order, PRICE));
		let stored = pallet_marketplace::Bids::<Runtime>::get(order);
		assert_eq!((stored.len(), stored[0].provider.clone()), (1, who[0].clone()));
		assert_eq!((stored[0].price, stored[0].at), (PRICE, now()));
		let bidder = provider_of(&who[0]);
		assert_eq!((bidder.reserved, bidder.open_bids), (crate::order(order).reserve, 1));
		// The stake itself stays where it is.
		assert_eq!(held_for(&who[0], HoldReason::Stake), 10_000 * UNIT);
		assert_last(Event::BidPlaced { order, provider: who[0].clone(), price: PRICE });
	});
}

#[test]
fn bids_are_listed_best_first_and_of_equal_ones_the_earlier_first() {
	test(|| {
		let (order, who) = an_open_order();
		for (place, price) in [(0, 60), (1, 50), (2, 60), (3, 50)] {
			assert_ok!(bid(who[place].clone(), order, price * UNIT));
		}
		let expected = [(1, 50), (3, 50), (0, 60), (2, 60)];
		assert_eq!(bids_of(order), expected.map(|(place, price)| (who[place].clone(), price * UNIT)));
	});
}

#[test]
fn a_bad_bid_is_refused_and_changes_nothing() {
	test(|| {
		let (order, who) = an_open_order();
		let who = who[0].clone();
		assert_noop!(bid(stranger(), order, PRICE), Error::NotAProvider);
		assert_noop!(bid(who.clone(), 7, PRICE), Error::UnknownOrder);
		assert_noop!(bid(who.clone(), order, 0), Error::ZeroPrice);
		assert_noop!(bid(who.clone(), order, MAX_PRICE + 1), Error::AboveMaximum);
		// A unit of royalty and a hundredth for the market: at the royalty alone the provider would pay to work.
		assert_noop!(bid(who.clone(), order, ROYALTY), Error::PriceBelowRoyalty);
		assert_ok!(bid(who.clone(), order, MAX_PRICE));
		assert_noop!(bid(who, order, PRICE), Error::AlreadyBid);
	});
}

#[test]
fn the_lowest_bid_leaves_the_provider_nothing_but_costs_it_nothing() {
	test(|| {
		let (order, who) = an_open_order();
		let lowest = (1..).find(|price| price - price / 100 >= ROYALTY).expect("some price");
		assert_noop!(bid(who[0].clone(), order, lowest - 1), Error::PriceBelowRoyalty);
		assert_ok!(bid(who[0].clone(), order, lowest));
	});
}

#[test]
fn a_bid_after_the_bidding_period_is_refused() {
	test(|| {
		let (order, who) = an_open_order();
		run_to(crate::order(order).bids_until - 1);
		assert_ok!(bid(who[0].clone(), order, PRICE));
		next_block();
		assert_noop!(bid(who[1].clone(), order, PRICE), Error::BiddingClosed);
		assert_noop!(improve(who[0].clone(), order, PRICE / 2), Error::BiddingClosed);
	});
}

#[test]
fn nobody_bids_on_an_own_order() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let order = order_by(who.clone(), a_request(id));
		assert_noop!(bid(who, order, PRICE), Error::OwnOrder);
	});
}

#[test]
fn only_a_provider_that_announced_the_orders_version_bids() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		register_provider(provider(0), None);
		assert_noop!(bid(provider(0), order, PRICE), Error::NotAnnounced);
		assert_ok!(publish(owner(), id, 2));
		a_provider(0, id);
		assert_noop!(bid(provider(0), order, PRICE), Error::NotAnnounced);
		assert_ok!(call(provider(0), Call::announce { model: id, version: 0, time_us: 1 }));
		assert_ok!(bid(provider(0), order, PRICE));
	});
}

#[test]
fn a_leaving_provider_neither_bids_nor_improves() {
	test(|| {
		let (order, who) = an_open_order();
		assert_ok!(bid(who[0].clone(), order, PRICE));
		for leaver in &who[..2] {
			assert_ok!(call(leaver.clone(), Call::leave {}));
		}
		assert_noop!(bid(who[1].clone(), order, PRICE), Error::Leaving);
		assert_noop!(improve(who[0].clone(), order, PRICE / 2), Error::Leaving);
	});
}

#[test]
fn a_provider_slashed_below_the_minimum_stakes_more_before_it_bids() {
	test(|| {
		let id = a_model();
		let stake = 100 * UNIT;
		let profile = profile_of(&provider(0));
		assert_ok!(call(provider(0), Call::register_provider { profile, operator: None, stake }));
		a_provider(0, id);
		let mut request_ = a_request(id);
		request_.max_in_flight = 1;
		let order = order_by(consumer(), request_.clone());
		assert_ok!(bid(provider(0), order, PRICE));
		assert_ok!(accept(consumer(), order, vec![provider(0)]));
		request(0, 1);
		run_to(now() + 5);
		assert_emitted(Event::StakeSlashed { provider: provider(0), amount: 10 * UNIT });
		assert_eq!(provider_of(&provider(0)).stake, 90 * UNIT);

		let order = order_by(consumer(), request_);
		assert_noop!(bid(provider(0), order, PRICE), Error::StakeTooLow);
		assert_ok!(call(provider(0), Call::raise_stake { amount: 10 * UNIT }));
		assert_ok!(bid(provider(0), order, PRICE));
	});
}

#[test]
fn an_order_may_ask_for_a_higher_stake() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let mut request = a_request(id);
		request.min_stake = 10_000 * UNIT + 1;
		let order = order_by(consumer(), request);
		assert_noop!(bid(who.clone(), order, PRICE), Error::OrderWantsMoreStake);
		assert_ok!(call(who.clone(), Call::raise_stake { amount: 1 }));
		assert_ok!(bid(who, order, PRICE));
	});
}

#[test]
fn an_order_may_ask_for_a_record() {
	test(|| {
		let agreement = an_agreement();
		request(agreement, 4);
		assert_ok!(deliver(agreement, 0, 3));
		run_to(now() + 5);
		let newcomer = a_provider(1, 0);
		let with = |delivered, reliability| {
			let mut request = a_request(0);
			request.min_record = MinRecord { delivered, reliability: Perbill::from_percent(reliability) };
			order_by(other_consumer(), request)
		};
		// Three delivered, one missed.
		let (too_many, too_reliable, order) = (with(4, 0), with(0, 76), with(3, 75));
		assert_noop!(bid(provider(0), too_many, PRICE), Error::OrderWantsBetterRecord);
		assert_noop!(bid(provider(0), too_reliable, PRICE), Error::OrderWantsBetterRecord);
		assert_ok!(bid(provider(0), order, PRICE));
		assert_noop!(bid(newcomer, order, PRICE), Error::OrderWantsBetterRecord);
	});
}

#[test]
fn a_bid_needs_free_stake_for_its_reserve() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		// Each bid reserves 2,000 of 10,000 units of stake.
		for _ in 0..5 {
			assert_ok!(bid(who.clone(), an_order(id), PRICE));
		}
		let order = an_order(id);
		assert_noop!(bid(who.clone(), order, PRICE), Error::StakeInUse);
		assert_ok!(call(consumer(), Call::cancel_order { order: 0 }));
		assert_ok!(bid(who, order, PRICE));
	});
}

#[test]
fn an_improved_bid_takes_its_new_place_without_further_stake() {
	test(|| {
		let (order, who) = an_open_order();
		assert_ok!(bid(who[0].clone(), order, 50 * UNIT));
		assert_ok!(bid(who[1].clone(), order, 60 * UNIT));
		next_block();
		let before = provider_of(&who[1]);
		assert_ok!(improve(who[1].clone(), order, 40 * UNIT));
		assert_eq!(bids_of(order), vec![(who[1].clone(), 40 * UNIT), (who[0].clone(), 50 * UNIT)]);
		assert_eq!(pallet_marketplace::Bids::<Runtime>::get(order)[0].at, now());
		assert_eq!(provider_of(&who[1]), before);
		assert_last(Event::BidPlaced { order, provider: who[1].clone(), price: 40 * UNIT });
	});
}

#[test]
fn a_bad_improvement_is_refused_and_changes_nothing() {
	test(|| {
		let (order, who) = an_open_order();
		assert_ok!(bid(who[0].clone(), order, 50 * UNIT));
		assert_noop!(improve(stranger(), order, 40 * UNIT), Error::NotAProvider);
		assert_noop!(improve(who[0].clone(), 7, 40 * UNIT), Error::UnknownOrder);
		assert_noop!(improve(who[1].clone(), order, 40 * UNIT), Error::UnknownBid);
		assert_noop!(improve(who[0].clone(), order, 0), Error::ZeroPrice);
		assert_noop!(improve(who[0].clone(), order, MAX_PRICE + 1), Error::AboveMaximum);
		assert_noop!(improve(who[0].clone(), order, ROYALTY), Error::PriceBelowRoyalty);
		assert_noop!(improve(who[0].clone(), order, 60 * UNIT), Error::StepTooSmall);
		assert_noop!(improve(who[0].clone(), order, 50 * UNIT), Error::StepTooSmall);
	});
}

#[test]
fn a_better_bid_displaces_the_worst_of_a_full_list_and_frees_its_stake() {
	test(|| {
		let (order, who) = an_open_order();
		for (place, price) in [(0, 50), (1, 60), (2, 70), (3, 70)] {
			assert_ok!(bid(who[place].clone(), order, price * UNIT));
		}
		assert_ok!(bid(who[4].clone(), order, 65 * UNIT));
		// Of the two worst the later one goes.
		let expected = [(0, 50), (1, 60), (4, 65), (2, 70)];
		assert_eq!(bids_of(order), expected.map(|(place, price)| (who[place].clone(), price * UNIT)));
		assert_eq!((provider_of(&who[3]).reserved, provider_of(&who[3]).open_bids), (0, 0));
		assert_emitted(Event::BidDisplaced { order, provider: who[3].clone() });
		assert_last(Event::BidPlaced { order, provider: who[4].clone(), price: 65 * UNIT });
	});
}

#[test]
fn a_full_list_takes_no_bid_that_is_not_better_by_a_step() {
	test(|| {
		let (order, who) = an_open_order();
		for (place, price) in [(0, 50), (1, 60), (2, 70), (3, 70)] {
			assert_ok!(bid(who[place].clone(), order, price * UNIT));
		}
		for price in [80 * UNIT, 70 * UNIT, 70 * UNIT - 1, 70 * UNIT - 70 * UNIT / 100 + 1] {
			assert_noop!(bid(who[4].clone(), order, price), Error::StepTooSmall);
		}
		assert_ok!(bid(who[4].clone(), order, 70 * UNIT - 70 * UNIT / 100));
	});
}

#[test]
fn a_displaced_bidder_may_bid_again() {
	test(|| {
		let (order, who) = an_open_order();
		for (place, price) in [(0, 50), (1, 60), (2, 70), (3, 80), (4, 65)] {
			assert_ok!(bid(who[place].clone(), order, price * UNIT));
		}
		assert_noop!(improve(who[3].clone(), order, 40 * UNIT), Error::UnknownBid);
		assert_ok!(bid(who[3].clone(), order, 40 * UNIT));
	});
}
