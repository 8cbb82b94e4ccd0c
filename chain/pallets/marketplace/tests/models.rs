//! Models: registered, published in versions, retired, purged, sold.

use crate::*;
use airo_primitives::ContentId;
use frame_support::assert_noop;
use pallet_marketplace::{Channels, Description, Fit, ImageInput, Labels, Layout, Text};

/// Descriptions that say too little, or what cannot be.
fn malformed_descriptions() -> Vec<Description> {
	let gray = |mean: Vec<i32>, std: Vec<u32>| ImageInput {
		channels: Channels::Gray,
		layout: Layout::Nchw,
		fit: Fit::Stretch,
		mean: mean.try_into().expect("few"),
		std: std.try_into().expect("few"),
	};
	let not_utf8 = Text::try_from(vec![0xff]).expect("short");
	let mut unnamed_tensor = description();
	unnamed_tensor.outputs[0].name = Text::default();
	vec![
		Description { name: Text::default(), ..description() },
		Description { name: not_utf8.clone(), ..description() },
		Description { licence: not_utf8, ..description() },
		Description { inputs: Default::default(), ..description() },
		Description { outputs: Default::default(), ..description() },
		unnamed_tensor,
		Description { image: Some(gray(vec![], vec![1])), ..description() },
		Description { image: Some(gray(vec![0], vec![1, 1, 1])), ..description() },
		Description { image: Some(gray(vec![0], vec![0])), ..description() },
		Description { labels: Labels::Inline(Default::default()), ..description() },
		Description { labels: Labels::Inline(vec![Default::default()].try_into().expect("few")), ..description() },
	]
}

fn malformed_content() -> ContentId {
	vec![1, 2, 3].try_into().expect("short")
}

#[test]
fn registering_stores_the_model_mints_its_nft_and_holds_exact_deposits() {
	test(|| {
		let register =
			Call::register_model { content: content(1), size: 1_000, description: description(), royalty: ROYALTY };
		assert_ok!(call(owner(), register));

		let stored = model(0);
		assert_eq!((stored.version, stored.royalty, stored.retired), (0, ROYALTY, false));
		assert_eq!((stored.references, stored.offers, stored.depositor.clone()), (0, 0, owner()));
		assert_eq!(stored.deposit, AGGREGATES_DEPOSIT + deposit_for(stored.encoded_size()));
		let file = version(0, 0);
		assert_eq!((file.content.clone(), file.size, file.description.clone()), (content(1), 1_000, description()));
		assert_eq!(file.deposit, version_deposit(0, 0));
		assert_eq!(pallet_marketplace::ContentIds::<Runtime>::get(content(1)), Some((0, 0)));
		assert_eq!(owner_of(0), Some(owner()));
		assert_eq!(held_for(&owner(), HoldReason::Deposit), stored.deposit + file.deposit);
		assert_eq!(total(&owner()), ENDOWMENT);
		assert_last(Event::ModelRegistered { model: 0, owner: owner() });
	});
}

#[test]
fn models_are_numbered_in_sequence() {
	test(|| {
		assert_eq!([a_model(), a_model(), a_model()], [0, 1, 2]);
	});
}

#[test]
fn a_bad_registration_is_refused_and_changes_nothing() {
	test(|| {
		let register = |content, size, description, royalty| {
			call(owner(), Call::register_model { content, size, description, royalty })
		};
		assert_noop!(register(malformed_content(), 1, description(), 1), Error::MalformedContentId);
		assert_noop!(register(content(1), 0, description(), 1), Error::EmptyFile);
		assert_noop!(register(content(1), 1, description(), 1_000 * UNIT + 1), Error::RoyaltyTooHigh);
		for malformed in malformed_descriptions() {
			assert_noop!(register(content(1), 1, malformed, 1), Error::MalformedDescription);
		}
		let labelled = Description { labels: Labels::Content(malformed_content()), ..description() };
		assert_noop!(register(content(1), 1, labelled, 1), Error::MalformedContentId);
		let poor = pauper();
		assert_noop!(register_model(poor, 1), Error::InsufficientBalance);
		assert_ok!(register(content(1), 1, description(), 1_000 * UNIT));
	});
}

#[test]
fn images_and_labels_that_are_well_described_are_taken() {
	test(|| {
		let image = ImageInput {
			channels: Channels::Rgb,
			layout: Layout::Nhwc,
			fit: Fit::Cover,
			mean: vec![485_000, 456_000, 406_000].try_into().expect("few"),
			std: vec![229_000, 224_000, 225_000].try_into().expect("few"),
		};
		let labels = Labels::Inline(vec![b"cat".to_vec().try_into().expect("short")].try_into().expect("few"));
		for (seed, labels) in [(1, labels), (2, Labels::Content(content(9)))] {
			let description = Description { image: Some(image.clone()), labels, ..description() };
			let register = Call::register_model { content: content(seed), size: 1, description, royalty: 0 };
			assert_ok!(call(owner(), register));
		}
	});
}

#[test]
fn a_content_id_is_registered_once() {
	test(|| {
		assert_ok!(register_model(owner(), 1));
		assert_noop!(register_model(buyer(), 1), Error::ContentIdTaken);
		assert_noop!(publish(owner(), 0, 1), Error::ContentIdTaken);
	});
}

#[test]
fn without_an_endowed_pallet_account_the_collection_cannot_be_made() {
	test(|| {
		pallet_marketplace::Collection::<Runtime>::kill();
		let nobody = Marketplace::account_id();
		let left = Balances::free_balance(&nobody);
		let drain = pallet_balances::Call::transfer_all { dest: stranger(), keep_alive: false };
		assert_ok!(call(nobody.clone(), drain));
		assert_noop!(register_model(owner(), 1), Error::CollectionUnavailable);

		let endow = pallet_balances::Call::transfer_allow_death { dest: nobody, value: left };
		assert_ok!(call(stranger(), endow));
		assert_ok!(register_model(owner(), 1));
		assert_eq!(owner_of(0), Some(owner()));
	});
}

#[test]
fn a_new_version_is_stored_with_a_deposit_of_its_own() {
	test(|| {
		let id = a_model();
		let before = held_for(&owner(), HoldReason::Deposit);
		assert_ok!(publish(owner(), id, 2));
		assert_eq!(model(id).version, 1);
		assert_eq!(version(id, 1).content, content(2));
		assert_eq!(pallet_marketplace::ContentIds::<Runtime>::get(content(2)), Some((id, 1)));
		assert_eq!(held_for(&owner(), HoldReason::Deposit), before + version_deposit(id, 1));
		assert_last(Event::VersionPublished { model: id, version: 1 });
	});
}

#[test]
fn a_bad_version_is_refused_and_changes_nothing() {
	test(|| {
		let id = a_model();
		let version =
			|content, size, description| call(owner(), Call::publish_version { model: id, content, size, description });
		assert_noop!(publish(owner(), 7, 2), Error::UnknownModel);
		assert_noop!(publish(stranger(), id, 2), Error::NotTheModelOwner);
		assert_noop!(version(malformed_content(), 1, description()), Error::MalformedContentId);
		assert_noop!(version(content(2), 0, description()), Error::EmptyFile);
		for malformed in malformed_descriptions() {
			assert_noop!(version(content(2), 1, malformed), Error::MalformedDescription);
		}
		assert_ok!(publish(owner(), id, 2));
		assert_ok!(publish(owner(), id, 3));
		assert_noop!(publish(owner(), id, 4), Error::TooManyVersions);
		assert_ok!(call(owner(), Call::retire_model { model: id }));
		assert_noop!(publish(owner(), id, 4), Error::ModelRetired);
	});
}

#[test]
fn an_owner_who_cannot_pay_the_deposit_publishes_no_version() {
	test(|| {
		let id = a_model();
		let poor = pauper();
		give_nft(id, poor.clone());
		assert_noop!(publish(poor, id, 2), Error::InsufficientBalance);
	});
}

#[test]
fn the_owner_changes_the_royalty_up_to_the_price_cap() {
	test(|| {
		let id = a_model();
		let set = |who, model, royalty| call(who, Call::set_royalty { model, royalty });
		assert_ok!(set(owner(), id, 1_000 * UNIT));
		assert_eq!(model(id).royalty, 1_000 * UNIT);
		assert_last(Event::RoyaltyChanged { model: id, royalty: 1_000 * UNIT });
		assert_noop!(set(owner(), id, 1_000 * UNIT + 1), Error::RoyaltyTooHigh);
		assert_noop!(set(stranger(), id, 1), Error::NotTheModelOwner);
		assert_noop!(set(owner(), 7, 1), Error::UnknownModel);
	});
}

#[test]
fn the_owner_retires_a_model_once() {
	test(|| {
		let id = a_model();
		let retire = |who, model| call(who, Call::retire_model { model });
		assert_noop!(retire(stranger(), id), Error::NotTheModelOwner);
		assert_noop!(retire(owner(), 7), Error::UnknownModel);
		assert_ok!(retire(owner(), id));
		assert!(model(id).retired);
		assert_last(Event::ModelRetired { model: id });
		assert_noop!(retire(owner(), id), Error::ModelRetired);
	});
}

#[test]
fn anyone_purges_a_retired_model_and_each_depositor_gets_its_deposit() {
	test(|| {
		let id = a_model();
		give_nft(id, buyer());
		assert_ok!(publish(buyer(), id, 2));
		let purge = || call(stranger(), Call::purge_model { model: id });
		assert_noop!(purge(), Error::ModelNotRetired);
		assert_ok!(call(buyer(), Call::retire_model { model: id }));
		assert!(held(&owner()) > 0 && held(&buyer()) > 0);

		assert_ok!(purge());
		assert_eq!((held(&owner()), held(&buyer())), (0, 0));
		assert_eq!(Balances::free_balance(owner()), ENDOWMENT);
		assert_eq!(Balances::free_balance(buyer()), ENDOWMENT);
		assert!(!pallet_marketplace::Models::<Runtime>::contains_key(id));
		assert_eq!(pallet_marketplace::Versions::<Runtime>::iter_prefix(id).count(), 0);
		assert_eq!(pallet_marketplace::ContentIds::<Runtime>::iter().count(), 0);
		assert_eq!(owner_of(id), None);
		assert_last(Event::ModelPurged { model: id });
		assert_noop!(purge(), Error::UnknownModel);
		assert_ok!(register_model(stranger(), 2));
	});
}

#[test]
fn a_model_is_purged_only_when_its_orders_and_stored_agreements_are_gone() {
	test(|| {
		let agreement = an_agreement();
		let order = an_order(0);
		let purge = || call(stranger(), Call::purge_model { model: 0 });
		assert_ok!(call(owner(), Call::retire_model { model: 0 }));
		assert_noop!(purge(), Error::ModelInUse);
		assert_ok!(call(consumer(), Call::cancel_order { order }));
		assert_noop!(purge(), Error::ModelInUse);
		assert_ok!(call(consumer(), pallet_execution::Call::end_agreement { agreement }));
		assert_noop!(purge(), Error::ModelInUse);
		run_to(now() + RETENTION);
		assert_ok!(purge());
	});
}

#[test]
fn an_announcement_does_not_keep_a_model_and_its_deposit_comes_back_afterwards() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let deposit = provider_of(&who).deposit;
		assert_ok!(call(owner(), Call::retire_model { model: id }));
		assert_ok!(call(stranger(), Call::purge_model { model: id }));
		assert!(held_for(&who, HoldReason::Deposit) > deposit);
		assert_ok!(call(who.clone(), Call::withdraw_offer { model: id }));
		assert_eq!(held_for(&who, HoldReason::Deposit), deposit);
	});
}

/// The owner of the NFT transfers it.
fn give_nft(model: u32, to: AccountId) {
	let transfer = pallet_nfts::Call::transfer { collection: collection(), item: model, dest: to };
	assert_ok!(call(owner(), transfer));
}

#[test]
fn a_transfer_of_the_nft_changes_who_may_set_the_royalty() {
	test(|| {
		let id = a_model();
		give_nft(id, buyer());
		assert_eq!(owner_of(id), Some(buyer()));
		let set = |who| call(who, Call::set_royalty { model: id, royalty: 5 });
		assert_noop!(set(owner()), Error::NotTheModelOwner);
		assert_ok!(set(buyer()));
	});
}

#[test]
fn a_sale_of_the_nft_pays_the_seller_and_changes_who_may_set_the_royalty() {
	test(|| {
		let id = a_model();
		let price = 500 * UNIT;
		let offer = pallet_nfts::Call::set_price {
			collection: collection(),
			item: id,
			price: Some(price),
			whitelisted_buyer: None,
		};
		assert_ok!(call(owner(), offer));
		let buy = pallet_nfts::Call::buy_item { collection: collection(), item: id, bid_price: price };
		assert_ok!(call(buyer(), buy));
		assert_eq!((total(&owner()), total(&buyer())), (ENDOWMENT + price, ENDOWMENT - price));
		let set = |who| call(who, Call::set_royalty { model: id, royalty: 5 });
		assert_noop!(set(owner()), Error::NotTheModelOwner);
		assert_ok!(set(buyer()));
	});
}

#[test]
fn nobody_but_the_pallet_mints_into_the_collection_of_models() {
	test(|| {
		let mint =
			pallet_nfts::Call::mint { collection: collection(), item: 0, mint_to: stranger(), witness_data: None };
		assert!(call(stranger(), mint).is_err());
		assert_eq!(a_model(), 0);
	});
}
