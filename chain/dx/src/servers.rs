//! Staying connected to the peers through which the network is joined.

use crate::{StartError, network::Network};
use litep2p::{PeerId, types::multiaddr::Multiaddr};
use std::{
	collections::BTreeMap,
	sync::{
		Arc,
		atomic::{AtomicUsize, Ordering},
	},
	time::Duration,
};
use tokio::{
	sync::Notify,
	time::{Instant, sleep, sleep_until, timeout},
};

const DIAL_TIMEOUT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

pub(crate) struct Servers {
	network: Network,
	servers: BTreeMap<PeerId, Vec<Multiaddr>>,
	connected: AtomicUsize,
	/// Told whenever a peer is identified or has left.
	changed: Notify,
}

impl Servers {
	/// Several addresses of one peer are tried together. Fails when an address does not end in a peer id.
	pub fn new(network: Network, addresses: &[Multiaddr]) -> Result<Arc<Self>, StartError> {
		let mut servers: BTreeMap<PeerId, Vec<Multiaddr>> = BTreeMap::new();
		for address in addresses {
			let peer = PeerId::try_from_multiaddr(address).ok_or_else(|| {
				StartError::InvalidConfig(format!(
					"\"{address}\" is no address of a peer: /ip4/HOST/tcp/PORT/p2p/ID is one."
				))
			})?;
			servers.entry(peer).or_default().push(address.clone());
		}
		Ok(Arc::new(Self { network, servers, connected: AtomicUsize::new(0), changed: Notify::new() }))
	}

	/// Whether all of them are connected.
	pub fn is_complete(&self) -> bool {
		self.connected.load(Ordering::Relaxed) == self.servers.len()
	}

	/// A peer has been identified, or has left.
	pub fn on_changed(&self) {
		self.changed.notify_waiters();
	}

	/// Dials each until it answers, and again whenever the connection is lost, with growing pauses.
	pub async fn run(self: Arc<Self>) {
		let keeping = self.servers.iter().map(|(peer, addresses)| self.keep(*peer, addresses));
		futures::future::join_all(keeping).await;
	}

	async fn keep(&self, peer: PeerId, addresses: &[Multiaddr]) {
		let mut pause = FIRST_PAUSE;
		loop {
			match self.connect(peer, addresses).await {
				Ok(()) => {
					pause = FIRST_PAUSE;
					self.connected.fetch_add(1, Ordering::Relaxed);
					log::info!(target: "dx", "Connected to {peer}");
					self.until(|| !self.network.is_connected(&peer)).await;
					self.connected.fetch_sub(1, Ordering::Relaxed);
					log::warn!(target: "dx", "The connection to {peer} is lost");
				}
				Err(reason) => log::warn!(target: "dx", "{peer} cannot be reached, it is tried again: {reason}"),
			}
			// Peers that have lost the same server shall not all come back at the same moment.
			sleep(pause.mul_f64(0.5 + rand::random::<f64>() / 2.0)).await;
			pause = LONGEST_PAUSE.min(pause * 2);
		}
	}

	/// Returns when it is connected and known what it offers: before that a connection is of no use.
	async fn connect(&self, peer: PeerId, addresses: &[Multiaddr]) -> Result<(), String> {
		let deadline = Instant::now() + DIAL_TIMEOUT;
		let dialled = timeout(DIAL_TIMEOUT, self.network.dial(peer, addresses.to_vec())).await;
		dialled.map_err(|_| "it does not answer")?.map_err(|error| error.to_string())?;
		let settled = || !self.network.is_connected(&peer) || self.network.is_identified(&peer);
		tokio::select! {
			_ = self.until(settled) => {},
			_ = sleep_until(deadline) => {},
		}
		if self.network.is_identified(&peer) { Ok(()) } else { Err("it does not say what it is".into()) }
	}

	async fn until(&self, condition: impl Fn() -> bool) {
		loop {
			let changed = self.changed.notified();
			if condition() {
				return;
			}
			changed.await;
		}
	}
}
