//! The runtime API's functions: lists in pages, without loss or repetition.

use crate::*;
use pallet_marketplace::api::MAX_PAGE;
use std::collections::BTreeSet;

/// Reads all pages of `limit` entries, the last of which is not full.
fn all_pages<Entry, Key: Clone + Ord + core::fmt::Debug>(
	limit: u32,
	page: impl Fn(Option<Key>, u32) -> Vec<Entry>,
	key: impl Fn(&Entry) -> Key,
) -> BTreeSet<Key> {
	let mut keys = BTreeSet::new();
	let mut after = None;
	loop {
		let entries = page(after, limit);
		assert!(entries.len() <= limit as usize);
		for entry in &entries {
			assert!(keys.insert(key(entry)), "{:?} is listed twice", key(entry));
		}
		match entries.last() {
			Some(last) => after = Some(key(last)),
			None => return keys,
		}
	}
}

#[test]
fn models_are_listed_in_pages_of_any_size() {
	test(|| {
		for _ in 0..7 {
			a_model();
		}
		for limit in [1, 2, 3, 7, 50] {
			let ids = all_pages(limit, Marketplace::api_models, |view| view.id);
			assert_eq!(ids, (0..7).collect());
		}
		assert!(Marketplace::api_models(None, 0).is_empty());
	});
}

#[test]
fn providers_and_offers_are_listed_in_pages() {
	test(|| {
		let (one, other) = (a_model(), a_model());
		let who: BTreeSet<_> = (0..8).map(|number| a_provider(number, one)).collect();
		a_provider(0, other);
		for limit in [1, 3, 8, 50] {
			assert_eq!(all_pages(limit, Marketplace::api_providers, |view| view.account.clone()), who);
			let offers = |model| {
				all_pages(limit, |after, limit| Marketplace::api_offers(model, after, limit), |entry| entry.0.clone())
			};
			assert_eq!(offers(one), who);
			assert_eq!(offers(other), [provider(0)].into());
			assert_eq!(offers(9), BTreeSet::new());
		}
	});
}

#[test]
fn a_page_of_orders_is_bounded_whatever_is_asked_for() {
	test(|| {
		let mut request = a_request(a_model());
		request.inferences = 1;
		for _ in 0..MAX_PAGE + 5 {
			order_by(consumer(), request.clone());
		}
		assert_eq!(Marketplace::api_orders(None, u32::MAX).len(), MAX_PAGE as usize);
		let ids = all_pages(MAX_PAGE, Marketplace::api_orders, |view| view.id);
		assert_eq!(ids, (0..u64::from(MAX_PAGE) + 5).collect());
	});
}

#[test]
fn paging_goes_on_when_the_entry_it_stopped_at_is_gone() {
	test(|| {
		let id = a_model();
		let orders: BTreeSet<_> = (0..6).map(|_| an_order(id)).collect();
		let first: Vec<_> = Marketplace::api_orders(None, 3).into_iter().map(|view| view.id).collect();
		assert_ok!(call(consumer(), Call::cancel_order { order: first[2] }));
		let rest = Marketplace::api_orders(Some(first[2]), 50).into_iter().map(|view| view.id);
		assert_eq!(first.iter().copied().chain(rest).collect::<BTreeSet<_>>(), orders);
	});
}

#[test]
fn a_model_is_shown_with_its_owner_and_newest_version() {
	test(|| {
		let id = a_model();
		assert_ok!(publish(owner(), id, 2));
		let view = Marketplace::api_model(id).expect("exists");
		assert_eq!((view.id, view.owner.clone(), view.model.clone()), (id, Some(owner()), model(id)));
		assert_eq!(view.newest, Some(version(id, 1)));
		assert_eq!(Marketplace::api_models(None, 1), vec![view]);
		assert_eq!(Marketplace::api_version(id, 0), Some(version(id, 0)));
		let burn = pallet_nfts::Call::burn { collection: collection(), item: id };
		assert_ok!(call(owner(), burn));
		assert_eq!(Marketplace::api_model(id).expect("exists").owner, None);
	});
}

#[test]
fn a_provider_is_shown_with_the_models_it_serves_and_an_order_with_its_bids() {
	test(|| {
		let id = a_model();
		let who = a_provider(0, id);
		let view = Marketplace::api_provider(who.clone()).expect("exists");
		assert_eq!((view.account.clone(), view.models), (who.clone(), vec![id]));
		assert_eq!(view.provider, provider_of(&who));
		let order = an_order(id);
		assert_ok!(bid(who.clone(), order, PRICE));
		let view = Marketplace::api_order(order).expect("is open");
		assert_eq!((view.id, view.order), (order, crate::order(order)));
		assert_eq!((view.bids.len(), view.bids[0].provider.clone()), (1, who));
	});
}

#[test]
fn what_is_not_there_is_not_shown() {
	test(|| {
		assert_eq!(Marketplace::api_model(0), None);
		assert_eq!(Marketplace::api_version(0, 0), None);
		assert_eq!(Marketplace::api_provider(provider(0)), None);
		assert_eq!(Marketplace::api_order(0), None);
	});
}
