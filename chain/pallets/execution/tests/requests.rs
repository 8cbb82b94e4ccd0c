//! `request` and `replace_operator`.

use airo_testing::*;
use frame_support::{assert_noop, assert_ok};
use pallet_execution::{Call, Error, Event, HoldReason, Outcome, PAGE_SLOTS, Pages, Role};

type E = Error<Runtime>;

#[test]
fn requests_are_stored_in_order_with_the_block_they_came_in() {
	test(|| {
		let id = an_agreement();
		run_to(3);
		request(id, 2);
		let page = Pages::<Runtime>::get(id, 0).expect("the first page");
		assert_eq!(page.slots[1].payload, content(1));
		assert_eq!(page.slots[1].requested_at, 3);
		assert_eq!(page.slots[1].outcome, Outcome::Pending);
		assert_eq!(agreement(id).counts.requested, 2);
		System::assert_last_event(Event::Requested { agreement: id, first: 0, count: 2 }.into());
	});
}

#[test]
fn a_batch_spans_pages_and_each_page_begun_holds_its_deposit() {
	test(|| {
		let id = an_agreement();
		let before = held_for(&consumer(), HoldReason::Deposit);
		request(id, PAGE_SLOTS + 1);
		assert_eq!(Pages::<Runtime>::get(id, 0).expect("full").slots.len() as u32, PAGE_SLOTS);
		assert_eq!(Pages::<Runtime>::get(id, 1).expect("begun").slots.len(), 1);
		assert_eq!(held_for(&consumer(), HoldReason::Deposit), before + 2 * 500);
		request(id, 1);
		assert_eq!(held_for(&consumer(), HoldReason::Deposit), before + 2 * 500);
	});
}

#[test]
fn a_retried_batch_is_refused_by_its_index() {
	test(|| {
		let id = an_agreement();
		assert_ok!(request_by(consumer(), id, 0, 2));
		assert_noop!(request_by(consumer(), id, 0, 2), E::NotTheNextIndex);
		assert_noop!(request_by(consumer(), id, 3, 1), E::NotTheNextIndex);
		assert_ok!(request_by(consumer(), id, 2, 1));
	});
}

#[test]
fn only_the_consumer_and_its_sender_key_may_send_requests() {
	test(|| {
		let id = an_agreement_with(|request| request.sender = Some(operator()));
		assert_ok!(request_by(operator(), id, 0, 1));
		assert_ok!(request_by(consumer(), id, 1, 1));
		for other in [stranger(), provider(0), owner()] {
			assert_noop!(request_by(other, id, 2, 1), E::NotTheConsumer);
		}
	});
}

#[test]
fn the_sender_key_spends_the_consumers_deposit_not_its_own() {
	test(|| {
		let id = an_agreement_with(|request| request.sender = Some(operator()));
		let free = total(&operator());
		assert_ok!(request_by(operator(), id, 0, 1));
		assert_eq!(total(&operator()), free);
		assert_eq!(held(&operator()), 0);
	});
}

#[test]
fn bad_requests_are_refused_by_name() {
	test(|| {
		let id = an_agreement_with(|request| request.max_in_flight = 60);
		assert_noop!(request_by(consumer(), id + 1, 0, 1), E::UnknownAgreement);
		assert_noop!(request_by(consumer(), id, 0, 0), E::EmptyBatch);
		assert_noop!(request_by(consumer(), id, 0, 257), E::BatchTooLong);
		assert_noop!(request_by(consumer(), id, 0, 101), E::QuotaExceeded);
		assert_noop!(request_by(consumer(), id, 0, 61), E::TooManyInFlight);
		let payloads = vec![content(1), vec![1, 2, 3].try_into().unwrap()];
		let call_ = Call::request { agreement: id, first: 0, payloads };
		assert_noop!(call(consumer(), call_), E::MalformedContentId);
	});
}

#[test]
fn the_quota_counts_over_batches() {
	test(|| {
		let id = an_agreement();
		request(id, 60);
		assert_noop!(request_by(consumer(), id, 60, 41), E::QuotaExceeded);
		assert_ok!(request_by(consumer(), id, 60, 40));
		assert_noop!(request_by(consumer(), id, 100, 1), E::QuotaExceeded);
	});
}

#[test]
fn answers_make_room_for_requests_in_flight() {
	test(|| {
		let id = an_agreement_with(|request| request.max_in_flight = 10);
		request(id, 10);
		assert_noop!(request_by(consumer(), id, 10, 1), E::TooManyInFlight);
		assert_ok!(deliver(id, 4, 2));
		assert_noop!(request_by(consumer(), id, 10, 3), E::TooManyInFlight);
		assert_ok!(request_by(consumer(), id, 10, 2));
	});
}

#[test]
fn one_old_request_does_not_let_the_window_grow_without_bound() {
	test(|| {
		let id = an_agreement_with(|request| {
			request.inferences = 5_000;
			request.max_in_flight = 400;
			request.response_deadline = 100;
		});
		request(id, 256);
		let mut next = 256;
		assert_ok!(deliver(id, 1, 255));
		// Two times the highest number in flight, and a page.
		while next + 256 <= 2 * 1_000 + PAGE_SLOTS {
			request(id, 256);
			assert_ok!(deliver(id, next, 256));
			next += 256;
		}
		assert_noop!(request_by(consumer(), id, next, 256), E::WindowFull);
		assert_ok!(deliver(id, 0, 1));
		assert_ok!(request_by(consumer(), id, next, 256));
	});
}

#[test]
fn a_request_whose_deadline_would_lie_behind_the_end_is_refused() {
	test(|| {
		let id = an_agreement();
		let ends_at = agreement(id).ends_at;
		run_to(ends_at - 5);
		assert_ok!(request_by(consumer(), id, 0, 1));
		run_to(ends_at - 4);
		assert_noop!(request_by(consumer(), id, 1, 1), E::EndsTooSoon);
		run_to(ends_at);
		assert_noop!(request_by(consumer(), id, 1, 1), E::AgreementEnded);
	});
}

#[test]
fn a_consumer_who_cannot_pay_the_page_deposit_is_told_so() {
	test(|| {
		let id = an_agreement();
		let free = total(&consumer()) - held(&consumer()) - EXISTENTIAL_DEPOSIT;
		let transfer = pallet_balances::Call::transfer_keep_alive { dest: stranger(), value: free };
		assert_ok!(call(consumer(), transfer));
		assert_noop!(request_by(consumer(), id, 0, 1), E::InsufficientBalance);
	});
}

#[test]
fn each_side_replaces_its_own_operator_key_and_the_old_one_is_powerless_at_once() {
	test(|| {
		let id = an_agreement_with(|request| request.sender = Some(operator()));
		let replace = |operator| Call::replace_operator { agreement: id, operator };
		assert_ok!(call(consumer(), replace(None)));
		assert_noop!(request_by(operator(), id, 0, 1), E::NotTheConsumer);
		request(id, 2);
		assert_noop!(answer_by(operator(), id, 0, vec![output(0)]), E::NotTheProvider);
		assert_ok!(call(provider(0), replace(Some(operator()))));
		let replaced = Event::OperatorReplaced { agreement: id, role: Role::Provider, operator: Some(operator()) };
		System::assert_last_event(replaced.into());
		assert_ok!(answer_by(operator(), id, 0, vec![output(0)]));
		assert_noop!(call(operator(), replace(Some(stranger()))), E::NotAParty);
		assert_noop!(call(stranger(), replace(None)), E::NotAParty);
		let unknown = Call::replace_operator { agreement: id + 1, operator: None };
		assert_noop!(call(consumer(), unknown), E::UnknownAgreement);
		assert_ok!(call(provider(0), Call::abandon { agreement: id }));
		assert_noop!(call(provider(0), replace(None)), E::AgreementEnded);
	});
}
