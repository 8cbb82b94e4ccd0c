//! `end_agreement`, `abandon`, `rate`, the end of a lifetime, removal.

use airo_testing::*;
use frame_support::{assert_noop, assert_ok};
use pallet_execution::{
	Agreements, AgreementsOf, Call, End, Error, Event, HoldReason, Pages, Pairs, Records, Role, State,
};

type E = Error<Runtime>;

const PENALTY: Balance = MAX_PRICE / 10;

fn end(id: u64) -> Call<Runtime> {
	Call::end_agreement { agreement: id }
}

fn abandon(id: u64) -> Call<Runtime> {
	Call::abandon { agreement: id }
}

fn rate(id: u64, rating: u8) -> Call<Runtime> {
	Call::rate { agreement: id, rating }
}

#[test]
fn the_consumer_ends_an_agreement_early_and_gets_back_what_was_not_used() {
	test(|| {
		let id = an_agreement();
		request(id, 1);
		assert_noop!(call(consumer(), end(id)), E::RequestsOutstanding);
		assert_ok!(deliver(id, 0, 1));
		for other in [provider(0), stranger()] {
			assert_noop!(call(other, end(id)), E::NotTheConsumer);
		}
		let provider_before = total(&provider(0));
		assert_ok!(call(consumer(), end(id)));
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 0);
		assert_eq!(total(&provider(0)), provider_before);
		assert_eq!(agreement(id).state, State::Ended { at: now(), how: End::ByConsumer });
		System::assert_last_event(Event::AgreementEnded { agreement: id, how: End::ByConsumer }.into());
		assert_noop!(call(consumer(), end(id)), E::AgreementEnded);
		assert_noop!(call(consumer(), end(id + 1)), E::UnknownAgreement);
	});
}

#[test]
fn a_provider_that_abandons_refunds_everything_and_pays_the_penalty_for_each_inference_left() {
	test(|| {
		let id = an_agreement_with(|request| request.inferences = 50);
		request(id, 10);
		assert_ok!(deliver(id, 0, 4));
		let before = (total(&provider(0)), total(&consumer()), total(&treasury()));
		for other in [consumer(), stranger()] {
			assert_noop!(call(other, abandon(id)), E::NotTheProvider);
		}
		assert_ok!(call(provider(0), abandon(id)));
		assert_eq!(before.0 - total(&provider(0)), 46 * PENALTY);
		assert_eq!(total(&treasury()) - before.2, 46 * PENALTY);
		assert_eq!(total(&consumer()), before.1);
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 0);
		let record = Records::<Runtime>::get(provider(0), Role::Provider).unwrap();
		assert_eq!((record.abandoned, record.missed, record.delivered), (1, 6, 4));
		assert_noop!(call(provider(0), abandon(id)), E::AgreementEnded);
		assert_noop!(call(provider(0), abandon(id + 1)), E::UnknownAgreement);
	});
}

#[test]
fn the_charge_for_abandoning_is_bounded_by_the_reserve() {
	test(|| {
		let id = an_agreement_with(|request| {
			request.inferences = 1_000;
			request.max_in_flight = 10;
		});
		let reserve = MAX_PRICE * 10 / 5;
		assert_eq!(agreement(id).reserve, reserve);
		let before = total(&provider(0));
		assert_ok!(call(provider(0), abandon(id)));
		assert_eq!(before - total(&provider(0)), reserve);
	});
}

#[test]
fn an_operator_key_cannot_abandon() {
	test(|| {
		let id = an_agreement();
		assert_ok!(call(provider(0), Call::replace_operator { agreement: id, operator: Some(operator()) }));
		assert_noop!(call(operator(), abandon(id)), E::NotTheProvider);
	});
}

#[test]
fn at_the_end_of_its_lifetime_an_agreement_ends_by_itself() {
	test(|| {
		let id = an_agreement();
		let ends_at = agreement(id).ends_at;
		run_to(ends_at - 5);
		request(id, 3);
		run_to(ends_at - 1);
		assert!(agreement(id).is_active());
		run_to(ends_at);
		assert_eq!(agreement(id).state, State::Ended { at: ends_at, how: End::Expired });
		assert_eq!(agreement(id).counts.missed, 3);
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 0);
	});
}

#[test]
fn an_agreement_whose_last_request_is_missed_is_completed() {
	test(|| {
		let id = an_agreement_with(|request| request.inferences = 1);
		request(id, 1);
		run_to(now() + 5);
		assert_eq!(agreement(id).state, State::Ended { at: now(), how: End::Completed });
	});
}

#[test]
fn final_pages_go_after_their_retention_while_the_agreement_lives() {
	test(|| {
		let id = an_agreement();
		request(id, 40);
		let deposit = held_for(&consumer(), HoldReason::Deposit);
		assert_ok!(deliver(id, 0, 32));
		let settled_at = now();
		run_to(settled_at + RETENTION - 1);
		assert!(Pages::<Runtime>::contains_key(id, 0));
		run_to(settled_at + RETENTION);
		assert!(!Pages::<Runtime>::contains_key(id, 0));
		assert!(Pages::<Runtime>::contains_key(id, 1));
		assert_eq!(held_for(&consumer(), HoldReason::Deposit), deposit - 500);
	});
}

#[test]
fn after_its_retention_nothing_of_an_agreement_is_left_and_its_deposits_are_free() {
	test(|| {
		let id = an_agreement();
		request(id, 40);
		assert_ok!(deliver(id, 0, 40));
		assert_ok!(call(consumer(), end(id)));
		run_to(now() + RETENTION - 1);
		assert!(Agreements::<Runtime>::contains_key(id));
		next_block();
		assert!(!Agreements::<Runtime>::contains_key(id));
		assert_eq!(Pages::<Runtime>::iter().count(), 0);
		assert_eq!(AgreementsOf::<Runtime>::iter().count(), 0);
		assert_eq!(Pairs::<Runtime>::iter().count(), 0);
		// The record stays, and its deposit.
		assert_eq!(held(&consumer()), 300);
	});
}

#[test]
fn the_consumer_rates_an_ended_agreement_once() {
	test(|| {
		let id = an_agreement();
		assert_noop!(call(consumer(), rate(id, 5)), E::AgreementActive);
		assert_ok!(call(consumer(), end(id)));
		assert_noop!(call(provider(0), rate(id, 5)), E::NotTheConsumer);
		for rating in [0, 6] {
			assert_noop!(call(consumer(), rate(id, rating)), E::RatingOutOfRange);
		}
		assert_ok!(call(consumer(), rate(id, 4)));
		System::assert_last_event(Event::Rated { agreement: id, rating: 4 }.into());
		assert_noop!(call(consumer(), rate(id, 4)), E::AlreadyRated);
		assert_noop!(call(consumer(), rate(id + 1, 4)), E::UnknownAgreement);
		let record = Records::<Runtime>::get(provider(0), Role::Provider).unwrap();
		assert_eq!((record.ratings, record.rating_sum), (1, 4));
	});
}
