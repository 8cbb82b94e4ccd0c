//! The NFT backend that says who owns a model.

use crate::ModelId;
use codec::MaxEncodedLen;
use core::marker::PhantomData;
use frame_support::{
	Parameter,
	traits::{
		TypedGet,
		tokens::nonfungibles_v2::{Create, Inspect, Mutate},
	},
};
use sp_runtime::{DispatchError, DispatchResult};

/// One collection of NFTs, one item a model. Transfer and sale are the backend's own business: the market only asks
/// who owns an item now.
pub trait ModelNfts<AccountId> {
	/// How the backend names a collection.
	type CollectionId: Parameter + MaxEncodedLen;

	/// Creates the collection of all models, owned by `owner`, an account without a key.
	fn create_collection(owner: &AccountId) -> Result<Self::CollectionId, DispatchError>;

	/// Mints the NFT of `model` to `to`, who also carries the backend's deposit for it.
	fn mint(collection: &Self::CollectionId, model: ModelId, to: &AccountId) -> DispatchResult;

	/// Removes the NFT of a model that has left the market, whoever owns it.
	fn burn(collection: &Self::CollectionId, model: ModelId) -> DispatchResult;

	/// Who owns the NFT now; `None` if it was burned.
	fn owner(collection: &Self::CollectionId, model: ModelId) -> Option<AccountId>;
}

/// [`ModelNfts`] by any pallet with the `nonfungibles_v2` traits, such as pallet-nfts.
///
/// `CollectionConfig` and `ItemConfig` (`parameter_types!`) give the backend's own configuration values.
pub struct Nonfungibles<Nfts, CollectionConfig, ItemConfig>(PhantomData<(Nfts, CollectionConfig, ItemConfig)>);

impl<AccountId, Nfts, CollectionConfig, ItemConfig> ModelNfts<AccountId>
	for Nonfungibles<Nfts, CollectionConfig, ItemConfig>
where
	Nfts: Inspect<AccountId, ItemId = ModelId, CollectionId: MaxEncodedLen>
		+ Create<AccountId, CollectionConfig::Type>
		+ Mutate<AccountId, ItemConfig::Type>,
	CollectionConfig: TypedGet,
	ItemConfig: TypedGet,
{
	type CollectionId = Nfts::CollectionId;

	fn create_collection(owner: &AccountId) -> Result<Self::CollectionId, DispatchError> {
		Nfts::create_collection(owner, owner, &CollectionConfig::get())
	}

	fn mint(collection: &Self::CollectionId, model: ModelId, to: &AccountId) -> DispatchResult {
		let deposit_from_collection_owner = false;
		Nfts::mint_into(collection, &model, to, &ItemConfig::get(), deposit_from_collection_owner)
	}

	fn burn(collection: &Self::CollectionId, model: ModelId) -> DispatchResult {
		Nfts::burn(collection, &model, None)
	}

	fn owner(collection: &Self::CollectionId, model: ModelId) -> Option<AccountId> {
		Nfts::owner(collection, &model)
	}
}
