//! Whatever bytes come, they are read or refused by name. The samples are those of test/fixtures/fuzz.

#[path = "common/changes.rs"]
mod changes;

use airo_dx::{
	ContentId, DxError,
	dag::{MAX_CHILDREN, read_node},
};
use changes::Changes;
use std::{fs, path::PathBuf};

const SEED: u64 = 20_261_123;
const ROUNDS: usize = 2_000;

/// The samples of a target of the fuzzing in TypeScript, which the two implementations share.
fn samples(target: &str) -> Vec<Vec<u8>> {
	let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../test/fixtures/fuzz").join(target);
	let mut files: Vec<_> = fs::read_dir(&folder)
		.unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
		.map(|entry| entry.unwrap().path())
		.collect();
	files.sort();
	assert!(!files.is_empty(), "{target} has samples");
	files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// The samples, and what they are changed to.
fn inputs(target: &str) -> impl Iterator<Item = Vec<u8>> {
	let samples = samples(target);
	let mut changes = Changes::new(SEED);
	let changed: Vec<_> = (0..ROUNDS).map(|round| changes.of(&samples[round % samples.len()])).collect();
	samples.into_iter().chain(changed)
}

#[test]
fn a_content_id_is_written_as_it_was_read_or_refused() {
	let mut read = 0;
	for bytes in inputs("dx-content-id") {
		let text = String::from_utf8_lossy(&bytes);
		match text.parse::<ContentId>() {
			Ok(id) => {
				read += 1;
				assert_eq!(id.to_string(), text);
				assert_eq!(ContentId::from_bytes(&id.cid().to_bytes()), Ok(id));
			}
			Err(DxError::InvalidKey(message)) => assert!(message.len() < 1_000),
			Err(error) => panic!("{text}: {error}"),
		}
	}
	assert!(read > 0);
}

#[test]
fn the_bytes_of_a_content_id_are_those_that_were_read_or_refused() {
	let good = "bafkreihzf4mr5dlyjixyfok7jaudhdotyde7osydedozgf3swqwgyxf3mm".parse::<ContentId>().unwrap();
	let mut changes = Changes::new(SEED);
	for _ in 0..ROUNDS {
		let bytes = changes.of(&good.cid().to_bytes());
		match ContentId::from_bytes(&bytes) {
			Ok(id) => assert_eq!(id.cid().to_bytes(), bytes),
			Err(error) => assert!(matches!(error, DxError::InvalidKey(_)), "{error}"),
		}
	}
}

#[test]
fn a_node_adds_up_or_is_corrupt() {
	let root = "bafybeihd4yzq7n5umhjngdum4r6k2to7egxfkf2jz6thvwzf6djus22cmq".parse::<ContentId>().unwrap().cid();
	let mut read = 0;
	for bytes in inputs("dx-node") {
		match read_node(&root, &bytes) {
			Ok(shape) => {
				read += 1;
				assert!((1..=MAX_CHILDREN).contains(&shape.children.len()));
				assert_eq!(shape.children.iter().map(|(_, size)| size).sum::<u64>(), shape.data_bytes);
			}
			Err(error) => assert!(matches!(error, DxError::Corrupt(_)), "{error}"),
		}
	}
	assert!(read > 0);
}
