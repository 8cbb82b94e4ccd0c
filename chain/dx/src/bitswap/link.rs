//! One peer as Bitswap sees it: what it wants from here, and what is to be said to it.

use super::{
	Digest,
	message::{Kind, Presence, WantEntry},
};
use cid::Cid;
use indexmap::IndexMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

/// What a peer can want at a time without having got it; beyond that the oldest is forgotten.
const MAX_WANTED: usize = 2048;
/// How much can wait to be said to a peer; a peer that asks for more at a time does not get an answer to all.
const MAX_WAITING: usize = 4096;

/// Everything that is said while a message is on its way travels in the next one.
pub(crate) struct Link {
	/// What the peer wants and is not here yet.
	wanted: IndexMap<Digest, (Cid, Kind)>,
	outbox: Outbox,
	/// When something that was asked for has last come.
	pub heard: Heard,
	/// Tells the task that sends.
	pub wake: Arc<Notify>,
	/// Ends it.
	pub stop: CancellationToken,
}

/// A moment that those who read from a peer set, and those who ask it read.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Option<Instant>>>);

impl Heard {
	/// It is now.
	pub fn note(&self) {
		*self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
	}

	pub fn last(&self) -> Option<Instant> {
		*self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

/// What is to be said.
#[derive(Default)]
pub(crate) struct Outbox {
	pub wants: IndexMap<Cid, WantEntry>,
	pub presences: IndexMap<Cid, Presence>,
	/// Blocks are read from the store only when their turn comes.
	pub blocks: IndexMap<Cid, ()>,
}

impl Link {
	pub fn new(stop: CancellationToken) -> Self {
		Self {
			wanted: IndexMap::new(),
			outbox: Outbox::default(),
			heard: Heard::default(),
			wake: Arc::new(Notify::new()),
			stop,
		}
	}

	/// Asks for a block, or whether it is there.
	pub fn ask(&mut self, cid: Cid, kind: Kind) {
		self.outbox.wants.insert(cid, WantEntry { cid, kind, cancel: false, send_dont_have: true });
		self.wake.notify_one();
	}

	pub fn cancel(&mut self, cid: Cid) {
		self.outbox.wants.insert(cid, WantEntry { cid, kind: Kind::Block, cancel: true, send_dont_have: false });
		self.wake.notify_one();
	}

	pub fn tell(&mut self, cid: Cid, has: bool) {
		if self.outbox.presences.len() < MAX_WAITING {
			self.outbox.presences.insert(cid, Presence { cid, has });
			self.wake.notify_one();
		}
	}

	/// Sends a block.
	pub fn give(&mut self, cid: Cid) {
		if self.outbox.blocks.len() < MAX_WAITING {
			self.outbox.blocks.insert(cid, ());
			self.wake.notify_one();
		}
	}

	/// Takes note of what the peer wants.
	pub fn want(&mut self, digest: Digest, cid: Cid, kind: Kind) {
		self.wanted.shift_remove(&digest);
		self.wanted.insert(digest, (cid, kind));
		if self.wanted.len() > MAX_WANTED {
			self.wanted.shift_remove_index(0);
		}
	}

	/// What the peer wants of a block, which is forgotten by this.
	pub fn take_wanted(&mut self, digest: &Digest) -> Option<(Cid, Kind)> {
		self.wanted.shift_remove(digest)
	}

	/// The peer does not want it any more.
	pub fn unwant(&mut self, digest: Option<&Digest>, cid: &Cid) {
		if let Some(digest) = digest {
			self.wanted.shift_remove(digest);
		}
		self.outbox.blocks.shift_remove(cid);
		self.outbox.presences.shift_remove(cid);
	}

	/// The peer wants nothing but what it says next.
	pub fn forget_wanted(&mut self) {
		self.wanted.clear();
	}

	/// Takes all that is to be said.
	pub fn take_outbox(&mut self) -> Outbox {
		std::mem::take(&mut self.outbox)
	}

	/// Puts blocks back that did not fit into a message. What has come in between goes after them.
	pub fn put_back(&mut self, mut blocks: IndexMap<Cid, ()>) {
		blocks.extend(std::mem::take(&mut self.outbox.blocks));
		self.outbox.blocks = blocks;
		self.wake.notify_one();
	}
}

impl Outbox {
	pub fn is_empty(&self) -> bool {
		self.wants.is_empty() && self.presences.is_empty() && self.blocks.is_empty()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{bitswap::digest_of, content_id::cid_of, dag::RAW};

	fn block(i: usize) -> (Digest, Cid) {
		let cid = cid_of(RAW, &i.to_le_bytes());
		(digest_of(cid.hash()).unwrap(), cid)
	}

	#[test]
	fn a_peer_cannot_want_without_limit() {
		let mut link = Link::new(CancellationToken::new());
		for i in 0..3 * MAX_WANTED {
			let (digest, cid) = block(i);
			link.want(digest, cid, Kind::Block);
			link.tell(cid, false);
			link.give(cid);
		}
		assert_eq!(link.wanted.len(), MAX_WANTED);
		assert!(link.take_wanted(&block(0).0).is_none());
		assert!(link.take_wanted(&block(3 * MAX_WANTED - 1).0).is_some());
		let outbox = link.take_outbox();
		assert_eq!((outbox.presences.len(), outbox.blocks.len()), (MAX_WAITING, MAX_WAITING));
		assert!(link.take_outbox().is_empty());
	}

	#[test]
	fn what_is_not_wanted_any_more_is_not_sent() {
		let mut link = Link::new(CancellationToken::new());
		let (digest, cid) = block(1);
		link.want(digest, cid, Kind::Block);
		link.give(cid);
		link.unwant(Some(&digest), &cid);
		assert!(link.take_wanted(&digest).is_none());
		assert!(link.take_outbox().is_empty());
	}

	#[test]
	fn blocks_that_are_put_back_keep_their_turn() {
		let mut link = Link::new(CancellationToken::new());
		let [first, second] = [block(1).1, block(2).1];
		link.give(second);
		link.put_back(IndexMap::from([(first, ())]));
		assert_eq!(link.take_outbox().blocks.keys().copied().collect::<Vec<_>>(), [first, second]);
	}
}
