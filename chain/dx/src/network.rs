//! The one task that owns the transports and Kademlia, and what the others ask of it.

use cid::Cid;
use futures::{Stream, StreamExt};
use litep2p::{
	Litep2p, Litep2pEvent, PeerId,
	protocol::libp2p::{
		identify::IdentifyEvent,
		kademlia::{ContentProvider, KademliaEvent, KademliaHandle, QueryId, Quorum, RecordKey},
		ping::PingEvent,
	},
	types::multiaddr::Multiaddr,
};
use std::{
	collections::{HashMap, HashSet},
	io,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{mpsc, oneshot};

/// The Kademlia of Dx: a network of its own.
pub(crate) const KAD_PROTOCOL: &str = "/airo/dx/kad/1.0.0";

const MAX_COMMANDS: usize = 256;
/// So many addresses of a peer are taken from what it says of itself.
const MAX_ADDRESSES: usize = 16;

type Found = Vec<(PeerId, Vec<Multiaddr>)>;

enum Command {
	Dial { peer: PeerId, addresses: Vec<Multiaddr>, reply: oneshot::Sender<io::Result<()>> },
	FindProviders { key: RecordKey, reply: oneshot::Sender<Found> },
	FindPeers { reply: oneshot::Sender<Found> },
	Provide { key: RecordKey, reply: oneshot::Sender<Found> },
	StopProviding { key: RecordKey },
}

/// A connected peer.
#[derive(Clone, Debug)]
pub(crate) struct Connected {
	pub address: Multiaddr,
	/// Whether it has said which protocols it speaks.
	pub is_identified: bool,
}

/// Who is told of peers that come and go.
pub(crate) trait Listener: Send + Sync {
	/// A connected peer has said which protocols it speaks.
	fn on_identified(&self, peer: PeerId, protocols: &HashSet<String>);
	/// The last connection to a peer has been closed.
	fn on_disconnected(&self, peer: PeerId);
}

/// A handle to the network; clones are the same network.
#[derive(Clone)]
pub(crate) struct Network {
	commands: mpsc::Sender<Command>,
	connected: Arc<Mutex<HashMap<PeerId, Connected>>>,
}

/// What [`NetworkTask`] works with.
pub(crate) struct Parts {
	pub litep2p: Litep2p,
	pub kademlia: KademliaHandle,
	pub identify: Box<dyn Stream<Item = IdentifyEvent> + Send + Unpin>,
	pub ping: Box<dyn Stream<Item = PingEvent> + Send + Unpin>,
	pub listener: Arc<dyn Listener>,
}

/// The other end of a [`Network`].
pub(crate) struct Requests(mpsc::Receiver<Command>);

pub(crate) fn network() -> (Network, Requests) {
	let (sender, receiver) = mpsc::channel(MAX_COMMANDS);
	(Network { commands: sender, connected: Arc::default() }, Requests(receiver))
}

impl Network {
	pub fn connected(&self) -> Vec<(PeerId, Connected)> {
		self.lock().iter().map(|(peer, connected)| (*peer, connected.clone())).collect()
	}

	pub fn is_connected(&self, peer: &PeerId) -> bool {
		self.lock().contains_key(peer)
	}

	/// Whether a peer is connected and has said which protocols it speaks.
	pub fn is_identified(&self, peer: &PeerId) -> bool {
		self.lock().get(peer).is_some_and(|connected| connected.is_identified)
	}

	/// Connects to a peer, by these addresses or those that are known. litep2p gives up by itself after a while.
	pub async fn dial(&self, peer: PeerId, addresses: Vec<Multiaddr>) -> io::Result<()> {
		self.ask(|reply| Command::Dial { peer, addresses, reply }).await?
	}

	/// Asks Kademlia who has some data.
	pub async fn find_providers(&self, cid: &Cid) -> Found {
		let key = record_key(cid);
		self.ask(|reply| Command::FindProviders { key, reply }).await.unwrap_or_default()
	}

	/// Asks Kademlia for the peers nearest to this one.
	pub async fn find_peers(&self) -> Found {
		self.ask(|reply| Command::FindPeers { reply }).await.unwrap_or_default()
	}

	/// Tells Kademlia that some data is here, now and again in each of its rounds.
	pub async fn provide(&self, cid: &Cid) {
		let key = record_key(cid);
		let _ = self.ask(|reply| Command::Provide { key, reply }).await;
	}

	/// Tells it no more; records that others have expire.
	pub async fn stop_providing(&self, cid: &Cid) {
		let _ = self.commands.send(Command::StopProviding { key: record_key(cid) }).await;
	}

	async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> io::Result<T> {
		let stopped = || io::Error::other("the peer has been shut down");
		let (reply, answer) = oneshot::channel();
		self.commands.send(command(reply)).await.map_err(|_| stopped())?;
		answer.await.map_err(|_| stopped())
	}

	fn lock(&self) -> MutexGuard<'_, HashMap<PeerId, Connected>> {
		self.connected.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

/// Where data is found in Kademlia: under its hash, whatever its codec.
fn record_key(cid: &Cid) -> RecordKey {
	RecordKey::from(cid.hash().to_bytes())
}

struct NetworkTask {
	parts: Parts,
	network: Network,
	dials: HashMap<PeerId, Vec<oneshot::Sender<io::Result<()>>>>,
	queries: HashMap<QueryId, oneshot::Sender<Found>>,
}

/// Runs the network for as long as there is anybody to use it.
pub(crate) async fn run(network: Network, mut requests: Requests, parts: Parts) {
	let mut task = NetworkTask { parts, network, dials: HashMap::new(), queries: HashMap::new() };
	loop {
		// In this order, because what is said of a connection comes after the connection itself.
		tokio::select! {
			biased;
			event = task.parts.litep2p.next_event() => match event {
				Some(event) => task.on_event(event),
				None => return,
			},
			event = task.parts.identify.next() => match event {
				Some(event) => task.on_identified(event).await,
				None => return,
			},
			event = task.parts.kademlia.next() => match event {
				Some(event) => task.on_kademlia(event),
				None => return,
			},
			command = requests.0.recv() => match command {
				Some(command) => task.on_command(command).await,
				None => return,
			},
			// Nobody needs to know how long it took, but nobody else empties the channel.
			event = task.parts.ping.next() => if event.is_none() { return },
		}
	}
}

impl NetworkTask {
	fn on_event(&mut self, event: Litep2pEvent) {
		match event {
			Litep2pEvent::ConnectionEstablished { peer, endpoint } => {
				log::debug!(target: "dx", "{peer} is connected by {}", endpoint.address());
				let connected = Connected { address: endpoint.address().clone(), is_identified: false };
				self.network.lock().entry(peer).or_insert(connected);
				self.end_dials(&peer, |_| Ok(()));
			}
			Litep2pEvent::ConnectionClosed { peer, .. } => {
				log::debug!(target: "dx", "{peer} is disconnected");
				self.network.lock().remove(&peer);
				self.parts.listener.on_disconnected(peer);
			}
			Litep2pEvent::DialFailure { address, error } => self.on_dial_failed(&address, &error.to_string()),
			Litep2pEvent::ListDialFailures { errors } => {
				for (address, error) in errors {
					self.on_dial_failed(&address, &error.to_string());
				}
			}
		}
	}

	fn on_dial_failed(&mut self, address: &Multiaddr, error: &str) {
		if let Some(peer) = PeerId::try_from_multiaddr(address) {
			self.end_dials(&peer, |_| Err(io::Error::other(error.to_owned())));
		}
	}

	fn end_dials(&mut self, peer: &PeerId, result: impl Fn(&PeerId) -> io::Result<()>) {
		for reply in self.dials.remove(peer).unwrap_or_default() {
			let _ = reply.send(result(peer));
		}
	}

	async fn on_identified(&mut self, event: IdentifyEvent) {
		let IdentifyEvent::PeerIdentified { peer, supported_protocols, listen_addresses, .. } = event;
		match self.network.lock().get_mut(&peer) {
			Some(connected) => connected.is_identified = true,
			// It has left before it was understood.
			None => return,
		}
		let protocols: HashSet<String> = supported_protocols.iter().map(|protocol| protocol.to_string()).collect();
		if protocols.contains(KAD_PROTOCOL) {
			let addresses = listen_addresses.into_iter().take(MAX_ADDRESSES).collect();
			self.parts.kademlia.add_known_peer(peer, addresses).await;
		}
		self.parts.listener.on_identified(peer, &protocols);
	}

	fn on_kademlia(&mut self, event: KademliaEvent) {
		let (query, found) = match event {
			KademliaEvent::FindNodeSuccess { query_id, peers, .. } => (query_id, peers),
			KademliaEvent::GetProvidersSuccess { query_id, providers, .. } => {
				let found = providers.into_iter().map(|ContentProvider { peer, addresses }| (peer, addresses));
				(query_id, found.collect())
			}
			KademliaEvent::AddProviderSuccess { query_id, .. } | KademliaEvent::QueryFailed { query_id } => {
				(query_id, Vec::new())
			}
			_ => return,
		};
		if let Some(reply) = self.queries.remove(&query) {
			let me = *self.parts.litep2p.local_peer_id();
			let _ = reply.send(found.into_iter().filter(|(peer, _)| *peer != me).collect());
		}
	}

	async fn on_command(&mut self, command: Command) {
		let kademlia = &mut self.parts.kademlia;
		let (query, reply) = match command {
			Command::Dial { peer, addresses, reply } => return self.dial(peer, addresses, reply).await,
			Command::StopProviding { key } => return kademlia.stop_providing(key).await,
			Command::FindProviders { key, reply } => (kademlia.get_providers(key).await, reply),
			Command::FindPeers { reply } => (kademlia.find_node(*self.parts.litep2p.local_peer_id()).await, reply),
			Command::Provide { key, reply } => (kademlia.start_providing(key, Quorum::One).await, reply),
		};
		self.queries.insert(query, reply);
	}

	async fn dial(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, reply: oneshot::Sender<io::Result<()>>) {
		if self.network.is_connected(&peer) {
			let _ = reply.send(Ok(()));
			return;
		}
		self.parts.litep2p.add_known_address(peer, addresses.into_iter().take(MAX_ADDRESSES));
		// When it is being dialled already, for Kademlia perhaps, that one counts.
		match self.parts.litep2p.dial(&peer).await {
			Ok(()) => {
				let waiting = self.dials.entry(peer).or_default();
				waiting.retain(|other| !other.is_closed());
				waiting.push(reply);
			}
			Err(litep2p::Error::AlreadyConnected) => {
				let _ = reply.send(Ok(()));
			}
			Err(error) => {
				let _ = reply.send(Err(io::Error::other(error)));
			}
		}
	}
}
