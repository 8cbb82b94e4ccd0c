//! Every movement of money of the pallet: escrow, payout, refund, deposits.

use crate::{AgreementOf, BalanceOf, Config, Error, Event, HoldReason, LOG_TARGET, Pallet};
use airo_primitives::{AgreementId, Market};
use frame_support::{
	defensive,
	traits::{
		Get,
		fungible::hold::Mutate as MutateHold,
		tokens::{Fortitude, Precision, Restriction},
	},
};
use sp_runtime::{DispatchResult, Saturating, traits::Zero};

impl<T: Config> Pallet<T> {
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

	/// Pays for `count` delivered inferences: provider, owner of the NFT, market.
	///
	/// The escrow is taken with force: a freeze on the consumer's account must not stop payment for work done.
	pub(crate) fn pay(id: AgreementId, agreement: &AgreementOf<T>, count: u32) {
		if count == 0 {
			return;
		}
		let royalty = agreement.royalty.saturating_mul(count.into());
		let fee = agreement.fee.saturating_mul(count.into());
		let earned = agreement.price.saturating_mul(count.into()).saturating_sub(royalty).saturating_sub(fee);
		let treasury = T::Treasury::get();
		let owner = T::Market::model_owner(agreement.model);

		Self::pay_first_able(&agreement.consumer, earned, &[&agreement.provider]);
		let payees = owner.iter().chain([&treasury]).collect::<alloc::vec::Vec<_>>();
		let paid = Self::pay_first_able(&agreement.consumer, royalty, &payees);
		Self::pay_first_able(&agreement.consumer, fee, &[&treasury]);

		let owner = paid.filter(|payee| owner.as_ref() == Some(payee)).cloned();
		Self::deposit_event(Event::Paid { agreement: id, count, earned, royalty, owner });
		Self::note_delivered(agreement, count, royalty, fee);
	}

	/// Moves `amount` from `consumer`'s escrow to the first of `payees` who can take it, or back to the consumer.
	/// Returns who took it.
	fn pay_first_able<'a>(
		consumer: &T::AccountId,
		amount: BalanceOf<T>,
		payees: &[&'a T::AccountId],
	) -> Option<&'a T::AccountId> {
		if amount.is_zero() {
			return None;
		}
		let payee = payees.iter().find(|payee| {
			T::Currency::transfer_on_hold(
				&HoldReason::Escrow.into(),
				consumer,
				payee,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)
			.is_ok()
		});
		if payee.is_none() {
			Self::release(HoldReason::Escrow, consumer, amount);
		}
		payee.copied()
	}

	/// Refunds the consumer for `count` inferences.
	pub(crate) fn refund(id: AgreementId, agreement: &AgreementOf<T>, count: u32) {
		let amount = agreement.price.saturating_mul(count.into());
		if amount.is_zero() {
			return;
		}
		Self::release(HoldReason::Escrow, &agreement.consumer, amount);
		Self::deposit_event(Event::Refunded { agreement: id, amount });
	}

	/// Takes the penalty for `count` inferences from the agreement's reserve and returns how much that was.
	pub(crate) fn penalize(agreement: &mut AgreementOf<T>, count: u32) -> BalanceOf<T> {
		let penalty = agreement.penalty.saturating_mul(count.into()).min(agreement.reserve);
		if penalty.is_zero() {
			return penalty;
		}
		let taken = T::Market::slash(&agreement.provider, penalty);
		agreement.reserve = agreement.reserve.saturating_sub(taken);
		taken
	}
}
