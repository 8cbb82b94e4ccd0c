//! The runtime API's functions.

use airo_testing::*;
use frame_support::assert_ok;
use pallet_execution::{Outcome, Role};

#[test]
fn requests_are_read_from_any_index_and_removed_ones_are_left_out() {
	test(|| {
		let id = an_agreement();
		request(id, 100);
		let indices = |first, limit| {
			Execution::api_requests(id, first, limit).into_iter().map(|slot| slot.index).collect::<Vec<_>>()
		};
		assert_eq!(indices(0, 3), vec![0, 1, 2]);
		assert_eq!(indices(30, 5), vec![30, 31, 32, 33, 34]);
		assert_eq!(indices(98, 10), vec![98, 99]);
		assert_eq!(indices(0, u32::MAX).len(), 100);
		assert_eq!(indices(200, 10), Vec::<u32>::new());
		assert_ok!(deliver(id, 0, 32));
		run_to(now() + RETENTION);
		assert_eq!(indices(0, 40).first(), Some(&32));
		let slots = Execution::api_requests(id, 32, 1);
		assert_eq!(slots[0].slot.outcome, Outcome::Missed);
	});
}

#[test]
fn the_agreements_of_an_account_come_in_pages_without_loss_or_repetition() {
	test(|| {
		let model = a_model();
		a_provider(0, model);
		for _ in 0..4 {
			agreement_over(model, consumer(), |request| request.max_in_flight = 10);
		}
		let mut seen = Vec::new();
		let mut after = None;
		loop {
			let page = Execution::api_agreements_of(consumer(), after, 3);
			let Some((last, role, _)) = page.last() else { break };
			assert_eq!(*role, Role::Consumer);
			after = Some(*last);
			seen.extend(page.iter().map(|(id, _, _)| *id));
		}
		seen.sort();
		assert_eq!(seen, (0..4).collect::<Vec<_>>());
		assert_eq!(Execution::api_agreements_of(provider(0), None, 100).len(), 4);
		assert!(Execution::api_agreements_of(stranger(), None, 100).is_empty());
	});
}

#[test]
fn agreement_and_record_are_read_by_their_keys() {
	test(|| {
		let id = an_agreement();
		assert_eq!(Execution::api_agreement(id), Some(agreement(id)));
		assert_eq!(Execution::api_agreement(id + 1), None);
		assert_eq!(Execution::api_record(provider(0), Role::Provider).map(|record| record.open), Some(1));
		assert_eq!(Execution::api_record(provider(0), Role::Consumer), None);
	});
}
