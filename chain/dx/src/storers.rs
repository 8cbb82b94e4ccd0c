//! The peers that keep data for others, as far as they are connected, and how to find more.

use crate::{keep::KeepClient, network::Network, streams::Opener, tasks::Tasks};
use futures::future::join_all;
use indexmap::IndexMap;
use litep2p::PeerId;
use std::{
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	sync::watch,
	time::{Instant, sleep, timeout},
};

/// So many storers are connected if there are as many.
const WANTED: usize = 3;
/// A search that has found too few is not repeated for so long.
const SEARCH_PAUSE: Duration = Duration::from_secs(10);
const SEARCH_TIMEOUT: Duration = Duration::from_secs(3);
const SEARCH_EVERY: Duration = Duration::from_secs(30);
const MAX_DIALS: usize = 8;

/// A number for a storer and a key, both as text. Each key has its own order of the storers by it, so that the load is
/// spread, and who looks for a key asks first whom others have asked to keep it. Smaller is earlier.
pub(crate) fn affinity(peer: &str, key: &str) -> u32 {
	let sum = key.bytes().chain(peer.bytes()).fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
	// The low bits of such a sum depend on few characters, so they are mixed into the high ones.
	let mixed = (sum ^ (sum >> 16)).wrapping_mul(0x045d_9f3b);
	mixed ^ (mixed >> 16)
}

pub(crate) struct Storers {
	network: Network,
	opener: Opener,
	tasks: Tasks,
	clients: Mutex<IndexMap<PeerId, Arc<KeepClient>>>,
	/// Counts the storers that have come.
	joined: watch::Sender<u64>,
	searched: tokio::sync::Mutex<Option<Instant>>,
}

impl Storers {
	pub fn new(network: Network, opener: Opener, tasks: Tasks) -> Arc<Self> {
		Arc::new(Self {
			network,
			opener,
			tasks,
			clients: Mutex::default(),
			joined: watch::channel(0).0,
			searched: tokio::sync::Mutex::default(),
		})
	}

	/// Looks for further storers from time to time while there are too few.
	pub async fn run(self: Arc<Self>) {
		loop {
			sleep(SEARCH_EVERY).await;
			if self.count() < WANTED {
				self.find().await;
			}
		}
	}

	/// A storer has been connected.
	pub fn on_connected(&self, peer: PeerId) {
		let client = || Arc::new(KeepClient::new(peer, self.opener.clone(), self.tasks.clone()));
		self.lock().entry(peer).or_insert_with(client);
		self.joined.send_modify(|count| *count += 1);
	}

	pub fn on_disconnected(&self, peer: &PeerId) {
		if let Some(client) = self.lock().shift_remove(peer) {
			client.close();
		}
	}

	pub fn count(&self) -> usize {
		self.lock().len()
	}

	pub fn has(&self, peer: &PeerId) -> bool {
		self.lock().contains_key(peer)
	}

	/// Changes whenever a storer has been connected.
	pub fn joined(&self) -> watch::Receiver<u64> {
		self.joined.subscribe()
	}

	/// The connected ones in the order in which they are to be asked about this key.
	pub fn in_order_for(&self, key: &str) -> Vec<Arc<KeepClient>> {
		let mut clients: Vec<_> = self.lock().values().cloned().collect();
		clients.sort_by_cached_key(|client| affinity(&client.peer.to_string(), key));
		clients
	}

	/// The order in which connected peers are asked for a block: first the storers.
	pub fn rank(&self, peer: &PeerId, cid: &str) -> u64 {
		if self.has(peer) { affinity(&peer.to_string(), cid).into() } else { u64::MAX }
	}

	/// Looks for further storers in Kademlia and connects to them; soon after a search nothing happens.
	pub async fn find(&self) {
		let mut searched = self.searched.lock().await;
		if searched.is_some_and(|at| at.elapsed() < SEARCH_PAUSE) {
			return;
		}
		let search = async {
			let found = self.network.find_peers().await;
			let new = found.into_iter().filter(|(peer, _)| !self.network.is_connected(peer)).take(MAX_DIALS);
			join_all(new.map(|(peer, addresses)| self.network.dial(peer, addresses))).await;
		};
		// A network of one server has nobody to ask.
		let _ = timeout(SEARCH_TIMEOUT, search).await;
		*searched = Some(Instant::now());
	}

	fn lock(&self) -> MutexGuard<'_, IndexMap<PeerId, Arc<KeepClient>>> {
		self.clients.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_order_of_the_storers_is_that_of_the_other_implementation() {
		let key = "bafkreihzf4mr5dlyjixyfok7jaudhdotyde7osydedozgf3swqwgyxf3mm";
		assert_eq!(affinity("12D3KooWPGxxxQiBEBZ52RY31Z2chn4xsDrGCMouZ88izJrak2T1", key), 3_760_179_468);
		assert_eq!(affinity("12D3KooWT2ouvz5uMmCvHJGzAGRHiqDts5hzXR7NdoQ27pGdzp9Q", key), 1_291_988_822);
	}
}
