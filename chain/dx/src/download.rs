//! Putting data together from its blocks, wherever they come from, and believing nothing.

use crate::{
	DxError,
	dag::{Block, CHUNK_BYTES, DAG_PB, Subtree, build_tree, not_canonical, read_node},
};
use bytes::Bytes;
use cid::Cid;
use futures::{StreamExt, stream};
use litep2p::PeerId;
use std::{
	future::Future,
	sync::{Mutex, PoisonError},
};

/// So many blocks are fetched at once.
const WINDOW: usize = 8;

/// A block whose hash has been checked, and who gave it.
#[derive(Clone, Debug)]
pub(crate) struct Given {
	pub bytes: Bytes,
	pub from: Option<PeerId>,
}

/// Where blocks come from.
pub(crate) trait Source: Sync {
	/// Gets a block; `likely` are the peers that gave other blocks of the same data.
	fn fetch(&self, cid: Cid, likely: Vec<PeerId>) -> impl Future<Output = Result<Given, DxError>> + Send;
}

/// Where blocks go.
pub(crate) trait Sink: Send {
	/// Called once, before the first leaf, with the size of all data.
	fn size(&mut self, bytes: u64) -> impl Future<Output = Result<(), DxError>> + Send;
	/// Called for each block; for a leaf with the place of its data, for a node without.
	fn block(&mut self, block: Block, offset: Option<u64>) -> impl Future<Output = Result<(), DxError>> + Send;
}

#[derive(Clone, Copy)]
struct Place {
	cid: Cid,
	offset: u64,
	bytes: u64,
}

/// Fetches all blocks of some data.
///
/// Fails with [`DxError::TooLarge`] when there is more than `max_bytes`, with [`DxError::Corrupt`] when it is not in the one
/// form that Dx gives to data, so that `root` is not its content id, and with what the source and the sink fail with.
pub(crate) async fn fetch_dag(
	root: Cid,
	max_bytes: u64,
	source: &impl Source,
	sink: &mut impl Sink,
) -> Result<(), DxError> {
	let first = source.fetch(root, Vec::new()).await?;
	let size =
		if root.codec() == DAG_PB { read_node(&root, &first.bytes)?.data_bytes } else { first.bytes.len() as u64 };
	if root.codec() != DAG_PB && size > CHUNK_BYTES as u64 {
		return Err(DxError::Corrupt(format!("{root} is a single block above 1 MiB.")));
	}
	if size > max_bytes {
		return Err(DxError::TooLarge(format!("{root} has {size} bytes, and at most {max_bytes} are taken.")));
	}
	sink.size(size).await?;
	if root.codec() != DAG_PB {
		return sink.block(Block { cid: root, bytes: first.bytes }, Some(0)).await;
	}

	let likely = Likely::default();
	likely.add(first.from);
	let fetch = |place: Place| {
		let likely = &likely;
		async move {
			let given = source.fetch(place.cid, likely.peers()).await?;
			likely.add(given.from);
			Ok::<_, DxError>((place, given.bytes))
		}
	};
	let mut leaves = Vec::new();
	let mut nodes = vec![(Place { cid: root, offset: 0, bytes: size }, first.bytes)];
	while !nodes.is_empty() {
		let mut below = Vec::new();
		for (place, bytes) in nodes {
			let shape = read_node(&place.cid, &bytes)?;
			if shape.data_bytes != place.bytes {
				return Err(not_canonical(&root));
			}
			sink.block(Block { cid: place.cid, bytes }, None).await?;
			let mut offset = place.offset;
			for (cid, bytes) in shape.children {
				if cid.codec() == DAG_PB { &mut below } else { &mut leaves }.push(Place { cid, offset, bytes });
				offset += bytes;
			}
		}
		// Their order is that of the leaves.
		let fetched: Vec<_> = stream::iter(below.into_iter().map(fetch)).buffered(WINDOW).collect().await;
		nodes = fetched.into_iter().collect::<Result<_, _>>()?;
	}
	// The tree over these leaves is known before a single one is fetched, and with it the key that it must have.
	let tree = build_tree(leaves.iter().map(|place| Subtree::leaf(place.cid, place.bytes)).collect());
	if tree.0 != root {
		return Err(not_canonical(&root));
	}
	let mut fetched = stream::iter(leaves.into_iter().map(fetch)).buffer_unordered(WINDOW);
	while let Some(next) = fetched.next().await {
		let (place, bytes) = next?;
		if bytes.len() as u64 != place.bytes {
			return Err(not_canonical(&root));
		}
		sink.block(Block { cid: place.cid, bytes }, Some(place.offset)).await?;
	}
	Ok(())
}

/// Where the memory for data comes from.
pub(crate) trait Room: Send {
	/// Waits until so many bytes may be taken.
	fn make(&mut self, bytes: u64) -> impl Future<Output = Result<(), DxError>> + Send;
}

/// There is room for everything.
impl Room for () {
	async fn make(&mut self, _: u64) -> Result<(), DxError> {
		Ok(())
	}
}

/// Data that is put together in memory.
pub(crate) struct Assembling<'a, R> {
	room: &'a mut R,
	data: Vec<u8>,
	/// All of it, when it is a single block.
	whole: Option<Bytes>,
}

impl<'a, R: Room> Assembling<'a, R> {
	pub fn new(room: &'a mut R) -> Self {
		Self { room, data: Vec::new(), whole: None }
	}

	pub fn data(self) -> Bytes {
		self.whole.unwrap_or_else(|| self.data.into())
	}
}

impl<R: Room> Sink for Assembling<'_, R> {
	async fn size(&mut self, bytes: u64) -> Result<(), DxError> {
		self.room.make(bytes).await?;
		self.data = vec![0; bytes as usize];
		Ok(())
	}

	async fn block(&mut self, block: Block, offset: Option<u64>) -> Result<(), DxError> {
		let Some(offset) = offset else { return Ok(()) };
		if block.bytes.len() == self.data.len() {
			self.whole = Some(block.bytes);
		} else {
			self.data[offset as usize..offset as usize + block.bytes.len()].copy_from_slice(&block.bytes);
		}
		Ok(())
	}
}

/// The peers that gave blocks.
#[derive(Default)]
struct Likely(Mutex<Vec<PeerId>>);

impl Likely {
	fn add(&self, peer: Option<PeerId>) {
		let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
		if let Some(peer) = peer.filter(|peer| !peers.contains(peer)) {
			peers.push(peer);
		}
	}

	fn peers(&self) -> Vec<PeerId> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
	}
}

#[cfg(test)]
#[path = "download_tests.rs"]
mod tests;
