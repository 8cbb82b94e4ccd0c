//! Records of consumers and providers, and the aggregates of the market, a model, a provider.

use crate::{
	Aggregates, AgreementOf, BalanceOf, BlockNumberOf, Config, Counts, End, Error, Event, HoldReason, Pairs, Pallet,
	Period, RecordOf, Records, Role, Subject,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::{
	DispatchResult, SaturatedConversion, Saturating,
	traits::{BlockNumberProvider, CheckedDiv, Zero},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn note_opened(agreement: &AgreementOf<T>) -> DispatchResult {
		let deposit = T::RecordDeposit::get();
		let now = T::BlockNumberProvider::current_block_number();
		if !Records::<T>::contains_key(&agreement.consumer, Role::Consumer) {
			Self::hold(HoldReason::Deposit, &agreement.consumer, deposit)?;
			let record = RecordOf::<T> { deposit, since: now, ..Default::default() };
			Records::<T>::insert(&agreement.consumer, Role::Consumer, record);
		}
		Records::<T>::mutate(&agreement.provider, Role::Provider, |slot| {
			slot.get_or_insert_with(|| RecordOf::<T> { since: now, ..Default::default() }).left = false;
		});
		let is_new_pair = Pairs::<T>::mutate(&agreement.provider, &agreement.consumer, |retained| {
			retained.saturating_inc();
			*retained == 1
		});
		Self::update_records(agreement, |record| {
			record.agreements.saturating_inc();
			record.open.saturating_inc();
			record.retained.saturating_inc();
			if is_new_pair {
				record.counterparties.saturating_inc();
				record.counterparties_peak = record.counterparties_peak.max(record.counterparties);
			}
		});
		Self::update_aggregates(agreement, |period| period.add_agreement(agreement.price, agreement.quota));
		Ok(())
	}

	pub(crate) fn note_delivered(agreement: &AgreementOf<T>, count: u32, royalty: BalanceOf<T>, fee: BalanceOf<T>) {
		let volume = agreement.price.saturating_mul(count.into());
		Self::update_records(agreement, |record| {
			record.delivered.saturating_accrue(count.into());
			record.volume.saturating_accrue(volume);
		});
		Self::update_aggregates(agreement, |period| {
			period.delivered.saturating_accrue(count.into());
			period.volume.saturating_accrue(volume);
			period.royalties.saturating_accrue(royalty);
			period.fees.saturating_accrue(fee);
		});
	}

	/// Counts the failures that were added between two states of an agreement's counts.
	pub(crate) fn note_failures(agreement: &AgreementOf<T>, before: &Counts, after: &Counts) {
		let consumer = after.consumer_faults.saturating_sub(before.consumer_faults);
		let provider = after.provider_faults.saturating_sub(before.provider_faults);
		if consumer == 0 && provider == 0 {
			return;
		}
		Self::update_records(agreement, |record| {
			record.consumer_faults.saturating_accrue(consumer.into());
			record.provider_faults.saturating_accrue(provider.into());
		});
		Self::update_aggregates(agreement, |period| {
			period.failed.saturating_accrue(consumer.saturating_add(provider).into());
		});
	}

	pub(crate) fn note_missed(agreement: &AgreementOf<T>, count: u32, penalty: BalanceOf<T>) {
		Self::update_records(agreement, |record| record.missed.saturating_accrue(count.into()));
		Self::update_record(&agreement.provider, Role::Provider, |record| {
			record.slashed.saturating_accrue(penalty);
		});
		Self::update_aggregates(agreement, |period| period.missed.saturating_accrue(count.into()));
	}

	pub(crate) fn note_ended(agreement: &AgreementOf<T>, how: End) {
		Self::update_records(agreement, |record| {
			record.open.saturating_dec();
			if how == End::Abandoned {
				record.abandoned.saturating_inc();
			}
		});
	}

	pub(crate) fn note_rating(agreement: &AgreementOf<T>, rating: u8) {
		Self::update_record(&agreement.provider, Role::Provider, |record| {
			record.ratings.saturating_inc();
			record.rating_sum.saturating_accrue(rating.into());
		});
	}

	pub(crate) fn note_removed(agreement: &AgreementOf<T>) {
		let is_last_of_pair = Pairs::<T>::mutate_exists(&agreement.provider, &agreement.consumer, |retained| {
			*retained = retained.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
			retained.is_none()
		});
		for (who, role) in [(&agreement.consumer, Role::Consumer), (&agreement.provider, Role::Provider)] {
			Records::<T>::mutate_exists(who, role, |slot| {
				let Some(record) = slot else { return };
				record.retained.saturating_dec();
				if is_last_of_pair {
					record.counterparties.saturating_dec();
				}
				if record.left && record.retained == 0 {
					*slot = None;
				}
			});
		}
	}

	/// Drops a provider's record, now or with its last retained agreement.
	pub(crate) fn drop_record(provider: &T::AccountId) {
		Records::<T>::mutate_exists(provider, Role::Provider, |slot| match slot {
			Some(record) if record.retained > 0 => record.left = true,
			_ => *slot = None,
		});
	}

	pub(crate) fn do_clear_record(who: T::AccountId) -> DispatchResult {
		let record = Records::<T>::get(&who, Role::Consumer).ok_or(Error::<T>::NoRecord)?;
		ensure!(record.retained == 0, Error::<T>::RecordInUse);
		Records::<T>::remove(&who, Role::Consumer);
		Self::release(HoldReason::Deposit, &who, record.deposit);
		Self::deposit_event(Event::RecordCleared { who });
		Ok(())
	}

	/// Updates the records of both sides.
	fn update_records(agreement: &AgreementOf<T>, update: impl Fn(&mut RecordOf<T>)) {
		Self::update_record(&agreement.consumer, Role::Consumer, &update);
		Self::update_record(&agreement.provider, Role::Provider, &update);
	}

	fn update_record(who: &T::AccountId, role: Role, update: impl Fn(&mut RecordOf<T>)) {
		Records::<T>::mutate(who, role, |slot| {
			let Some(record) = slot else { return };
			update(record);
			record.last_active = T::BlockNumberProvider::current_block_number();
		});
	}

	/// Updates this period's aggregates of the market, the model and the provider.
	fn update_aggregates(agreement: &AgreementOf<T>, update: impl Fn(&mut Period<BalanceOf<T>>)) {
		let index = Self::period_at(T::BlockNumberProvider::current_block_number());
		let subjects =
			[Subject::Market, Subject::Model(agreement.model), Subject::Provider(agreement.provider.clone())];
		for subject in subjects {
			Aggregates::<T>::mutate(subject, Self::place_of(index), |period| {
				if period.index != index {
					*period = Period { index, ..Default::default() };
				}
				update(period);
			});
		}
	}

	/// The number of the period that a block lies in.
	pub(crate) fn period_at(block: BlockNumberOf<T>) -> u32 {
		block.checked_div(&T::PeriodLength::get()).unwrap_or(Zero::zero()).saturated_into()
	}

	/// The place of a period in the ring.
	pub(crate) fn place_of(index: u32) -> u32 {
		index.checked_rem(T::Periods::get()).unwrap_or(0)
	}
}
