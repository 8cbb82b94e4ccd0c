//! Long random sequences of calls and blocks by several actors. Whatever happens: money is conserved, what is on hold is
//! what the storage says, nothing stays stuck, nothing is left behind.

use airo_testing::*;
use pallet_execution::{Answer, FailureCode, HoldReason as ExecutionHold, Outcome};
use pallet_marketplace::{HoldReason as MarketHold, MinRecord, Operator};
use proptest::prelude::*;

/// What an actor does. The numbers choose actors, orders, agreements, prices; most calls are refused, as they should be.
#[derive(Clone, Debug)]
enum Action {
	Block(u8),
	Publish { version_of: u8, seed: u8 },
	Royalty { model: u8, royalty: u8 },
	SellNft { model: u8, to: u8 },
	Announce { provider: u8, model: u8 },
	Operator { provider: u8, floor: u8 },
	Raise { provider: u8 },
	Leave { provider: u8 },
	Return { provider: u8 },
	Order { consumer: u8, model: u8, inferences: u8, in_flight: u8, providers: u8, period: u8, picky: bool },
	Cancel { consumer: u8, order: u8 },
	Bid { provider: u8, order: u8, price: u8 },
	Improve { provider: u8, order: u8, price: u8 },
	Accept { consumer: u8, order: u8, bids: u8 },
	Request { agreement: u8, count: u8, by_stranger: bool },
	Respond { agreement: u8, ahead: u8, count: u8, fail: Option<bool> },
	End { agreement: u8 },
	Abandon { agreement: u8 },
	Rate { agreement: u8, rating: u8 },
	Settle { agreement: u8 },
	BurnNft { model: u8 },
	Retire { model: u8 },
	Purge { model: u8 },
}

fn action() -> impl Strategy<Value = Action> {
	use Action::*;
	let n = any::<u8>;
	prop_oneof![
		10 => (1..4u8).prop_map(Block),
		1 => (n(), n()).prop_map(|(version_of, seed)| Publish { version_of, seed }),
		1 => (n(), n()).prop_map(|(model, royalty)| Royalty { model, royalty }),
		1 => (n(), n()).prop_map(|(model, to)| SellNft { model, to }),
		3 => (n(), n()).prop_map(|(provider, model)| Announce { provider, model }),
		1 => (n(), n()).prop_map(|(provider, floor)| Operator { provider, floor }),
		1 => n().prop_map(|provider| Raise { provider }),
		1 => n().prop_map(|provider| Leave { provider }),
		2 => n().prop_map(|provider| Return { provider }),
		5 => (n(), n(), n(), n(), 1..4u8, n(), prop::bool::weighted(0.1)).prop_map(
			|(consumer, model, inferences, in_flight, providers, period, picky)| Order {
				consumer, model, inferences, in_flight, providers, period, picky,
			}
		),
		1 => (n(), n()).prop_map(|(consumer, order)| Cancel { consumer, order }),
		24 => (n(), n(), n()).prop_map(|(provider, order, price)| Bid { provider, order, price }),
		6 => (n(), n(), n()).prop_map(|(provider, order, price)| Improve { provider, order, price }),
		8 => (n(), n(), n()).prop_map(|(consumer, order, bids)| Accept { consumer, order, bids }),
		16 => (n(), n(), prop::bool::weighted(0.05)).prop_map(|(agreement, count, by_stranger)| Request {
			agreement, count, by_stranger,
		}),
		24 => (n(), n(), n(), prop::option::weighted(0.3, any::<bool>())).prop_map(
			|(agreement, ahead, count, fail)| Respond { agreement, ahead, count, fail }
		),
		2 => n().prop_map(|agreement| End { agreement }),
		1 => n().prop_map(|agreement| Abandon { agreement }),
		1 => (n(), n()).prop_map(|(agreement, rating)| Rate { agreement, rating }),
		1 => n().prop_map(|agreement| Settle { agreement }),
		1 => n().prop_map(|model| BurnNft { model }),
		1 => n().prop_map(|model| Retire { model }),
		1 => n().prop_map(|model| Purge { model }),
	]
}

const MODELS: u8 = 2;
const PROVIDERS: u8 = 6;

fn a_consumer(number: u8) -> AccountId {
	if number.is_multiple_of(2) { consumer() } else { other_consumer() }
}

fn nft_owner(model: u32) -> AccountId {
	pallet_nfts::Item::<Runtime>::get(0, model).map_or(owner(), |item| item.owner)
}

/// One of what is there, or once in a while something that is not.
fn one_of(mut there: Vec<u64>, choice: u8) -> u64 {
	there.sort();
	match choice {
		250.. => u64::MAX,
		_ => there.get(usize::from(choice) % there.len().max(1)).copied().unwrap_or_default(),
	}
}

/// The first request of an agreement that waits for an answer, or else the last one.
fn first_pending(id: u64) -> u32 {
	Execution::api_requests(id, agreement(id).counts.requested.saturating_sub(100), 100)
		.into_iter()
		.find(|indexed| indexed.slot.outcome == Outcome::Pending)
		.map_or(agreement(id).counts.requested, |indexed| indexed.index)
}

fn play(action: Action) {
	use pallet_execution::Call as Execution_;
	use pallet_marketplace::Call as Market;
	let order_of = |choice| one_of(pallet_marketplace::Orders::<Runtime>::iter_keys().collect(), choice);
	let agreement_of = |choice| one_of(pallet_execution::Agreements::<Runtime>::iter_keys().collect(), choice);
	let model_of = |choice: u8| u32::from(choice % MODELS);
	let provider_of = |choice: u8| provider(choice % PROVIDERS);
	let price_of = |choice: u8| Balance::from(choice) * UNIT * 2 / 5;
	let stored = |id| pallet_execution::Agreements::<Runtime>::get(id);
	// A refusal is as good as a success here; the invariants are checked after every block.
	let _ = match action {
		// Rare, or there would soon be no market left.
		Action::Leave { provider: 16.. }
		| Action::Publish { version_of: 32.., .. }
		| Action::Retire { model: 8.. }
		| Action::BurnNft { model: 16.. } => Ok(()),
		Action::Block(count) => {
			for _ in 0..count {
				next_block();
			}
			Ok(())
		}
		Action::Publish { version_of, seed } => {
			let model = model_of(version_of);
			let content = content(2_000_000 + u32::from(seed));
			let publish = Market::publish_version { model, content, size: 9, description: description() };
			call(nft_owner(model), publish)
		}
		Action::Royalty { model, royalty } => {
			let model = model_of(model);
			call(nft_owner(model), Market::set_royalty { model, royalty: price_of(royalty) / 10 })
		}
		Action::SellNft { model, to } => {
			let model = model_of(model);
			let dest = if to % 2 == 0 { buyer() } else { owner() };
			call(nft_owner(model), pallet_nfts::Call::transfer { collection: 0, item: model, dest })
		}
		Action::Announce { provider, model } => {
			let model = model_of(model);
			let version = pallet_marketplace::Models::<Runtime>::get(model).map_or(0, |model| model.version);
			call(provider_of(provider), Market::announce { model, version, time_us: 1 })
		}
		Action::Operator { provider, floor } => {
			let bounds = Operator { account: operator(), floor_price: price_of(floor), max_open: 2 };
			let operator = (floor % 2 == 0).then_some(bounds);
			call(provider_of(provider), Market::set_operator { operator })
		}
		Action::Raise { provider } => call(provider_of(provider), Market::raise_stake { amount: UNIT }),
		Action::Leave { provider } => call(provider_of(provider), Market::leave {}),
		Action::Return { provider } => {
			let who = provider_of(provider);
			let _ = call(who.clone(), Market::withdraw_stake {});
			let profile = profile_of(&who);
			call(who, Market::register_provider { profile, operator: None, stake: 1_000 * UNIT })
		}
		Action::Order { consumer, model, inferences, in_flight, providers, period, picky } => {
			let mut request = a_request(model_of(model));
			request.inferences = u32::from(inferences % 120);
			request.max_in_flight = u32::from(in_flight % 50);
			request.providers = providers.into();
			request.bidding_period = 1 + u64::from(period % 20);
			request.lifetime = 10 + u64::from(period);
			request.sender = Some(operator());
			if picky {
				request.min_record = MinRecord { delivered: 10, ..Default::default() };
			}
			call(a_consumer(consumer), Market::place_order { request })
		}
		Action::Cancel { consumer, order } => {
			call(a_consumer(consumer), Market::cancel_order { order: order_of(order) })
		}
		Action::Bid { provider, order, price } => {
			let who = if provider == 0 { operator() } else { provider_of(provider) };
			bid(who, order_of(order), price_of(price))
		}
		Action::Improve { provider, order, price } => improve(provider_of(provider), order_of(order), price_of(price)),
		Action::Accept { consumer, order, bids } => {
			let order = order_of(order);
			let stored = pallet_marketplace::Orders::<Runtime>::get(order);
			let who = match stored {
				Some(order) if consumer < 240 => order.consumer,
				_ => a_consumer(consumer),
			};
			let list = pallet_marketplace::Bids::<Runtime>::get(order);
			let named = list.iter().map(|bid| bid.provider.clone()).take(usize::from(bids % 5)).collect();
			accept(who, order, named)
		}
		Action::Request { agreement, count, by_stranger } => {
			let id = agreement_of(agreement);
			stored(id).map_or(Ok(()), |agreement| {
				let who = if by_stranger { stranger() } else { agreement.consumer };
				request_by(who, id, agreement.counts.requested, u32::from(count % 40))
			})
		}
		Action::Respond { agreement, ahead, count, fail } => {
			let id = agreement_of(agreement);
			stored(id).map_or(Ok(()), |agreement| {
				let first = first_pending(id) + u32::from(ahead % 3);
				let pending = agreement.counts.pending().min(255) as u8;
				let count = count % (pending.saturating_add(2));
				let answer = |index| match fail {
					Some(true) => Answer::Failure(FailureCode::InvalidTensor),
					Some(false) => Answer::Failure(FailureCode::Internal),
					None => output(index),
				};
				answer_by(agreement.provider, id, first, (0..u32::from(count)).map(answer).collect())
			})
		}
		Action::End { agreement } => {
			let id = agreement_of(agreement);
			stored(id).map_or(Ok(()), |agreement| call(agreement.consumer, Execution_::end_agreement { agreement: id }))
		}
		Action::Abandon { agreement } => {
			let id = agreement_of(agreement);
			stored(id).map_or(Ok(()), |agreement| call(agreement.provider, Execution_::abandon { agreement: id }))
		}
		Action::Rate { agreement, rating } => {
			let id = agreement_of(agreement);
			call(consumer(), Execution_::rate { agreement: id, rating: rating % 7 })
		}
		Action::Settle { agreement } => {
			call(stranger(), Execution_::settle_overdue { agreement: agreement_of(agreement), pages: 2 })
		}
		Action::BurnNft { model } => {
			let item = model_of(model);
			call(nft_owner(item), pallet_nfts::Call::burn { collection: 0, item })
		}
		Action::Retire { model } => {
			let model = model_of(model);
			call(nft_owner(model), Market::retire_model { model })
		}
		Action::Purge { model } => call(stranger(), Market::purge_model { model: model_of(model) }),
	};
}

/// Two models, six providers that serve both.
fn open_market() {
	for _ in 0..MODELS {
		let model = a_model();
		for number in 0..PROVIDERS {
			a_provider(number, model);
		}
	}
}

/// Lets everything end that can end, and checks that nothing is left.
fn drain() {
	for _ in 0..5 {
		skip_to(now() + 500);
	}
	assert_eq!(pallet_marketplace::Orders::<Runtime>::iter().count(), 0, "an order is stuck");
	assert_eq!(pallet_execution::Agreements::<Runtime>::iter().count(), 0, "an agreement is stuck");
	assert_eq!(pallet_execution::Pages::<Runtime>::iter().count(), 0, "a page is left");
	assert_eq!(pallet_execution::Agenda::<Runtime>::iter().count(), 0, "a visit is left");
	assert_eq!(pallet_marketplace::Agenda::<Runtime>::iter().count(), 0, "a visit is left");
	assert_eq!(pallet_execution::Pairs::<Runtime>::iter().count(), 0, "a pair is left");
	for who in actors() {
		assert_eq!(held_for(&who, ExecutionHold::Escrow), 0, "escrow is orphaned");
		assert_eq!(held_for(&who, MarketHold::Order), 0, "an order's hold is orphaned");
		let _ = call(who.clone(), pallet_marketplace::Call::leave {});
	}
	skip_to(now() + UNSTAKE_DELAY);
	for who in actors() {
		let _ = call(who.clone(), pallet_marketplace::Call::withdraw_stake {});
		let _ = call(who.clone(), pallet_execution::Call::clear_record {});
		assert_eq!(held_for(&who, MarketHold::Stake), 0, "stake is orphaned");
		assert_eq!(held_for(&who, ExecutionHold::Deposit), 0, "a deposit is orphaned");
	}
	assert_eq!(pallet_marketplace::Providers::<Runtime>::iter().count(), 0, "a provider cannot leave");
	assert_eq!(pallet_execution::Records::<Runtime>::iter().count(), 0, "a record is left");
	for model in 0..u32::from(MODELS) {
		let _ = call(nft_owner(model), pallet_marketplace::Call::retire_model { model });
		let purged = call(stranger(), pallet_marketplace::Call::purge_model { model });
		let is_left = pallet_marketplace::Models::<Runtime>::contains_key(model);
		assert!(purged.is_ok() || !is_left, "a model without references cannot be removed");
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 20, max_shrink_iters: 400, failure_persistence: None, ..Default::default() })]

	#[test]
	fn whatever_happens_money_is_conserved_and_nothing_stays_stuck(
		actions in prop::collection::vec(action(), 100..600),
		window in prop_oneof![Just(0u64), Just(3)],
	) {
		test(|| {
			DisputeWindow::set(window);
			let issuance = Balances::total_issuance();
			open_market();
			for action in actions {
				play(action);
				assert_eq!(Balances::total_issuance(), issuance, "money came or went");
			}
			drain();
			assert_eq!(Balances::total_issuance(), issuance, "money came or went");
		});
	}
}
