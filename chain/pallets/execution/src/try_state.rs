//! What must hold of the pallet's storage at the end of every block.

use crate::{
	Agenda, AgendaCursor, AgreementOf, Agreements, AgreementsOf, BalanceOf, BlockNumberOf, Config, HoldReason,
	NextAgreement, Outcome, PAGE_SLOTS, Pages, Pairs, Pallet, Records, Role, State,
};
use airo_primitives::AgreementId;
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{Get, fungible::hold::Inspect as InspectHold},
};
use sp_runtime::{
	Saturating, TryRuntimeError,
	traits::{One, Zero},
};

impl<T: Config> Pallet<T> {
	/// Checks the pallet's invariants:
	///
	/// 1. What a consumer has on hold as escrow is the sum of its open agreements' unsettled inferences.
	/// 2. What an account has on hold as deposit is the sum of its agreements', pages' and record's deposits.
	/// 3. The counts of an agreement match its pages, and never exceed the quota.
	/// 4. Pages before `pruned_pages` are gone, pages before `first_open_page` final, later ones there.
	/// 5. What may become due has a visit in the agenda, and no entry lies before the cursor.
	/// 6. Every agreement is indexed under both its sides, and nothing else is.
	/// 7. Records and pairs count the agreements that are stored.
	/// 8. An ended agreement has no reserve left.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut escrow = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		let mut retained = BTreeMap::<(T::AccountId, Role), (u32, u32)>::new();
		let mut pairs = BTreeMap::<(T::AccountId, T::AccountId), u32>::new();
		let mut indexed = 0usize;
		let next = NextAgreement::<T>::get();

		for (id, agreement) in Agreements::<T>::iter() {
			ensure!(id < next, "an agreement has a number that was not given yet");
			Self::check_agreement(id, &agreement, &mut deposits)?;
			escrow.entry(agreement.consumer.clone()).or_default().saturating_accrue(agreement.escrow());
			deposits.entry(agreement.consumer.clone()).or_default().saturating_accrue(agreement.deposit);
			for (who, role) in [(&agreement.consumer, Role::Consumer), (&agreement.provider, Role::Provider)] {
				ensure!(AgreementsOf::<T>::get(who, id) == Some(role), "6: an agreement is not indexed");
				let counts = retained.entry((who.clone(), role)).or_default();
				counts.0.saturating_inc();
				counts.1.saturating_accrue(agreement.is_active() as u32);
			}
			pairs.entry((agreement.provider, agreement.consumer)).or_default().saturating_inc();
			indexed = indexed.saturating_add(2);
		}
		ensure!(AgreementsOf::<T>::iter_keys().count() == indexed, "6: the index names a removed agreement");

		for (who, role, record) in Records::<T>::iter() {
			let (stored, open) = retained.remove(&(who.clone(), role)).unwrap_or_default();
			ensure!(record.retained == stored && record.open == open, "7: a record miscounts agreements");
			let others = pairs
				.keys()
				.filter(|(provider, consumer)| match role {
					Role::Provider => *provider == who,
					Role::Consumer => *consumer == who,
				})
				.count();
			ensure!(record.counterparties as usize == others, "7: a record miscounts counterparties");
			deposits.entry(who).or_default().saturating_accrue(record.deposit);
		}
		ensure!(retained.is_empty(), "7: a side of an agreement has no record");
		ensure!(
			Pairs::<T>::iter()
				.map(|(provider, consumer, count)| ((provider, consumer), count))
				.collect::<BTreeMap<_, _>>()
				== pairs,
			"7: the pairs do not match the agreements"
		);

		for (number, _, page) in Pages::<T>::iter() {
			ensure!(Agreements::<T>::contains_key(number), "4: a page has no agreement");
			ensure!(!page.slots.is_empty(), "4: a page is empty");
		}
		let accounts: BTreeSet<_> = frame_system::Account::<T>::iter_keys().collect();
		for who in accounts {
			let held = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), &who);
			let expected = |sums: &BTreeMap<_, _>| sums.get(&who).copied().unwrap_or_else(Zero::zero);
			ensure!(held(HoldReason::Escrow) == expected(&escrow), "1: escrow does not match the agreements");
			ensure!(held(HoldReason::Deposit) == expected(&deposits), "2: deposits do not match the storage");
		}
		if let Some(cursor) = AgendaCursor::<T>::get() {
			ensure!(Agenda::<T>::iter_keys().all(|(block, _)| block >= cursor), "5: an entry lies before the cursor");
		}
		Ok(())
	}

	fn check_agreement(
		id: AgreementId,
		agreement: &AgreementOf<T>,
		deposits: &mut BTreeMap<T::AccountId, BalanceOf<T>>,
	) -> Result<(), TryRuntimeError> {
		let counts = &agreement.counts;
		ensure!(counts.requested <= agreement.quota, "3: more requests than the quota");
		ensure!(
			counts.settled().saturating_add(counts.answered) <= counts.requested,
			"3: more is settled than was requested"
		);
		ensure!(agreement.pruned_pages <= agreement.pages(), "4: more pages are removed than there were");
		match agreement.state {
			State::Active => {
				ensure!(Self::has_visit(agreement.ends_at, id), "5: the end of an agreement has no visit");
				ensure!(agreement.unsettled() > 0, "3: an agreement with nothing left is open");
			}
			State::Ended { at, .. } => {
				let removal = at.saturating_add(T::Retention::get());
				ensure!(Self::has_visit(removal, id), "5: the removal of an agreement has no visit");
				ensure!(agreement.reserve.is_zero(), "8: an ended agreement has a reserve");
			}
		}

		let (mut pending, mut answered, mut stored) = (0u32, 0u32, 0u32);
		for number in 0..agreement.pages() {
			let Some(page) = Pages::<T>::get(id, number) else {
				ensure!(number < agreement.pruned_pages, "4: a page is missing");
				continue;
			};
			ensure!(number >= agreement.pruned_pages, "4: a removed page is there");
			deposits.entry(agreement.consumer.clone()).or_default().saturating_accrue(page.deposit);
			stored.saturating_accrue(page.slots.len() as u32);
			let mut open = 0u32;
			for slot in &page.slots {
				match slot.outcome {
					Outcome::Pending => {
						pending.saturating_inc();
						open.saturating_inc();
						let deadline = slot.requested_at.saturating_add(agreement.response_deadline);
						ensure!(
							!agreement.is_active() || Self::has_visit(deadline, id),
							"5: a request's deadline has no visit"
						);
						ensure!(deadline <= agreement.ends_at, "3: a request outlives its agreement");
					}
					Outcome::Answered { .. } => {
						answered.saturating_inc();
						open.saturating_inc();
					}
					_ => {}
				}
			}
			ensure!(page.open == open, "3: a page miscounts its open slots");
			ensure!(
				number >= agreement.first_open_page || page.is_final(),
				"4: a page that is not final is passed over"
			);
		}
		ensure!(
			stored.saturating_add(agreement.pruned_pages.saturating_mul(PAGE_SLOTS)) >= counts.requested,
			"4: requests are missing"
		);
		if agreement.is_active() {
			ensure!(pending == counts.pending() && answered == counts.answered, "3: the counts do not match the slots");
			ensure!(pending <= agreement.max_in_flight, "3: too many requests are in flight");
		}
		Ok(())
	}

	/// Whether the agreement is visited at `block`.
	fn has_visit(block: BlockNumberOf<T>, id: AgreementId) -> bool {
		// An entry for the block in which it was made lies at the next.
		Agenda::<T>::contains_key(block, id) || Agenda::<T>::contains_key(block.saturating_add(One::one()), id)
	}
}
