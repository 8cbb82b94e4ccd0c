//! How data becomes blocks. Data up to one chunk is one raw block. Longer data is a UnixFS file: raw leaves of one chunk
//! each, and above them a balanced tree of dag-pb nodes. All parameters are fixed, so that the same data always has the
//! same root, whoever computes it.
//!
//! See <https://specs.ipfs.tech/unixfs/> and <https://ipld.io/specs/codecs/dag-pb/spec/>.

use crate::{
	DxError,
	content_id::{cid_of, is_own},
};
use bytes::Bytes;
use cid::Cid;
use prost::Message;

/// The codec of a block that is data and nothing else.
pub const RAW: u64 = 0x55;
/// The codec of a node.
pub const DAG_PB: u64 = 0x70;

/// The size of a leaf in bytes; only the last one may be smaller, and none is empty.
pub const CHUNK_BYTES: usize = 1024 * 1024;
/// The most children of a node. Each node but the last of its level has exactly so many.
pub const MAX_CHILDREN: usize = 1024;
/// No node is larger: a child takes up to 56 bytes of it.
const MAX_NODE_BYTES: usize = 64 * 1024;
/// The most data that one key can stand for: what a root and one level of nodes below it hold, 1 TiB.
pub const MAX_DATA_BYTES: u64 = (CHUNK_BYTES * MAX_CHILDREN * MAX_CHILDREN) as u64;

/// UnixFS's number for a file.
const FILE: i32 = 2;

/// A block with its name.
#[derive(Clone, Debug)]
pub struct Block {
	/// The content id of the bytes.
	pub cid: Cid,
	/// The bytes.
	pub bytes: Bytes,
}

impl Block {
	fn new(codec: u64, bytes: Bytes) -> Self {
		Self { cid: cid_of(codec, &bytes), bytes }
	}
}

/// The blocks that stand for some data.
#[derive(Clone, Debug)]
pub struct Dag {
	/// The block by which all others are found.
	pub root: Cid,
	/// All blocks, the leaves first and the root last. Leaves share the memory of the data.
	pub blocks: Vec<Block>,
}

/// The root of a part of the tree, with the bytes of data below it and the bytes of all blocks that it takes.
#[derive(Clone, Copy, Debug)]
pub struct Subtree {
	/// The content id of its uppermost block.
	pub cid: Cid,
	/// The bytes of data below it.
	pub data_bytes: u64,
	/// The bytes of all blocks that it takes.
	pub block_bytes: u64,
}

impl Subtree {
	/// The leaf of a tree.
	pub fn leaf(cid: Cid, bytes: u64) -> Self {
		Self { cid, data_bytes: bytes, block_bytes: bytes }
	}
}

/// What a node says of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeShape {
	/// How much data lies below it.
	pub data_bytes: u64,
	/// Its children in order, each with the bytes of data below it.
	pub children: Vec<(Cid, u64)>,
}

/// The blocks that stand for some data.
pub fn build_dag(data: &Bytes) -> Dag {
	if data.len() <= CHUNK_BYTES {
		let only = Block::new(RAW, data.clone());
		return Dag { root: only.cid, blocks: vec![only] };
	}
	let leaves = (0..data.len()).step_by(CHUNK_BYTES).map(|at| data.slice(at..data.len().min(at + CHUNK_BYTES)));
	let mut blocks: Vec<Block> = leaves.map(|bytes| Block::new(RAW, bytes)).collect();
	let leaves = blocks.iter().map(|block| Subtree::leaf(block.cid, block.bytes.len() as u64)).collect();
	let (root, nodes) = build_tree(leaves);
	blocks.extend(nodes);
	Dag { root, blocks }
}

/// The nodes above the leaves of a file, the root last. A single leaf is its own root.
///
/// There must be a leaf.
pub fn build_tree(leaves: Vec<Subtree>) -> (Cid, Vec<Block>) {
	let mut nodes = Vec::new();
	let mut level = leaves;
	while level.len() > 1 {
		let parents = level.chunks(MAX_CHILDREN).map(|children| {
			let node = Block::new(DAG_PB, encode_node(children));
			let parent = Subtree {
				cid: node.cid,
				data_bytes: children.iter().map(|child| child.data_bytes).sum(),
				block_bytes: node.bytes.len() as u64 + children.iter().map(|child| child.block_bytes).sum::<u64>(),
			};
			nodes.push(node);
			parent
		});
		level = parents.collect();
	}
	(level[0].cid, nodes)
}

/// Reads a node and checks that its children are as [`build_tree`] arranges them. Whether the node is written exactly as it
/// should is known only when the tree has been built again from all its leaves.
///
/// Fails with [`DxError::Corrupt`].
pub fn read_node(cid: &Cid, bytes: &[u8]) -> Result<NodeShape, DxError> {
	if bytes.len() > MAX_NODE_BYTES {
		return Err(not_canonical(cid));
	}
	let unreadable = |why: &str| DxError::Corrupt(format!("{cid} is no UnixFS node: {why}."));
	let node = PbNode::decode(bytes).map_err(|error| unreadable(&error.to_string()))?;
	let data = node.data.ok_or_else(|| unreadable("it has no data"))?;
	let file = UnixFs::decode(data.as_slice()).map_err(|error| unreadable(&error.to_string()))?;
	if file.kind != FILE || file.data.is_some_and(|data| !data.is_empty()) || node.links.len() != file.block_sizes.len()
	{
		return Err(not_canonical(cid));
	}
	let mut children = Vec::with_capacity(node.links.len());
	for (link, size) in node.links.iter().zip(&file.block_sizes) {
		let child = link.hash.as_deref().ok_or_else(|| unreadable("a link names no block"))?;
		let child = Cid::try_from(child).map_err(|error| unreadable(&error.to_string()))?;
		children.push((child, *size));
	}
	let data_bytes = children
		.iter()
		.try_fold(0_u64, |sum, (_, size)| sum.checked_add(*size))
		.filter(|sum| (1..=MAX_DATA_BYTES).contains(sum))
		.ok_or_else(|| not_canonical(cid))?;
	let span = child_span(data_bytes);
	let leaf_level = span == CHUNK_BYTES as u64;
	let is_canonical = children.len() as u64 == data_bytes.div_ceil(span)
		&& children.len() <= MAX_CHILDREN
		&& children.iter().enumerate().all(|(i, (child, size))| {
			let expected = span.min(data_bytes - span * i as u64);
			*size == expected && is_own(child) && (child.codec() == RAW) == leaf_level
		});
	if is_canonical { Ok(NodeShape { data_bytes, children }) } else { Err(not_canonical(cid)) }
}

/// A file is there, but in another form than the one that Dx gives to data.
pub fn not_canonical(cid: &Cid) -> DxError {
	DxError::Corrupt(format!("{cid} is a file in a form that Dx does not use, so its key is not its content id."))
}

/// The bytes of data below a full child of a node with so many bytes below it.
fn child_span(data_bytes: u64) -> u64 {
	let node = (CHUNK_BYTES * MAX_CHILDREN) as u64;
	if data_bytes > node { node } else { CHUNK_BYTES as u64 }
}

/// Encodes a node. A node of dag-pb has its links before its data, against the order of their numbers, so the two are
/// encoded apart.
fn encode_node(children: &[Subtree]) -> Bytes {
	let links = children.iter().map(|child| PbLink {
		hash: Some(child.cid.to_bytes()),
		name: Some(String::new()),
		tsize: Some(child.block_bytes),
	});
	let file = UnixFs {
		kind: FILE,
		data: None,
		file_size: Some(children.iter().map(|child| child.data_bytes).sum()),
		block_sizes: children.iter().map(|child| child.data_bytes).collect(),
	};
	let mut bytes = PbNode { data: None, links: links.collect() }.encode_to_vec();
	bytes.extend(PbNode { data: Some(file.encode_to_vec()), links: Vec::new() }.encode_to_vec());
	bytes.into()
}

#[derive(Clone, PartialEq, Message)]
struct PbLink {
	#[prost(bytes = "vec", optional, tag = "1")]
	hash: Option<Vec<u8>>,
	#[prost(string, optional, tag = "2")]
	name: Option<String>,
	#[prost(uint64, optional, tag = "3")]
	tsize: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct PbNode {
	#[prost(bytes = "vec", optional, tag = "1")]
	data: Option<Vec<u8>>,
	#[prost(message, repeated, tag = "2")]
	links: Vec<PbLink>,
}

/// UnixFS's message about a file. Its block sizes are not packed: the schema is one of proto2.
#[derive(Clone, PartialEq, Message)]
struct UnixFs {
	#[prost(int32, required, tag = "1")]
	kind: i32,
	#[prost(bytes = "vec", optional, tag = "2")]
	data: Option<Vec<u8>>,
	#[prost(uint64, optional, tag = "3")]
	file_size: Option<u64>,
	#[prost(uint64, repeated, packed = "false", tag = "4")]
	block_sizes: Vec<u64>,
}

#[cfg(test)]
mod tests;
