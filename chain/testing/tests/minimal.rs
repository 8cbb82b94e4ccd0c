//! The whole flow in a minimal runtime with other types, and with a dispute window.

use airo_testing::minimal::*;
use frame_support::{assert_noop, assert_ok};
use pallet_execution::{Agreements, Call, End, Error, Outcome, Pages, Role, State};
use pallet_marketplace::{Call as Market, Models, Orders};

/// What the slots of an agreement's first page have become.
fn outcomes(id: u64) -> Vec<Outcome<RelayNumber>> {
	let page = Pages::<Runtime>::get(id, 0).expect("is stored");
	page.slots.into_iter().map(|slot| slot.outcome).collect()
}

/// Goes on, a block of the other chain each, until its block is `to` and the hooks have seen it.
fn run_to(to: RelayNumber) {
	while now() < to {
		next_block(1);
	}
	next_block(0);
}

fn how_it_ended(id: u64) -> Option<End> {
	match agreement(id).state {
		State::Ended { how, .. } => Some(how),
		State::Active => None,
	}
}

#[test]
fn from_the_registration_to_the_last_trace_the_flow_works_with_other_types() {
	test(|| {
		let id = an_agreement();
		next_block(1);
		assert_eq!(held(CONSUMER), 40 * PRICE);
		for _ in 0..5 {
			assert_ok!(request(id, 8));
			next_block(1);
		}
		for batch in 0..5 {
			assert_ok!(deliver(id, batch * 8, 8));
			next_block(1);
		}
		run_to(now() + DISPUTE_WINDOW);
		assert_eq!(how_it_ended(id), Some(End::Completed));
		assert_eq!((total(OWNER), total(PROVIDER)), (ENDOWMENT + 40 * ROYALTY, ENDOWMENT + 40 * (PRICE - ROYALTY)));
		assert_eq!((total(CONSUMER), held(CONSUMER)), (ENDOWMENT - 40 * PRICE, 0));
		assert_eq!(Pages::<Runtime>::iter().count(), 2);

		run_to(now() + RETENTION);
		assert_eq!((Agreements::<Runtime>::iter().count(), Pages::<Runtime>::iter().count()), (0, 0));
		let record = Execution::api_record(PROVIDER, Role::Provider).expect("is kept");
		assert_eq!((record.delivered, record.missed, record.volume), (40, 0, 40 * PRICE));

		assert_ok!(call(CONSUMER, Call::clear_record {}));
		assert_ok!(call(OWNER, Market::retire_model { model: 0 }));
		assert_ok!(call(PROVIDER, Market::leave {}));
		assert_ok!(call(PROVIDER, Market::withdraw_stake {}));
		assert_ok!(call(BUYER, Market::purge_model { model: 0 }));
		assert_eq!([OWNER, CONSUMER, PROVIDER].map(held), [0; 3]);
		assert_eq!(Models::<Runtime>::iter().count(), 0);
	});
}

#[test]
fn an_answer_waits_for_the_dispute_window_and_is_then_paid_by_itself() {
	test(|| {
		let id = an_agreement();
		assert_ok!(request(id, 2));
		assert_ok!(deliver(id, 0, 1));
		let answered_at = now();
		assert!(matches!(outcomes(id)[..], [Outcome::Answered { .. }, Outcome::Pending]));
		assert_noop!(deliver(id, 0, 1), Error::<Runtime>::AlreadyAnswered);
		run_to(answered_at + DISPUTE_WINDOW - 1);
		assert_eq!((agreement(id).counts.answered, agreement(id).counts.delivered), (1, 0));
		assert_eq!((total(PROVIDER), total(OWNER)), (ENDOWMENT, ENDOWMENT));
		run_to(answered_at + DISPUTE_WINDOW);
		assert!(matches!(outcomes(id)[0], Outcome::Settled { at, .. } if at == answered_at));
		assert_eq!((agreement(id).counts.answered, agreement(id).counts.delivered), (0, 1));
		assert_eq!((total(PROVIDER), total(OWNER)), (ENDOWMENT + PRICE - ROYALTY, ENDOWMENT + ROYALTY));
	});
}

#[test]
fn the_royalty_goes_to_who_owns_the_nft_when_it_is_paid() {
	test(|| {
		let id = an_agreement();
		assert_ok!(request(id, 2));
		assert_ok!(deliver(id, 0, 1));
		run_to(now() + DISPUTE_WINDOW);
		assert_eq!((total(OWNER), total(BUYER)), (ENDOWMENT + ROYALTY, ENDOWMENT));
		// Answered before the sale, paid after it.
		assert_ok!(deliver(id, 1, 1));
		Deeds::give(0, BUYER);
		run_to(now() + DISPUTE_WINDOW);
		assert_eq!((total(OWNER), total(BUYER)), (ENDOWMENT + ROYALTY, ENDOWMENT + ROYALTY));
	});
}

#[test]
fn a_missed_deadline_is_refunded_and_costs_the_provider_its_penalty() {
	test(|| {
		let id = an_agreement();
		assert_ok!(request(id, 3));
		let deadline = now() + 20;
		assert_ok!(deliver(id, 1, 1));
		run_to(deadline);
		assert_eq!(outcomes(id)[0], Outcome::Missed);
		assert_eq!(agreement(id).counts.missed, 2);
		assert_eq!(held(CONSUMER), 37 * PRICE);
		assert_eq!(total(CONSUMER), ENDOWMENT - PRICE);
		// A penalty of the whole price for each, and nothing of it to the consumer.
		assert_eq!(
			(total(PROVIDER), total(TREASURY)),
			(ENDOWMENT - 2 * PRICE + PRICE - ROYALTY, ENDOWMENT + 2 * PRICE)
		);
	});
}

#[test]
fn a_deadline_is_a_fact_before_the_hook_has_seen_it() {
	test(|| {
		let id = an_agreement();
		assert_ok!(request(id, 1));
		next_block(20);
		assert_eq!(outcomes(id), vec![Outcome::Pending]);
		assert_noop!(deliver(id, 0, 1), Error::<Runtime>::DeadlinePassed);
		assert_ok!(call(BUYER, Call::settle_overdue { agreement: id, pages: 1 }));
		assert_eq!(outcomes(id), vec![Outcome::Missed]);
		next_block(0);
		assert_eq!(agreement(id).counts.missed, 1);
	});
}

#[test]
fn an_answer_inside_the_window_is_paid_when_the_agreement_ends() {
	test(|| {
		let id = an_agreement();
		run_to(agreement(id).ends_at - 20);
		assert_ok!(request(id, 1));
		run_to(agreement(id).ends_at - 2);
		assert_ok!(deliver(id, 0, 1));
		run_to(agreement(id).ends_at);
		assert_eq!(how_it_ended(id), Some(End::Expired));
		assert_eq!((total(PROVIDER), held(CONSUMER)), (ENDOWMENT + PRICE - ROYALTY, 0));
		assert_eq!(total(TREASURY), ENDOWMENT);
		run_to(now() + RETENTION);
		assert_eq!(Agreements::<Runtime>::iter().count(), 0);
	});
}

#[test]
fn an_answer_inside_the_window_is_paid_when_a_party_ends_the_agreement() {
	for (who, end, how) in [
		(CONSUMER, Call::end_agreement { agreement: 0 }, End::ByConsumer),
		(PROVIDER, Call::abandon { agreement: 0 }, End::Abandoned),
	] {
		test(|| {
			let id = an_agreement();
			assert_ok!(request(id, 1));
			assert_ok!(deliver(id, 0, 1));
			assert_ok!(call(who, end));
			assert_eq!(how_it_ended(id), Some(how));
			assert_eq!((total(OWNER), total(CONSUMER)), (ENDOWMENT + ROYALTY, ENDOWMENT - PRICE));
			assert_eq!(agreement(id).counts.delivered, 1);
			run_to(now() + RETENTION);
			assert_eq!((total(OWNER), Agreements::<Runtime>::iter().count()), (ENDOWMENT + ROYALTY, 0));
		});
	}
}

#[test]
fn when_block_numbers_jump_nothing_that_was_due_is_lost() {
	test(|| {
		let id = an_agreement();
		assert_ok!(request(id, 8));
		next_block(2);
		assert_ok!(request(id, 8));
		assert_ok!(deliver(id, 0, 4));
		next_block(7);
		let order = an_order(0);
		next_block(0);
		assert_eq!(agreement(id).counts.delivered, 4);
		// Over both deadlines, the order's end and the agreement's end at once.
		next_block(500);
		assert_eq!(agreement(id).counts.missed, 0);
		next_block(0);
		assert!(!Orders::<Runtime>::contains_key(order));
		assert_eq!(agreement(id).counts.missed, 12);
		assert_eq!(how_it_ended(id), Some(End::Expired));
		assert_eq!((held(CONSUMER), total(CONSUMER)), (0, ENDOWMENT - 4 * PRICE));
		next_block(3 * RETENTION);
		next_block(0);
		assert_eq!(Agreements::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_execution::Agenda::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_marketplace::Agenda::<Runtime>::iter().count(), 0);
	});
}

#[test]
fn when_the_other_chain_stands_still_so_does_the_time() {
	test(|| {
		let id = an_agreement();
		let order = an_order(0);
		assert_ok!(request(id, 1));
		for _ in 0..50 {
			next_block(0);
		}
		assert_ok!(deliver(id, 0, 1));
		assert!(Orders::<Runtime>::contains_key(order));
		assert_eq!(agreement(id).counts.answered, 1);
	});
}

#[test]
fn after_a_long_standstill_of_this_chain_its_hooks_catch_up_over_several_blocks() {
	test(|| {
		let id = an_agreement();
		let order = an_order(0);
		next_block(0);
		next_block(20_000);
		next_block(0);
		assert!(!Orders::<Runtime>::contains_key(order));
		assert_eq!(how_it_ended(id), Some(End::Expired));
		// The removal is entered behind all the blocks that nobody has looked at yet.
		let removal = now() + RETENTION;
		next_block(RETENTION);
		next_block(0);
		assert!(Agreements::<Runtime>::contains_key(id));
		while pallet_execution::AgendaCursor::<Runtime>::get().is_some_and(|cursor| cursor <= removal) {
			next_block(0);
		}
		assert!(!Agreements::<Runtime>::contains_key(id));
		assert!(System::block_number() > 15);
	});
}
