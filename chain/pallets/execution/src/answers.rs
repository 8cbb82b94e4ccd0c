//! Answers: the provider delivers, or says why not.

use crate::{
	AgreementOf, Agreements, Answer, BlockNumberOf, Config, Counts, End, Error, Event, Fault, Outcome, PAGE_SLOTS,
	PageOf, Pages, Pallet, Slot,
};
use airo_primitives::{AgreementId, check_content_id};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use sp_runtime::{
	DispatchResult, Saturating,
	traits::{BlockNumberProvider, Zero},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_respond(who: T::AccountId, id: AgreementId, first: u32, answers: Vec<Answer>) -> DispatchResult {
		let mut agreement = Agreements::<T>::get(id).ok_or(Error::<T>::UnknownAgreement)?;
		let now = T::BlockNumberProvider::current_block_number();
		let count = answers.len() as u32;
		ensure!(who == agreement.provider || agreement.responder.as_ref() == Some(&who), Error::<T>::NotTheProvider);
		ensure!(agreement.is_active(), Error::<T>::AgreementEnded);
		ensure!(count > 0, Error::<T>::EmptyBatch);
		ensure!(count <= T::MaxBatch::get(), Error::<T>::BatchTooLong);
		let end = first.checked_add(count).ok_or(Error::<T>::UnknownRequest)?;
		ensure!(end <= agreement.counts.requested, Error::<T>::UnknownRequest);

		let before = agreement.counts;
		let mut answers = answers.into_iter();
		let mut index = first;
		while index < end {
			let number = index / PAGE_SLOTS;
			let mut page = Pages::<T>::get(id, number).ok_or(Error::<T>::AlreadyAnswered)?;
			let offset = (index % PAGE_SLOTS) as usize;
			for (slot, answer) in page.slots.iter_mut().skip(offset).zip(answers.by_ref()) {
				let settled = Self::answer(slot, answer, now, agreement.response_deadline, &mut agreement.counts)?;
				if settled {
					page.open.saturating_dec();
				}
				index.saturating_inc();
			}
			page.settled_at = now;
			Self::advance(id, &mut agreement, number, &page, now);
			Pages::<T>::insert(id, number, page);
		}

		let after = agreement.counts;
		let failures = Self::failures(&after).saturating_sub(Self::failures(&before));
		Self::deposit_event(Event::Answered { agreement: id, first, count, failures });
		Self::pay(id, &agreement, after.delivered.saturating_sub(before.delivered));
		Self::refund(id, &agreement, failures);
		Self::note_failures(&agreement, &before, &after);
		if after.answered > before.answered {
			Self::schedule(now.saturating_add(T::DisputeWindow::get()), id);
		}
		if agreement.unsettled() == 0 {
			Self::close(id, &mut agreement, now, End::Completed);
		}
		Agreements::<T>::insert(id, agreement);
		Ok(())
	}

	/// Puts an answer into a slot and counts it; whether that settled the slot.
	fn answer(
		slot: &mut Slot<BlockNumberOf<T>>,
		answer: Answer,
		now: BlockNumberOf<T>,
		deadline: BlockNumberOf<T>,
		counts: &mut Counts,
	) -> Result<bool, Error<T>> {
		ensure!(slot.outcome == Outcome::Pending, Error::<T>::AlreadyAnswered);
		ensure!(now < slot.requested_at.saturating_add(deadline), Error::<T>::DeadlinePassed);
		let (outcome, settled) = match answer {
			Answer::Output(output) => {
				ensure!(check_content_id(&output.content).is_ok(), Error::<T>::MalformedContentId);
				if T::DisputeWindow::get().is_zero() {
					counts.delivered.saturating_inc();
					(Outcome::Settled { output, at: now }, true)
				} else {
					counts.answered.saturating_inc();
					(Outcome::Answered { output, at: now }, false)
				}
			}
			Answer::Failure(code) => {
				match code.fault() {
					Fault::Consumer => counts.consumer_faults.saturating_inc(),
					Fault::Provider => counts.provider_faults.saturating_inc(),
				}
				(Outcome::Failed { code, at: now }, true)
			}
		};
		slot.outcome = outcome;
		Ok(settled)
	}

	/// Moves `first_open_page` past page `number` if that is the one it stands at and it is final, and enters the page's
	/// removal in the agenda.
	pub(crate) fn advance(
		id: AgreementId,
		agreement: &mut AgreementOf<T>,
		number: u32,
		page: &PageOf<T>,
		now: BlockNumberOf<T>,
	) {
		if agreement.first_open_page == number && page.is_final() {
			agreement.first_open_page.saturating_inc();
			Self::schedule(now.saturating_add(T::Retention::get()), id);
		}
	}

	fn failures(counts: &Counts) -> u32 {
		counts.consumer_faults.saturating_add(counts.provider_faults)
	}
}
