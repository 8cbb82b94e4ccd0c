//! The queue of what is due at a block.
//!
//! An entry is a pair of block and key. The hook works the entries off in the order of their blocks, within a weight;
//! what it does not reach stays and is first in line in the next block. A deadline never depends on the queue: the
//! calls compare block numbers themselves, the queue only sees to it that consequences come without being asked for.

use codec::FullCodec;
use frame_support::{
	storage::{IterableStorageDoubleMap, StorageDoubleMap, StorageValue},
	weights::{Weight, WeightMeter},
};
use sp_runtime::traits::{AtLeast32BitUnsigned, One};

/// Whether everything that was due for a key has been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
	/// Everything is done: the entry goes.
	Done,
	/// The weight ran out: the entry stays.
	Unfinished,
}

/// Works off the entries of `Queue` that are due at `now`, oldest block first, until `meter` is spent.
///
/// `Cursor` is the first block that may still have entries; it starts at the block of the first run, because nothing
/// can have been due before. Each block looked at costs `per_block`; `visit` is handed a key and consumes the weight
/// of what it does, `per_entry` for finding and removing the entry not included.
pub fn work_off<Queue, Cursor, BlockNumber, Key>(
	now: BlockNumber,
	meter: &mut WeightMeter,
	per_block: Weight,
	per_entry: Weight,
	mut visit: impl FnMut(Key, &mut WeightMeter) -> Visit,
) where
	Queue: IterableStorageDoubleMap<BlockNumber, Key, ()>,
	Cursor: StorageValue<BlockNumber, Query = Option<BlockNumber>>,
	BlockNumber: FullCodec + AtLeast32BitUnsigned + Copy,
	Key: FullCodec + Clone,
{
	let start = Cursor::get().unwrap_or(now);
	let mut block = start;
	while block <= now {
		if meter.try_consume(per_block).is_err() {
			break;
		}
		let mut finished = true;
		for key in Queue::iter_key_prefix(block) {
			if meter.try_consume(per_entry).is_err() || visit(key.clone(), meter) == Visit::Unfinished {
				finished = false;
				break;
			}
			<Queue as StorageDoubleMap<_, _, _>>::remove(block, key);
		}
		if !finished {
			break;
		}
		block += One::one();
	}
	if Cursor::get() != Some(block) {
		Cursor::put(block);
	}
}
