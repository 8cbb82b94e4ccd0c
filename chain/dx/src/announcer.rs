//! Telling Kademlia what is kept here, in the background and slowly: a record costs more than a small upload, and peers that
//! are connected to a storer find what it keeps without one.

use crate::{ContentId, network::Network, storers::Storers};
use indexmap::IndexSet;
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	sync::Notify,
	time::{Instant, sleep, timeout},
};

/// Kademlia tells what it was told again so often, because those who held the records may be gone. They live for 48 hours.
pub(crate) const ROUND: Duration = Duration::from_secs(30 * 60);

/// A key is announced so long after it has been kept, and the next one so long after that.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(100);
/// So many may wait; beyond that the oldest are left out.
const MAX_WAITING: usize = 20_000;
const TIMEOUT: Duration = Duration::from_secs(15);

pub(crate) struct Announcer {
	network: Network,
	storers: Arc<Storers>,
	state: Mutex<State>,
	wake: Notify,
}

#[derive(Default)]
struct State {
	waiting: IndexSet<ContentId>,
	/// What Kademlia has been told, and not yet that it is gone.
	told: IndexSet<ContentId>,
	/// What is gone, and when Kademlia has forgotten it. Told of it earlier, it would announce it twice in each round
	/// from then on.
	forgetting: HashMap<ContentId, Instant>,
	withdrawn: IndexSet<ContentId>,
}

impl Announcer {
	pub fn new(network: Network, storers: Arc<Storers>) -> Arc<Self> {
		Arc::new(Self { network, storers, state: Mutex::default(), wake: Notify::new() })
	}

	/// Something is kept.
	pub fn announce(&self, key: ContentId) {
		let mut state = self.lock();
		state.withdrawn.shift_remove(&key);
		if !state.told.contains(&key) {
			state.waiting.insert(key);
			if state.waiting.len() > MAX_WAITING {
				state.waiting.shift_remove_index(0);
			}
			self.wake.notify_one();
		}
	}

	/// It is not kept any more.
	pub fn withdraw(&self, key: &ContentId) {
		let mut state = self.lock();
		state.waiting.shift_remove(key);
		if state.told.contains(key) {
			state.withdrawn.insert(*key);
			self.wake.notify_one();
		}
	}

	/// Announces what waits, for as long as the peer runs.
	pub async fn run(self: Arc<Self>) {
		loop {
			self.wake.notified().await;
			sleep(FIRST_PAUSE).await;
			self.withdraw_all().await;
			// As long as nobody is there, there is nobody to tell, and an announcement that reaches nobody would be
			// repeated only in the next round.
			let mut joined = self.storers.joined();
			while self.storers.count() == 0 && joined.changed().await.is_ok() {}
			while let Some(key) = self.next() {
				// Without a record it is still found by everybody who is connected to this peer.
				let _ = timeout(TIMEOUT, self.network.provide(&key.cid())).await;
				self.withdraw_all().await;
				sleep(PAUSE).await;
			}
		}
	}

	async fn withdraw_all(&self) {
		let withdrawn = std::mem::take(&mut self.lock().withdrawn);
		for key in withdrawn {
			self.network.stop_providing(&key.cid()).await;
			let mut state = self.lock();
			state.told.shift_remove(&key);
			state.forgetting.insert(key, Instant::now() + ROUND);
		}
	}

	/// Takes the next key that can be announced.
	fn next(&self) -> Option<ContentId> {
		let mut state = self.lock();
		let now = Instant::now();
		state.forgetting.retain(|_, until| *until > now);
		let index = state.waiting.iter().position(|key| !state.forgetting.contains_key(key))?;
		let key = state.waiting.shift_remove_index(index)?;
		state.told.insert(key);
		Some(key)
	}

	fn lock(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}
}
