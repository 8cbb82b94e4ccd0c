use super::*;
use crate::content_id::MAX_RAW_BYTES;

/// A file's node with these children, as somebody else could make it.
fn node(children: &[(Cid, u64)], change: impl Fn(&mut UnixFs)) -> Block {
	let links = children.iter().map(|(cid, bytes)| PbLink {
		hash: Some(cid.to_bytes()),
		name: Some(String::new()),
		tsize: Some(*bytes),
	});
	let mut file = UnixFs {
		kind: FILE,
		data: None,
		file_size: Some(children.iter().fold(0, |sum, (_, bytes)| sum.wrapping_add(*bytes))),
		block_sizes: children.iter().map(|(_, bytes)| *bytes).collect(),
	};
	change(&mut file);
	let bytes = PbNode { data: Some(file.encode_to_vec()), links: links.collect() }.encode_to_vec();
	Block::new(DAG_PB, bytes.into())
}

fn is_corrupt<T: std::fmt::Debug>(result: Result<T, DxError>) -> bool {
	matches!(result, Err(DxError::Corrupt(_)))
}

/// The root of a tree over so many leaves, which are all the same and take no memory.
fn tree_of_zeros(leaves: usize) -> (Cid, Vec<Block>) {
	let leaf = Subtree::leaf(cid_of(RAW, &[1]), CHUNK_BYTES as u64);
	build_tree(vec![leaf; leaves])
}

#[test]
fn a_node_says_where_its_children_lie() {
	let dag = build_dag(&vec![0; 2 * CHUNK_BYTES + CHUNK_BYTES / 2].into());
	let root = dag.blocks.last().unwrap();
	assert_eq!(dag.root, root.cid);
	let shape = read_node(&root.cid, &root.bytes).unwrap();
	assert_eq!(shape.data_bytes, (2 * CHUNK_BYTES + CHUNK_BYTES / 2) as u64);
	let sizes: Vec<u64> = shape.children.iter().map(|(_, bytes)| *bytes).collect();
	assert_eq!(sizes, [CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES / 2].map(|bytes| bytes as u64));
}

#[test]
fn the_leaves_share_the_memory_of_the_data() {
	let data = Bytes::from(vec![7; MAX_RAW_BYTES + 1]);
	let dag = build_dag(&data);
	assert_eq!(dag.blocks[0].bytes.as_ptr(), data.as_ptr());
	assert_eq!(dag.blocks[1].bytes.len(), 1);
}

#[test]
fn the_two_levels_of_a_file_above_1_gib_are_those_of_the_other_implementation() {
	let (root, nodes) = tree_of_zeros(MAX_CHILDREN + 2);
	assert_eq!(root.to_string(), "bafybeigmuseovhl3eutxspax3nqqhoec7rjcqnripwtdjezb7ce6buc5zi");
	assert_eq!(nodes.len(), 3);
	let shape = read_node(&root, &nodes[2].bytes).unwrap();
	assert_eq!(shape.data_bytes, ((MAX_CHILDREN + 2) * CHUNK_BYTES) as u64);
	let children: Vec<(u64, u64)> =
		shape.children.iter().map(|(cid, bytes)| (cid.codec(), bytes / CHUNK_BYTES as u64)).collect();
	assert_eq!(children, [(DAG_PB, MAX_CHILDREN as u64), (DAG_PB, 2)]);
}

#[test]
fn bytes_that_are_no_unixfs_node_are_refused() {
	let cid = cid_of(DAG_PB, &[]);
	assert!(is_corrupt(read_node(&cid, &[1, 2, 3])));
	assert!(is_corrupt(read_node(&cid, &[])));
	assert!(is_corrupt(read_node(&cid, &PbNode { data: Some(vec![255]), links: Vec::new() }.encode_to_vec())));
}

#[test]
fn a_node_in_another_form_than_that_of_dx_is_refused() {
	let chunk = CHUNK_BYTES as u64;
	let leaf = cid_of(RAW, &[1]);
	let inner = cid_of(DAG_PB, &[1]);
	let version_0 = Cid::new_v0(*cid_of(DAG_PB, &[2]).hash()).unwrap();
	let forms = [
		("smaller chunks", node(&[(leaf, chunk / 2), (leaf, chunk / 2), (leaf, chunk)], |_| {})),
		("larger chunks", node(&[(leaf, 2 * chunk)], |_| {})),
		("an empty leaf at the end", node(&[(leaf, chunk), (leaf, 0)], |_| {})),
		("nothing at all", node(&[], |_| {})),
		("leaves that are nodes", node(&[(leaf, chunk), (inner, chunk)], |_| {})),
		("leaves of version 0", node(&[(leaf, chunk), (version_0, chunk)], |_| {})),
		("a directory", node(&[(leaf, chunk), (leaf, chunk)], |file| file.kind = 1)),
		("data beside the leaves", node(&[(leaf, chunk), (leaf, chunk)], |file| file.data = Some(vec![1]))),
		("sizes that overflow", node(&[(leaf, u64::MAX), (leaf, chunk)], |_| {})),
		("fewer sizes than leaves", node(&[(leaf, chunk), (leaf, chunk)], |file| file.block_sizes.truncate(1))),
	];
	for (form, Block { cid, bytes }) in forms {
		assert!(is_corrupt(read_node(&cid, &bytes)), "{form}");
	}
}

#[test]
fn the_largest_node_is_read_and_one_that_is_stretched_is_refused() {
	let part = (CHUNK_BYTES * MAX_CHILDREN) as u64;
	let child = Subtree { cid: cid_of(DAG_PB, &[1]), data_bytes: part, block_bytes: part + 60_000 };
	let (root, nodes) = build_tree(vec![child; MAX_CHILDREN]);
	assert_eq!(read_node(&root, &nodes[0].bytes).unwrap().data_bytes, MAX_DATA_BYTES);
	// A field that nobody knows, of 64 KiB.
	let stretched = [&nodes[0].bytes[..], &[0x7a, 0x80, 0x80, 0x04], &[0; 64 * 1024]].concat();
	assert!(PbNode::decode(&stretched[..]).is_ok());
	assert!(is_corrupt(read_node(&cid_of(DAG_PB, &stretched), &stretched)));
}
