//! Orders that nobody accepts are closed by themselves.

use crate::*;
use frame_support::{assert_noop, traits::Hooks, weights::Weight};
use pallet_marketplace::{Agenda, Closing, Orders, WeightInfo};

type Weights = <Runtime as pallet_marketplace::Config>::WeightInfo;

/// The hook's weight that is enough to look at so many blocks and close so many orders.
fn weight_for(blocks: u64, orders: u64) -> Weight {
	let order = Weights::agenda_entry().saturating_add(Weights::expire_order(4));
	Weights::agenda_block().saturating_mul(blocks).saturating_add(order.saturating_mul(orders))
}

/// Runs with the hooks' weight set, and sets it back, for tests that follow on the same thread.
fn with_hook_weight(weight: Weight, run: impl FnOnce()) {
	let usual = HookWeight::get();
	HookWeight::set(weight);
	run();
	HookWeight::set(usual);
}

#[test]
fn an_order_nobody_accepts_is_closed_in_its_last_block_and_all_holds_are_released() {
	test(|| {
		let id = a_model();
		let bidders = [a_provider(0, id), a_provider(1, id)];
		let order = an_order(id);
		for who in &bidders {
			assert_ok!(bid(who.clone(), order, PRICE));
		}
		run_to(crate::order(order).accept_until - 1);
		assert!(is_open(order));
		next_block();
		assert!(!is_open(order) && bids_of(order).is_empty());
		assert_eq!((held(&consumer()), Balances::free_balance(consumer())), (0, ENDOWMENT));
		for who in &bidders {
			assert_eq!((provider_of(who).reserved, provider_of(who).open()), (0, 0));
		}
		assert_eq!(model(id).references, 0);
		assert_eq!(Agenda::<Runtime>::iter().count(), 0);
		assert_emitted(Event::OrderClosed { order, closing: Closing::Expired });
	});
}

#[test]
fn an_order_without_an_acceptance_period_ends_with_its_bidding() {
	test(|| {
		let mut request = a_request(a_model());
		request.acceptance_period = 0;
		let order = order_by(consumer(), request);
		run_to(now() + 9);
		assert!(is_open(order));
		next_block();
		assert!(!is_open(order));
	});
}

#[test]
fn with_little_weight_the_hook_takes_several_blocks_and_loses_no_order() {
	test(|| {
		let id = a_model();
		for _ in 0..7 {
			an_order(id);
		}
		with_hook_weight(weight_for(1, 2), || {
			run_to(20);
			assert_eq!(Orders::<Runtime>::iter().count(), 7);
			for left in [5, 3, 1, 0] {
				next_block();
				assert_eq!(Orders::<Runtime>::iter().count(), left);
			}
			assert_eq!(held(&consumer()), 0);
			assert_eq!(Agenda::<Runtime>::iter().count(), 0);
		});
	});
}

#[test]
fn the_hook_catches_up_on_empty_blocks_and_later_orders_while_it_is_behind() {
	test(|| {
		let id = a_model();
		for _ in 0..3 {
			an_order(id);
			next_block();
		}
		with_hook_weight(Weight::zero(), || {
			run_to(40);
			assert_eq!(Orders::<Runtime>::iter().count(), 3);
		});
		an_order(id);
		next_block();
		assert_eq!(Orders::<Runtime>::iter().count(), 1);
		run_to(60);
		assert_eq!(Orders::<Runtime>::iter().count(), 0);
	});
}

#[test]
fn idle_weight_closes_what_the_hook_could_not() {
	test(|| {
		let id = a_model();
		for _ in 0..5 {
			an_order(id);
		}
		with_hook_weight(weight_for(1, 1), || {
			run_to(21);
			assert_eq!(Orders::<Runtime>::iter().count(), 4);
			let used = Marketplace::on_idle(now(), weight_for(1, 3));
			assert_eq!(Orders::<Runtime>::iter().count(), 1);
			assert!(used.all_lte(weight_for(1, 3)));
			let nothing_is_due_for_the_rest = Marketplace::on_idle(now(), Weight::zero());
			assert_eq!(nothing_is_due_for_the_rest, Weight::zero());
			next_block_with_idle(weight_for(2, 2));
			assert_eq!(Orders::<Runtime>::iter().count(), 0);
		});
	});
}

#[test]
fn the_hook_never_takes_more_than_its_weight() {
	test(|| {
		let id = a_model();
		for _ in 0..5 {
			an_order(id);
		}
		for weight in [Weight::zero(), weight_for(1, 0), weight_for(1, 1), weight_for(1, 3)] {
			with_hook_weight(weight, || {
				System::set_block_number(21);
				assert!(Marketplace::on_initialize(21).all_lte(weight));
			});
		}
		assert_eq!(Orders::<Runtime>::iter().count(), 1);
	});
}

#[test]
fn an_order_past_its_deadline_cannot_be_accepted_even_if_the_hook_is_behind() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let order = an_order(id);
		assert_ok!(bid(who.clone(), order, PRICE));
		with_hook_weight(Weight::zero(), || {
			run_to(crate::order(order).accept_until);
			assert!(is_open(order));
			assert_noop!(accept(consumer(), order, vec![who]), Error::AcceptanceClosed);
			assert_ok!(call(consumer(), Call::cancel_order { order }));
		});
	});
}
