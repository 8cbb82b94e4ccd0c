//! Holds and deposits, and the side of the marketplace that the Execution pallet sees.

use crate::{
	BalanceOf, Collection, CollectionIdOf, Config, Error, Event, HoldReason, LOG_TARGET, Models, Pallet, ProviderOf,
	Providers,
};
use airo_primitives::{Market, ModelId, ModelNfts};
use frame_support::{
	defensive,
	traits::{
		Get,
		fungible::hold::Mutate as MutateHold,
		tokens::{Fortitude, Precision, Restriction},
	},
};
use sp_runtime::{
	DispatchError, DispatchResult, Saturating,
	traits::{AccountIdConversion, Zero},
};

impl<T: Config> Pallet<T> {
	/// The pallet's account, which owns the collection of models.
	pub fn account_id() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// The collection of models, made now if there is none.
	pub(crate) fn collection() -> Result<CollectionIdOf<T>, DispatchError> {
		if let Some(collection) = Collection::<T>::get() {
			return Ok(collection);
		}
		let collection = T::Nfts::create_collection(&Self::account_id()).map_err(|error| {
			log::error!(target: LOG_TARGET, "the collection of models could not be made: {error:?}");
			Error::<T>::CollectionUnavailable
		})?;
		Collection::<T>::put(&collection);
		Ok(collection)
	}

	/// What a storage entry of so many bytes costs.
	pub(crate) fn deposit_for(bytes: usize) -> BalanceOf<T> {
		let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
		T::DepositBase::get().saturating_add(T::DepositPerByte::get().saturating_mul(bytes.into()))
	}

	/// Puts an amount of `who`'s free balance on hold.
	pub(crate) fn hold(reason: HoldReason, who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		T::Currency::hold(&reason.into(), who, amount).map_err(|_| Error::<T>::InsufficientBalance.into())
	}

	/// Gives an amount on hold back to `who`. It is `who`'s own money, so nothing can stand in the way.
	pub(crate) fn release(reason: HoldReason, who: &T::AccountId, amount: BalanceOf<T>) {
		if amount.is_zero() {
			return;
		}
		if let Err(error) = T::Currency::release(&reason.into(), who, amount, Precision::Exact) {
			log::error!(target: LOG_TARGET, "{amount:?} on hold for {who:?} could not be released: {error:?}");
			defensive!("a hold of this pallet could not be released");
		}
	}

	/// Updates a provider that is known to be registered: it cannot leave while a bid or an agreement is open.
	pub(crate) fn update_provider(who: &T::AccountId, update: impl FnOnce(&mut ProviderOf<T>)) {
		Providers::<T>::mutate(who, |provider| match provider {
			Some(provider) => update(provider),
			None => {
				defensive!("a provider left with bids or agreements open");
			}
		});
	}

	/// Counts one reference less to a model.
	pub(crate) fn unreference(model: ModelId) {
		Models::<T>::mutate(model, |model| match model {
			Some(model) => model.references.saturating_dec(),
			None => {
				defensive!("a model was purged while something referred to it");
			}
		});
	}
}

impl<T: Config> Market<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn model_owner(model: ModelId) -> Option<T::AccountId> {
		T::Nfts::owner(&Collection::<T>::get()?, model)
	}

	fn slash(provider: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
		// Forced, because a freeze on the provider's account must not protect its stake.
		let slashed = T::Currency::transfer_on_hold(
			&HoldReason::Stake.into(),
			provider,
			&T::Treasury::get(),
			amount,
			Precision::BestEffort,
			Restriction::Free,
			Fortitude::Force,
		)
		.unwrap_or_else(|error| {
			// The treasury cannot take so little while it is empty; the provider then keeps it.
			log::warn!(target: LOG_TARGET, "the treasury could not take {amount:?}: {error:?}");
			Zero::zero()
		});
		if !slashed.is_zero() {
			Self::update_provider(provider, |provider| {
				provider.stake.saturating_reduce(slashed);
				provider.reserved.saturating_reduce(slashed);
			});
			Self::deposit_event(Event::StakeSlashed { provider: provider.clone(), amount: slashed });
		}
		slashed
	}

	fn agreement_ended(provider: &T::AccountId, reserve: BalanceOf<T>) {
		Self::update_provider(provider, |provider| {
			provider.reserved.saturating_reduce(reserve);
			provider.open_agreements.saturating_dec();
		});
	}

	fn agreement_removed(model: ModelId) {
		Self::unreference(model);
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn prepare_agreement(provider: &T::AccountId, owner: &T::AccountId, reserve: BalanceOf<T>) -> ModelId {
		crate::benchmarking::fixtures::prepare_agreement::<T>(provider, owner, reserve)
	}
}
