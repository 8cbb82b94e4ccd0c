//! Operator keys: what they may do within their bounds, and what only the provider's own account may.

use crate::*;
use frame_support::{assert_noop, dispatch::DispatchResult};
use pallet_marketplace::{OperatorOf, Operators};

const FLOOR: Balance = 40 * UNIT;

fn named(account: AccountId, max_open: u32) -> Option<OperatorOf<Runtime>> {
	Some(OperatorOf::<Runtime> { account, floor_price: FLOOR, max_open })
}

fn set(who: AccountId, operator: Option<OperatorOf<Runtime>>) -> DispatchResult {
	call(who, Call::set_operator { operator })
}

/// Provider 0 with an operator key that may have so many bids and agreements open, and a model that it serves.
fn operated(max_open: u32) -> u32 {
	let id = a_model();
	register_provider(provider(0), named(operator(), max_open));
	a_provider(0, id);
	id
}

#[test]
fn an_operator_key_is_named_replaced_and_removed() {
	test(|| {
		register_provider(provider(0), None);
		for operator in [named(operator(), 1), named(operator(), 2), named(stranger(), 1), None] {
			assert_ok!(set(provider(0), operator.clone()));
			assert_eq!(provider_of(&provider(0)).operator, operator);
			let account = operator.map(|operator| operator.account);
			let indexed: Vec<_> = Operators::<Runtime>::iter().collect();
			assert_eq!(indexed, account.iter().map(|key| (key.clone(), provider(0))).collect::<Vec<_>>());
			assert_last(Event::OperatorChanged { provider: provider(0), operator: account });
		}
	});
}

#[test]
fn only_a_provider_names_an_operator_key() {
	test(|| {
		assert_noop!(set(stranger(), named(operator(), 1)), Error::NotAProvider);
	});
}

#[test]
fn a_key_acts_for_one_provider_and_is_not_one_when_it_is_named() {
	test(|| {
		register_provider(provider(0), named(operator(), 1));
		register_provider(provider(1), None);
		for account in [operator(), provider(0), provider(1)] {
			assert_noop!(set(provider(1), named(account, 1)), Error::OperatorTaken);
		}
		for account in [operator(), provider(0), provider(2)] {
			let register = Call::register_provider {
				profile: profile_of(&provider(2)),
				operator: named(account, 1),
				stake: 10_000 * UNIT,
			};
			assert_noop!(call(provider(2), register), Error::OperatorTaken);
		}
	});
}

#[test]
fn naming_an_account_as_operator_does_not_keep_it_from_becoming_a_provider() {
	test(|| {
		register_provider(provider(0), named(provider(1), 1));
		register_provider(provider(1), None);
		assert_eq!(provider_of(&provider(0)).operator, None);
		assert!(!pallet_marketplace::Operators::<Runtime>::contains_key(provider(1)));
		let freed = Event::OperatorChanged { provider: provider(0), operator: None };
		System::assert_has_event(freed.into());
	});
}

#[test]
fn a_bid_by_the_operator_key_is_the_providers() {
	test(|| {
		let order = an_order(operated(5));
		assert_ok!(bid(operator(), order, FLOOR));
		assert_eq!(bids_of(order), vec![(provider(0), FLOOR)]);
		assert_eq!(provider_of(&provider(0)).reserved, crate::order(order).reserve);
		assert_eq!(total(&operator()), ENDOWMENT);
		assert_ok!(accept(consumer(), order, vec![provider(0)]));
		assert_eq!(agreement(0).responder, Some(operator()));
	});
}

#[test]
fn the_operator_key_never_bids_below_the_floor_but_the_account_may() {
	test(|| {
		let order = an_order(operated(5));
		assert_noop!(bid(operator(), order, FLOOR - 1), Error::BelowFloor);
		assert_ok!(bid(operator(), order, 2 * FLOOR));
		assert_noop!(improve(operator(), order, FLOOR - 1), Error::BelowFloor);
		assert_ok!(improve(operator(), order, FLOOR));
		assert_ok!(improve(provider(0), order, FLOOR / 2));
	});
}

#[test]
fn the_operator_key_opens_no_more_than_it_may_but_the_account_does() {
	test(|| {
		let id = operated(2);
		let orders = [an_order(id), an_order(id), an_order(id)];
		assert_ok!(bid(operator(), orders[0], PRICE));
		assert_ok!(accept(consumer(), orders[0], vec![provider(0)]));
		assert_ok!(bid(operator(), orders[1], PRICE));
		// One agreement and one bid are open.
		assert_noop!(bid(operator(), orders[2], PRICE), Error::TooManyOpen);
		assert_ok!(improve(operator(), orders[1], FLOOR));
		assert_ok!(bid(provider(0), orders[2], PRICE));
	});
}

#[test]
fn the_operator_key_cannot_do_what_only_the_account_may() {
	test(|| {
		let id = operated(5);
		let calls = [
			Call::update_profile { profile: profile_of(&operator()) },
			Call::set_operator { operator: named(operator(), 1_000) },
			Call::raise_stake { amount: 1 },
			Call::announce { model: id, version: 0, time_us: 1 },
			Call::withdraw_offer { model: id },
			Call::leave {},
			Call::withdraw_stake {},
		];
		for forbidden in calls {
			assert_noop!(call(operator(), forbidden), Error::NotAProvider);
		}
	});
}

#[test]
fn a_revoked_operator_key_is_powerless() {
	test(|| {
		let order = an_order(operated(5));
		assert_ok!(bid(operator(), order, PRICE));
		assert_ok!(set(provider(0), None));
		assert_noop!(improve(operator(), order, FLOOR), Error::NotAProvider);
		assert_noop!(bid(operator(), order, FLOOR), Error::NotAProvider);
		assert_ok!(set(provider(0), named(stranger(), 5)));
		assert_noop!(improve(operator(), order, FLOOR), Error::NotAProvider);
		assert_ok!(improve(stranger(), order, FLOOR));
	});
}
