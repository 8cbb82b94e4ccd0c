//! The runtime API: what a page lists, in pages, provable to a light client by `state_call`.

use crate::{
	AccountIdOf, BalanceOf, Bid, BidOf, Bids, BlockNumberOf, Config, Model, Models, Offer, Offers, OffersOf, Order,
	Orders, Pallet, Provider, Providers, Version, Versions,
};
use airo_primitives::{Market, ModelId, OrderId};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;

/// The most entries of one page of any of these calls; asking for more gives as many.
pub const MAX_PAGE: u32 = 100;

/// A model as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ModelView<AccountId, Balance, BlockNumber> {
	/// Its number, which is also that of its NFT.
	pub id: ModelId,
	/// Who owns its NFT now; none if that was burned.
	pub owner: Option<AccountId>,
	/// The model.
	pub model: Model<AccountId, Balance, BlockNumber>,
	/// Its newest version.
	pub newest: Option<Version<AccountId, Balance, BlockNumber>>,
}

/// A provider as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProviderView<AccountId, Balance, BlockNumber> {
	/// Its account.
	pub account: AccountId,
	/// The provider.
	pub provider: Provider<AccountId, Balance, BlockNumber>,
	/// The models that it serves.
	pub models: Vec<ModelId>,
}

/// An order as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OrderView<AccountId, Balance, BlockNumber> {
	/// Its number.
	pub id: OrderId,
	/// The order.
	pub order: Order<AccountId, Balance, BlockNumber>,
	/// Its bids, best first.
	pub bids: Vec<Bid<AccountId, Balance, BlockNumber>>,
}

sp_api::decl_runtime_apis! {
	/// Reads of the Marketplace pallet. The lists come in pages of at most `limit` entries after the one named by
	/// `after` (none: from the start), in the order of the storage.
	pub trait MarketplaceApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// Models.
		fn models(after: Option<ModelId>, limit: u32) -> Vec<ModelView<AccountId, Balance, BlockNumber>>;

		/// A model.
		fn model(model: ModelId) -> Option<ModelView<AccountId, Balance, BlockNumber>>;

		/// A version of a model.
		fn version(model: ModelId, version: u32) -> Option<Version<AccountId, Balance, BlockNumber>>;

		/// Providers.
		fn providers(
			after: Option<AccountId>,
			limit: u32,
		) -> Vec<ProviderView<AccountId, Balance, BlockNumber>>;

		/// A provider.
		fn provider(account: AccountId) -> Option<ProviderView<AccountId, Balance, BlockNumber>>;

		/// Who serves a model.
		fn offers(
			model: ModelId,
			after: Option<AccountId>,
			limit: u32,
		) -> Vec<(AccountId, Offer<Balance, BlockNumber>)>;

		/// Open orders.
		fn orders(after: Option<OrderId>, limit: u32) -> Vec<OrderView<AccountId, Balance, BlockNumber>>;

		/// An open order.
		fn order(order: OrderId) -> Option<OrderView<AccountId, Balance, BlockNumber>>;
	}
}

type ModelViewOf<T> = ModelView<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
type VersionOf<T> = Version<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
type ProviderViewOf<T> = ProviderView<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
type OrderViewOf<T> = OrderView<AccountIdOf<T>, BalanceOf<T>, BlockNumberOf<T>>;
type OfferEntryOf<T> = (AccountIdOf<T>, Offer<BalanceOf<T>, BlockNumberOf<T>>);

impl<T: Config> Pallet<T> {
	/// See [`MarketplaceApi::models`](runtime_decl_for_marketplace_api::MarketplaceApi::models).
	pub fn api_models(after: Option<ModelId>, limit: u32) -> Vec<ModelViewOf<T>> {
		let entries = match after {
			Some(after) => Models::<T>::iter_from(Models::<T>::hashed_key_for(after)),
			None => Models::<T>::iter(),
		};
		page(entries, limit).map(|(id, model)| Self::model_view(id, model)).collect()
	}

	/// See [`MarketplaceApi::model`](runtime_decl_for_marketplace_api::MarketplaceApi::model).
	pub fn api_model(id: ModelId) -> Option<ModelViewOf<T>> {
		Some(Self::model_view(id, Models::<T>::get(id)?))
	}

	/// See [`MarketplaceApi::version`](runtime_decl_for_marketplace_api::MarketplaceApi::version).
	pub fn api_version(model: ModelId, version: u32) -> Option<VersionOf<T>> {
		Versions::<T>::get(model, version)
	}

	/// See [`MarketplaceApi::providers`](runtime_decl_for_marketplace_api::MarketplaceApi::providers).
	pub fn api_providers(after: Option<T::AccountId>, limit: u32) -> Vec<ProviderViewOf<T>> {
		let entries = match after {
			Some(after) => Providers::<T>::iter_from(Providers::<T>::hashed_key_for(after)),
			None => Providers::<T>::iter(),
		};
		page(entries, limit)
			.map(|(account, provider)| {
				let models = OffersOf::<T>::get(&account).into_inner();
				ProviderView { account, provider, models }
			})
			.collect()
	}

	/// See [`MarketplaceApi::provider`](runtime_decl_for_marketplace_api::MarketplaceApi::provider).
	pub fn api_provider(account: T::AccountId) -> Option<ProviderViewOf<T>> {
		let provider = Providers::<T>::get(&account)?;
		let models = OffersOf::<T>::get(&account).into_inner();
		Some(ProviderView { account, provider, models })
	}

	/// See [`MarketplaceApi::offers`](runtime_decl_for_marketplace_api::MarketplaceApi::offers).
	pub fn api_offers(model: ModelId, after: Option<T::AccountId>, limit: u32) -> Vec<OfferEntryOf<T>> {
		let entries = match after {
			Some(after) => Offers::<T>::iter_prefix_from(model, Offers::<T>::hashed_key_for(model, after)),
			None => Offers::<T>::iter_prefix(model),
		};
		page(entries, limit).collect()
	}

	/// See [`MarketplaceApi::orders`](runtime_decl_for_marketplace_api::MarketplaceApi::orders).
	pub fn api_orders(after: Option<OrderId>, limit: u32) -> Vec<OrderViewOf<T>> {
		let entries = match after {
			Some(after) => Orders::<T>::iter_from(Orders::<T>::hashed_key_for(after)),
			None => Orders::<T>::iter(),
		};
		page(entries, limit).map(|(id, order)| OrderView { id, order, bids: Self::bids_of(id) }).collect()
	}

	/// See [`MarketplaceApi::order`](runtime_decl_for_marketplace_api::MarketplaceApi::order).
	pub fn api_order(id: OrderId) -> Option<OrderViewOf<T>> {
		Some(OrderView { id, order: Orders::<T>::get(id)?, bids: Self::bids_of(id) })
	}

	fn model_view(id: ModelId, model: crate::ModelOf<T>) -> ModelViewOf<T> {
		let newest = Versions::<T>::get(id, model.version);
		ModelView { id, owner: <Self as Market<_, _>>::model_owner(id), model, newest }
	}

	fn bids_of(id: OrderId) -> Vec<BidOf<T>> {
		Bids::<T>::get(id).into_inner()
	}
}

fn page<Entry>(entries: impl Iterator<Item = Entry>, limit: u32) -> impl Iterator<Item = Entry> {
	entries.take(limit.min(MAX_PAGE) as usize)
}
