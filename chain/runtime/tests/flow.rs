//! The market's whole flow in the real runtime, by signed transactions that pay fees.

mod common;

use airo_runtime::{
	AIRO, Balance, Balances, MILLISECS_PER_BLOCK, Nfts, Runtime, RuntimeCall, System,
	configs::{RuntimeBlockWeights, TreasuryAccount},
	genesis_presets,
};
use common::{
	DEADLINE, content, description, error, fees, first_block, genesis, next_block, ok, output, profile_of, request,
	run_to, skip_to, submit, sum_of_balances, total,
};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::fungible::Inspect,
};
use pallet_execution::{
	AgreementOf, Agreements, Call as Execution, End, Error as ExecutionError, Records, Role, State,
};
use pallet_marketplace::{Call as Marketplace, Error as MarketplaceError};
use scale_info::{TypeDef, TypeInfo};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};

/// The royalty of the model, and the price that wins the order.
const ROYALTY: Balance = 2 * AIRO;
const PRICE: Balance = 50 * AIRO;
/// The market's fee of one per cent.
const FEE: Balance = PRICE / 100;
/// A missed inference costs ten per cent of the order's highest price.
const PENALTY: Balance = 10 * AIRO;
const STAKE: Balance = 1_000 * AIRO;

fn agreement() -> AgreementOf<Runtime> {
	Agreements::<Runtime>::get(0).expect("the agreement is stored")
}

fn requests(first: u32, count: u32) -> RuntimeCall {
	let payloads = (first..first + count).map(content).collect();
	Execution::request { agreement: 0, first, payloads }.into()
}

fn answers(first: u32, count: u32) -> RuntimeCall {
	let answers = (first..first + count).map(output).collect();
	Execution::respond { agreement: 0, first, answers }.into()
}

/// Alice registers a model, Dave and Eve register as its providers.
fn offer() {
	ok(
		Alice,
		Marketplace::register_model { content: content(1_000), size: 1, description: description(), royalty: ROYALTY },
	);
	assert_eq!(Nfts::owner(0, 0), Some(Alice.to_account_id()));
	for provider in [Dave, Eve] {
		let profile = profile_of(&provider.to_account_id());
		ok(provider, Marketplace::register_provider { profile, operator: None, stake: STAKE });
		ok(provider, Marketplace::announce { model: 0, version: 0, time_us: 45_000 });
	}
}

/// Charlie orders, Dave and Eve bid, Dave improves and gets the agreement.
fn agree() {
	ok(Charlie, Marketplace::place_order { request: request(0) });
	ok(Dave, Marketplace::place_bid { order: 0, price: 70 * AIRO });
	ok(Eve, Marketplace::place_bid { order: 0, price: 60 * AIRO });
	let too_close = submit(Dave, Marketplace::improve_bid { order: 0, price: 60 * AIRO - 1 });
	assert_eq!(too_close, error(MarketplaceError::<Runtime>::StepTooSmall));
	ok(Dave, Marketplace::improve_bid { order: 0, price: PRICE });
	let providers = vec![Dave.to_account_id()].try_into().expect("one");
	ok(Charlie, Marketplace::accept_bids { order: 0, providers });
	assert_eq!(agreement().price, PRICE);
	assert_eq!(agreement().escrow(), 6 * PRICE);
}

/// Bob buys the model's NFT of Alice.
fn sell_the_nft() {
	ok(Alice, pallet_nfts::Call::set_price { collection: 0, item: 0, price: Some(10 * AIRO), whitelisted_buyer: None });
	ok(Bob, pallet_nfts::Call::buy_item { collection: 0, item: 0, bid_price: 10 * AIRO });
	assert_eq!(Nfts::owner(0, 0), Some(Bob.to_account_id()));
}

#[test]
fn the_whole_flow() {
	genesis(genesis_presets::DEVELOPMENT).execute_with(|| {
		let treasury = TreasuryAccount::get();
		let issuance = Balances::total_issuance();
		first_block();
		offer();
		agree();
		next_block();

		// Two deliveries while Alice owns the NFT, one after she sold it to Bob.
		ok(Charlie, requests(0, 3));
		let (alice, market) = (total(Alice), Balances::total_balance(&treasury));
		ok(Dave, answers(0, 2));
		assert_eq!(total(Alice), alice + 2 * ROYALTY);
		sell_the_nft();
		let (alice, bob) = (total(Alice), total(Bob));
		ok(Dave, answers(2, 1));
		assert_eq!(total(Alice), alice, "the old owner gets nothing more");
		assert_eq!(total(Bob), bob + ROYALTY, "the new owner gets the next royalty");
		assert_eq!(Balances::total_balance(&treasury), market + 3 * FEE);

		// One request is missed: refunded by itself in its deadline block, in which it cannot be answered any more.
		ok(Charlie, requests(3, 1));
		let charlie = total(Charlie);
		let deadline = System::block_number() + DEADLINE;
		run_to(deadline - 1);
		assert_eq!((agreement().counts.missed, agreement().escrow()), (0, 3 * PRICE));
		next_block();
		assert_eq!((agreement().counts.missed, agreement().escrow()), (1, 2 * PRICE));
		assert_eq!(total(Charlie), charlie, "what is refunded was the consumer's own");
		assert_eq!(Balances::total_balance(&treasury), market + 3 * FEE + PENALTY);
		assert_eq!(submit(Dave, answers(3, 1)), error(ExecutionError::<Runtime>::AlreadyAnswered));

		// The consumer has enough.
		ok(Charlie, Execution::end_agreement { agreement: 0 });
		assert!(matches!(agreement().state, State::Ended { how: End::ByConsumer, .. }));
		ok(Charlie, Execution::rate { agreement: 0, rating: 4 });
		let record = Records::<Runtime>::get(Dave.to_account_id(), Role::Provider).expect("has a record");
		assert_eq!((record.delivered, record.missed, record.volume), (3, 1, 3 * PRICE));

		// After the retention nothing of it is left, and whoever leaves gets all that was on hold.
		ok(Dave, Marketplace::leave {});
		skip_to(System::block_number() + 1_801);
		assert_eq!(Agreements::<Runtime>::get(0), None);
		ok(Dave, Marketplace::withdraw_stake {});
		ok(Charlie, Execution::clear_record {});
		for who in [Dave, Charlie] {
			assert_eq!(System::account(who.to_account_id()).data.reserved, 0, "{who:?}");
		}
		assert!(fees() > 0);
		assert_eq!(Balances::total_issuance(), issuance - fees(), "nothing but fees is burned");
		assert_eq!(sum_of_balances(), issuance - fees());
	});
}

#[test]
fn every_preset_builds_and_runs() {
	for preset in genesis_presets::preset_names() {
		genesis(preset.as_ref()).execute_with(|| {
			assert_eq!(Nfts::collection_owner(0), Some(airo_runtime::Marketplace::account_id()), "{preset:?}");
			assert_eq!(sum_of_balances(), Balances::total_issuance());
			first_block();
			next_block();
			offer();
		});
	}
}

/// Wallets show the documentation of a call beside what is signed.
#[test]
fn the_metadata_documents_every_call_event_and_error() {
	let types = [
		pallet_marketplace::Call::<Runtime>::type_info(),
		pallet_marketplace::Event::<Runtime>::type_info(),
		pallet_marketplace::Error::<Runtime>::type_info(),
		pallet_execution::Call::<Runtime>::type_info(),
		pallet_execution::Event::<Runtime>::type_info(),
		pallet_execution::Error::<Runtime>::type_info(),
	];
	for described in types {
		let TypeDef::Variant(enumeration) = described.type_def else { panic!("{:?} is an enum", described.path) };
		assert!(!enumeration.variants.is_empty());
		for variant in enumeration.variants {
			assert!(!variant.docs.is_empty(), "{:?}::{} has no documentation", described.path, variant.name);
		}
	}
}

/// The market's promise, in batches of a hundred: two thousand answers a second, and as many requests.
#[test]
fn a_block_has_room_for_two_thousand_answers_a_second() {
	let room = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total.expect("has a limit");
	for batch in [requests(0, 100), answers(0, 100)] {
		let info = batch.get_dispatch_info();
		let weight = info.total_weight().saturating_add(RuntimeBlockWeights::get().get(info.class).base_extrinsic);
		let batches = room.checked_div_per_component(&weight).expect("a batch weighs something");
		assert!(batches * 100 * 1_000 / MILLISECS_PER_BLOCK >= 2_000, "{batches} batches of {weight} in a block");
	}
}
