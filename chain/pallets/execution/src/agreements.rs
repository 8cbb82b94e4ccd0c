//! The life of an agreement, from its opening to its removal.

use crate::{
	Aggregates, Agreement, AgreementOf, Agreements, AgreementsOf, BalanceOf, BlockNumberOf, Config, End, Error, Event,
	HoldReason, NextAgreement, Pallet, Records, Role, State, Subject,
};
use airo_primitives::{AgreementId, Agreements as AgreementsT, Limits, Market, ModelId, Standing, Terms};
use frame_support::{ensure, traits::Get};
use sp_runtime::{
	DispatchError, DispatchResult, Saturating,
	traits::{BlockNumberProvider, Zero},
};

impl<T: Config> AgreementsT<T::AccountId, BalanceOf<T>, BlockNumberOf<T>> for Pallet<T> {
	fn limits() -> Limits<BlockNumberOf<T>> {
		Limits {
			max_in_flight: T::MaxInFlight::get(),
			min_response_deadline: T::MinResponseDeadline::get(),
			max_lifetime: T::MaxLifetime::get(),
		}
	}

	fn open(terms: Terms<T::AccountId, BalanceOf<T>, BlockNumberOf<T>>) -> Result<AgreementId, DispatchError> {
		let now = T::BlockNumberProvider::current_block_number();
		let id = NextAgreement::<T>::get();
		let deposit = T::AgreementDeposit::get();
		let agreement = Agreement {
			order: terms.order,
			model: terms.model,
			version: terms.version,
			consumer: terms.consumer,
			sender: terms.sender,
			consumer_key: terms.consumer_key,
			provider: terms.provider,
			responder: terms.responder,
			provider_key: terms.provider_key,
			price: terms.price,
			royalty: terms.royalty,
			fee: terms.fee,
			penalty: terms.penalty,
			reserve: terms.reserve,
			quota: terms.quota,
			max_in_flight: terms.max_in_flight,
			response_deadline: terms.response_deadline,
			opened_at: now,
			ends_at: now.saturating_add(terms.lifetime),
			counts: Default::default(),
			first_open_page: 0,
			pruned_pages: 0,
			deposit,
			state: State::Active,
			rating: None,
		};
		Self::hold(HoldReason::Escrow, &agreement.consumer, agreement.escrow())?;
		Self::hold(HoldReason::Deposit, &agreement.consumer, deposit)?;
		Self::note_opened(&agreement)?;

		NextAgreement::<T>::put(id.saturating_add(1));
		AgreementsOf::<T>::insert(&agreement.consumer, id, Role::Consumer);
		AgreementsOf::<T>::insert(&agreement.provider, id, Role::Provider);
		Self::schedule(agreement.ends_at, id);
		Self::deposit_event(Event::AgreementOpened {
			agreement: id,
			consumer: agreement.consumer.clone(),
			provider: agreement.provider.clone(),
			quota: agreement.quota,
			price: agreement.price,
		});
		Agreements::<T>::insert(id, agreement);
		Ok(id)
	}

	fn standing(provider: &T::AccountId) -> Standing {
		let record = Records::<T>::get(provider, Role::Provider).unwrap_or_default();
		Standing { delivered: record.delivered, faults: record.missed.saturating_add(record.provider_faults) }
	}

	fn reserved(provider: &T::AccountId) -> BalanceOf<T> {
		AgreementsOf::<T>::iter_prefix(provider)
			.filter(|(_, role)| *role == Role::Provider)
			.filter_map(|(id, _)| Agreements::<T>::get(id))
			.fold(Zero::zero(), |sum: BalanceOf<T>, agreement| sum.saturating_add(agreement.reserve))
	}

	fn forget_provider(provider: &T::AccountId) {
		Self::drop_record(provider);
		Self::forget(Subject::Provider(provider.clone()));
	}

	fn forget_model(model: ModelId) {
		Self::forget(Subject::Model(model));
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_end_agreement(who: T::AccountId, id: AgreementId) -> DispatchResult {
		let mut agreement = Self::active(id)?;
		ensure!(who == agreement.consumer, Error::<T>::NotTheConsumer);
		ensure!(agreement.counts.pending() == 0, Error::<T>::RequestsOutstanding);
		let now = T::BlockNumberProvider::current_block_number();
		Self::close(id, &mut agreement, now, End::ByConsumer);
		Agreements::<T>::insert(id, agreement);
		Ok(())
	}

	pub(crate) fn do_abandon(who: T::AccountId, id: AgreementId) -> DispatchResult {
		let mut agreement = Self::active(id)?;
		ensure!(who == agreement.provider, Error::<T>::NotTheProvider);
		let now = T::BlockNumberProvider::current_block_number();
		Self::close(id, &mut agreement, now, End::Abandoned);
		Agreements::<T>::insert(id, agreement);
		Ok(())
	}

	pub(crate) fn do_rate(who: T::AccountId, id: AgreementId, rating: u8) -> DispatchResult {
		let mut agreement = Agreements::<T>::get(id).ok_or(Error::<T>::UnknownAgreement)?;
		ensure!(who == agreement.consumer, Error::<T>::NotTheConsumer);
		ensure!((1..=5).contains(&rating), Error::<T>::RatingOutOfRange);
		ensure!(!agreement.is_active(), Error::<T>::AgreementActive);
		ensure!(agreement.rating.is_none(), Error::<T>::AlreadyRated);
		agreement.rating = Some(rating);
		Self::note_rating(&agreement, rating);
		Agreements::<T>::insert(id, agreement);
		Self::deposit_event(Event::Rated { agreement: id, rating });
		Ok(())
	}

	pub(crate) fn do_replace_operator(
		who: T::AccountId,
		id: AgreementId,
		operator: Option<T::AccountId>,
	) -> DispatchResult {
		let mut agreement = Self::active(id)?;
		let role = if who == agreement.consumer {
			agreement.sender = operator.clone();
			Role::Consumer
		} else if who == agreement.provider {
			agreement.responder = operator.clone();
			Role::Provider
		} else {
			return Err(Error::<T>::NotAParty.into());
		};
		Agreements::<T>::insert(id, agreement);
		Self::deposit_event(Event::OperatorReplaced { agreement: id, role, operator });
		Ok(())
	}

	fn active(id: AgreementId) -> Result<AgreementOf<T>, Error<T>> {
		let agreement = Agreements::<T>::get(id).ok_or(Error::<T>::UnknownAgreement)?;
		ensure!(agreement.is_active(), Error::<T>::AgreementEnded);
		Ok(agreement)
	}

	/// Removes the last trace of an ended agreement and releases its deposit.
	pub(crate) fn remove(id: AgreementId, agreement: AgreementOf<T>) {
		Agreements::<T>::remove(id);
		AgreementsOf::<T>::remove(&agreement.consumer, id);
		AgreementsOf::<T>::remove(&agreement.provider, id);
		Self::note_removed(&agreement);
		Self::release(HoldReason::Deposit, &agreement.consumer, agreement.deposit);
		T::Market::agreement_removed(agreement.model);
	}

	fn forget(subject: Subject<T::AccountId>) {
		for place in 0..T::Periods::get() {
			Aggregates::<T>::remove(&subject, place);
		}
	}
}
