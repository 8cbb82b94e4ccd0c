//! `respond`: who gets what for which answer.

use airo_testing::*;
use frame_support::{assert_noop, assert_ok};
use pallet_execution::{Answer, End, Error, Event, FailureCode, Fault, HoldReason, Outcome, Output, Pages, State};

type E = Error<Runtime>;

/// The market's part of [`PRICE`].
const FEE: Balance = PRICE / 100;

#[test]
fn an_answer_pays_provider_owner_and_market_in_its_block() {
	test(|| {
		let id = an_agreement();
		request(id, 3);
		let before = [provider(0), owner(), treasury(), consumer()].map(|who| total(&who));
		assert_ok!(deliver(id, 0, 3));
		let after = [provider(0), owner(), treasury(), consumer()].map(|who| total(&who));
		assert_eq!(after[0] - before[0], 3 * (PRICE - ROYALTY - FEE));
		assert_eq!(after[1] - before[1], 3 * ROYALTY);
		assert_eq!(after[2] - before[2], 3 * FEE);
		assert_eq!(before[3] - after[3], 3 * PRICE);
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 97 * PRICE);
		let Outcome::Settled { output: stored, at } = Pages::<Runtime>::get(id, 0).unwrap().slots[2].outcome.clone()
		else {
			panic!("not settled")
		};
		assert_eq!((Answer::Output(stored), at), (output(2), now()));
	});
}

#[test]
fn a_batch_is_one_payout_one_royalty_one_event() {
	test(|| {
		let id = an_agreement();
		request(id, 100);
		System::reset_events();
		assert_ok!(deliver(id, 0, 99));
		let paid = Event::Paid {
			agreement: id,
			count: 99,
			earned: 99 * (PRICE - ROYALTY - FEE),
			royalty: 99 * ROYALTY,
			owner: Some(owner()),
		};
		let answered = Event::Answered { agreement: id, first: 0, count: 99, failures: 0 };
		assert_eq!(events(), vec![RuntimeEvent::Execution(answered), RuntimeEvent::Execution(paid)]);
	});
}

#[test]
fn answers_may_come_in_any_order_and_across_pages() {
	test(|| {
		let id = an_agreement();
		request(id, 100);
		assert_ok!(deliver(id, 30, 40));
		assert_ok!(deliver(id, 0, 30));
		assert_ok!(deliver(id, 70, 29));
		assert_eq!(agreement(id).counts.delivered, 99);
		assert_eq!(agreement(id).counts.pending(), 1);
	});
}

#[test]
fn the_last_answer_completes_the_agreement_and_frees_the_stake() {
	test(|| {
		let id = an_agreement_with(|request| request.inferences = 2);
		request(id, 2);
		assert_ok!(deliver(id, 0, 2));
		assert_eq!(agreement(id).state, State::Ended { at: now(), how: End::Completed });
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 0);
		let provider = pallet_marketplace::Providers::<Runtime>::get(provider(0)).unwrap();
		assert_eq!((provider.reserved, provider.open_agreements), (0, 0));
	});
}

#[test]
fn a_failure_refunds_the_whole_price_and_uses_up_the_slot() {
	test(|| {
		let id = an_agreement();
		request(id, 3);
		let before = total(&consumer());
		let provider_before = total(&provider(0));
		assert_ok!(fail(id, 0, FailureCode::CannotDecrypt));
		assert_ok!(fail(id, 1, FailureCode::Overloaded));
		assert_eq!(total(&consumer()), before);
		assert_eq!(total(&provider(0)), provider_before);
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 98 * PRICE);
		let counts = agreement(id).counts;
		assert_eq!((counts.consumer_faults, counts.provider_faults, counts.delivered), (1, 1, 0));
		assert_noop!(deliver(id, 0, 1), E::AlreadyAnswered);
		let refunded = Event::Refunded { agreement: id, amount: PRICE };
		System::assert_has_event(refunded.into());
	});
}

#[test]
fn a_batch_may_mix_outputs_and_failures() {
	test(|| {
		let id = an_agreement();
		request(id, 3);
		let answers = vec![output(0), Answer::Failure(FailureCode::InvalidTensor), output(2)];
		let before = total(&provider(0));
		assert_ok!(answer_by(provider(0), id, 0, answers));
		assert_eq!(total(&provider(0)) - before, 2 * (PRICE - ROYALTY - FEE));
		let answered = Event::Answered { agreement: id, first: 0, count: 3, failures: 1 };
		System::assert_has_event(answered.into());
	});
}

#[test]
fn every_failure_code_has_one_side_at_fault() {
	use FailureCode::*;
	let consumers = [PayloadMissing, PayloadCorrupt, PayloadTooLarge, CannotDecrypt, InvalidRequest, InvalidTensor];
	let providers = [ModelUnavailable, ExecutionFailed, Overloaded, Internal];
	assert!(consumers.iter().all(|code| code.fault() == Fault::Consumer));
	assert!(providers.iter().all(|code| code.fault() == Fault::Provider));
}

#[test]
fn bad_answers_are_refused_by_name_and_nothing_of_the_batch_counts() {
	test(|| {
		let id = an_agreement();
		request(id, 5);
		assert_ok!(deliver(id, 2, 1));
		assert_noop!(answer_by(provider(0), id + 1, 0, vec![output(0)]), E::UnknownAgreement);
		assert_noop!(answer_by(provider(0), id, 0, vec![]), E::EmptyBatch);
		assert_noop!(deliver(id, 0, 257), E::BatchTooLong);
		assert_noop!(deliver(id, 4, 2), E::UnknownRequest);
		assert_noop!(answer_by(provider(0), id, u32::MAX, vec![output(0)]), E::UnknownRequest);
		assert_noop!(deliver(id, 2, 1), E::AlreadyAnswered);
		assert_noop!(deliver(id, 0, 5), E::AlreadyAnswered);
		let malformed = Output { content: vec![7; 36].try_into().unwrap(), commitment: Default::default() };
		let answers = vec![output(0), Answer::Output(malformed)];
		assert_noop!(answer_by(provider(0), id, 0, answers), E::MalformedContentId);
	});
}

#[test]
fn only_the_agreements_own_provider_may_answer() {
	test(|| {
		let id = an_agreement();
		a_provider(1, 0);
		request(id, 1);
		for other in [provider(1), consumer(), stranger()] {
			assert_noop!(answer_by(other, id, 0, vec![output(0)]), E::NotTheProvider);
		}
	});
}

#[test]
fn the_operator_key_answers_and_the_provider_earns() {
	test(|| {
		let model = a_model();
		let bounds = pallet_marketplace::Operator { account: operator(), floor_price: 1, max_open: 1 };
		register_provider(provider(0), Some(bounds));
		a_provider(0, model);
		let order = an_order(model);
		bid(operator(), order, PRICE).unwrap();
		accept(consumer(), order, vec![provider(0)]).unwrap();
		request(0, 1);
		let before = (total(&provider(0)), total(&operator()));
		assert_ok!(answer_by(operator(), 0, 0, vec![output(0)]));
		assert_eq!(total(&provider(0)) - before.0, PRICE - ROYALTY - FEE);
		assert_eq!(total(&operator()), before.1);
	});
}

#[test]
fn nothing_is_answered_after_the_end() {
	test(|| {
		let id = an_agreement();
		request(id, 1);
		assert_ok!(call(provider(0), pallet_execution::Call::abandon { agreement: id }));
		assert_noop!(deliver(id, 0, 1), E::AgreementEnded);
	});
}

#[test]
fn a_removed_page_answers_like_an_answered_request() {
	test(|| {
		let id = an_agreement();
		request(id, 64);
		assert_ok!(deliver(id, 0, 32));
		run_to(now() + RETENTION);
		assert!(Pages::<Runtime>::get(id, 0).is_none());
		assert_noop!(deliver(id, 0, 1), E::AlreadyAnswered);
	});
}

#[test]
fn with_a_dispute_window_the_payment_waits_and_then_comes_by_itself() {
	test(|| {
		DisputeWindow::set(4);
		let id = an_agreement_with(|request| request.response_deadline = 50);
		request(id, 40);
		let before = total(&provider(0));
		assert_ok!(deliver(id, 35, 5));
		assert_eq!(agreement(id).counts.answered, 5);
		assert_noop!(deliver(id, 35, 1), E::AlreadyAnswered);
		let answered_at = now();
		run_to(answered_at + 3);
		assert_eq!(total(&provider(0)), before);
		run_to(answered_at + 4);
		assert_eq!(total(&provider(0)) - before, 5 * (PRICE - ROYALTY - FEE));
		assert_eq!(agreement(id).counts.delivered, 5);
	});
}
