//! Placeholder weights, to be replaced by the benchmarks' output.

#![allow(missing_docs)]

use core::marker::PhantomData;
use frame_support::weights::Weight;

pub trait WeightInfo {
	fn register_model() -> Weight;
	fn publish_version() -> Weight;
	fn set_royalty() -> Weight;
	fn retire_model() -> Weight;
	fn purge_model(v: u32) -> Weight;
	fn register_provider() -> Weight;
	fn update_profile() -> Weight;
	fn set_operator() -> Weight;
	fn raise_stake() -> Weight;
	fn announce() -> Weight;
	fn withdraw_offer() -> Weight;
	fn leave() -> Weight;
	fn withdraw_stake(m: u32) -> Weight;
	fn place_order() -> Weight;
	fn cancel_order(b: u32) -> Weight;
	fn accept_bids(a: u32) -> Weight;
	fn place_bid() -> Weight;
	fn improve_bid() -> Weight;
	fn agenda_block() -> Weight;
	fn agenda_entry() -> Weight;
	fn expire_order(b: u32) -> Weight;
}

pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register_model() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn publish_version() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn set_royalty() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn retire_model() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn purge_model(v: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(v.into()))
	}
	fn register_provider() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn update_profile() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn set_operator() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn raise_stake() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn announce() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn withdraw_offer() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn leave() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn withdraw_stake(m: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(m.into()))
	}
	fn place_order() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn cancel_order(b: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(b.into()))
	}
	fn accept_bids(a: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(a.into()))
	}
	fn place_bid() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn improve_bid() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_block() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_entry() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn expire_order(b: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(b.into()))
	}
}

impl WeightInfo for () {
	fn register_model() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn publish_version() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn set_royalty() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn retire_model() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn purge_model(v: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(v.into()))
	}
	fn register_provider() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn update_profile() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn set_operator() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn raise_stake() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn announce() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn withdraw_offer() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn leave() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn withdraw_stake(m: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(m.into()))
	}
	fn place_order() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn cancel_order(b: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(b.into()))
	}
	fn accept_bids(a: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(a.into()))
	}
	fn place_bid() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn improve_bid() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_block() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_entry() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn expire_order(b: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(b.into()))
	}
}
