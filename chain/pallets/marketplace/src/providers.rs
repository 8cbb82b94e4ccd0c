//! Providers: profile, operator key, stake, offers.

use crate::{
	BalanceOf, Config, Error, Event, HoldReason, Models, Offer, Offers, OffersOf, OperatorOf, Operators, Pallet, Peers,
	Profile, Provider, ProviderOf, Providers, Versions, models::is_text,
};
use airo_primitives::{Agreements, ModelId, peer_key, peer_proof_message};
use codec::{Encode, MaxEncodedLen};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	DispatchError, DispatchResult, Saturating,
	traits::{BlockNumberProvider, Zero},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_provider(
		who: T::AccountId,
		profile: Profile,
		operator: Option<OperatorOf<T>>,
		stake: BalanceOf<T>,
	) -> DispatchResult {
		ensure!(!Providers::<T>::contains_key(&who), Error::<T>::AlreadyAProvider);
		Self::check_profile(&who, &profile)?;
		Self::check_operator(&who, &operator)?;
		ensure!(stake >= T::MinStake::get(), Error::<T>::StakeTooLow);
		// The profile and the operator can be replaced, so the deposit is for the largest.
		let deposit = Self::deposit_for(ProviderOf::<T>::max_encoded_len()).saturating_add(T::AggregatesDeposit::get());
		Self::hold(HoldReason::Stake, &who, stake)?;
		Self::hold(HoldReason::Deposit, &who, deposit)?;

		Self::stop_acting_for_another(&who);
		Peers::<T>::insert(&profile.peer, &who);
		if let Some(operator) = &operator {
			Operators::<T>::insert(&operator.account, &who);
		}
		let provider = Provider {
			profile,
			operator,
			stake,
			reserved: Zero::zero(),
			open_bids: 0,
			open_agreements: 0,
			registered_at: T::BlockNumberProvider::current_block_number(),
			leaves_at: None,
			deposit,
		};
		Providers::<T>::insert(&who, provider);
		Self::deposit_event(Event::ProviderRegistered { provider: who, stake });
		Ok(())
	}

	pub(crate) fn do_update_profile(who: T::AccountId, profile: Profile) -> DispatchResult {
		let mut provider = Self::provider(&who)?;
		Self::check_profile(&who, &profile)?;
		Peers::<T>::remove(&provider.profile.peer);
		Peers::<T>::insert(&profile.peer, &who);
		provider.profile = profile;
		Providers::<T>::insert(&who, provider);
		Self::deposit_event(Event::ProfileUpdated { provider: who });
		Ok(())
	}

	pub(crate) fn do_set_operator(who: T::AccountId, operator: Option<OperatorOf<T>>) -> DispatchResult {
		let mut provider = Self::provider(&who)?;
		Self::check_operator(&who, &operator)?;
		if let Some(old) = &provider.operator {
			Operators::<T>::remove(&old.account);
		}
		if let Some(new) = &operator {
			Operators::<T>::insert(&new.account, &who);
		}
		provider.operator = operator;
		let operator = provider.operator.as_ref().map(|operator| operator.account.clone());
		Providers::<T>::insert(&who, provider);
		Self::deposit_event(Event::OperatorChanged { provider: who, operator });
		Ok(())
	}

	pub(crate) fn do_raise_stake(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		let mut provider = Self::staying(&who)?;
		Self::hold(HoldReason::Stake, &who, amount)?;
		provider.stake = provider.stake.saturating_add(amount);
		let stake = provider.stake;
		Providers::<T>::insert(&who, provider);
		Self::deposit_event(Event::StakeRaised { provider: who, stake });
		Ok(())
	}

	pub(crate) fn do_announce(who: T::AccountId, id: ModelId, version: u32, time_us: u32) -> DispatchResult {
		Self::staying(&who)?;
		let mut model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		ensure!(!model.retired, Error::<T>::ModelRetired);
		ensure!(Versions::<T>::contains_key(id, version), Error::<T>::UnknownVersion);
		ensure!(time_us > 0, Error::<T>::NoTime);

		let announced_at = T::BlockNumberProvider::current_block_number();
		let deposit = match Offers::<T>::get(id, &who) {
			Some(offer) => offer.deposit,
			None => {
				let mut offers = OffersOf::<T>::get(&who);
				offers.try_push(id).map_err(|_| Error::<T>::TooManyOffers)?;
				// The entry, its two keys, and its place in the provider's list.
				let bytes = crate::OfferOf::<T>::max_encoded_len()
					.saturating_add(who.encoded_size())
					.saturating_add(id.encoded_size().saturating_mul(2));
				let deposit = Self::deposit_for(bytes);
				Self::hold(HoldReason::Deposit, &who, deposit)?;
				OffersOf::<T>::insert(&who, offers);
				model.offers.saturating_inc();
				Models::<T>::insert(id, model);
				deposit
			}
		};
		Offers::<T>::insert(id, &who, Offer { version, time_us, announced_at, deposit });
		Self::deposit_event(Event::Announced { provider: who, model: id, version, time_us });
		Ok(())
	}

	pub(crate) fn do_withdraw_offer(who: T::AccountId, id: ModelId) -> DispatchResult {
		Self::provider(&who)?;
		let offer = Offers::<T>::take(id, &who).ok_or(Error::<T>::NotAnnounced)?;
		OffersOf::<T>::mutate(&who, |offers| offers.retain(|model| *model != id));
		Self::drop_offer(&who, id, offer.deposit);
		Self::deposit_event(Event::OfferWithdrawn { provider: who, model: id });
		Ok(())
	}

	pub(crate) fn do_leave(who: T::AccountId) -> DispatchResult {
		let mut provider = Self::provider(&who)?;
		ensure!(provider.leaves_at.is_none(), Error::<T>::AlreadyLeaving);
		let leaves_at = T::BlockNumberProvider::current_block_number().saturating_add(T::UnstakeDelay::get());
		provider.leaves_at = Some(leaves_at);
		Providers::<T>::insert(&who, provider);
		Self::deposit_event(Event::ProviderLeaving { provider: who, leaves_at });
		Ok(())
	}

	/// Returns the number of offers that were removed.
	pub(crate) fn do_withdraw_stake(who: T::AccountId) -> Result<u32, DispatchError> {
		let provider = Self::provider(&who)?;
		let leaves_at = provider.leaves_at.ok_or(Error::<T>::NotLeaving)?;
		let now = T::BlockNumberProvider::current_block_number();
		ensure!(now >= leaves_at && provider.open() == 0, Error::<T>::StakeLocked);

		let offers = OffersOf::<T>::take(&who);
		for id in &offers {
			if let Some(offer) = Offers::<T>::take(id, &who) {
				Self::drop_offer(&who, *id, offer.deposit);
			}
		}
		Peers::<T>::remove(&provider.profile.peer);
		if let Some(operator) = &provider.operator {
			Operators::<T>::remove(&operator.account);
		}
		Providers::<T>::remove(&who);
		T::Agreements::forget_provider(&who);
		Self::release(HoldReason::Stake, &who, provider.stake);
		Self::release(HoldReason::Deposit, &who, provider.deposit);
		Self::deposit_event(Event::ProviderLeft { provider: who });
		Ok(offers.len() as u32)
	}

	/// Frees an account from being another provider's operator key. Naming a key asks nobody, so it must not be a way to
	/// keep its account out of the market.
	fn stop_acting_for_another(who: &T::AccountId) {
		let Some(other) = Operators::<T>::take(who) else { return };
		Self::update_provider(&other, |provider| provider.operator = None);
		Self::deposit_event(Event::OperatorChanged { provider: other, operator: None });
	}

	fn drop_offer(who: &T::AccountId, id: ModelId, deposit: BalanceOf<T>) {
		// The model itself may have been purged by now.
		Models::<T>::mutate_extant(id, |model| model.offers.saturating_dec());
		Self::release(HoldReason::Deposit, who, deposit);
	}

	/// The provider of this account.
	pub(crate) fn provider(who: &T::AccountId) -> Result<ProviderOf<T>, Error<T>> {
		Providers::<T>::get(who).ok_or(Error::<T>::NotAProvider)
	}

	/// The provider of this account, if it is not leaving.
	pub(crate) fn staying(who: &T::AccountId) -> Result<ProviderOf<T>, Error<T>> {
		let provider = Self::provider(who)?;
		ensure!(provider.leaves_at.is_none(), Error::<T>::Leaving);
		Ok(provider)
	}

	fn check_profile(who: &T::AccountId, profile: &Profile) -> DispatchResult {
		ensure!(is_text(&profile.name), Error::<T>::MalformedName);
		ensure!(profile.key.check().is_ok(), Error::<T>::MalformedKey);
		let key = peer_key(&profile.peer).ok_or(Error::<T>::MalformedPeerId)?;
		ensure!(Peers::<T>::get(&profile.peer).is_none_or(|owner| owner == *who), Error::<T>::PeerTaken);
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		let message = peer_proof_message(&genesis, who);
		ensure!(sp_io::crypto::ed25519_verify(&profile.peer_proof, &message, &key), Error::<T>::WrongPeerProof);
		Ok(())
	}

	fn check_operator(who: &T::AccountId, operator: &Option<OperatorOf<T>>) -> DispatchResult {
		let Some(operator) = operator else { return Ok(()) };
		let acts_for_another = Operators::<T>::get(&operator.account).is_some_and(|provider| provider != *who);
		ensure!(
			!acts_for_another && !Providers::<T>::contains_key(&operator.account) && operator.account != *who,
			Error::<T>::OperatorTaken
		);
		Ok(())
	}
}
