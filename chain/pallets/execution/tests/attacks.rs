//! What someone who wants to cheat would try.

use airo_testing::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{InspectFreeze, MutateFreeze},
};
use pallet_execution::{Error, Event, HoldReason};

type E = Error<Runtime>;

fn burn_nft(who: AccountId, model: u32) {
	assert_ok!(call(who, pallet_nfts::Call::burn { collection: 0, item: model }));
}

fn transfer_nft(from: AccountId, to: AccountId, model: u32) {
	assert_ok!(call(from, pallet_nfts::Call::transfer { collection: 0, item: model, dest: to }));
}

#[test]
fn the_royalty_goes_to_who_owns_the_nft_when_it_is_paid() {
	test(|| {
		let id = an_agreement();
		request(id, 2);
		assert_ok!(deliver(id, 0, 1));
		transfer_nft(owner(), buyer(), 0);
		let before = (total(&owner()), total(&buyer()));
		assert_ok!(deliver(id, 1, 1));
		assert_eq!(total(&owner()), before.0);
		assert_eq!(total(&buyer()), before.1 + ROYALTY);
	});
}

#[test]
fn burning_the_nft_in_mid_agreement_sends_the_royalty_to_the_treasury_and_stops_nothing() {
	test(|| {
		let id = an_agreement();
		request(id, 2);
		burn_nft(owner(), 0);
		let before = (total(&treasury()), total(&provider(0)));
		assert_ok!(deliver(id, 0, 2));
		assert_eq!(total(&treasury()) - before.0, 2 * (ROYALTY + PRICE / 100));
		assert_eq!(total(&provider(0)) - before.1, 2 * (PRICE - ROYALTY - PRICE / 100));
		let unowned = events()
			.into_iter()
			.any(|event| matches!(event, RuntimeEvent::Execution(Event::Paid { owner: None, count: 2, .. })));
		assert!(unowned);
	});
}

#[test]
fn a_royalty_to_a_reaped_account_goes_to_the_treasury() {
	test(|| {
		// A royalty below the existential deposit cannot bring an account into being.
		let model = a_model();
		assert_ok!(call(owner(), pallet_marketplace::Call::set_royalty { model, royalty: EXISTENTIAL_DEPOSIT - 1 }));
		let provider = a_provider(0, model);
		let order = an_order(model);
		assert_ok!(bid(provider.clone(), order, PRICE));
		assert_ok!(accept(consumer(), order, vec![provider.clone()]));
		let reaped = AccountId::new([200; 32]);
		transfer_nft(owner(), reaped.clone(), model);
		request(0, 3);
		let before = total(&treasury());
		assert_ok!(deliver(0, 0, 1));
		assert_eq!(total(&reaped), 0);
		assert_eq!(total(&treasury()) - before, EXISTENTIAL_DEPOSIT - 1 + PRICE / 100);
		// Together they are enough.
		assert_ok!(deliver(0, 1, 2));
		assert_eq!(total(&reaped), 2 * (EXISTENTIAL_DEPOSIT - 1));
	});
}

#[test]
fn what_even_the_treasury_cannot_take_goes_back_to_the_consumer() {
	test(|| {
		let model = a_model();
		assert_ok!(call(owner(), pallet_marketplace::Call::set_royalty { model, royalty: 1 }));
		let provider = a_provider(0, model);
		let order = an_order(model);
		assert_ok!(bid(provider.clone(), order, 100));
		assert_ok!(accept(consumer(), order, vec![provider.clone()]));
		burn_nft(owner(), model);
		let all = pallet_balances::Call::transfer_all { dest: stranger(), keep_alive: false };
		assert_ok!(call(treasury(), all));
		request(0, 1);
		let before = (total(&provider), total(&consumer()));
		assert_ok!(deliver(0, 0, 1));
		assert_eq!(total(&provider) - before.0, 98);
		assert_eq!(before.1 - total(&consumer()), 98);
		assert_eq!(total(&treasury()), 0);
	});
}

#[test]
fn a_freeze_on_the_consumers_account_does_not_stop_the_payment() {
	test(|| {
		let id = an_agreement();
		request(id, 1);
		freeze_all(&consumer());
		let before = total(&provider(0));
		assert_ok!(deliver(id, 0, 1));
		assert!(total(&provider(0)) > before);
	});
}

#[test]
fn a_freeze_on_the_providers_account_does_not_protect_its_stake() {
	test(|| {
		let id = an_agreement();
		request(id, 1);
		freeze_all(&provider(0));
		let before = total(&provider(0));
		run_to(now() + 5);
		assert_eq!(before - total(&provider(0)), MAX_PRICE / 10);
		assert_eq!(agreement(id).counts.missed, 1);
	});
}

fn freeze_all(who: &AccountId) {
	assert_ok!(Balances::set_freeze(&0, who, total(who)));
	assert_eq!(Balances::balance_frozen(&0, who), total(who));
}

#[test]
fn flooding_a_provider_earns_the_consumer_nothing_and_is_bounded_by_the_number_in_flight() {
	test(|| {
		let id = an_agreement_with(|request| {
			request.inferences = 1_000;
			request.max_in_flight = 10;
		});
		let (attacker, victim) = (total(&consumer()), total(&provider(0)));
		let reserve = agreement(id).reserve;
		assert_noop!(request_by(consumer(), id, 0, 11), E::TooManyInFlight);
		for _ in 0..20 {
			request(id, 10);
			run_to(now() + 5);
		}
		assert_eq!(agreement(id).counts.missed, 200);
		assert_eq!(total(&consumer()), attacker);
		// The provider loses no more than what it had reserved for this agreement.
		assert_eq!(victim - total(&provider(0)), reserve);
		assert!(reserve <= 200 * PRICE);
	});
}

#[test]
fn an_answer_in_the_deadline_block_is_refused() {
	test(|| {
		let id = an_agreement();
		request(id, 1);
		let before = total(&provider(0));
		run_to(now() + 5);
		assert!(deliver(id, 0, 1).is_err());
		assert!(total(&provider(0)) < before);
	});
}

#[test]
fn ten_thousand_requests_that_expire_in_one_block_are_all_refunded_with_bounded_work() {
	use frame_support::weights::Weight;
	use pallet_execution::weights::WeightInfo;
	test(|| {
		let model = a_model();
		let mut agreements = Vec::new();
		for number in 0..5 {
			let who = a_provider(number, model);
			let stake = pallet_marketplace::Call::raise_stake { amount: 100_000 * UNIT };
			assert_ok!(call(who.clone(), stake));
			for by in [consumer(), other_consumer()] {
				let mut request = a_request(model);
				request.inferences = 1_000;
				request.max_in_flight = 1_000;
				let order = order_by(by.clone(), request);
				assert_ok!(bid(who.clone(), order, PRICE));
				agreements.push(pallet_execution::NextAgreement::<Runtime>::get());
				assert_ok!(accept(by, order, vec![who.clone()]));
			}
		}
		for id in &agreements {
			for batch in [256, 256, 256, 232] {
				request(*id, batch);
			}
		}
		run_to(now() + 4);
		// A hundred pages a block: 10,000 requests lie on 320.
		let hundred_pages =
			<()>::sweep_page().saturating_mul(100).saturating_add(<()>::agenda_entry().saturating_mul(10));
		HookWeight::set(hundred_pages);
		let missed = || agreements.iter().map(|id| agreement(*id).counts.missed).sum::<u32>();
		let mut blocks = 0;
		while missed() < 10_000 {
			let before = missed();
			next_block();
			blocks += 1;
			assert!(missed() > before, "every block does some");
			assert!(missed() - before <= 101 * 32, "no block does more than its weight allows");
		}
		assert!(blocks > 1);
		HookWeight::set(Weight::from_parts(1_000_000_000_000, u64::MAX));
		next_block();
		assert_eq!(held_for(&consumer(), HoldReason::Escrow), 0);
		assert_eq!(held_for(&other_consumer(), HoldReason::Escrow), 0);
	});
}
