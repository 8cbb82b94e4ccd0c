//! Agreements in the states that the benchmarks need.

use crate::{
	AgreementOf, Agreements, Answer, BalanceOf, BlockNumberOf, Call, Config, Outcome, Output, PAGE_SLOTS, Pages, Pallet,
};
use airo_primitives::{
	AgreementId, Agreements as _, ContentId, Market, Terms,
	benchmarking::{content, fund, key},
};
use alloc::vec::Vec;
use frame_benchmarking::v2::account;
use frame_support::traits::{Get, UnfilteredDispatchable, fungible::Inspect};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::{
	Saturating,
	traits::{BlockNumberProvider, One},
};

/// Who pays.
pub fn consumer<T: Config>() -> T::AccountId {
	account("consumer", 0, 0)
}

/// Who executes.
pub fn provider<T: Config>() -> T::AccountId {
	account("provider", 0, 0)
}

/// The consumer's operator key.
pub fn sender<T: Config>() -> T::AccountId {
	account("sender", 0, 0)
}

/// The provider's operator key.
pub fn responder<T: Config>() -> T::AccountId {
	account("responder", 0, 0)
}

fn price<T: Config>() -> BalanceOf<T> {
	T::Currency::minimum_balance().max(One::one()).saturating_mul(100u32.into())
}

/// Dispatches a call that the fixture needs.
pub fn call<T: Config>(who: T::AccountId, call: Call<T>) {
	call.dispatch_bypass_filter(RawOrigin::Signed(who).into()).expect("the fixture's call succeeds");
}

/// Opens an agreement between accounts that all differ: consumer, provider, the model's owner, the treasury.
pub fn agreement<T: Config>(quota: u32) -> AgreementId {
	let price = price::<T>();
	let tenth = price / 10u32.into();
	let reserve = tenth.saturating_mul(quota.into());
	let deposits = T::AgreementDeposit::get()
		.saturating_add(T::RecordDeposit::get())
		.saturating_add(T::PageDeposit::get().saturating_mul(quota.div_ceil(PAGE_SLOTS).saturating_add(1).into()));
	let money = price.saturating_mul(quota.saturating_add(1).into()).saturating_add(deposits);
	fund::<_, T::Currency>(&consumer::<T>(), money);
	fund::<_, T::Currency>(&T::Treasury::get(), price);

	let model = T::Market::prepare_agreement(&provider::<T>(), &account("owner", 0, 0), reserve);
	Pallet::<T>::open(Terms {
		order: 0,
		model,
		version: 0,
		consumer: consumer::<T>(),
		sender: Some(sender::<T>()),
		consumer_key: key(),
		provider: provider::<T>(),
		responder: Some(responder::<T>()),
		provider_key: key(),
		price,
		royalty: tenth,
		fee: tenth,
		penalty: tenth,
		reserve,
		quota,
		max_in_flight: T::MaxInFlight::get(),
		response_deadline: T::MinResponseDeadline::get(),
		lifetime: T::MaxLifetime::get(),
	})
	.expect("the consumer has the money")
}

/// The stored agreement.
pub fn stored<T: Config>(id: AgreementId) -> AgreementOf<T> {
	Agreements::<T>::get(id).expect("the agreement is stored")
}

/// So many payloads.
pub fn payloads(count: u32) -> Vec<ContentId> {
	(0..count).map(content).collect()
}

/// So many results.
pub fn outputs(count: u32) -> Vec<Answer> {
	let output = |seed| Answer::Output(Output { content: content(seed), commitment: H256::repeat_byte(1) });
	(0..count).map(output).collect()
}

/// The consumer requests the next `count` inferences.
pub fn request<T: Config>(id: AgreementId, count: u32) {
	in_batches::<T>(stored::<T>(id).counts.requested, count, |first, count| {
		call::<T>(consumer::<T>(), Call::request { agreement: id, first, payloads: payloads(count) });
	});
}

/// The provider delivers `count` inferences from index `first` on.
pub fn deliver<T: Config>(id: AgreementId, first: u32, count: u32) {
	in_batches::<T>(first, count, |first, count| {
		call::<T>(provider::<T>(), Call::respond { agreement: id, first, answers: outputs(count) });
	});
}

fn in_batches<T: Config>(first: u32, count: u32, mut step: impl FnMut(u32, u32)) {
	let end = first.saturating_add(count);
	let mut next = first;
	while next < end {
		let batch = T::MaxBatch::get().min(end.saturating_sub(next));
		step(next, batch);
		next = next.saturating_add(batch);
	}
}

/// An agreement with one full page of requests, and more of the quota left. If there is a dispute window, half of them
/// are answered and wait for their payment; otherwise none.
pub fn agreement_with_page<T: Config>() -> AgreementId {
	let id = agreement::<T>(PAGE_SLOTS.saturating_mul(2));
	request::<T>(id, PAGE_SLOTS);
	if T::DisputeWindow::get() > 0u32.into() {
		deliver::<T>(id, 0, PAGE_SLOTS / 2);
	}
	id
}

/// An agreement that has ended, with one page.
pub fn ended_agreement<T: Config>() -> AgreementId {
	let id = agreement::<T>(PAGE_SLOTS.saturating_mul(2));
	request::<T>(id, PAGE_SLOTS);
	deliver::<T>(id, 0, PAGE_SLOTS);
	call::<T>(consumer::<T>(), Call::end_agreement { agreement: id });
	id
}

/// Lets so many blocks pass, without hooks.
pub fn pass<T: Config>(blocks: BlockNumberOf<T>) {
	let now = T::BlockNumberProvider::current_block_number();
	T::BlockNumberProvider::set_block_number(now.saturating_add(blocks));
}

/// Whether a slot of the first page has this outcome.
pub fn has_outcome<T: Config>(id: AgreementId, slot: u32, is: impl Fn(&Outcome<BlockNumberOf<T>>) -> bool) -> bool {
	Pages::<T>::get(id, 0).is_some_and(|page| page.slots.get(slot as usize).is_some_and(|slot| is(&slot.outcome)))
}
