//! The behaviour of the pallet, call by call.

mod acceptance;
mod api;
mod attacks;
mod bids;
mod expiry;
mod models;
mod operators;
mod orders;
mod profiles;
mod providers;

use airo_testing::*;
use codec::Encode;
use frame_support::assert_ok;
use sp_runtime::AccountId32;

type Call = pallet_marketplace::Call<Runtime>;
type Error = pallet_marketplace::Error<Runtime>;
type Event = pallet_marketplace::Event<Runtime>;
type HoldReason = pallet_marketplace::HoldReason;

/// What an account has that can pay for next to nothing.
const PITTANCE: Balance = 2 * EXISTENTIAL_DEPOSIT;

/// An account that cannot afford a deposit.
fn pauper() -> AccountId {
	let who = AccountId32::new([77; 32]);
	let gift = pallet_balances::Call::transfer_allow_death { dest: who.clone(), value: PITTANCE };
	assert_ok!(call(stranger(), gift));
	who
}

/// The pallet's last event is this one.
fn assert_last(event: Event) {
	assert_eq!(events().last(), Some(&event.into()));
}

/// The pallet has emitted this event.
fn assert_emitted(event: Event) {
	let event = event.into();
	assert!(events().contains(&event), "{event:?} is not among {:?}", events());
}

/// What a storage entry of so many bytes costs in the test runtime.
fn deposit_for(bytes: usize) -> Balance {
	100 + bytes as Balance
}

/// What the test runtime asks for the aggregates of a model or a provider.
const AGGREGATES_DEPOSIT: Balance = 1_000;

fn model(id: u32) -> pallet_marketplace::ModelOf<Runtime> {
	pallet_marketplace::Models::<Runtime>::get(id).expect("is stored")
}

fn version(id: u32, number: u32) -> pallet_marketplace::VersionOf<Runtime> {
	pallet_marketplace::Versions::<Runtime>::get(id, number).expect("is stored")
}

fn order(id: u64) -> pallet_marketplace::OrderOf<Runtime> {
	pallet_marketplace::Orders::<Runtime>::get(id).expect("is open")
}

fn is_open(id: u64) -> bool {
	pallet_marketplace::Orders::<Runtime>::contains_key(id)
}

fn provider_of(who: &AccountId) -> pallet_marketplace::ProviderOf<Runtime> {
	pallet_marketplace::Providers::<Runtime>::get(who).expect("is registered")
}

/// The bids of an order, best first, as provider and price.
fn bids_of(order: u64) -> Vec<(AccountId, Balance)> {
	pallet_marketplace::Bids::<Runtime>::get(order).into_iter().map(|bid| (bid.provider, bid.price)).collect()
}

fn owner_of(model: u32) -> Option<AccountId> {
	Nfts::owner(collection(), model)
}

fn collection() -> u32 {
	pallet_marketplace::Collection::<Runtime>::get().expect("made at genesis")
}

/// What the version of a model costs: its entry and the index of its content id.
fn version_deposit(id: u32, number: u32) -> Balance {
	let version = version(id, number);
	deposit_for(version.encoded_size() + version.content.encoded_size())
}

fn register_model(who: AccountId, seed: u32) -> frame_support::dispatch::DispatchResult {
	call(who, Call::register_model { content: content(seed), size: 1, description: description(), royalty: ROYALTY })
}

fn publish(who: AccountId, model: u32, seed: u32) -> frame_support::dispatch::DispatchResult {
	call(who, Call::publish_version { model, content: content(seed), size: 1, description: description() })
}

fn place(
	who: AccountId,
	request: pallet_marketplace::OrderRequestOf<Runtime>,
) -> frame_support::dispatch::DispatchResult {
	call(who, Call::place_order { request })
}
