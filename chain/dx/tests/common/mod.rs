//! Peers for tests, on the loopback.

use airo_dx::{Config, ContentId, Dx, Multiaddr};
use bytes::Bytes;
use std::{future::Future, ops::Deref, time::Duration};
use tokio::{
	task::JoinHandle,
	time::{sleep, timeout},
};

/// Long enough for whatever a test waits for, on a machine that has other things to do.
pub const LONG: Duration = Duration::from_secs(60);
/// The most bytes that tests download.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
pub const CHUNK: usize = 1024 * 1024;

/// A peer that stops with the test.
pub struct Peer {
	pub dx: Dx,
	work: JoinHandle<()>,
}

impl Deref for Peer {
	type Target = Dx;

	fn deref(&self) -> &Dx {
		&self.dx
	}
}

impl Drop for Peer {
	fn drop(&mut self) {
		self.work.abort();
	}
}

impl Peer {
	pub async fn start(config: Config) -> Self {
		let (dx, work) = airo_dx::start(config).await.unwrap();
		Self { dx, work: tokio::spawn(work) }
	}

	/// A peer that listens by TCP and joins through others.
	pub async fn join(others: &[&Peer]) -> Self {
		Self::start(joining(others)).await
	}

	/// The address for peers.
	pub fn address(&self) -> Multiaddr {
		self.addresses().into_iter().next().unwrap()
	}

	/// Waits until so many storers are connected.
	pub async fn with_storers(self, count: usize) -> Self {
		eventually("storers are connected", || async { self.stat().await.storers >= count }).await;
		self
	}

	pub async fn put(&self, data: &Bytes) -> ContentId {
		self.upload(None, data.clone(), LONG).await.unwrap().key
	}
}

pub fn joining(others: &[&Peer]) -> Config {
	Config {
		listen: vec!["/ip4/127.0.0.1/tcp/0".parse().unwrap()],
		bootstrap: others.iter().map(|peer| peer.address()).collect(),
		..Config::default()
	}
}

/// Bytes that are not all alike.
pub fn pattern(length: usize, seed: u8) -> Bytes {
	let mut state = u32::from(seed) + 1;
	let bytes = (0..length).map(|_| {
		state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
		(state >> 24) as u8
	});
	bytes.collect::<Vec<_>>().into()
}

/// Waits until something is so.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
	let waiting = async {
		while !is_so().await {
			sleep(Duration::from_millis(10)).await;
		}
	};
	timeout(LONG, waiting).await.unwrap_or_else(|_| panic!("it never came to this: {what}"));
}
