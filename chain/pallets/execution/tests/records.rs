//! Records, aggregates, `clear_record`.

use airo_testing::*;
use frame_support::{assert_noop, assert_ok};
use pallet_execution::{Call, Error, Event, FailureCode, Records, Role, Subject};

type E = Error<Runtime>;

fn record(who: AccountId, role: Role) -> pallet_execution::RecordOf<Runtime> {
	Records::<Runtime>::get(who, role).expect("has a record")
}

/// Another agreement between `by` and provider 0 over model 0.
fn another_agreement(by: AccountId) -> u64 {
	agreement_over(0, by, |_| {})
}

#[test]
fn delivered_missed_and_failed_are_told_apart_on_both_records() {
	test(|| {
		let id = an_agreement();
		request(id, 6);
		assert_ok!(deliver(id, 0, 3));
		assert_ok!(fail(id, 3, FailureCode::PayloadCorrupt));
		assert_ok!(fail(id, 4, FailureCode::ExecutionFailed));
		run_to(now() + 5);
		for record in [record(provider(0), Role::Provider), record(consumer(), Role::Consumer)] {
			assert_eq!((record.delivered, record.consumer_faults, record.provider_faults, record.missed), (3, 1, 1, 1));
			assert_eq!((record.volume, record.agreements, record.open), (3 * PRICE, 1, 1));
		}
		assert_eq!(record(provider(0), Role::Provider).slashed, MAX_PRICE / 10);
		assert_eq!(record(consumer(), Role::Consumer).slashed, 0);
	});
}

#[test]
fn counterparties_are_counted_once_each_while_their_agreements_are_retained() {
	test(|| {
		let first = an_agreement();
		let second = another_agreement(consumer());
		let third = another_agreement(other_consumer());
		assert_eq!(record(provider(0), Role::Provider).counterparties, 2);
		assert_eq!(record(consumer(), Role::Consumer).counterparties, 1);
		for id in [first, second] {
			assert_ok!(call(consumer(), Call::end_agreement { agreement: id }));
		}
		run_to(now() + RETENTION);
		let provider = record(provider(0), Role::Provider);
		assert_eq!((provider.counterparties, provider.counterparties_peak, provider.retained), (1, 2, 1));
		assert!(agreement(third).is_active());
	});
}

#[test]
fn a_consumer_clears_its_record_when_nothing_is_retained() {
	test(|| {
		assert_noop!(call(consumer(), Call::clear_record {}), E::NoRecord);
		let id = an_agreement();
		assert_ok!(call(consumer(), Call::end_agreement { agreement: id }));
		assert_noop!(call(consumer(), Call::clear_record {}), E::RecordInUse);
		run_to(now() + RETENTION);
		assert_ok!(call(consumer(), Call::clear_record {}));
		System::assert_last_event(Event::RecordCleared { who: consumer() }.into());
		assert_eq!(held(&consumer()), 0);
		assert_noop!(call(consumer(), Call::clear_record {}), E::NoRecord);
	});
}

#[test]
fn a_provider_that_has_left_keeps_its_record_until_its_last_agreement_is_gone() {
	test(|| {
		let id = an_agreement();
		assert_ok!(call(provider(0), pallet_marketplace::Call::leave {}));
		run_to(now() + UNSTAKE_DELAY);
		assert_ok!(call(consumer(), Call::end_agreement { agreement: id }));
		assert_ok!(call(provider(0), pallet_marketplace::Call::withdraw_stake {}));
		assert!(record(provider(0), Role::Provider).left);
		run_to(now() + RETENTION);
		assert!(Records::<Runtime>::get(provider(0), Role::Provider).is_none());
		assert_eq!(held(&provider(0)), 0);
	});
}

#[test]
fn aggregates_say_what_was_agreed_and_delivered_in_each_period() {
	test(|| {
		let id = an_agreement();
		request(id, 10);
		assert_ok!(deliver(id, 0, 4));
		assert_ok!(fail(id, 4, FailureCode::Internal));
		run_to(PERIOD + 1);
		another_agreement(other_consumer());
		for subject in [Subject::Market, Subject::Model(0), Subject::Provider(provider(0))] {
			let periods = Execution::api_periods(subject);
			assert_eq!(periods.iter().map(|period| period.index).collect::<Vec<_>>(), vec![0, 1]);
			let first = &periods[0];
			assert_eq!((first.agreements, first.agreed), (1, 100));
			assert_eq!((first.delivered, first.failed, first.missed), (4, 1, 5));
			assert_eq!((first.volume, first.royalties, first.fees), (4 * PRICE, 4 * ROYALTY, 4 * PRICE / 100));
			assert_eq!((first.price_low, first.price_high, first.price_sum), (PRICE, PRICE, 100 * PRICE));
		}
	});
}

#[test]
fn only_the_newest_periods_are_kept() {
	test(|| {
		an_agreement();
		let mut expected = vec![0];
		for index in 1..6 {
			run_to(index * PERIOD);
			another_agreement(consumer());
			expected.push(index as u32);
		}
		let kept: Vec<u32> = Execution::api_periods(Subject::Market).iter().map(|period| period.index).collect();
		assert_eq!(kept, expected[2..]);
		run_to(8 * PERIOD);
		let kept: Vec<u32> = Execution::api_periods(Subject::Market).iter().map(|period| period.index).collect();
		assert_eq!(kept, vec![5]);
	});
}
