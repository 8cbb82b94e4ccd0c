//! What a transaction costs.
//!
//! A second of the chain's compute costs one AIRO and a megabyte of block space another, so that a transfer costs about
//! 0.0006 AIRO. Fees are burned: nobody gains by filling blocks. They rise while blocks are fuller than a quarter and
//! fall back to the base, never below it.

use crate::{Balance, Balances, MICRO_AIRO, Runtime, RuntimeEvent};
use frame_support::{
	parameter_types,
	traits::{ConstU8, ConstU128},
	weights::{ConstantMultiplier, IdentityFee},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{FixedPointNumber, Perquintill, traits::Bounded};

parameter_types! {
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	/// Over a day of full blocks fees grow about twenty-five-fold, over a day of empty ones they fall to a third.
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(1, 10_000);
	pub MinimumMultiplier: Multiplier = Multiplier::from_u32(1);
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ()>;
	/// A picosecond of compute costs one smallest unit.
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = ConstantMultiplier<Balance, ConstU128<MICRO_AIRO>>;
	type FeeMultiplierUpdate =
		TargetedFeeAdjustment<Runtime, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}
