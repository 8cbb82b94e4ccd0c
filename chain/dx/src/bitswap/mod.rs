//! Bitswap 1.2, by which peers give each other blocks.
//!
//! It is written on streams of our own and not taken from litep2p, whose Bitswap answers and sends single requests but
//! knows neither whom to ask next nor who wants a block that has just come, and which takes 2 MiB at most.
//!
//! See <https://specs.ipfs.tech/bitswap-protocol/>.

mod link;
mod message;
mod sender;
mod want;

use crate::{
	frames::FrameReader,
	metrics::Metrics,
	network::Network,
	store::Store,
	storers::Storers,
	streams::{self, Opener},
	tasks::Tasks,
};
use bytes::Bytes;
use cid::{Cid, multihash::Multihash};
use indexmap::IndexSet;
use link::{Heard, Link, Outbox};
use litep2p::{PeerId, substream::Substream};
use message::{Kind, Message, WantEntry};
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	sync::{Notify, Semaphore},
	time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout},
};
use want::{Asking, HEDGE, Outcome, Want};

pub(crate) const BITSWAP_PROTOCOL: &str = "/ipfs/bitswap/1.2.0";
/// So many streams of one peer are read at a time.
pub(crate) const MAX_INBOUND: usize = 64;

/// The longest message that is taken.
const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// A block of at most so many bytes is sent at once to a peer that asks whether it is there.
const SMALL_BYTES: u64 = 1024;
/// How many blocks that came are remembered, so that a second copy is not taken for a lie.
const MAX_RECENT: usize = 4096;
/// How many providers a search connects to.
const MAX_PROVIDERS: usize = 4;
const DIAL_TIMEOUT: Duration = Duration::from_secs(10);
/// So many messages with blocks are in memory at a time to be sent, each of at most 2 MiB.
const MAX_SENDING: usize = 128;
/// So many large messages are in memory at a time that are being received.
const MAX_RECEIVING: usize = 128;

/// The hash of a block. Content ids with different codecs mean the same block.
pub(crate) type Digest = [u8; 32];

/// The hash that a content id names, if it is one that Dx uses.
pub(crate) fn digest_of(hash: &Multihash<64>) -> Option<Digest> {
	if hash.code() != 0x12 {
		return None;
	}
	hash.digest().try_into().ok()
}

/// A block, and the peer that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fetched {
	pub bytes: Bytes,
	pub from: PeerId,
}

/// Why a block was not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FetchError {
	/// Nobody gave it before the deadline.
	TimedOut,
	/// The only peers that were to be asked do not have it.
	NotThere,
	/// A peer gave something else, and nobody the right thing.
	Lied(PeerId),
}

/// Whom to ask for a block.
#[derive(Clone, Debug)]
pub(crate) struct FetchOptions {
	pub deadline: Instant,
	/// Peers that probably have it, the best first.
	pub first: Vec<PeerId>,
	/// Whether nobody else is asked.
	pub only: bool,
}

/// What Bitswap needs.
pub(crate) struct Parts {
	pub network: Network,
	pub opener: Opener,
	pub store: Arc<Store>,
	pub storers: Arc<Storers>,
	pub metrics: Arc<Metrics>,
	pub tasks: Tasks,
}

pub(crate) struct Bitswap {
	parts: Parts,
	state: Mutex<State>,
	sending: Semaphore,
	receiving: Arc<Semaphore>,
}

struct State {
	links: HashMap<PeerId, Link>,
	wants: HashMap<Digest, Vec<Arc<Wanted>>>,
	recent: IndexSet<Digest>,
}

/// A want, and what tells the one who waits for it.
struct Wanted {
	want: Mutex<Want>,
	changed: Notify,
}

impl Bitswap {
	pub fn new(parts: Parts) -> Arc<Self> {
		let state = State { links: HashMap::new(), wants: HashMap::new(), recent: IndexSet::new() };
		Arc::new(Self {
			parts,
			state: Mutex::new(state),
			sending: Semaphore::new(MAX_SENDING),
			receiving: Arc::new(Semaphore::new(MAX_RECEIVING)),
		})
	}

	/// Fetches one block. What is returned has the hash that its content id names. Dropping the future ends the search.
	pub async fn fetch(self: &Arc<Self>, cid: Cid, options: FetchOptions) -> Result<Fetched, FetchError> {
		let digest = digest_of(cid.hash()).ok_or(FetchError::NotThere)?;
		let wanted = Arc::new(Wanted {
			want: Mutex::new(Want::new(cid, options.first.clone(), options.only)),
			changed: Notify::new(),
		});
		let _ending = Ending { bitswap: self, digest, wanted: &wanted };
		{
			let mut state = self.lock();
			for peer in &options.first {
				self.link(&mut state, *peer);
			}
			state.wants.entry(digest).or_default().push(wanted.clone());
			self.with(&mut state, &wanted, |want, asking| want.step(asking));
		}
		let mut hedge = interval_at(Instant::now() + HEDGE, HEDGE);
		hedge.set_missed_tick_behavior(MissedTickBehavior::Delay);
		let mut search = None;
		let mut pause = None;
		loop {
			{
				let mut want = lock(&wanted.want);
				match want.outcome().cloned() {
					Some(Outcome::Found { bytes, from }) => return Ok(Fetched { bytes, from }),
					Some(Outcome::NotThere) => return Err(FetchError::NotThere),
					Some(Outcome::Lied(liar)) => return Err(FetchError::Lied(liar)),
					None if want.take_search() => search = Some(Box::pin(self.search(cid))),
					None => {}
				}
			}
			tokio::select! {
				_ = wanted.changed.notified() => {},
				_ = hedge.tick() => self.with(&mut self.lock(), &wanted, |want, asking| want.on_slow(asking)),
				_ = async { search.as_mut().expect("it is there").await }, if search.is_some() => {
					search = None;
					pause = Some(Box::pin(sleep(lock(&wanted.want).on_searched())));
				},
				_ = async { pause.as_mut().expect("it is there").await }, if pause.is_some() => {
					pause = None;
					self.with(&mut self.lock(), &wanted, |want, asking| want.on_pause_over(asking));
				},
				_ = sleep_until(options.deadline) => {
					return Err(lock(&wanted.want).liar().map_or(FetchError::TimedOut, FetchError::Lied));
				},
			}
		}
	}

	/// Gives a block that has just come to those who asked for it before.
	pub fn announce(&self, cid: &Cid) {
		let Some(digest) = digest_of(cid.hash()) else { return };
		for link in self.lock().links.values_mut() {
			match link.take_wanted(&digest) {
				Some((cid, Kind::Block)) => link.give(cid),
				Some((cid, Kind::Have)) => link.tell(cid, true),
				None => {}
			}
		}
	}

	/// A peer that speaks Bitswap has been connected.
	pub fn on_connected(self: &Arc<Self>, peer: PeerId) {
		let mut state = self.lock();
		self.link(&mut state, peer);
		self.with_all(&mut state, |want, asking| want.on_joined(peer, asking));
	}

	pub fn on_disconnected(&self, peer: &PeerId) {
		let mut state = self.lock();
		if let Some(link) = state.links.remove(peer) {
			link.stop.cancel();
			self.with_all(&mut state, |want, asking| want.on_failed(peer, asking));
		}
	}

	/// Reads what a peer says on a stream that it has opened.
	pub async fn serve(self: Arc<Self>, peer: PeerId, stream: Substream) {
		self.read(peer, stream).await;
		// What it said may have been read only after it had left.
		if !self.parts.network.is_connected(&peer) {
			self.on_disconnected(&peer);
		}
	}

	async fn read(self: &Arc<Self>, peer: PeerId, stream: Substream) {
		let heard = self.link(&mut self.lock(), peer).heard.clone();
		let frames = FrameReader::new(stream, MAX_MESSAGE_BYTES).limited_by(self.receiving.clone());
		// The longest messages are those with blocks.
		let mut frames = frames.noting({
			let heard = heard.clone();
			move || heard.note()
		});
		loop {
			match frames.next().await {
				Ok(Some(frame)) => match message::decode(frame) {
					Ok(message) => self.on_message(peer, &heard, message).await,
					Err(error) => return log::debug!(target: "dx", "{peer} sent {error}"),
				},
				Ok(None) => return streams::close(frames.into_inner()).await,
				Err(error) => return log::debug!(target: "dx", "the Bitswap stream of {peer} ended: {error}"),
			}
		}
	}

	async fn on_message(self: &Arc<Self>, peer: PeerId, heard: &Heard, message: Message) {
		if !message.blocks.is_empty() || !message.presences.is_empty() {
			heard.note();
		}
		{
			let mut state = self.lock();
			let link = self.link(&mut state, peer);
			if message.full {
				link.forget_wanted();
			}
			for (digest, bytes) in &message.blocks {
				self.parts.metrics.block_received(bytes.len());
				self.on_block(&mut state, peer, digest.as_ref(), bytes);
			}
			for presence in &message.presences {
				let Some(digest) = digest_of(presence.cid.hash()) else { continue };
				for wanted in state.wants.get(&digest).cloned().unwrap_or_default() {
					self.with(&mut state, &wanted, |want, asking| want.on_presence(peer, presence.has, asking));
				}
			}
		}
		for want in message.wants {
			self.on_want(peer, want);
			// A peer may want much in one message, and others want something too.
			tokio::task::yield_now().await;
		}
	}

	fn on_block(&self, state: &mut State, from: PeerId, digest: Option<&Digest>, bytes: &Bytes) {
		if let Some((digest, wants)) = digest.and_then(|digest| state.wants.get(digest).map(|wants| (digest, wants))) {
			for wanted in wants {
				lock(&wanted.want).on_block(from, bytes);
				wanted.changed.notify_one();
			}
			remember(&mut state.recent, *digest);
			return;
		}
		// Nobody asked for this. A peer that was asked for something else has answered that question wrongly, unless it is
		// a late copy of something that has come from elsewhere.
		if digest.is_some_and(|digest| state.recent.contains(digest)) {
			return;
		}
		self.with_all(state, |want, asking| {
			if want.is_asked_of(&from) {
				want.on_lie(from, asking);
			}
		});
	}

	fn on_want(&self, peer: PeerId, WantEntry { cid, kind, cancel, send_dont_have }: WantEntry) {
		let digest = digest_of(cid.hash());
		let mut state = self.lock();
		let Some(link) = state.links.get_mut(&peer) else { return };
		if cancel {
			return link.unwant(digest.as_ref(), &cid);
		}
		let held = digest.and_then(|digest| self.parts.store.size(&digest));
		match (held, digest) {
			(Some(bytes), _) if kind == Kind::Block || bytes <= SMALL_BYTES => link.give(cid),
			(Some(_), _) => link.tell(cid, true),
			(None, digest) => {
				if let Some(digest) = digest {
					link.want(digest, cid, kind);
				}
				if send_dont_have {
					link.tell(cid, false);
				}
			}
		}
	}

	/// Takes what is to be said to a peer, unless it is nothing.
	fn take_outbox(&self, peer: &PeerId) -> Option<Outbox> {
		let outbox = self.lock().links.get_mut(peer)?.take_outbox();
		(!outbox.is_empty()).then_some(outbox)
	}

	/// What was to be said could not be said.
	fn on_send_failed(&self, peer: &PeerId) {
		let mut state = self.lock();
		if let Some(link) = state.links.get_mut(peer) {
			link.take_outbox();
		}
		self.with_all(&mut state, |want, asking| want.on_failed(peer, asking));
		if !self.parts.network.is_connected(peer) {
			if let Some(link) = state.links.remove(peer) {
				link.stop.cancel();
			}
		}
	}

	/// The link to a peer, which is made if there is none.
	fn link<'a>(self: &Arc<Self>, state: &'a mut State, peer: PeerId) -> &'a mut Link {
		state.links.entry(peer).or_insert_with(|| {
			let link = Link::new(self.parts.tasks.stopping().child_token());
			self.parts.tasks.spawn(sender::run(self.clone(), peer, link.wake.clone(), link.stop.clone()));
			link
		})
	}

	/// Asks Kademlia who has it, and connects to some of them; that they are there is then noticed as with any peer.
	async fn search(&self, cid: Cid) {
		let network = &self.parts.network;
		let found = network.find_providers(&cid).await;
		let new = found.into_iter().filter(|(peer, _)| !network.is_connected(peer)).take(MAX_PROVIDERS);
		let dials = new.map(|(peer, addresses)| timeout(DIAL_TIMEOUT, network.dial(peer, addresses)));
		futures::future::join_all(dials).await;
	}

	fn with_all(&self, state: &mut State, mut change: impl FnMut(&mut Want, &mut Links<'_>)) {
		let all: Vec<_> = state.wants.values().flatten().cloned().collect();
		for wanted in all {
			self.with(state, &wanted, &mut change);
		}
	}

	fn with(&self, state: &mut State, wanted: &Wanted, change: impl FnOnce(&mut Want, &mut Links<'_>)) {
		let mut links = Links { links: &mut state.links, storers: &self.parts.storers };
		change(&mut lock(&wanted.want), &mut links);
		wanted.changed.notify_one();
	}

	fn lock(&self) -> MutexGuard<'_, State> {
		lock(&self.state)
	}
}

/// The links as wants use them.
struct Links<'a> {
	links: &'a mut HashMap<PeerId, Link>,
	storers: &'a Storers,
}

impl Asking for Links<'_> {
	fn connected(&self, cid: &Cid) -> Vec<PeerId> {
		let mut peers: Vec<PeerId> = self.links.keys().copied().collect();
		let name = cid.to_string();
		peers.sort_by_cached_key(|peer| self.storers.rank(peer, &name));
		peers
	}

	fn heard(&self, peer: &PeerId) -> Option<Instant> {
		self.links.get(peer)?.heard.last()
	}

	fn ask(&mut self, peer: PeerId, cid: Cid, kind: Kind) {
		if let Some(link) = self.links.get_mut(&peer) {
			link.ask(cid, kind);
		}
	}

	fn cancel(&mut self, peer: PeerId, cid: Cid) {
		if let Some(link) = self.links.get_mut(&peer) {
			link.cancel(cid);
		}
	}
}

/// Ends a want when nobody waits for it any more.
struct Ending<'a> {
	bitswap: &'a Bitswap,
	digest: Digest,
	wanted: &'a Arc<Wanted>,
}

impl Drop for Ending<'_> {
	fn drop(&mut self) {
		let mut state = self.bitswap.lock();
		self.bitswap.with(&mut state, self.wanted, |want, asking| want.end(asking));
		if let Some(wants) = state.wants.get_mut(&self.digest) {
			wants.retain(|other| !Arc::ptr_eq(other, self.wanted));
			if wants.is_empty() {
				state.wants.remove(&self.digest);
			}
		}
		remember(&mut state.recent, self.digest);
	}
}

fn remember(recent: &mut IndexSet<Digest>, digest: Digest) {
	recent.shift_remove(&digest);
	recent.insert(digest);
	if recent.len() > MAX_RECENT {
		recent.shift_remove_index(0);
	}
}

/// What the lock protects is never left half done, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
