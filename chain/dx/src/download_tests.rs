use super::*;
use crate::dag::build_dag;
use std::collections::HashMap;

/// Blocks that lie here, some of them perhaps not what they should be.
#[derive(Default)]
struct Blocks {
	blocks: HashMap<Cid, Bytes>,
	fetched: Mutex<Vec<Cid>>,
}

impl Blocks {
	fn of(data: &Bytes) -> (Cid, Self) {
		let dag = build_dag(data);
		let blocks = dag.blocks.into_iter().map(|block| (block.cid, block.bytes)).collect();
		(dag.root, Self { blocks, fetched: Mutex::default() })
	}
}

impl Source for Blocks {
	async fn fetch(&self, cid: Cid, _: Vec<PeerId>) -> Result<Given, DxError> {
		self.fetched.lock().unwrap().push(cid);
		let bytes = self.blocks.get(&cid).cloned();
		bytes.map(|bytes| Given { bytes, from: None }).ok_or_else(|| DxError::NotFound(cid.to_string()))
	}
}

#[derive(Default)]
struct Data(Vec<u8>);

impl Sink for Data {
	async fn size(&mut self, bytes: u64) -> Result<(), DxError> {
		self.0.resize(bytes as usize, 0);
		Ok(())
	}

	async fn block(&mut self, block: Block, offset: Option<u64>) -> Result<(), DxError> {
		if let Some(at) = offset.map(|at| at as usize) {
			self.0[at..at + block.bytes.len()].copy_from_slice(&block.bytes);
		}
		Ok(())
	}
}

async fn fetch(root: Cid, max_bytes: u64, blocks: &Blocks) -> Result<Vec<u8>, DxError> {
	let mut data = Data::default();
	fetch_dag(root, max_bytes, blocks, &mut data).await.map(|()| data.0)
}

fn pattern(length: usize) -> Bytes {
	(0..length).map(|i| (i / 1000) as u8).collect::<Vec<_>>().into()
}

#[tokio::test]
async fn data_is_put_together_from_its_blocks() {
	for length in [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 11 * CHUNK_BYTES + 5] {
		let (root, blocks) = Blocks::of(&pattern(length));
		assert_eq!(fetch(root, length as u64, &blocks).await.unwrap(), pattern(length), "{length} bytes");
	}
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_its_leaves_are_fetched() {
	let (root, blocks) = Blocks::of(&pattern(3 * CHUNK_BYTES));
	let error = fetch(root, 3 * CHUNK_BYTES as u64 - 1, &blocks).await.unwrap_err();
	assert!(matches!(error, DxError::TooLarge(_)), "{error}");
	assert_eq!(*blocks.fetched.lock().unwrap(), [root]);
}

#[tokio::test]
async fn a_missing_block_is_an_error() {
	let (root, mut blocks) = Blocks::of(&pattern(3 * CHUNK_BYTES));
	blocks.blocks.retain(|cid, bytes| *cid == root || bytes[0] == 0);
	assert!(matches!(fetch(root, u64::MAX, &blocks).await, Err(DxError::NotFound(_))));
}

#[tokio::test]
async fn a_file_whose_leaves_have_other_sizes_than_said_is_corrupt() {
	let leaf = |bytes: &[u8], said: usize| (Block { cid: cid_of(bytes), bytes: Bytes::copy_from_slice(bytes) }, said);
	let leaves = [leaf(&vec![1; CHUNK_BYTES], CHUNK_BYTES), leaf(&[2; 5], 6)];
	let (root, nodes) = build_tree(leaves.iter().map(|(block, said)| Subtree::leaf(block.cid, *said as u64)).collect());
	let all = leaves.into_iter().map(|(block, _)| block).chain(nodes);
	let blocks = Blocks { blocks: all.map(|block| (block.cid, block.bytes)).collect(), ..Blocks::default() };
	assert!(matches!(fetch(root, u64::MAX, &blocks).await, Err(DxError::Corrupt(_))));
}

#[tokio::test]
async fn a_single_block_above_a_chunk_is_corrupt() {
	let bytes = Bytes::from(vec![1; CHUNK_BYTES + 1]);
	let root = cid_of(&bytes);
	let blocks = Blocks { blocks: HashMap::from([(root, bytes)]), ..Blocks::default() };
	assert!(matches!(fetch(root, u64::MAX, &blocks).await, Err(DxError::Corrupt(_))));
}

fn cid_of(bytes: &[u8]) -> Cid {
	crate::content_id::cid_of(crate::dag::RAW, bytes)
}

/// Notes what room was asked for.
struct Noted(Vec<u64>, Result<(), DxError>);

impl Room for Noted {
	async fn make(&mut self, bytes: u64) -> Result<(), DxError> {
		self.0.push(bytes);
		self.1.clone()
	}
}

#[tokio::test]
async fn room_for_the_data_is_made_once_when_its_root_has_come() {
	for length in [0, 5, 3 * CHUNK_BYTES] {
		let (root, blocks) = Blocks::of(&pattern(length));
		let mut room = Noted(Vec::new(), Ok(()));
		let mut sink = Assembling::new(&mut room);
		fetch_dag(root, u64::MAX, &blocks, &mut sink).await.unwrap();
		assert_eq!(sink.data(), pattern(length));
		assert_eq!(room.0, [length as u64]);
		let times = blocks.fetched.lock().unwrap().iter().filter(|cid| **cid == root).count();
		assert_eq!(times, 1, "the root is fetched once");
	}
}

#[tokio::test]
async fn without_room_nothing_but_the_root_is_fetched() {
	let (root, blocks) = Blocks::of(&pattern(3 * CHUNK_BYTES));
	let mut room = Noted(Vec::new(), Err(DxError::Busy("there is no room".into())));
	let error = fetch_dag(root, u64::MAX, &blocks, &mut Assembling::new(&mut room)).await.unwrap_err();
	assert_eq!(error.name(), "Busy");
	assert_eq!(*blocks.fetched.lock().unwrap(), [root]);
}
