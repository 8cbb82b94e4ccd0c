//! The pallet in which a model is a non-fungible token.

use crate::{
	AIRO, AccountId, Balance, Balances, DAYS, MICRO_AIRO, MILLI_AIRO, Runtime, RuntimeEvent, Signature, System,
};
use frame_support::{
	parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU32, ConstU128},
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_nfts::PalletFeatures;
use sp_runtime::traits::Verify;

/// What a collection's owner deposits for it. High enough that collections are not made without need.
pub(crate) const COLLECTION_DEPOSIT: Balance = AIRO;
/// What an item, its metadata or an attribute takes in deposit, before its size.
const ENTRY_DEPOSIT: Balance = 10 * MILLI_AIRO;
/// What a byte of metadata or of an attribute takes in deposit.
const BYTE_DEPOSIT: Balance = 100 * MICRO_AIRO;

parameter_types! {
	pub Features: PalletFeatures = PalletFeatures::all_enabled();
}

impl pallet_nfts::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type CollectionId = u32;
	type ItemId = u32;
	type Currency = Balances;
	type ForceOrigin = EnsureRoot<AccountId>;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type Locker = ();
	type CollectionDeposit = ConstU128<COLLECTION_DEPOSIT>;
	type ItemDeposit = ConstU128<ENTRY_DEPOSIT>;
	type MetadataDepositBase = ConstU128<ENTRY_DEPOSIT>;
	type AttributeDepositBase = ConstU128<ENTRY_DEPOSIT>;
	type DepositPerByte = ConstU128<BYTE_DEPOSIT>;
	type StringLimit = ConstU32<256>;
	type KeyLimit = ConstU32<64>;
	type ValueLimit = ConstU32<256>;
	type ApprovalsLimit = ConstU32<20>;
	type ItemAttributesApprovalsLimit = ConstU32<30>;
	type MaxTips = ConstU32<10>;
	type MaxDeadlineDuration = ConstU32<{ 360 * DAYS }>;
	type MaxAttributesPerCall = ConstU32<10>;
	type Features = Features;
	type OffchainSignature = Signature;
	type OffchainPublic = <Signature as Verify>::Signer;
	#[cfg(feature = "runtime-benchmarks")]
	type Helper = ();
	type WeightInfo = pallet_nfts::weights::SubstrateWeight<Runtime>;
	type BlockNumberProvider = System;
}
