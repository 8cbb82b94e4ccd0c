//! The running peer: upload, download, and what it says of itself.

use crate::{
	Config, ContentId, DxError, StartError,
	announcer::Announcer,
	bitswap::{self, BITSWAP_PROTOCOL, Bitswap, FetchError, FetchOptions, digest_of},
	dag::{Dag, build_dag},
	download::{Assembling, Given, Room, Source, fetch_dag},
	keep::{self, KEEP_PROTOCOL, Keeper},
	metrics::Metrics,
	network::{self, Listener, Network},
	servers::Servers,
	store::{Limits, Refused, Reservation, Store},
	storers::Storers,
	streams::{Streams, opener},
	tasks::Tasks,
	transports,
	upload::{Replication, replicate},
};
use bytes::Bytes;
use cid::Cid;
use litep2p::{PeerId, types::multiaddr::Multiaddr};
use serde::Serialize;
use std::{
	collections::HashSet,
	fs,
	future::Future,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use tokio::{
	sync::Notify,
	task::spawn_blocking,
	time::{Instant, sleep},
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How often old data is removed.
const COLLECT_EVERY: Duration = Duration::from_secs(10);
/// The hash of so many bytes takes so little time that it delays nobody.
const QUICKLY_HASHED_BYTES: usize = 128 * 1024;

/// What an upload has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Uploaded {
	/// The content id of the data.
	pub key: ContentId,
	/// The ids of the peers that hold it, this one included.
	pub holders: Vec<String>,
}

/// A connected peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeerInfo {
	/// Its id.
	pub peer: String,
	/// The address by which it is connected.
	pub address: String,
	/// Whether it keeps data for others.
	pub keeps: bool,
}

/// What a peer is and holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stat {
	/// Its id.
	pub peer: String,
	/// How many peers are connected.
	pub peers: usize,
	/// How many of them keep data for others.
	pub storers: usize,
	/// Whether this peer keeps data for others. It does.
	pub keeps: bool,
	/// How many content ids it keeps.
	pub keys: usize,
	/// The bytes of data that it keeps.
	pub bytes: u64,
	/// Of these, the bytes that the chain does not refer to.
	pub stranger_bytes: u64,
	/// Where it can be reached, with its id.
	pub addresses: Vec<String>,
}

/// A handle to a running peer; clones are the same peer.
#[derive(Clone)]
pub struct Dx(Arc<Inner>);

struct Inner {
	peer: PeerId,
	addresses: Vec<Multiaddr>,
	replicas: usize,
	parts: Parts,
	tasks: Tasks,
	/// Ended when nothing of the peer is left.
	ended: CancellationToken,
	_stop: DropGuard,
}

/// What a peer consists of.
#[derive(Clone)]
struct Parts {
	network: Network,
	store: Arc<Store>,
	bitswap: Arc<Bitswap>,
	storers: Arc<Storers>,
	servers: Arc<Servers>,
	announcer: Arc<Announcer>,
	metrics: Arc<Metrics>,
	references: Arc<References>,
}

/// What the chain refers to, until it is taken down.
#[derive(Default)]
struct References {
	new: Mutex<Option<HashSet<ContentId>>>,
	changed: Notify,
}

/// Starts a peer, which listens when this returns and joins the network in the background.
///
/// The future is the peer's work. It ends after [`Dx::shutdown`] or when all handles are dropped; when it is dropped itself,
/// the peer stops.
pub async fn start(config: Config) -> Result<(Dx, impl Future<Output = ()> + Send), StartError> {
	if config.replicas == 0 {
		return Err(StartError::InvalidConfig("At least one peer must hold an upload: replicas is at least 1.".into()));
	}
	let tasks = Tasks::new();
	let metrics = Arc::new(Metrics::new()?);
	let (network, network_requests) = network::network();
	let (bitswap_opener, bitswap_requests) = opener();
	let (keep_opener, keep_requests) = opener();
	let servers = Servers::new(network.clone(), &config.bootstrap)?;
	let storers = Storers::new(network.clone(), keep_opener, tasks.clone());
	let announcer = Announcer::new(network.clone(), storers.clone());
	let store = open_store(&config, announcer.clone(), tasks.clone()).await?;
	let bitswap = Bitswap::new(bitswap::Parts {
		network: network.clone(),
		opener: bitswap_opener,
		store: store.clone(),
		storers: storers.clone(),
		metrics: metrics.clone(),
		tasks: tasks.clone(),
	});
	let on_kept = {
		let announcer = announcer.clone();
		Box::new(move |key| announcer.announce(key))
	};
	let keeper = Keeper::new(keep::Parts { bitswap: bitswap.clone(), store: store.clone(), on_kept });
	let parts = Parts {
		network: network.clone(),
		store: store.clone(),
		bitswap: bitswap.clone(),
		storers,
		servers,
		announcer,
		metrics,
		references: Arc::default(),
	};
	let protocols = vec![
		Streams {
			protocol: BITSWAP_PROTOCOL,
			max_inbound: bitswap::MAX_INBOUND,
			requests: bitswap_requests,
			handler: Arc::new(move |peer, stream| Box::pin(bitswap.clone().serve(peer, stream))),
			tasks: tasks.clone(),
		},
		Streams {
			protocol: KEEP_PROTOCOL,
			max_inbound: keep::MAX_INBOUND,
			requests: keep_requests,
			handler: Arc::new(move |peer, stream| Box::pin(keeper.clone().serve(peer, stream))),
			tasks: tasks.clone(),
		},
	];
	let opened = transports::open(&config, protocols, Arc::new(parts.clone()), tasks.clone());
	// After all else that can fail, since who tries again with other addresses names the same registry.
	let registered = opened.and_then(|transports| {
		config.metrics.as_ref().map_or(Ok(()), |registry| parts.metrics.register(registry))?;
		Ok(transports)
	});
	let transports = match registered {
		Ok(transports) => transports,
		Err(error) => {
			tasks.stop().await;
			return Err(error);
		}
	};
	for key in store.keys() {
		parts.announcer.announce(key);
	}
	let ended = CancellationToken::new();
	let work = {
		let (tasks, parts) = (tasks.clone(), parts.clone());
		// When the work is dropped, the peer stops all the same.
		let guards = (tasks.stopping().clone().drop_guard(), ended.clone().drop_guard());
		let collect_every = COLLECT_EVERY.min(config.stranger_time).max(Duration::from_millis(10));
		async move {
			let _guards = guards;
			tasks.spawn(parts.servers.clone().run());
			tasks.spawn(parts.storers.clone().run());
			tasks.spawn(parts.announcer.clone().run());
			tasks.spawn(parts.collect(collect_every));
			tokio::select! {
				_ = tasks.stopping().cancelled() => {},
				_ = network::run(network, network_requests, transports.network) => {},
			}
			tasks.stop().await;
		}
	};
	let inner = Inner {
		peer: transports.peer,
		addresses: transports.addresses,
		replicas: config.replicas,
		parts,
		ended,
		_stop: tasks.stopping().clone().drop_guard(),
		tasks,
	};
	Ok((Dx(Arc::new(inner)), work))
}

/// Reading the list of what is kept can take a while.
async fn open_store(config: &Config, announcer: Arc<Announcer>, tasks: Tasks) -> Result<Arc<Store>, StartError> {
	let limits = Limits {
		stranger_bytes: config.stranger_bytes,
		stranger_time: config.stranger_time,
		total_bytes: config.total_bytes,
	};
	let folder = config.base_path.clone();
	let path = folder.as_ref().map_or(String::new(), |folder| folder.display().to_string());
	let opened = spawn_blocking(move || {
		if let Some(folder) = &folder {
			fs::create_dir_all(folder)?;
		}
		Store::open(folder.as_deref(), limits, tasks, move |key| announcer.withdraw(key))
	});
	let opened = opened.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
	opened.map_err(|error| StartError::Folder { path, error })
}

impl Dx {
	/// The peer's name on the network: it stands for its public key.
	pub fn peer_id(&self) -> PeerId {
		self.0.peer
	}

	/// Where it can be reached, with its id, and for webrtc-direct with the hash of its certificate.
	pub fn addresses(&self) -> Vec<Multiaddr> {
		self.0.addresses.clone()
	}

	/// Puts data on the network. It is done when as many peers as configured hold it, this one counted, or all there are.
	///
	/// * `key`: the content id that the data must have; with another one nothing is stored
	/// * `timeout`: when it is over, what holders there are must do
	///
	/// Fails with [`DxError::WrongKey`], [`DxError::TooLarge`] when there is more data than is kept without a reference on
	/// the chain, [`DxError::NotReplicated`] when there is no room, and [`DxError::Stopped`].
	pub async fn upload(&self, key: Option<ContentId>, data: Bytes, timeout: Duration) -> Result<Uploaded, DxError> {
		let result = self.0.unless_stopped(self.0.upload(key, data, timeout)).await;
		self.0.parts.metrics.upload_ended(&result);
		result
	}

	/// Fetches data and checks every block against its hash.
	///
	/// * `max_bytes`: the most bytes that are taken
	/// * `timeout`: how long it may take
	///
	/// Fails with [`DxError::NotFound`], [`DxError::Corrupt`], [`DxError::TooLarge`] and [`DxError::Stopped`].
	pub async fn download(&self, key: ContentId, max_bytes: usize, timeout: Duration) -> Result<Bytes, DxError> {
		self.download_within(&mut (), key, max_bytes, timeout).await
	}

	/// The same, where memory for the data is taken only when there is room for it. Waiting for room is part of the time
	/// that it may take, and not ended by its end.
	pub(crate) async fn download_within(
		&self,
		room: &mut impl Room,
		key: ContentId,
		max_bytes: usize,
		timeout: Duration,
	) -> Result<Bytes, DxError> {
		let result = self.0.unless_stopped(self.0.download(room, key, max_bytes, timeout)).await;
		self.0.parts.metrics.download_ended(&result);
		result
	}

	/// The connected peers.
	pub async fn peers(&self) -> Vec<PeerInfo> {
		let Parts { network, storers, .. } = &self.0.parts;
		let peers = network.connected().into_iter().map(|(peer, connected)| PeerInfo {
			peer: peer.to_string(),
			address: connected.address.to_string(),
			keeps: storers.has(&peer),
		});
		peers.collect()
	}

	/// What the peer is and holds.
	pub async fn stat(&self) -> Stat {
		let Parts { network, storers, store, .. } = &self.0.parts;
		let stored = store.stat();
		Stat {
			peer: self.0.peer.to_string(),
			peers: network.connected().len(),
			storers: storers.count(),
			keeps: true,
			keys: stored.keys,
			bytes: stored.bytes,
			stranger_bytes: stored.stranger_bytes,
			addresses: self.0.addresses.iter().map(ToString::to_string).collect(),
		}
	}

	/// Takes note of what the chain refers to; it replaces what was said before. What was referred to and is not any more
	/// is strangers' data from then on.
	pub fn refer(&self, references: HashSet<ContentId>) {
		let known = &self.0.parts.references;
		*known.new.lock().unwrap_or_else(PoisonError::into_inner) = Some(references);
		known.changed.notify_one();
	}

	/// Leaves the network, and returns when nothing of the peer is left.
	pub async fn shutdown(&self) {
		self.0.tasks.stopping().cancel();
		self.0.ended.cancelled().await;
	}
}

impl Inner {
	async fn upload(&self, key: Option<ContentId>, data: Bytes, timeout: Duration) -> Result<Uploaded, DxError> {
		let deadline = Instant::now() + timeout;
		let bytes = data.len() as u64;
		let dag = match data.len() <= QUICKLY_HASHED_BYTES {
			true => build_dag(&data),
			false => spawn_blocking(move || build_dag(&data)).await.map_err(|_| DxError::Stopped)?,
		};
		let found = ContentId::from_checked(dag.root);
		if let Some(key) = key.filter(|key| *key != found) {
			return Err(DxError::WrongKey(format!("The data has the content id {found} and not {key}.")));
		}
		let Parts { storers, servers, .. } = &self.parts;
		let _held = self.hold(found, dag, bytes).await?;
		let may_come = || !servers.is_complete();
		let holders = replicate(Replication {
			key: found,
			bytes,
			replicas: self.replicas,
			already: vec![self.peer.to_string()],
			storers,
			may_come: &may_come,
			deadline,
		});
		Ok(Uploaded { key: found, holders: holders.await? })
	}

	/// Puts own data where others can fetch it from.
	async fn hold(&self, key: ContentId, dag: Dag, bytes: u64) -> Result<Reservation, DxError> {
		let Parts { store, bitswap, announcer, .. } = &self.parts;
		let mut reservation = store.reserve(key, bytes).await.map_err(|refused| match refused {
			Refused::TooLarge(message) => DxError::TooLarge(message),
			Refused::Full(message) => DxError::NotReplicated(message),
		})?;
		if store.holds(&key) {
			return Ok(reservation);
		}
		for block in &dag.blocks {
			reservation.put(block).await?;
		}
		reservation.commit().await?;
		for block in &dag.blocks {
			bitswap.announce(&block.cid);
		}
		announcer.announce(key);
		Ok(reservation)
	}

	async fn download(
		&self,
		room: &mut impl Room,
		key: ContentId,
		max_bytes: usize,
		timeout: Duration,
	) -> Result<Bytes, DxError> {
		let source = Anywhere { parts: &self.parts, key, timeout, deadline: Instant::now() + timeout };
		let mut sink = Assembling::new(room);
		fetch_dag(key.cid(), max_bytes as u64, &source, &mut sink).await?;
		Ok(sink.data())
	}

	async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T, DxError>>) -> Result<T, DxError> {
		tokio::select! {
			biased;
			_ = self.tasks.stopping().cancelled() => Err(DxError::Stopped),
			result = work => result,
		}
	}
}

impl Parts {
	/// Removes what has to go, regularly and when the chain refers to something else.
	async fn collect(self, every: Duration) {
		loop {
			let references = self.references.new.lock().unwrap_or_else(PoisonError::into_inner).take();
			self.store.collect(references).await;
			self.metrics.look(self.network.connected().len(), self.storers.count(), self.store.stat());
			tokio::select! {
				_ = sleep(every) => {},
				_ = self.references.changed.notified() => {},
			}
		}
	}
}

impl Listener for Parts {
	fn on_identified(&self, peer: PeerId, protocols: &HashSet<String>) {
		if protocols.contains(KEEP_PROTOCOL) {
			self.storers.on_connected(peer);
		}
		if protocols.contains(BITSWAP_PROTOCOL) {
			self.bitswap.on_connected(peer);
		}
		self.servers.on_changed();
	}

	fn on_disconnected(&self, peer: PeerId) {
		self.storers.on_disconnected(&peer);
		self.bitswap.on_disconnected(&peer);
		self.servers.on_changed();
	}
}

/// Blocks from the own store, or from whoever has them.
struct Anywhere<'a> {
	parts: &'a Parts,
	key: ContentId,
	timeout: Duration,
	deadline: Instant,
}

impl Source for Anywhere<'_> {
	async fn fetch(&self, cid: Cid, likely: Vec<PeerId>) -> Result<Given, DxError> {
		let Parts { store, bitswap, .. } = self.parts;
		if let Some(digest) = digest_of(cid.hash()) {
			if let Some(bytes) = store.get(&digest).await {
				return Ok(Given { bytes, from: None });
			}
		}
		let options = FetchOptions { deadline: self.deadline, first: likely, only: false };
		let fetched = bitswap.fetch(cid, options).await.map_err(|error| match error {
			FetchError::Lied(liar) => {
				DxError::Corrupt(format!("Peer {liar} gave something else for {cid}, and nobody the right thing."))
			}
			FetchError::TimedOut | FetchError::NotThere => {
				DxError::NotFound(format!("Nobody gave {} within {} s.", self.key, self.timeout.as_secs_f64()))
			}
		})?;
		Ok(Given { bytes: fetched.bytes, from: Some(fetched.from) })
	}
}
