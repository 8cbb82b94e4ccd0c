//! Requests: the consumer registers payloads.

use crate::{
	AgreementOf, Agreements, BlockNumberOf, Config, Error, Event, HoldReason, Outcome, PAGE_SLOTS, Page, Pages, Pallet,
	Slot,
};
use airo_primitives::{AgreementId, ContentId, check_content_id};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use sp_runtime::{DispatchError, DispatchResult, Saturating, traits::BlockNumberProvider};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_request(
		who: T::AccountId,
		id: AgreementId,
		first: u32,
		payloads: Vec<ContentId>,
	) -> DispatchResult {
		let mut agreement = Agreements::<T>::get(id).ok_or(Error::<T>::UnknownAgreement)?;
		let now = T::BlockNumberProvider::current_block_number();
		let count = payloads.len() as u32;
		ensure!(who == agreement.consumer || agreement.sender.as_ref() == Some(&who), Error::<T>::NotTheConsumer);
		Self::ensure_can_request(&agreement, now, first, count)?;
		ensure!(payloads.iter().all(|payload| check_content_id(payload).is_ok()), Error::<T>::MalformedContentId);

		let mut payloads = payloads.into_iter();
		let mut index = first;
		while payloads.len() > 0 {
			let number = index / PAGE_SLOTS;
			let mut page = match Pages::<T>::get(id, number) {
				Some(page) => page,
				None => {
					let deposit = T::PageDeposit::get();
					Self::hold(HoldReason::Deposit, &agreement.consumer, deposit)?;
					Page { deposit, open: 0, settled_at: now, slots: Default::default() }
				}
			};
			let room = PAGE_SLOTS.saturating_sub(page.slots.len() as u32) as usize;
			for payload in payloads.by_ref().take(room) {
				page.slots
					.try_push(Slot { payload, requested_at: now, outcome: Outcome::Pending })
					.map_err(|_| DispatchError::Corruption)?;
				page.open.saturating_inc();
				index.saturating_inc();
			}
			Pages::<T>::insert(id, number, page);
		}

		agreement.counts.requested.saturating_accrue(count);
		Self::schedule(now.saturating_add(agreement.response_deadline), id);
		Agreements::<T>::insert(id, agreement);
		Self::deposit_event(Event::Requested { agreement: id, first, count });
		Ok(())
	}

	fn ensure_can_request(agreement: &AgreementOf<T>, now: BlockNumberOf<T>, first: u32, count: u32) -> DispatchResult {
		ensure!(agreement.is_active() && now < agreement.ends_at, Error::<T>::AgreementEnded);
		ensure!(count > 0, Error::<T>::EmptyBatch);
		ensure!(count <= T::MaxBatch::get(), Error::<T>::BatchTooLong);
		let counts = &agreement.counts;
		ensure!(first == counts.requested, Error::<T>::NotTheNextIndex);
		let requested = counts.requested.saturating_add(count);
		ensure!(requested <= agreement.quota, Error::<T>::QuotaExceeded);
		ensure!(counts.pending().saturating_add(count) <= agreement.max_in_flight, Error::<T>::TooManyInFlight);
		let window = requested.saturating_sub(agreement.first_open_page.saturating_mul(PAGE_SLOTS));
		ensure!(window <= Self::max_window(), Error::<T>::WindowFull);
		ensure!(now.saturating_add(agreement.response_deadline) <= agreement.ends_at, Error::<T>::EndsTooSoon);
		Ok(())
	}

	/// The most slots from the oldest page that is not final to the newest request. It bounds the pages that a visit has
	/// to look at, however far apart the unanswered requests lie.
	pub(crate) fn max_window() -> u32 {
		T::MaxInFlight::get().saturating_mul(2).saturating_add(PAGE_SLOTS)
	}
}
