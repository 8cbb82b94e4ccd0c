//! The runtime API: what a page lists, in pages, provable to a light client by `state_call`.

use crate::{
	Aggregates, Agreement, AgreementOf, Agreements, AgreementsOf, BalanceOf, BlockNumberOf, Config, PAGE_SLOTS, Pages,
	Pallet, Period, Record, RecordOf, Records, Role, Slot, Subject,
};
use airo_primitives::AgreementId;
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use frame_support::traits::Get;
use scale_info::TypeInfo;
use sp_runtime::{SaturatedConversion, traits::BlockNumberProvider};

/// The most entries of one page of any of these calls; asking for more gives as many.
pub const MAX_PAGE: u32 = 100;

/// A slot of an agreement with its index.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct IndexedSlot<BlockNumber> {
	/// The index of the request.
	pub index: u32,
	/// The request and what became of it.
	pub slot: Slot<BlockNumber>,
}

sp_api::decl_runtime_apis! {
	/// Reads of the Execution pallet.
	pub trait ExecutionApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// An agreement, if it is still stored.
		fn agreement(agreement: AgreementId) -> Option<Agreement<AccountId, Balance, BlockNumber>>;

		/// The agreements of an account in either role, at most `limit`, after the one named by `after` (none: from the
		/// start). The order is that of the storage, not of the numbers.
		fn agreements_of(
			account: AccountId,
			after: Option<AgreementId>,
			limit: u32,
		) -> Vec<(AgreementId, Role, Agreement<AccountId, Balance, BlockNumber>)>;

		/// The requests of an agreement from index `first` on, at most `limit`. Removed pages are left out.
		fn requests(agreement: AgreementId, first: u32, limit: u32) -> Vec<IndexedSlot<BlockNumber>>;

		/// What is known of an account in a role.
		fn record(account: AccountId, role: Role) -> Option<Record<Balance, BlockNumber>>;

		/// The aggregates of the periods that are kept, oldest first. Periods in which nothing happened are left out.
		fn periods(subject: Subject<AccountId>) -> Vec<Period<Balance>>;
	}
}

impl<T: Config> Pallet<T> {
	/// See [`ExecutionApi::agreement`](runtime_decl_for_execution_api::ExecutionApi::agreement).
	pub fn api_agreement(id: AgreementId) -> Option<AgreementOf<T>> {
		Agreements::<T>::get(id)
	}

	/// See [`ExecutionApi::agreements_of`](runtime_decl_for_execution_api::ExecutionApi::agreements_of).
	pub fn api_agreements_of(
		account: T::AccountId,
		after: Option<AgreementId>,
		limit: u32,
	) -> Vec<(AgreementId, Role, AgreementOf<T>)> {
		let entries = match after {
			Some(after) => {
				let key = AgreementsOf::<T>::hashed_key_for(&account, after);
				AgreementsOf::<T>::iter_prefix_from(&account, key)
			}
			None => AgreementsOf::<T>::iter_prefix(&account),
		};
		entries
			.filter_map(|(id, role)| Some((id, role, Agreements::<T>::get(id)?)))
			.take(limit.min(MAX_PAGE) as usize)
			.collect()
	}

	/// See [`ExecutionApi::requests`](runtime_decl_for_execution_api::ExecutionApi::requests).
	pub fn api_requests(id: AgreementId, first: u32, limit: u32) -> Vec<IndexedSlot<BlockNumberOf<T>>> {
		let end = first.saturating_add(limit.min(MAX_PAGE));
		(first / PAGE_SLOTS..end.div_ceil(PAGE_SLOTS))
			.filter_map(|number| Some((number, Pages::<T>::get(id, number)?)))
			.flat_map(|(number, page)| {
				let start = number.saturating_mul(PAGE_SLOTS);
				(start..).zip(page.slots).map(|(index, slot)| IndexedSlot { index, slot })
			})
			.filter(|indexed| (first..end).contains(&indexed.index))
			.collect()
	}

	/// See [`ExecutionApi::record`](runtime_decl_for_execution_api::ExecutionApi::record).
	pub fn api_record(account: T::AccountId, role: Role) -> Option<RecordOf<T>> {
		Records::<T>::get(account, role)
	}

	/// See [`ExecutionApi::periods`](runtime_decl_for_execution_api::ExecutionApi::periods).
	pub fn api_periods(subject: Subject<T::AccountId>) -> Vec<Period<BalanceOf<T>>> {
		let kept = T::Periods::get();
		let current = Self::period_at(T::BlockNumberProvider::current_block_number());
		let mut periods: Vec<Period<BalanceOf<T>>> = (0..kept)
			.map(|place| Aggregates::<T>::get(&subject, place))
			.filter(|period| period.agreements > 0 || period.delivered > 0 || period.failed > 0 || period.missed > 0)
			.filter(|period| current.saturating_sub(period.index) < kept.saturated_into())
			.collect();
		periods.sort_by_key(|period| period.index);
		periods
	}
}
