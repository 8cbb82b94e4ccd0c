//! Models: registered, published in versions, retired, purged.

use crate::{
	BalanceOf, Channels, Collection, Config, ContentIds, Description, Error, Event, HoldReason, ImageInput, Labels,
	Model, ModelOf, Models, NextModel, Pallet, Version, Versions,
};
use airo_primitives::{Agreements, ContentId, ModelId, ModelNfts, check_content_id};
use codec::Encode;
use frame_support::{ensure, traits::Get};
use sp_runtime::{DispatchError, DispatchResult, Saturating, traits::BlockNumberProvider};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_model(
		who: T::AccountId,
		content: ContentId,
		size: u64,
		description: Description,
		royalty: BalanceOf<T>,
	) -> DispatchResult {
		Self::check_file(&content, size, &description)?;
		ensure!(royalty <= T::MaxPrice::get(), Error::<T>::RoyaltyTooHigh);
		let collection = Self::collection()?;
		let id = NextModel::<T>::get();
		let mut model = Model {
			version: 0,
			royalty,
			retired: false,
			registered_at: T::BlockNumberProvider::current_block_number(),
			references: 0,
			offers: 0,
			depositor: who.clone(),
			deposit: T::AggregatesDeposit::get(),
		};
		model.deposit = model.deposit.saturating_add(Self::deposit_for(model.encoded_size()));

		Self::hold(HoldReason::Deposit, &who, model.deposit)?;
		Self::add_version(&who, id, 0, content, size, description)?;
		T::Nfts::mint(&collection, id, &who)?;
		NextModel::<T>::put(id.saturating_add(1));
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::ModelRegistered { model: id, owner: who });
		Ok(())
	}

	pub(crate) fn do_publish_version(
		who: T::AccountId,
		id: ModelId,
		content: ContentId,
		size: u64,
		description: Description,
	) -> DispatchResult {
		let mut model = Self::owned(&who, id)?;
		ensure!(!model.retired, Error::<T>::ModelRetired);
		Self::check_file(&content, size, &description)?;
		let version = model.version.saturating_add(1);
		ensure!(version < T::MaxVersions::get(), Error::<T>::TooManyVersions);

		Self::add_version(&who, id, version, content, size, description)?;
		model.version = version;
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::VersionPublished { model: id, version });
		Ok(())
	}

	pub(crate) fn do_set_royalty(who: T::AccountId, id: ModelId, royalty: BalanceOf<T>) -> DispatchResult {
		let mut model = Self::owned(&who, id)?;
		ensure!(royalty <= T::MaxPrice::get(), Error::<T>::RoyaltyTooHigh);
		model.royalty = royalty;
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::RoyaltyChanged { model: id, royalty });
		Ok(())
	}

	pub(crate) fn do_retire_model(who: T::AccountId, id: ModelId) -> DispatchResult {
		let mut model = Self::owned(&who, id)?;
		ensure!(!model.retired, Error::<T>::ModelRetired);
		model.retired = true;
		Models::<T>::insert(id, model);
		Self::deposit_event(Event::ModelRetired { model: id });
		Ok(())
	}

	/// Returns the number of versions that were removed.
	pub(crate) fn do_purge_model(id: ModelId) -> Result<u32, DispatchError> {
		let model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		let collection = Collection::<T>::get().ok_or(Error::<T>::UnknownModel)?;
		// Without its NFT nobody can retire it any more, and the depositors would never get their money back.
		let is_burned = T::Nfts::owner(&collection, id).is_none();
		ensure!(model.retired || is_burned, Error::<T>::ModelNotRetired);
		ensure!(model.references == 0, Error::<T>::ModelInUse);
		let versions = model.version.saturating_add(1);

		for number in 0..versions {
			if let Some(version) = Versions::<T>::take(id, number) {
				ContentIds::<T>::remove(&version.content);
				Self::release(HoldReason::Deposit, &version.depositor, version.deposit);
			}
		}
		Models::<T>::remove(id);
		Self::release(HoldReason::Deposit, &model.depositor, model.deposit);
		T::Agreements::forget_model(id);
		if !is_burned {
			T::Nfts::burn(&collection, id)?;
		}
		Self::deposit_event(Event::ModelPurged { model: id });
		Ok(versions)
	}

	/// The model, if `who` owns its NFT now.
	fn owned(who: &T::AccountId, id: ModelId) -> Result<ModelOf<T>, Error<T>> {
		let model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
		let collection = Collection::<T>::get().ok_or(Error::<T>::UnknownModel)?;
		ensure!(T::Nfts::owner(&collection, id).as_ref() == Some(who), Error::<T>::NotTheModelOwner);
		Ok(model)
	}

	fn add_version(
		who: &T::AccountId,
		id: ModelId,
		number: u32,
		content: ContentId,
		size: u64,
		description: Description,
	) -> DispatchResult {
		let mut version = Version {
			content: content.clone(),
			size,
			description,
			published_at: T::BlockNumberProvider::current_block_number(),
			depositor: who.clone(),
			deposit: Default::default(),
		};
		// The content id is stored twice: here and as the key of the index.
		let bytes = version.encoded_size().saturating_add(content.encoded_size());
		version.deposit = Self::deposit_for(bytes);
		Self::hold(HoldReason::Deposit, who, version.deposit)?;
		Versions::<T>::insert(id, number, version);
		ContentIds::<T>::insert(content, (id, number));
		Ok(())
	}

	fn check_file(content: &ContentId, size: u64, description: &Description) -> DispatchResult {
		ensure!(check_content_id(content).is_ok(), Error::<T>::MalformedContentId);
		ensure!(!ContentIds::<T>::contains_key(content), Error::<T>::ContentIdTaken);
		ensure!(size > 0, Error::<T>::EmptyFile);
		ensure!(is_well_formed(description), Error::<T>::MalformedDescription);
		if let Labels::Content(labels) = &description.labels {
			ensure!(check_content_id(labels).is_ok(), Error::<T>::MalformedContentId);
		}
		Ok(())
	}
}

/// Whether bytes are a text that says something.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
	!bytes.is_empty() && core::str::from_utf8(bytes).is_ok()
}

fn is_well_formed(description: &Description) -> bool {
	let Description { name, licence, inputs, outputs, image, labels, tolerance: _ } = description;
	let labels_are_text = match labels {
		Labels::Inline(names) => !names.is_empty() && names.iter().all(|name| is_text(name)),
		Labels::None | Labels::Content(_) => true,
	};
	is_text(name)
		&& is_text(licence)
		&& !inputs.is_empty()
		&& !outputs.is_empty()
		&& inputs.iter().chain(outputs).all(|tensor| is_text(&tensor.name))
		&& image.as_ref().is_none_or(is_well_formed_image)
		&& labels_are_text
}

fn is_well_formed_image(image: &ImageInput) -> bool {
	let channels = match image.channels {
		Channels::Gray => 1,
		Channels::Rgb | Channels::Bgr => 3,
	};
	image.mean.len() == channels && image.std.len() == channels && image.std.iter().all(|std| *std > 0)
}
