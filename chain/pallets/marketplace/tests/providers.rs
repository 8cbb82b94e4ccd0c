//! Providers: registered, staked, announcing, leaving.

use crate::*;
use codec::MaxEncodedLen;
use frame_support::assert_noop;
use pallet_marketplace::{OfferOf, Offers, OffersOf, OperatorOf, Operators, Peers, Profile, ProviderOf, Providers};

const STAKE: Balance = 10_000 * UNIT;

fn register(who: AccountId, stake: Balance) -> frame_support::dispatch::DispatchResult {
	let profile = profile_of(&who);
	call(who, Call::register_provider { profile, operator: None, stake })
}

fn announce(who: AccountId, model: u32, version: u32, time_us: u32) -> frame_support::dispatch::DispatchResult {
	call(who, Call::announce { model, version, time_us })
}

fn leave(who: AccountId) -> frame_support::dispatch::DispatchResult {
	call(who, Call::leave {})
}

fn withdraw_stake(who: AccountId) -> frame_support::dispatch::DispatchResult {
	call(who, Call::withdraw_stake {})
}

fn offer_deposit() -> Balance {
	// The entry, an account and a model as its keys, and the model in the provider's list.
	deposit_for(OfferOf::<Runtime>::max_encoded_len() + 32 + 4 + 4)
}

#[test]
fn registering_stores_the_provider_and_holds_stake_and_deposit() {
	test(|| {
		let who = provider(0);
		let named = OperatorOf::<Runtime> { account: operator(), floor_price: 7, max_open: 3 };
		let register =
			Call::register_provider { profile: profile_of(&who), operator: Some(named.clone()), stake: STAKE };
		assert_ok!(call(who.clone(), register));

		let stored = provider_of(&who);
		assert_eq!((stored.profile.clone(), stored.operator.clone()), (profile_of(&who), Some(named)));
		assert_eq!((stored.stake, stored.reserved, stored.open(), stored.leaves_at), (STAKE, 0, 0, None));
		assert_eq!(stored.deposit, AGGREGATES_DEPOSIT + deposit_for(ProviderOf::<Runtime>::max_encoded_len()));
		assert_eq!(held_for(&who, HoldReason::Stake), STAKE);
		assert_eq!(held_for(&who, HoldReason::Deposit), stored.deposit);
		assert_eq!(Operators::<Runtime>::get(operator()), Some(who.clone()));
		assert_eq!(Peers::<Runtime>::get(profile_of(&who).peer), Some(who.clone()));
		assert_last(Event::ProviderRegistered { provider: who, stake: STAKE });
	});
}

#[test]
fn a_provider_registers_once() {
	test(|| {
		assert_ok!(register(provider(0), STAKE));
		assert_noop!(register(provider(0), STAKE), Error::AlreadyAProvider);
	});
}

#[test]
fn a_stake_below_the_minimum_or_beyond_the_balance_is_refused() {
	test(|| {
		assert_noop!(register(provider(0), 100 * UNIT - 1), Error::StakeTooLow);
		assert_noop!(register(provider(0), 0), Error::StakeTooLow);
		assert_noop!(register(provider(0), ENDOWMENT), Error::InsufficientBalance);
		assert_noop!(register(provider(0), 2 * ENDOWMENT), Error::InsufficientBalance);
		assert_ok!(register(provider(0), 100 * UNIT));
	});
}

#[test]
fn a_stake_is_raised_by_what_the_provider_has() {
	test(|| {
		let raise = |amount| call(provider(0), Call::raise_stake { amount });
		assert_noop!(raise(1), Error::NotAProvider);
		assert_ok!(register(provider(0), STAKE));
		assert_ok!(raise(5 * UNIT));
		assert_eq!(provider_of(&provider(0)).stake, STAKE + 5 * UNIT);
		assert_eq!(held_for(&provider(0), HoldReason::Stake), STAKE + 5 * UNIT);
		assert_last(Event::StakeRaised { provider: provider(0), stake: STAKE + 5 * UNIT });
		assert_noop!(raise(ENDOWMENT), Error::InsufficientBalance);
		assert_ok!(leave(provider(0)));
		assert_noop!(raise(1), Error::Leaving);
	});
}

#[test]
fn announcing_stores_an_offer_with_its_deposit() {
	test(|| {
		let id = a_model();
		assert_ok!(register(provider(0), STAKE));
		let before = held_for(&provider(0), HoldReason::Deposit);
		assert_ok!(announce(provider(0), id, 0, 45_000));

		let offer = Offers::<Runtime>::get(id, provider(0)).expect("is stored");
		assert_eq!((offer.version, offer.time_us, offer.announced_at), (0, 45_000, now()));
		assert_eq!(offer.deposit, offer_deposit());
		assert_eq!(OffersOf::<Runtime>::get(provider(0)).into_inner(), vec![id]);
		assert_eq!(model(id).offers, 1);
		assert_eq!(held_for(&provider(0), HoldReason::Deposit), before + offer_deposit());
		assert_last(Event::Announced { provider: provider(0), model: id, version: 0, time_us: 45_000 });
	});
}

#[test]
fn announcing_again_replaces_the_offer_and_holds_no_second_deposit() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let before = held_for(&who, HoldReason::Deposit);
		assert_ok!(publish(owner(), id, 2));
		assert_ok!(announce(who.clone(), id, 1, 7));
		let offer = Offers::<Runtime>::get(id, &who).expect("is stored");
		assert_eq!((offer.version, offer.time_us), (1, 7));
		assert_eq!(held_for(&who, HoldReason::Deposit), before);
		assert_eq!(model(id).offers, 1);
	});
}

#[test]
fn a_bad_announcement_is_refused_and_changes_nothing() {
	test(|| {
		let id = a_model();
		assert_noop!(announce(provider(0), id, 0, 1), Error::NotAProvider);
		assert_ok!(register(provider(0), STAKE));
		assert_noop!(announce(provider(0), 7, 0, 1), Error::UnknownModel);
		assert_noop!(announce(provider(0), id, 1, 1), Error::UnknownVersion);
		assert_noop!(announce(provider(0), id, 0, 0), Error::NoTime);
		for _ in 0..3 {
			assert_ok!(announce(provider(0), a_model(), 0, 1));
		}
		assert_noop!(announce(provider(0), id, 0, 1), Error::TooManyOffers);
		assert_ok!(call(owner(), Call::retire_model { model: id }));
		assert_noop!(announce(provider(0), id, 0, 1), Error::ModelRetired);
		assert_ok!(leave(provider(0)));
		assert_noop!(announce(provider(0), id, 0, 1), Error::Leaving);
	});
}

#[test]
fn a_provider_without_free_balance_announces_nothing() {
	test(|| {
		let id = a_model();
		assert_ok!(register(provider(0), STAKE));
		let rest = Balances::free_balance(provider(0)) - EXISTENTIAL_DEPOSIT;
		assert_ok!(call(provider(0), Call::raise_stake { amount: rest }));
		assert_noop!(announce(provider(0), id, 0, 1), Error::InsufficientBalance);
	});
}

#[test]
fn a_withdrawn_offer_releases_its_deposit() {
	test(|| {
		let id = a_model();
		let withdraw = |who| call(who, Call::withdraw_offer { model: id });
		assert_noop!(withdraw(provider(0)), Error::NotAProvider);
		assert_ok!(register(provider(0), STAKE));
		let before = held_for(&provider(0), HoldReason::Deposit);
		assert_noop!(withdraw(provider(0)), Error::NotAnnounced);
		assert_ok!(announce(provider(0), id, 0, 1));
		assert_ok!(withdraw(provider(0)));
		assert_eq!(held_for(&provider(0), HoldReason::Deposit), before);
		assert!(!Offers::<Runtime>::contains_key(id, provider(0)));
		assert!(OffersOf::<Runtime>::get(provider(0)).is_empty());
		assert_eq!(model(id).offers, 0);
		assert_last(Event::OfferWithdrawn { provider: provider(0), model: id });
		assert_noop!(withdraw(provider(0)), Error::NotAnnounced);
	});
}

#[test]
fn withdrawing_an_offer_leaves_a_bid_binding() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let order = an_order(id);
		assert_ok!(bid(who.clone(), order, PRICE));
		assert_ok!(call(who.clone(), Call::withdraw_offer { model: id }));
		assert_ok!(accept(consumer(), order, vec![who]));
	});
}

#[test]
fn leaving_starts_the_delay_once() {
	test(|| {
		assert_noop!(leave(provider(0)), Error::NotAProvider);
		assert_ok!(register(provider(0), STAKE));
		assert_ok!(leave(provider(0)));
		let leaves_at = now() + UNSTAKE_DELAY;
		assert_eq!(provider_of(&provider(0)).leaves_at, Some(leaves_at));
		assert_last(Event::ProviderLeaving { provider: provider(0), leaves_at });
		assert_noop!(leave(provider(0)), Error::AlreadyLeaving);
	});
}

#[test]
fn after_the_delay_all_money_is_free_and_nothing_is_left_of_the_provider() {
	test(|| {
		let models = [a_model(), a_model()];
		let named = OperatorOf::<Runtime> { account: operator(), floor_price: 0, max_open: 1 };
		register_provider(provider(0), Some(named));
		for id in models {
			a_provider(0, id);
		}
		assert_noop!(withdraw_stake(provider(0)), Error::NotLeaving);
		assert_ok!(leave(provider(0)));
		run_to(now() + UNSTAKE_DELAY - 1);
		assert_noop!(withdraw_stake(provider(0)), Error::StakeLocked);
		next_block();
		assert_ok!(withdraw_stake(provider(0)));

		assert_eq!((held(&provider(0)), Balances::free_balance(provider(0))), (0, ENDOWMENT));
		assert!(!Providers::<Runtime>::contains_key(provider(0)));
		assert!(!Operators::<Runtime>::contains_key(operator()));
		assert!(!Peers::<Runtime>::contains_key(profile_of(&provider(0)).peer));
		assert_eq!(Offers::<Runtime>::iter().count(), 0);
		assert!(!OffersOf::<Runtime>::contains_key(provider(0)));
		assert_last(Event::ProviderLeft { provider: provider(0) });
		assert_noop!(withdraw_stake(provider(0)), Error::NotAProvider);
		assert_ok!(register(provider(0), STAKE));
	});
}

#[test]
fn an_open_bid_or_agreement_keeps_the_stake_locked() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let mut request = a_request(id);
		request.bidding_period = UNSTAKE_DELAY + 10;
		let order = order_by(consumer(), request);
		assert_ok!(bid(who.clone(), order, PRICE));
		assert_ok!(leave(who.clone()));
		run_to(now() + UNSTAKE_DELAY);
		assert_noop!(withdraw_stake(who.clone()), Error::StakeLocked);
		assert_ok!(accept(consumer(), order, vec![who.clone()]));
		assert_noop!(withdraw_stake(who.clone()), Error::StakeLocked);
		let agreement = pallet_execution::NextAgreement::<Runtime>::get() - 1;
		assert_ok!(call(consumer(), pallet_execution::Call::end_agreement { agreement }));
		assert_ok!(withdraw_stake(who));
	});
}

#[test]
fn a_profile_of_a_browser_with_a_key_on_dx_is_taken() {
	test(|| {
		let who = provider(0);
		let key = airo_primitives::PublicKey { scheme: 7, material: airo_primitives::KeyMaterial::Content(content(3)) };
		let kind = pallet_marketplace::ProviderKind::Browser;
		let profile = Profile { key, kind, ..profile_of(&who) };
		assert_ok!(call(who, Call::register_provider { profile, operator: None, stake: STAKE }));
	});
}
