//! The blocks that a peer holds, what they belong to, and the policy that decides which of them stay.

mod disk;
mod policy;

use crate::{
	ContentId, DxError,
	bitswap::{Digest, digest_of},
	content_id::cid_of,
	dag::{Block, DAG_PB, RAW, read_node},
	tasks::Tasks,
};
use bytes::Bytes;
use cid::Cid;
use disk::Disk;
use policy::Policy;
use std::{
	collections::{HashMap, HashSet},
	io,
	path::Path,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::{SystemTime, UNIX_EPOCH},
};

pub(crate) use policy::{Kept, Limits, Refused};

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoreStat {
	/// How many keys are kept.
	pub keys: usize,
	pub bytes: u64,
	/// Of these, the bytes that the chain does not refer to.
	pub stranger_bytes: u64,
}

/// A key is stored by [`Store::reserve`], then [`Reservation::put`] for its blocks, then [`Reservation::commit`].
pub(crate) struct Store {
	disk: Arc<Disk>,
	state: Mutex<State>,
	/// Files are written and deleted one at a time, so that a block that is stored again while it is deleted stays.
	writing: Arc<tokio::sync::Mutex<()>>,
	/// Ends what a dropped reservation leaves.
	tasks: Tasks,
	on_removed: Box<dyn Fn(&ContentId) + Send + Sync>,
}

struct State {
	policy: Policy,
	blocks: HashMap<Digest, Held>,
	committed: HashMap<ContentId, Vec<Digest>>,
}

struct Held {
	bytes: u64,
	/// How many keys it belongs to: files can have blocks in common.
	uses: usize,
	/// Whether it can be read already.
	written: bool,
}

impl Store {
	/// Opens a store, and removes what an earlier process left half done. Blocks for as long as this takes.
	///
	/// `on_removed` is called after something has been removed.
	pub fn open(
		folder: Option<&Path>,
		limits: Limits,
		tasks: Tasks,
		on_removed: impl Fn(&ContentId) + Send + Sync + 'static,
	) -> io::Result<Arc<Self>> {
		let disk = Disk::open(folder)?;
		let mut state = State { policy: Policy::new(limits), blocks: HashMap::new(), committed: HashMap::new() };
		restore(&disk, &mut state)?;
		Ok(Arc::new(Self {
			disk: Arc::new(disk),
			state: Mutex::new(state),
			writing: Arc::default(),
			tasks,
			on_removed: Box::new(on_removed),
		}))
	}

	/// The size of a block, if it is here.
	pub fn size(&self, digest: &Digest) -> Option<u64> {
		self.lock().blocks.get(digest).filter(|held| held.written).map(|held| held.bytes)
	}

	/// A block, if it is here. A disk can rot, so it is checked like one from a stranger.
	pub async fn get(&self, digest: &Digest) -> Option<Bytes> {
		self.size(digest)?;
		let wanted = *digest;
		let read = self.blocking(move |disk| {
			let bytes = disk.read(&wanted)?;
			Ok(bytes.filter(|bytes| !disk.is_slow() || digest_of(cid_of(RAW, bytes).hash()) == Some(wanted)))
		});
		match read.await {
			Ok(Some(bytes)) => Some(bytes),
			Ok(None) => {
				log::warn!(target: "dx", "A block on the disk is missing or has been changed.");
				None
			}
			Err(error) => {
				log::warn!(target: "dx", "A block cannot be read: {error}");
				None
			}
		}
	}

	/// Whether all blocks of a key are here.
	pub fn holds(&self, key: &ContentId) -> bool {
		self.lock().committed.contains_key(key)
	}

	/// What is kept.
	pub fn keys(&self) -> Vec<ContentId> {
		self.lock().committed.keys().copied().collect()
	}

	pub fn stat(&self) -> StoreStat {
		let state = self.lock();
		StoreStat {
			keys: state.policy.count(),
			bytes: state.policy.total_bytes(),
			stranger_bytes: state.policy.stranger_bytes(),
		}
	}

	/// Makes room, and keeps it until the reservation is dropped.
	pub async fn reserve(self: &Arc<Self>, key: ContentId, bytes: u64) -> Result<Reservation, Refused> {
		let evicted = self.lock().policy.admit(key, bytes, now_ms())?;
		let reservation = Reservation { store: self.clone(), key, put: Vec::new() };
		self.delete(evicted).await;
		Ok(reservation)
	}

	/// Takes note of what the chain refers to, and removes what has to go.
	pub async fn collect(&self, references: Option<HashSet<ContentId>>) {
		let (changed, expired) = {
			let mut state = self.lock();
			let changed = references.map_or(Vec::new(), |references| state.policy.set_references(references, now_ms()));
			let changed: Vec<Kept> =
				changed.into_iter().filter(|kept| state.committed.contains_key(&kept.key)).collect();
			(changed, state.policy.expire(now_ms()))
		};
		if !changed.is_empty() {
			let noted = self.blocking(move |disk| changed.iter().try_for_each(|kept| disk.note(kept))).await;
			report(noted, "What the chain refers to cannot be taken down");
		}
		self.delete(expired).await;
	}

	async fn delete(&self, keys: Vec<ContentId>) {
		for key in keys {
			let unused = {
				let mut state = self.lock();
				let blocks = state.committed.remove(&key).unwrap_or_default();
				state.unuse(&blocks)
			};
			report(self.blocking(move |disk| disk.strike(&key)).await, "What is no longer kept cannot be struck out");
			self.sweep(unused).await;
			(self.on_removed)(&key);
		}
	}

	/// Deletes blocks that belong to nothing, unless they have been stored again.
	async fn sweep(&self, unused: Vec<Digest>) {
		for digest in unused {
			let writing = self.writing.clone().lock_owned().await;
			if self.lock().blocks.contains_key(&digest) {
				continue;
			}
			let deleted = self.blocking(move |disk| {
				let _writing = writing;
				disk.delete(&digest)
			});
			report(deleted.await, "A block cannot be deleted");
		}
	}

	async fn put(&self, digest: Digest, bytes: Bytes) -> io::Result<()> {
		let writing = self.writing.clone().lock_owned().await;
		if self.size(&digest).is_some() {
			return Ok(());
		}
		self.blocking(move |disk| {
			let _writing = writing;
			disk.write(&digest, &bytes)
		})
		.await?;
		if let Some(held) = self.lock().blocks.get_mut(&digest) {
			held.written = true;
		}
		Ok(())
	}

	/// Runs a disk operation where it delays nobody.
	async fn blocking<T: Send + 'static>(
		&self,
		operation: impl FnOnce(&Disk) -> io::Result<T> + Send + 'static,
	) -> io::Result<T> {
		if !self.disk.is_slow() {
			return operation(&self.disk);
		}
		let disk = self.disk.clone();
		tokio::task::spawn_blocking(move || operation(&disk)).await.map_err(io::Error::other)?
	}

	/// What the lock protects is never left half done, so a panic elsewhere does not spoil it.
	fn lock(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

/// Room for a key that is being stored. While it lives, the key stays; what was not committed is removed with it.
pub(crate) struct Reservation {
	store: Arc<Store>,
	key: ContentId,
	put: Vec<Digest>,
}

impl Reservation {
	/// Stores a block of the key.
	pub async fn put(&mut self, block: &Block) -> Result<(), DxError> {
		let digest = digest_of(block.cid.hash()).ok_or_else(|| DxError::Store("The block has another hash.".into()))?;
		let bytes = block.bytes.len() as u64;
		self.store.lock().blocks.entry(digest).or_insert(Held { bytes, uses: 0, written: false }).uses += 1;
		self.put.push(digest);
		let put = self.store.put(digest, block.bytes.clone()).await;
		put.map_err(|error| DxError::Store(format!("The block cannot be stored: {error}")))
	}

	/// All blocks of the key are stored: it counts as kept from here on, also after a crash.
	pub async fn commit(&mut self) -> Result<(), DxError> {
		let (kept, unused) = {
			let mut state = self.store.lock();
			let Some(kept) = state.policy.get(&self.key).copied() else {
				return Err(DxError::Store(format!("{} was not reserved.", self.key)));
			};
			let before = state.committed.insert(self.key, std::mem::take(&mut self.put)).unwrap_or_default();
			// It was stored twice at the same time; its blocks are counted for one of them.
			(kept, state.unuse(&before))
		};
		self.store.sweep(unused).await;
		let noted = self.store.blocking(move |disk| disk.note(&kept)).await;
		noted.map_err(|error| DxError::Store(format!("What is kept cannot be taken down: {error}")))
	}
}

impl Drop for Reservation {
	fn drop(&mut self) {
		let unused = {
			let mut state = self.store.lock();
			state.policy.unpin(&self.key);
			if !state.committed.contains_key(&self.key) && state.policy.pins(&self.key) == 0 {
				state.policy.forget(&self.key);
			}
			state.unuse(&self.put)
		};
		if !unused.is_empty() {
			let store = self.store.clone();
			self.store.tasks.spawn(async move { store.sweep(unused).await });
		}
	}
}

impl State {
	/// Counts these blocks once less. Returns those that belong to nothing any more.
	fn unuse(&mut self, digests: &[Digest]) -> Vec<Digest> {
		let mut unused = Vec::new();
		for digest in digests {
			let Some(held) = self.blocks.get_mut(digest) else { continue };
			held.uses -= 1;
			if held.uses == 0 {
				self.blocks.remove(digest);
				unused.push(*digest);
			}
		}
		unused
	}
}

fn restore(disk: &Disk, state: &mut State) -> io::Result<()> {
	let found: HashMap<Digest, u64> = disk.blocks()?.into_iter().collect();
	let mut kept = disk.kept()?;
	kept.sort_by_key(|kept| kept.since_ms);
	for kept in kept {
		let Some(blocks) = blocks_of(disk, &found, &kept.key.cid()) else {
			disk.strike(&kept.key)?;
			continue;
		};
		for digest in &blocks {
			let held = Held { bytes: found[digest], uses: 0, written: true };
			state.blocks.entry(*digest).or_insert(held).uses += 1;
		}
		state.committed.insert(kept.key, blocks);
		state.policy.restore(kept);
	}
	found.keys().filter(|digest| !state.blocks.contains_key(*digest)).try_for_each(|digest| disk.delete(digest))
}

/// The blocks of a file, if all are here.
fn blocks_of(disk: &Disk, found: &HashMap<Digest, u64>, cid: &Cid) -> Option<Vec<Digest>> {
	let digest = digest_of(cid.hash()).filter(|digest| found.contains_key(digest))?;
	if cid.codec() != DAG_PB {
		return Some(vec![digest]);
	}
	let bytes = disk.read(&digest).ok()?.filter(|bytes| cid_of(DAG_PB, bytes) == *cid)?;
	let mut blocks = Vec::new();
	for (child, _) in read_node(cid, &bytes).ok()?.children {
		blocks.extend(blocks_of(disk, found, &child)?);
	}
	blocks.push(digest);
	Some(blocks)
}

fn now_ms() -> u64 {
	SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

fn report(result: io::Result<()>, what: &str) {
	if let Err(error) = result {
		log::warn!(target: "dx", "{what}: {error}");
	}
}

#[cfg(test)]
mod tests;
