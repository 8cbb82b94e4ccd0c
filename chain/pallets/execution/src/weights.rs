//! Placeholder weights, to be replaced by the benchmarks' output.

#![allow(missing_docs)]

use core::marker::PhantomData;
use frame_support::weights::Weight;

pub trait WeightInfo {
	fn request(n: u32) -> Weight;
	fn respond(n: u32) -> Weight;
	fn settle_overdue() -> Weight;
	fn end_agreement() -> Weight;
	fn abandon() -> Weight;
	fn rate() -> Weight;
	fn replace_operator() -> Weight;
	fn clear_record() -> Weight;
	fn agenda_block() -> Weight;
	fn agenda_entry() -> Weight;
	fn sweep_page() -> Weight;
	fn close() -> Weight;
	fn prune_page() -> Weight;
	fn remove_agreement() -> Weight;
}

pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn request(n: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(n.into()))
	}
	fn respond(n: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(n.into()))
	}
	fn settle_overdue() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn end_agreement() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn abandon() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn rate() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn replace_operator() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn clear_record() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_block() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_entry() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn sweep_page() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn close() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn prune_page() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn remove_agreement() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
}

impl WeightInfo for () {
	fn request(n: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(n.into()))
	}
	fn respond(n: u32) -> Weight {
		Weight::from_parts(10_000_000, 1000).saturating_add(Weight::from_parts(5_000_000, 100).saturating_mul(n.into()))
	}
	fn settle_overdue() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn end_agreement() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn abandon() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn rate() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn replace_operator() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn clear_record() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_block() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn agenda_entry() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn sweep_page() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn close() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn prune_page() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
	fn remove_agreement() -> Weight {
		Weight::from_parts(10_000_000, 1000)
	}
}
