//! What the chain refers to, which is what the Dx peer keeps for as long as it does.
//!
//! The node knows no runtime, and this is no exception: it reads the maps in which the pallets of the Airo chain name
//! data, and takes from their values whatever is a content id. A runtime without these maps refers to nothing. No
//! runtime API is asked, because those of the pallets list by account or by number and cannot list all agreements; nor
//! are the values decoded, so that an upgrade which moves a field needs no other node. Keeping something too long that
//! only looks like a content id, which is 37 particular bytes, is the worst that can come of it.

use super::LOG_TARGET;
use crate::{
	runtime_api::Block,
	service::{FullBackend, FullClient},
};
use airo_dx::{ContentId, Dx};
use frame_support::storage::storage_prefix;
use sc_client_api::{HeaderBackend, StorageKey, StorageProvider};
use sp_consensus::SyncOracle;
use sp_runtime::traits::Block as BlockT;
use std::{
	collections::HashSet,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::time::sleep;

/// The same maps as `lib/chain/references.ts` reads for the Dx servers in TypeScript.
const MAPS: [(&str, &str); 5] = [
	("Marketplace", "Versions"),
	("Marketplace", "Providers"),
	("Marketplace", "Orders"),
	("Execution", "Agreements"),
	("Execution", "Pages"),
];

/// The best block is looked at so often.
const EVERY: Duration = Duration::from_secs(1);
/// The larger the state, the rarer it is read: the pause is at least so many times as long as the reading took.
const PAUSE_FACTOR: u32 = 20;

/// What a content id of 36 bytes begins with in the state: its length, the version of the CID, its codec (raw or
/// dag-pb), the hash function and the length of the hash.
const LENGTH: u8 = 36 << 2;
const BEGINNINGS: [[u8; 5]; 2] = [[LENGTH, 0x01, 0x55, 0x12, 0x20], [LENGTH, 0x01, 0x70, 0x12, 0x20]];
const CONTENT_ID_BYTES: usize = 36;

/// Tells the peer what the best block refers to, again and again. It never returns, and it blocks its thread.
pub async fn follow(dx: Dx, client: Arc<FullClient>, sync: impl SyncOracle) {
	let mut seen = None;
	loop {
		let best = client.info().best_hash;
		let began = Instant::now();
		// A node that catches up has a state of the past, which does not refer to what is new.
		if seen != Some(best) && !sync.is_major_syncing() {
			match referenced(&*client, best) {
				Ok(references) => {
					log::trace!(target: LOG_TARGET, "{best} refers to {} content ids", references.len());
					dx.refer(references);
					seen = Some(best);
				}
				// A node that has synced by a proof gets the state later. What was referred to last stays until then.
				Err(error) => log::debug!(target: LOG_TARGET, "What {best} refers to cannot be read: {error}"),
			}
		}
		sleep(EVERY.max(began.elapsed() * PAUSE_FACTOR)).await;
	}
}

/// The content ids that the state of a block refers to.
fn referenced(
	client: &impl StorageProvider<Block, FullBackend>,
	at: <Block as BlockT>::Hash,
) -> sp_blockchain::Result<HashSet<ContentId>> {
	let mut found = HashSet::new();
	for (pallet, map) in MAPS {
		let prefix = StorageKey(storage_prefix(pallet.as_bytes(), map.as_bytes()).to_vec());
		for (_, value) in client.storage_pairs(at, Some(&prefix), None)? {
			found.extend(content_ids(&value.0));
		}
	}
	Ok(found)
}

fn content_ids(value: &[u8]) -> impl Iterator<Item = ContentId> + '_ {
	value
		.windows(1 + CONTENT_ID_BYTES)
		.filter(|window| BEGINNINGS.iter().any(|beginning| window.starts_with(beginning)))
		.filter_map(|window| ContentId::from_bytes(&window[1..]).ok())
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;

	fn content_id(codec: u8, digest: u8) -> Vec<u8> {
		[vec![0x01, codec, 0x12, 0x20], vec![digest; 32]].concat()
	}

	#[test]
	fn content_ids_are_found_wherever_they_are_in_a_value() {
		let (raw, dag) = (content_id(0x55, 7), content_id(0x70, 0x90));
		let value =
			(42u32, raw.clone(), b"a name".to_vec(), Some(dag.clone()), vec![raw.clone(), raw.clone()]).encode();
		let found: HashSet<ContentId> = content_ids(&value).collect();
		let expected = [&raw, &dag].map(|bytes| ContentId::from_bytes(bytes).expect("it is a content id"));
		assert_eq!(found, HashSet::from(expected));
	}

	#[test]
	fn what_is_no_content_id_is_passed_over() {
		let raw = content_id(0x55, 7);
		for value in [
			vec![],
			vec![LENGTH],
			// Without its length it is not a field of its own, and cut off it is none.
			raw.clone(),
			raw.encode()[..36].to_vec(),
			content_id(0x71, 7).encode(),
			[vec![LENGTH, 0x01, 0x55, 0x13, 0x20], vec![7; 32]].concat(),
		] {
			assert_eq!(content_ids(&value).count(), 0, "{value:?}");
		}
	}
}
