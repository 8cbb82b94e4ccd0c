//! What a peer keeps of what is not its own: all that the chain refers to, and strangers' data within a small quota and for
//! a short time. Pure bookkeeping over keys and sizes, with the time given in milliseconds since 1970.

use crate::ContentId;
use std::{
	collections::{BTreeMap, HashMap, HashSet},
	time::Duration,
};

/// How much is kept, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
	/// The most bytes of data that the chain does not refer to.
	pub stranger_bytes: u64,
	/// How long data that the chain does not refer to is kept.
	pub stranger_time: Duration,
	/// The most bytes of all data.
	pub total_bytes: u64,
}

/// Something that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
	pub key: ContentId,
	pub bytes: u64,
	/// Since when it is as it is: stored, referred to, or no longer referred to.
	pub since_ms: u64,
	pub referenced: bool,
}

/// Why something is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
	/// More than is taken of what the chain does not refer to.
	TooLarge(String),
	/// There is no room beside what must stay.
	Full(String),
}

struct Entry {
	kept: Kept,
	/// Its place in the order.
	turn: u64,
	/// Being stored or passed on: it stays, whatever its age.
	pins: usize,
}

impl Entry {
	fn may_go(&self) -> bool {
		!self.kept.referenced && self.pins == 0
	}
}

pub(crate) struct Policy {
	limits: Limits,
	entries: HashMap<ContentId, Entry>,
	/// The oldest first.
	order: BTreeMap<u64, ContentId>,
	next_turn: u64,
	references: HashSet<ContentId>,
	stranger_bytes: u64,
	total_bytes: u64,
}

impl Policy {
	pub fn new(limits: Limits) -> Self {
		Self {
			limits,
			entries: HashMap::new(),
			order: BTreeMap::new(),
			next_turn: 0,
			references: HashSet::new(),
			stranger_bytes: 0,
			total_bytes: 0,
		}
	}

	pub fn stranger_bytes(&self) -> u64 {
		self.stranger_bytes
	}

	pub fn total_bytes(&self) -> u64 {
		self.total_bytes
	}

	pub fn count(&self) -> usize {
		self.entries.len()
	}

	pub fn get(&self, key: &ContentId) -> Option<&Kept> {
		self.entries.get(key).map(|entry| &entry.kept)
	}

	/// Takes note of what is there already, from a time before. It is neither refused nor evicted by this.
	pub fn restore(&mut self, kept: Kept) {
		self.remove(&kept.key);
		self.add(kept, 0);
	}

	/// Decides about something that is to be stored. When it is admitted, room is taken for it, and it is pinned until
	/// [`Self::unpin`]. Returns what it displaces, which is no longer counted.
	pub fn admit(&mut self, key: ContentId, bytes: u64, now_ms: u64) -> Result<Vec<ContentId>, Refused> {
		if let Some(Entry { kept, pins, .. }) = self.remove(&key) {
			let since_ms = if kept.referenced { kept.since_ms } else { now_ms };
			self.add(Kept { since_ms, ..kept }, pins + 1);
			return Ok(Vec::new());
		}
		let Limits { stranger_bytes, total_bytes, .. } = self.limits;
		let referenced = self.references.contains(&key);
		if !referenced && bytes > stranger_bytes {
			return Err(Refused::TooLarge(format!(
				"It has {bytes} bytes; without a reference on the chain at most {stranger_bytes} are kept."
			)));
		}
		let mut evict = Vec::new();
		let mut freed = 0;
		let too_much = |freed: u64| {
			(self.total_bytes - freed).saturating_add(bytes) > total_bytes
				|| (!referenced && self.stranger_bytes - freed + bytes > stranger_bytes)
		};
		for key in self.order.values() {
			if !too_much(freed) {
				break;
			}
			let entry = &self.entries[key];
			if entry.may_go() {
				evict.push(*key);
				freed += entry.kept.bytes;
			}
		}
		if too_much(freed) {
			return Err(Refused::Full(format!("There is no room for {bytes} bytes beside what must be kept.")));
		}
		for gone in &evict {
			self.remove(gone);
		}
		self.add(Kept { key, bytes, since_ms: now_ms, referenced }, 1);
		Ok(evict)
	}

	pub fn unpin(&mut self, key: &ContentId) {
		if let Some(entry) = self.entries.get_mut(key) {
			entry.pins = entry.pins.saturating_sub(1);
		}
	}

	/// How many hold on to it.
	pub fn pins(&self, key: &ContentId) -> usize {
		self.entries.get(key).map_or(0, |entry| entry.pins)
	}

	/// Takes note of what the chain refers to now. Returns what has changed by that.
	pub fn set_references(&mut self, references: HashSet<ContentId>, now_ms: u64) -> Vec<Kept> {
		self.references = references;
		let changed = self.order.values().filter_map(|key| {
			let kept = self.entries[key].kept;
			let referenced = self.references.contains(key);
			(referenced != kept.referenced).then_some(Kept { referenced, since_ms: now_ms, ..kept })
		});
		let changed: Vec<Kept> = changed.collect();
		for kept in &changed {
			let pins = self.remove(&kept.key).map_or(0, |entry| entry.pins);
			self.add(*kept, pins);
		}
		changed
	}

	/// Removes from the books what is over its time or over the quota, and returns it: it is to be deleted.
	pub fn expire(&mut self, now_ms: u64) -> Vec<ContentId> {
		let keys: Vec<ContentId> = self.order.values().copied().collect();
		keys.into_iter()
			.filter(|key| {
				let entry = &self.entries[key];
				let age = Duration::from_millis(now_ms.saturating_sub(entry.kept.since_ms));
				let is_too_much =
					self.stranger_bytes > self.limits.stranger_bytes || self.total_bytes > self.limits.total_bytes;
				let goes = entry.may_go() && (age >= self.limits.stranger_time || is_too_much);
				if goes {
					self.remove(key);
				}
				goes
			})
			.collect()
	}

	/// Something is not there after all.
	pub fn forget(&mut self, key: &ContentId) {
		self.remove(key);
	}

	fn add(&mut self, kept: Kept, pins: usize) {
		let turn = self.next_turn;
		self.next_turn += 1;
		self.order.insert(turn, kept.key);
		self.total_bytes += kept.bytes;
		if !kept.referenced {
			self.stranger_bytes += kept.bytes;
		}
		self.entries.insert(kept.key, Entry { kept, turn, pins });
	}

	fn remove(&mut self, key: &ContentId) -> Option<Entry> {
		let entry = self.entries.remove(key)?;
		self.order.remove(&entry.turn);
		self.total_bytes -= entry.kept.bytes;
		if !entry.kept.referenced {
			self.stranger_bytes -= entry.kept.bytes;
		}
		Some(entry)
	}
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
