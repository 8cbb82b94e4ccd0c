use super::*;
use crate::dag::build_dag;
use std::{fs, time::Duration};
use tempfile::{TempDir, tempdir};

const LIMITS: Limits =
	Limits { stranger_bytes: 8 * 1024 * 1024, stranger_time: Duration::from_secs(600), total_bytes: 64 * 1024 * 1024 };

fn open(folder: Option<&TempDir>) -> Arc<Store> {
	open_within(folder, LIMITS)
}

fn open_within(folder: Option<&TempDir>, limits: Limits) -> Arc<Store> {
	Store::open(folder.map(TempDir::path), limits, Tasks::new(), |_| {}).unwrap()
}

async fn keep(store: &Arc<Store>, data: &Bytes) -> ContentId {
	let dag = build_dag(data);
	let key = ContentId::from_checked(dag.root);
	let mut reservation = store.reserve(key, data.len() as u64).await.unwrap();
	for block in &dag.blocks {
		reservation.put(block).await.unwrap();
	}
	reservation.commit().await.unwrap();
	key
}

fn digests(data: &Bytes) -> Vec<Digest> {
	build_dag(data).blocks.iter().map(|block| digest_of(block.cid.hash()).unwrap()).collect()
}

/// How many files lie below a folder.
fn files(folder: &Path) -> usize {
	let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
	entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// Data of several blocks, two of which are the same.
fn long() -> Bytes {
	vec![5; 2 * 1024 * 1024 + 3].into()
}

#[tokio::test]
async fn what_is_kept_survives_a_restart() {
	let folder = tempdir().unwrap();
	let stored = {
		let store = open(Some(&folder));
		keep(&store, &long()).await;
		keep(&store, &Bytes::from_static(b"airo")).await;
		store.stat()
	};
	let store = open(Some(&folder));
	assert_eq!(store.stat(), stored);
	assert_eq!(stored, StoreStat { keys: 2, bytes: long().len() as u64 + 4, stranger_bytes: long().len() as u64 + 4 });
	for digest in digests(&long()) {
		assert_eq!(store.get(&digest).await.map(|bytes| bytes.len() as u64), store.size(&digest));
	}
	assert!(store.holds(&ContentId::of(&long())));
}

#[tokio::test]
async fn what_a_crash_has_left_half_done_is_removed() {
	let folder = tempdir().unwrap();
	{
		let store = open(Some(&folder));
		keep(&store, &Bytes::from_static(b"whole")).await;
		let key = keep(&store, &long()).await;
		// A block is missing, another belongs to nothing, a list entry is cut short, a write was interrupted.
		let digest = hex::encode(digests(&long())[0]);
		fs::remove_file(folder.path().join("blocks").join(&digest[..2]).join(&digest)).unwrap();
		fs::write(folder.path().join("kept").join(ContentId::of(&Bytes::from_static(b"cut")).to_string()), "{")
			.unwrap();
		fs::write(folder.path().join("blocks").join(&digest[..2]).join("1234.new"), "half").unwrap();
		assert!(store.holds(&key));
	}
	let store = open(Some(&folder));
	assert_eq!(store.stat().keys, 1);
	assert_eq!(files(folder.path()), 2);
}

#[tokio::test]
async fn a_block_that_has_been_changed_on_the_disk_is_not_given() {
	let folder = tempdir().unwrap();
	let store = open(Some(&folder));
	let data = Bytes::from_static(b"airo");
	keep(&store, &data).await;
	let digest = digests(&data)[0];
	let name = hex::encode(digest);
	fs::write(folder.path().join("blocks").join(&name[..2]).join(&name), "other").unwrap();
	assert_eq!(store.get(&digest).await, None);
}

#[tokio::test]
async fn what_is_not_finished_is_removed_and_gives_its_room_back() {
	for folder in [None, Some(tempdir().unwrap())] {
		let store = open(folder.as_ref());
		let dag = build_dag(&long());
		let digest = digest_of(dag.blocks[0].cid.hash()).unwrap();
		let mut reservation = store.reserve(ContentId::from_checked(dag.root), 5).await.unwrap();
		reservation.put(&dag.blocks[0]).await.unwrap();
		assert!(store.get(&digest).await.is_some());
		drop(reservation);
		assert_eq!(store.stat(), StoreStat::default());
		assert_eq!(store.get(&digest).await, None);
		store.tasks.drain().await;
		assert_eq!(folder.as_ref().map_or(0, |folder| files(folder.path())), 0);
	}
}

#[tokio::test]
async fn blocks_that_two_keys_have_in_common_stay_with_the_other() {
	let folder = tempdir().unwrap();
	let store = open_within(Some(&folder), Limits { stranger_bytes: long().len() as u64 + 1024 * 1024, ..LIMITS });
	let leaf = long().slice(..1024 * 1024);
	keep(&store, &leaf).await;
	keep(&store, &long()).await;
	// There is no room for a third, so the oldest goes.
	let other = Bytes::from(vec![9; 1024]);
	keep(&store, &other).await;
	assert!(!store.holds(&ContentId::of(&leaf)));
	assert_eq!(store.get(&digests(&leaf)[0]).await, Some(leaf));
}

#[tokio::test]
async fn the_same_key_stored_twice_at_once_is_there_once() {
	let store = open(None);
	let dag = build_dag(&long());
	let key = ContentId::from_checked(dag.root);
	let mut both = [store.reserve(key, 9).await.unwrap(), store.reserve(key, 9).await.unwrap()];
	for reservation in &mut both {
		for block in &dag.blocks {
			reservation.put(block).await.unwrap();
		}
		reservation.commit().await.unwrap();
	}
	drop(both);
	assert_eq!(store.stat().keys, 1);
	for digest in digests(&long()) {
		assert!(store.get(&digest).await.is_some());
	}
}

#[tokio::test]
async fn what_the_chain_refers_to_survives_its_time_and_a_restart() {
	let folder = tempdir().unwrap();
	let limits = Limits { stranger_time: Duration::ZERO, ..LIMITS };
	let [mine, other] = [Bytes::from_static(b"mine"), Bytes::from_static(b"other")];
	let key = {
		let store = open_within(Some(&folder), limits);
		let key = keep(&store, &mine).await;
		keep(&store, &other).await;
		store.collect(Some(HashSet::from([key]))).await;
		assert_eq!(store.keys(), [key]);
		key
	};
	let store = open_within(Some(&folder), limits);
	store.collect(None).await;
	assert_eq!(store.keys(), [key]);
	store.collect(Some(HashSet::new())).await;
	assert_eq!(store.stat(), StoreStat::default());
	assert_eq!(files(folder.path()), 0);
}
