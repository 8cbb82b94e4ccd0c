//! Deadlines, the agenda, `settle_overdue`.

use airo_testing::*;
use frame_support::{assert_noop, assert_ok, weights::Weight};
use pallet_execution::{Agenda, Call, Error, Event, HoldReason, Outcome, Pages, weights::WeightInfo};

type E = Error<Runtime>;

/// A tenth of [`MAX_PRICE`].
const PENALTY: Balance = MAX_PRICE / 10;

#[test]
fn a_missed_request_is_refunded_by_itself_in_its_deadline_block() {
	test(|| {
		let id = an_agreement();
		request(id, 2);
		let requested_at = now();
		let before = total(&consumer()) - held(&consumer());
		run_to(requested_at + 4);
		assert_eq!(total(&consumer()) - held(&consumer()), before);
		run_to(requested_at + 5);
		assert_eq!(total(&consumer()) - held(&consumer()), before + 2 * PRICE);
		assert_eq!(agreement(id).counts.missed, 2);
		assert_eq!(Pages::<Runtime>::get(id, 0).unwrap().slots[0].outcome, Outcome::Missed);
	});
}

#[test]
fn a_missed_request_costs_the_provider_a_penalty_which_the_treasury_gets() {
	test(|| {
		let id = an_agreement();
		request(id, 2);
		let before = (total(&provider(0)), total(&treasury()), total(&consumer()));
		run_to(now() + 5);
		assert_eq!(before.0 - total(&provider(0)), 2 * PENALTY);
		assert_eq!(total(&treasury()) - before.1, 2 * PENALTY);
		assert_eq!(total(&consumer()), before.2);
		System::assert_has_event(Event::Missed { agreement: id, count: 2, penalty: 2 * PENALTY }.into());
	});
}

#[test]
fn a_penalty_never_exceeds_the_inferences_price() {
	test(|| {
		let model = a_model();
		let provider = a_provider(0, model);
		let order = an_order(model);
		let low = 2 * ROYALTY;
		assert!(low < PENALTY);
		assert_ok!(bid(provider.clone(), order, low));
		assert_ok!(accept(consumer(), order, vec![provider.clone()]));
		request(0, 3);
		let before = total(&provider);
		run_to(now() + 5);
		assert_eq!(before - total(&provider), 3 * low);
	});
}

#[test]
fn in_the_block_before_its_deadline_a_request_can_be_answered_in_the_deadline_block_not() {
	test(|| {
		let id = an_agreement();
		request(id, 2);
		let deadline = now() + 5;
		run_to(deadline - 1);
		assert_ok!(deliver(id, 0, 1));
		run_to(deadline);
		assert_noop!(deliver(id, 1, 1), E::AlreadyAnswered);
	});
}

#[test]
fn the_deadline_holds_even_if_the_hook_has_not_come_to_it() {
	test(|| {
		let id = an_agreement();
		request(id, 1);
		let deadline = now() + 5;
		HookWeight::set(Weight::zero());
		run_to(deadline);
		assert_eq!(agreement(id).counts.missed, 0);
		assert_noop!(deliver(id, 0, 1), E::DeadlinePassed);
	});
}

#[test]
fn anyone_may_settle_what_the_hook_has_not_come_to() {
	test(|| {
		let id = an_agreement();
		let settle = |pages| Call::settle_overdue { agreement: id, pages };
		assert_noop!(call(stranger(), settle(1)), E::NothingDue);
		request(id, 50);
		assert_noop!(call(stranger(), settle(9)), E::NothingDue);
		HookWeight::set(Weight::zero());
		run_to(now() + 6);
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 100 * PRICE);
		assert_ok!(call(stranger(), settle(2)));
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 50 * PRICE);
		assert_noop!(call(stranger(), settle(2)), E::NothingDue);
		let unknown = Call::settle_overdue { agreement: id + 1, pages: 1 };
		assert_noop!(call(stranger(), unknown), E::UnknownAgreement);
		assert_noop!(call(stranger(), settle(0)), E::NothingDue);
	});
}

#[test]
fn what_the_hook_does_not_reach_stays_in_line_and_comes_first() {
	test(|| {
		let id = an_agreement();
		request(id, 96);
		run_to(now() + 4);
		// Just enough to find the agreement and settle one page.
		HookWeight::set(<()>::agenda_block() + <()>::agenda_entry() + <()>::sweep_page());
		for missed in [32, 64, 96] {
			next_block();
			assert_eq!(agreement(id).counts.missed, missed);
		}
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 4 * PRICE);
	});
}

#[test]
fn idle_weight_does_what_the_hook_could_not() {
	test(|| {
		let id = an_agreement();
		request(id, 96);
		HookWeight::set(Weight::zero());
		run_to(now() + 5);
		assert_eq!(agreement(id).counts.missed, 0);
		next_block_with_idle(Weight::from_parts(u64::MAX, u64::MAX));
		assert_eq!(agreement(id).counts.missed, 96);
	});
}

#[test]
fn requests_of_different_blocks_expire_each_in_its_own() {
	test(|| {
		let id = an_agreement();
		let start = now();
		for _ in 0..3 {
			request(id, 10);
			next_block();
		}
		for (block, missed) in [(4, 0), (5, 10), (6, 20), (7, 30)] {
			run_to(start + block);
			assert_eq!(agreement(id).counts.missed, missed);
		}
	});
}

#[test]
fn the_agenda_is_empty_when_everything_is_over() {
	test(|| {
		let id = an_agreement();
		request(id, 40);
		assert_ok!(deliver(id, 0, 20));
		run_to(agreement(id).ends_at + RETENTION + 1);
		assert_eq!(Agenda::<Runtime>::iter().count(), 0);
		assert!(pallet_execution::Agreements::<Runtime>::get(id).is_none());
	});
}
