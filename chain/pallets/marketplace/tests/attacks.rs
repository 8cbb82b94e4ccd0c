//! What somebody might try to gain by, and why it does not work.

use crate::*;
use airo_primitives::{Market, peer_proof_message};
use frame_support::assert_noop;
use pallet_marketplace::{MinRecord, Profile};
use sp_core::{Pair, ed25519};

/// A bid of every provider from `from` on, at so many units each.
fn crowd(order: u64, model: u32, from: u8, prices: &[Balance]) -> Vec<AccountId> {
	let crowd: Vec<_> = (from..).take(prices.len()).map(|number| a_provider(number, model)).collect();
	for (who, price) in crowd.iter().zip(prices) {
		assert_ok!(bid(who.clone(), order, price * UNIT));
	}
	crowd
}

#[test]
fn low_bids_that_crowd_out_honest_ones_reserve_as_much_as_honest_ones() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		let reserve = crate::order(order).reserve;
		let honest = crowd(order, id, 0, &[80, 81, 82, 83]);
		let cheap = crowd(order, id, 4, &[10, 9, 8, 7]);
		assert_eq!(
			bids_of(order).into_iter().map(|(who, _)| who).collect::<Vec<_>>(),
			[cheap[3].clone(), cheap[2].clone(), cheap[1].clone(), cheap[0].clone()]
		);
		for who in &cheap {
			assert_eq!((provider_of(who).reserved, provider_of(who).open_bids), (reserve, 1));
		}
		// Whoever was crowded out has lost nothing and is free to bid elsewhere.
		for who in &honest {
			assert_eq!((provider_of(who).reserved, provider_of(who).open()), (0, 0));
		}
	});
}

#[test]
fn a_low_bidder_that_does_not_deliver_pays_for_every_inference() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		let cheap = crowd(order, id, 0, &[5]);
		assert_ok!(accept(consumer(), order, cheap.clone()));
		request(0, 100);
		let consumer_before = total(&consumer());
		run_to(now() + 5);
		// The penalty is bounded by the price, the reserve would cover more.
		assert_eq!(provider_of(&cheap[0]).stake, 10_000 * UNIT - 100 * 5 * UNIT);
		assert_eq!(total(&treasury()), EXISTENTIAL_DEPOSIT + 100 * 5 * UNIT);
		assert_eq!(total(&consumer()), consumer_before);
	});
}

#[test]
fn an_order_keeps_newcomers_and_small_stakes_out_of_its_list() {
	test(|| {
		let agreement = an_agreement();
		request(agreement, 10);
		assert_ok!(deliver(agreement, 0, 10));
		let mut request = a_request(0);
		request.min_record = MinRecord { delivered: 10, ..Default::default() };
		let by_record = order_by(other_consumer(), request);
		let mut request = a_request(0);
		request.min_stake = 20_000 * UNIT;
		let by_stake = order_by(other_consumer(), request);
		for number in 1..5 {
			let who = a_provider(number, 0);
			assert_noop!(bid(who.clone(), by_record, 2 * UNIT), Error::OrderWantsBetterRecord);
			assert_noop!(bid(who, by_stake, 2 * UNIT), Error::OrderWantsMoreStake);
		}
		assert_ok!(bid(provider(0), by_record, PRICE));
		assert_ok!(call(provider(0), Call::raise_stake { amount: 20_000 * UNIT }));
		assert_ok!(bid(provider(0), by_stake, PRICE));
	});
}

#[test]
fn undercutting_the_leader_by_one_unit_is_refused_placed_or_improved() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		let who = crowd(order, id, 0, &[50, 60]);
		let sniper = a_provider(2, id);
		let step = 50 * UNIT / 100;
		for price in [50 * UNIT - 1, 50 * UNIT - step + 1] {
			assert_noop!(bid(sniper.clone(), order, price), Error::StepTooSmall);
			assert_noop!(improve(who[1].clone(), order, price), Error::StepTooSmall);
		}
		// To join the leader is no undercutting: the leader stays first.
		assert_ok!(improve(who[1].clone(), order, 50 * UNIT));
		assert_eq!(bids_of(order)[0].0, who[0]);
		assert_ok!(bid(sniper.clone(), order, 50 * UNIT - step));
		assert_eq!(bids_of(order)[0].0, sniper);
	});
}

#[test]
fn improving_ones_own_bid_by_one_unit_is_refused() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		let who = crowd(order, id, 0, &[50, 60]);
		assert_noop!(improve(who[0].clone(), order, 50 * UNIT - 1), Error::StepTooSmall);
		assert_noop!(improve(who[1].clone(), order, 60 * UNIT - 1), Error::StepTooSmall);
		assert_ok!(improve(who[0].clone(), order, 50 * UNIT - 50 * UNIT / 100));
	});
}

#[test]
fn at_tiny_prices_the_step_is_still_a_whole_unit() {
	test(|| {
		let register = Call::register_model { content: content(1), size: 1, description: description(), royalty: 0 };
		assert_ok!(call(owner(), register));
		let order = an_order(0);
		let who = a_provider(0, 0);
		assert_ok!(bid(who.clone(), order, 2));
		assert_noop!(improve(who.clone(), order, 2), Error::StepTooSmall);
		assert_ok!(improve(who.clone(), order, 1));
		assert_noop!(improve(who, order, 0), Error::ZeroPrice);
	});
}

#[test]
fn one_stake_does_not_stand_for_many_bids() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let orders: Vec<_> = (0..6).map(|_| an_order(id)).collect();
		for order in &orders[..5] {
			assert_ok!(bid(who.clone(), *order, PRICE));
		}
		assert_noop!(bid(who.clone(), orders[5], PRICE), Error::StakeInUse);
		// An agreement keeps what its bid reserved.
		assert_ok!(accept(consumer(), orders[0], vec![who.clone()]));
		assert_noop!(bid(who.clone(), orders[5], PRICE), Error::StakeInUse);
		assert_eq!(provider_of(&who).reserved, provider_of(&who).stake);
	});
}

#[test]
fn a_burned_nft_leaves_orders_and_agreements_as_they_are_and_the_royalty_to_the_treasury() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		let who = crowd(order, id, 0, &[50]);
		let burn = pallet_nfts::Call::burn { collection: collection(), item: id };
		assert_ok!(call(owner(), burn));
		assert_eq!(Marketplace::model_owner(id), None);
		assert_noop!(call(owner(), Call::set_royalty { model: id, royalty: 0 }), Error::NotTheModelOwner);

		assert_ok!(accept(consumer(), order, who));
		request(0, 1);
		assert_ok!(deliver(0, 0, 1));
		assert_eq!(total(&owner()), ENDOWMENT);
		assert_eq!(total(&treasury()), EXISTENTIAL_DEPOSIT + ROYALTY + 50 * UNIT / 100);
	});
}

#[test]
fn burning_a_bought_nft_does_not_lock_the_sellers_deposits_for_good() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		let transfer = pallet_nfts::Call::transfer { collection: collection(), item: id, dest: buyer() };
		assert_ok!(call(owner(), transfer));
		let purge = || call(stranger(), Call::purge_model { model: id });
		assert_noop!(purge(), Error::ModelNotRetired);
		assert_ok!(call(buyer(), pallet_nfts::Call::burn { collection: collection(), item: id }));
		assert_noop!(purge(), Error::ModelInUse);
		assert_ok!(call(consumer(), Call::cancel_order { order }));
		assert_ok!(purge());
		assert_eq!((held(&owner()), Balances::free_balance(owner())), (0, ENDOWMENT));
	});
}

#[test]
fn a_peer_cannot_be_claimed_without_its_key() {
	test(|| {
		let victim = profile_of(&provider(0));
		let register =
			|profile| call(stranger(), Call::register_provider { profile, operator: None, stake: 10_000 * UNIT });
		// The victim's own proof, seen in its transaction before it is in a block.
		let copied = Profile { ..victim.clone() };
		assert_noop!(register(copied), Error::WrongPeerProof);
		let other_key = ed25519::Pair::from_seed(&[66; 32]);
		let message = peer_proof_message(&System::block_hash(0), &stranger());
		assert_noop!(
			register(Profile { peer_proof: other_key.sign(&message), ..victim.clone() }),
			Error::WrongPeerProof
		);
		register_provider(provider(0), None);
		assert_noop!(register(victim), Error::PeerTaken);
	});
}

#[test]
fn a_peer_proof_of_another_chain_is_worth_nothing() {
	test(|| {
		let seed = provider(0);
		let seed: &[u8; 32] = seed.as_ref();
		let profile = profile_by(seed, &sp_core::H256::repeat_byte(1), &provider(0));
		let register = Call::register_provider { profile, operator: None, stake: 10_000 * UNIT };
		assert_noop!(call(provider(0), register), Error::WrongPeerProof);
	});
}

#[test]
fn a_small_order_does_not_reserve_the_stake_of_a_large_one() {
	test(|| {
		let mut request = a_request(a_model());
		request.inferences = 3;
		request.max_in_flight = 1_000;
		let order = order_by(consumer(), request);
		assert_eq!(crate::order(order).reserve, 3 * MAX_PRICE / 5);
	});
}

#[test]
fn a_consumer_cannot_lock_stake_beyond_the_acceptance_deadline() {
	test(|| {
		let id = a_model();
		let order = an_order(id);
		let who = crowd(order, id, 0, &[50]);
		assert!(provider_of(&who[0]).reserved > 0);
		run_to(crate::order(order).accept_until);
		assert_eq!(provider_of(&who[0]).reserved, 0);
	});
}
