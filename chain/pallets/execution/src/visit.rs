//! What happens by itself: overdue requests are refunded, agreements end, storage goes.

use crate::{
	Agenda, AgendaCursor, AgreementOf, Agreements, BlockNumberOf, Config, End, Error, Event, HoldReason, Outcome,
	PAGE_SLOTS, PageOf, Pages, Pallet, State, WeightInfo,
};
use airo_primitives::{
	AgreementId, Market,
	agenda::{Visit, work_off},
};
use core::mem;
use frame_support::{
	ensure,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::{
	DispatchResult, Saturating,
	traits::{BlockNumberProvider, One, Zero},
};

impl<T: Config> Pallet<T> {
	/// Enters a visit of the agreement at block `at`, or the next block if that is past.
	pub(crate) fn schedule(at: BlockNumberOf<T>, id: AgreementId) {
		let next = T::BlockNumberProvider::current_block_number().saturating_add(One::one());
		Agenda::<T>::insert(at.max(next), id, ());
	}

	/// Works off what is due, within `meter`.
	pub(crate) fn work_off_agenda(meter: &mut WeightMeter) {
		let now = T::BlockNumberProvider::current_block_number();
		work_off::<Agenda<T>, AgendaCursor<T>, _, _>(
			now,
			meter,
			T::WeightInfo::agenda_block(),
			T::WeightInfo::agenda_entry(),
			|id, meter| Self::visit(id, now, meter),
		);
	}

	/// The weight of the largest visit of an agreement that is not being removed: all pages of its window, and its end.
	pub(crate) fn largest_step() -> Weight {
		let pages = Self::max_window().div_ceil(PAGE_SLOTS).saturating_add(1);
		T::WeightInfo::agenda_block()
			.saturating_add(T::WeightInfo::agenda_entry())
			.saturating_add(Self::settle_weight(pages))
	}

	/// The weight that a visit of `pages` pages may take.
	pub(crate) fn settle_weight(pages: u32) -> Weight {
		let page = T::WeightInfo::sweep_page().max(T::WeightInfo::prune_page());
		page.saturating_mul(pages.into())
			.saturating_add(T::WeightInfo::close())
			.saturating_add(T::WeightInfo::remove_agreement())
	}

	pub(crate) fn do_settle_overdue(id: AgreementId, pages: u32) -> DispatchResult {
		let before = Agreements::<T>::get(id).ok_or(Error::<T>::UnknownAgreement)?;
		let now = T::BlockNumberProvider::current_block_number();
		Self::visit(id, now, &mut WeightMeter::with_limit(Self::settle_weight(pages)));
		ensure!(Agreements::<T>::get(id).as_ref() != Some(&before), Error::<T>::NothingDue);
		Ok(())
	}

	/// Does everything that is due for an agreement, as far as `meter` goes.
	fn visit(id: AgreementId, now: BlockNumberOf<T>, meter: &mut WeightMeter) -> Visit {
		let Some(mut agreement) = Agreements::<T>::get(id) else { return Visit::Done };
		let mut visit = Visit::Done;
		if agreement.is_active() {
			visit = Self::sweep(id, &mut agreement, now, meter);
			let over = now >= agreement.ends_at || agreement.unsettled() == 0;
			if visit == Visit::Done && over {
				visit = match meter.try_consume(T::WeightInfo::close()) {
					Ok(()) => {
						let how = if agreement.unsettled() == 0 { End::Completed } else { End::Expired };
						Self::close(id, &mut agreement, now, how);
						Visit::Done
					}
					Err(()) => Visit::Unfinished,
				};
			}
		}
		if visit == Visit::Done {
			visit = Self::prune(id, &mut agreement, now, meter);
		}
		if visit == Visit::Done && Self::is_removable(&agreement, now) {
			return match meter.try_consume(T::WeightInfo::remove_agreement()) {
				Ok(()) => {
					Self::remove(id, agreement);
					Visit::Done
				}
				Err(()) => {
					Agreements::<T>::insert(id, agreement);
					Visit::Unfinished
				}
			};
		}
		if let (Visit::Done, State::Ended { at, .. }) = (visit, agreement.state) {
			// Entered at the end already, unless an upgrade has made the retention longer since.
			Self::schedule(at.saturating_add(T::Retention::get()), id);
		}
		Agreements::<T>::insert(id, agreement);
		visit
	}

	/// Settles the slots whose time has come: misses pending ones, pays answered ones. Page by page from the first that is
	/// not final; deadlines rise with the index, so the first slot that still has time ends the walk, unless answers may
	/// wait for payment behind it.
	pub(crate) fn sweep(
		id: AgreementId,
		agreement: &mut AgreementOf<T>,
		now: BlockNumberOf<T>,
		meter: &mut WeightMeter,
	) -> Visit {
		let (mut missed, mut paid) = (0u32, 0u32);
		let mut visit = Visit::Done;
		for number in agreement.first_open_page..agreement.pages() {
			if meter.try_consume(T::WeightInfo::sweep_page()).is_err() {
				visit = Visit::Unfinished;
				break;
			}
			let Some(mut page) = Pages::<T>::get(id, number) else { continue };
			let open = page.open;
			let (page_missed, page_paid) = Self::settle_page(&mut page, now, agreement.response_deadline);
			missed.saturating_accrue(page_missed);
			paid.saturating_accrue(page_paid);
			if page.open != open {
				page.settled_at = now;
				Pages::<T>::insert(id, number, &page);
			}
			Self::advance(id, agreement, number, &page, now);
			if page.open > 0 && T::DisputeWindow::get().is_zero() {
				break;
			}
		}

		agreement.counts.answered.saturating_reduce(paid);
		agreement.counts.delivered.saturating_accrue(paid);
		Self::pay(id, agreement, paid);
		agreement.counts.missed.saturating_accrue(missed);
		Self::refund(id, agreement, missed);
		Self::miss(id, agreement, missed, missed);
		visit
	}

	/// Settles the slots of a page whose time has come; how many were missed and how many are to be paid.
	fn settle_page(page: &mut PageOf<T>, now: BlockNumberOf<T>, deadline: BlockNumberOf<T>) -> (u32, u32) {
		let (mut missed, mut paid) = (0u32, 0u32);
		for slot in page.slots.iter_mut() {
			slot.outcome = match mem::replace(&mut slot.outcome, Outcome::Pending) {
				Outcome::Pending if now >= slot.requested_at.saturating_add(deadline) => {
					missed.saturating_inc();
					Outcome::Missed
				}
				Outcome::Answered { output, at } if now >= at.saturating_add(T::DisputeWindow::get()) => {
					paid.saturating_inc();
					Outcome::Settled { output, at }
				}
				other => other,
			};
		}
		page.open.saturating_reduce(missed.saturating_add(paid));
		(missed, paid)
	}

	/// Ends an agreement: pays what is answered, refunds the rest, frees what is left of the reserve.
	pub(crate) fn close(id: AgreementId, agreement: &mut AgreementOf<T>, now: BlockNumberOf<T>, how: End) {
		let pending = agreement.counts.pending();
		let answered = mem::take(&mut agreement.counts.answered);
		agreement.counts.delivered.saturating_accrue(answered);
		Self::pay(id, agreement, answered);

		let left = agreement.unsettled();
		Self::refund(id, agreement, left);
		agreement.counts.missed.saturating_accrue(pending);
		let charged = if how == End::Abandoned { left } else { pending };
		Self::miss(id, agreement, pending, charged);

		Self::note_ended(agreement, how);
		let reserve = mem::take(&mut agreement.reserve);
		T::Market::agreement_ended(&agreement.provider, reserve);
		agreement.state = State::Ended { at: now, how };
		Agenda::<T>::remove(agreement.ends_at, id);
		Self::schedule(now.saturating_add(T::Retention::get()), id);
		Self::deposit_event(Event::AgreementEnded { agreement: id, how });
	}

	/// Counts `count` missed inferences against the provider and takes the penalty for `charged`.
	fn miss(id: AgreementId, agreement: &mut AgreementOf<T>, count: u32, charged: u32) {
		if count == 0 && charged == 0 {
			return;
		}
		let penalty = Self::penalize(agreement, charged);
		Self::note_missed(agreement, count, penalty);
		Self::deposit_event(Event::Missed { agreement: id, count, penalty });
	}

	/// Removes the pages whose retention is over, in their order.
	pub(crate) fn prune(
		id: AgreementId,
		agreement: &mut AgreementOf<T>,
		now: BlockNumberOf<T>,
		meter: &mut WeightMeter,
	) -> Visit {
		let retention = T::Retention::get();
		let ended = Self::is_past_retention(agreement, now);
		let end = if ended { agreement.pages() } else { agreement.first_open_page };
		while agreement.pruned_pages < end {
			if meter.try_consume(T::WeightInfo::prune_page()).is_err() {
				return Visit::Unfinished;
			}
			if let Some(page) = Pages::<T>::get(id, agreement.pruned_pages) {
				if !ended && now < page.settled_at.saturating_add(retention) {
					break;
				}
				Pages::<T>::remove(id, agreement.pruned_pages);
				Self::release(HoldReason::Deposit, &agreement.consumer, page.deposit);
			}
			agreement.pruned_pages.saturating_inc();
		}
		Visit::Done
	}

	fn is_past_retention(agreement: &AgreementOf<T>, now: BlockNumberOf<T>) -> bool {
		match agreement.state {
			State::Active => false,
			State::Ended { at, .. } => now >= at.saturating_add(T::Retention::get()),
		}
	}

	fn is_removable(agreement: &AgreementOf<T>, now: BlockNumberOf<T>) -> bool {
		agreement.pruned_pages >= agreement.pages() && Self::is_past_retention(agreement, now)
	}
}
