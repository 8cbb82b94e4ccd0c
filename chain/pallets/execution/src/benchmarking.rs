//! Measures what the calls and the pieces of the hook's work cost, each in its worst case.

#![cfg(feature = "runtime-benchmarks")]

mod fixtures;

use crate::*;
use airo_primitives::Agreements as _;
use fixtures::{
	agreement, agreement_with_page, call, consumer, deliver, ended_agreement, has_outcome, outputs, pass, payloads,
	provider, responder, sender, stored,
};
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, weights::WeightMeter};
use frame_system::RawOrigin;

/// The largest batch that lies on so many pages.
fn batch<T: Config>(pages: u32) -> u32 {
	pages.saturating_mul(PAGE_SLOTS).min(T::MaxBatch::get())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// Full pages, all new, so that each takes a deposit.
	#[benchmark]
	fn request(p: Linear<1, { (T::MaxBatch::get() / PAGE_SLOTS).max(1) }>) {
		let count = batch::<T>(p);
		let id = agreement::<T>(count);

		#[extrinsic_call]
		_(RawOrigin::Signed(sender::<T>()), id, 0, payloads(count));

		assert_eq!(stored::<T>(id).counts.requested, count);
	}

	/// Full pages with the last answers that are missing, so that the agreement ends; the last answer is a failure, so
	/// that there is a refund beside the payment.
	#[benchmark]
	fn respond(p: Linear<1, { (T::MaxBatch::get() / PAGE_SLOTS).max(1) }>) {
		let count = batch::<T>(p);
		let id = agreement::<T>(count);
		fixtures::request::<T>(id, count);
		let mut answers = outputs(count);
		if answers.pop().is_some() {
			answers.push(Answer::Failure(FailureCode::Internal));
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(responder::<T>()), id, 0, answers);

		assert_eq!(stored::<T>(id).counts.pending(), 0);
	}

	/// The call without the work that it does, which is weighed by its pieces.
	#[benchmark]
	fn settle_overdue() {
		let id = agreement::<T>(PAGE_SLOTS);

		#[block]
		{
			assert!(Pallet::<T>::do_settle_overdue(id, 0).is_err());
		}
	}

	#[benchmark]
	fn end_agreement() {
		let id = agreement::<T>(PAGE_SLOTS.saturating_mul(2));
		fixtures::request::<T>(id, PAGE_SLOTS);
		deliver::<T>(id, 0, PAGE_SLOTS);

		#[extrinsic_call]
		_(RawOrigin::Signed(consumer::<T>()), id);

		assert!(!stored::<T>(id).is_active());
	}

	#[benchmark]
	fn abandon() {
		let id = agreement_with_page::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(provider::<T>()), id);

		assert!(!stored::<T>(id).is_active());
	}

	#[benchmark]
	fn rate() {
		let id = ended_agreement::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(consumer::<T>()), id, 5);

		assert_eq!(stored::<T>(id).rating, Some(5));
	}

	#[benchmark]
	fn replace_operator() {
		let id = agreement::<T>(1);
		let new: T::AccountId = account("responder", 1, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(provider::<T>()), id, Some(new.clone()));

		assert_eq!(stored::<T>(id).responder, Some(new));
	}

	#[benchmark]
	fn clear_record() {
		let id = agreement::<T>(1);
		call::<T>(consumer::<T>(), Call::end_agreement { agreement: id });
		Pallet::<T>::remove(id, stored::<T>(id));

		#[extrinsic_call]
		_(RawOrigin::Signed(consumer::<T>()));

		assert!(!Records::<T>::contains_key(consumer::<T>(), Role::Consumer));
	}

	/// A run of the hook that finds nothing in the one block it looks at.
	#[benchmark]
	fn agenda_block() {
		AgendaCursor::<T>::put(T::BlockNumberProvider::current_block_number());

		#[block]
		{
			Pallet::<T>::work_off_agenda(&mut WeightMeter::new());
		}

		assert!(AgendaCursor::<T>::get().is_some_and(|next| next > T::BlockNumberProvider::current_block_number()));
	}

	/// A run of the hook that visits an agreement which has ended and is still retained: nothing is due, and the visit in
	/// which it will be removed is entered once more.
	#[benchmark]
	fn agenda_entry() {
		let id = agreement::<T>(1);
		call::<T>(consumer::<T>(), Call::end_agreement { agreement: id });
		let now = T::BlockNumberProvider::current_block_number();
		AgendaCursor::<T>::put(now);
		Agenda::<T>::insert(now, id, ());

		#[block]
		{
			Pallet::<T>::work_off_agenda(&mut WeightMeter::new());
		}

		assert!(!Agenda::<T>::contains_key(now, id));
	}

	/// A full page of which everything is due, with all that follows: payment, refund, penalty.
	#[benchmark]
	fn sweep_page() {
		let id = agreement_with_page::<T>();
		pass::<T>(T::MinResponseDeadline::get().max(T::DisputeWindow::get()));
		let mut swept = stored::<T>(id);
		let now = T::BlockNumberProvider::current_block_number();

		#[block]
		{
			let _ = Pallet::<T>::sweep(id, &mut swept, now, &mut WeightMeter::new());
		}

		assert_eq!(swept.first_open_page, 1);
		assert!(has_outcome::<T>(id, PAGE_SLOTS - 1, |outcome| *outcome == Outcome::Missed));
	}

	/// The end with the most to do: what is answered is paid, the rest refunded, and the provider charged.
	#[benchmark]
	fn close() {
		let id = agreement_with_page::<T>();
		let mut closed = stored::<T>(id);
		let now = T::BlockNumberProvider::current_block_number();

		#[block]
		{
			Pallet::<T>::close(id, &mut closed, now, End::Abandoned);
		}

		assert!(!closed.is_active());
	}

	#[benchmark]
	fn prune_page() {
		let id = ended_agreement::<T>();
		pass::<T>(T::Retention::get());
		let mut pruned = stored::<T>(id);
		let now = T::BlockNumberProvider::current_block_number();

		#[block]
		{
			let _ = Pallet::<T>::prune(id, &mut pruned, now, &mut WeightMeter::new());
		}

		assert!(!Pages::<T>::contains_key(id, 0));
	}

	/// The last agreement of a provider that has left: its record goes as well.
	#[benchmark]
	fn remove_agreement() {
		let id = ended_agreement::<T>();
		Pallet::<T>::forget_provider(&provider::<T>());
		let removed = stored::<T>(id);

		#[block]
		{
			Pallet::<T>::remove(id, removed);
		}

		assert!(!Agreements::<T>::contains_key(id));
	}
}
