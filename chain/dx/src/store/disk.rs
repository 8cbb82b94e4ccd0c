//! Where blocks and the list of what is kept lie: in a folder, or nowhere but in memory.
//!
//! In the folder, `blocks/ab/abcd...` is the block with that hash in hexadecimal, and `kept/bafk...` says of a key how much
//! it is and since when it is kept. Every file is written aside and moved into place, so that a crash leaves it whole or not
//! at all; that a disk can rot is the reader's care.

use super::policy::Kept;
use crate::{ContentId, bitswap::Digest};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::{
	collections::HashMap,
	fs, io,
	path::{Path, PathBuf},
	sync::{Mutex, MutexGuard, PoisonError},
};

const ASIDE: &str = "new";

pub(crate) enum Disk {
	Memory(Mutex<HashMap<Digest, Bytes>>),
	Folder(PathBuf),
}

#[derive(Serialize, Deserialize)]
struct Line {
	bytes: u64,
	since: u64,
	referenced: bool,
}

/// All operations block.
impl Disk {
	pub fn open(folder: Option<&Path>) -> io::Result<Self> {
		let Some(folder) = folder else { return Ok(Self::Memory(Mutex::default())) };
		fs::create_dir_all(folder.join("blocks"))?;
		fs::create_dir_all(folder.join("kept"))?;
		Ok(Self::Folder(folder.to_owned()))
	}

	/// Whether an operation can take so long that it must not run among other tasks.
	pub fn is_slow(&self) -> bool {
		matches!(self, Self::Folder(_))
	}

	/// A block; nothing when it is not there.
	pub fn read(&self, digest: &Digest) -> io::Result<Option<Bytes>> {
		match self {
			Self::Memory(blocks) => Ok(lock(blocks).get(digest).cloned()),
			Self::Folder(folder) => match fs::read(block_file(folder, digest)) {
				Ok(bytes) => Ok(Some(bytes.into())),
				Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
				Err(error) => Err(error),
			},
		}
	}

	pub fn write(&self, digest: &Digest, bytes: &Bytes) -> io::Result<()> {
		match self {
			Self::Memory(blocks) => {
				// A block can be a small part of a large message, whose memory would stay with it.
				lock(blocks).insert(*digest, Bytes::copy_from_slice(bytes));
				Ok(())
			}
			Self::Folder(folder) => {
				let file = block_file(folder, digest);
				fs::create_dir_all(file.parent().expect("it lies in a folder"))?;
				write_whole(&file, bytes)
			}
		}
	}

	pub fn delete(&self, digest: &Digest) -> io::Result<()> {
		match self {
			Self::Memory(blocks) => {
				lock(blocks).remove(digest);
				Ok(())
			}
			Self::Folder(folder) => ignore_missing(fs::remove_file(block_file(folder, digest))),
		}
	}

	/// The hashes and sizes of all blocks. What is left of an interrupted write is removed.
	pub fn blocks(&self) -> io::Result<Vec<(Digest, u64)>> {
		let Self::Folder(folder) = self else { return Ok(Vec::new()) };
		let mut found = Vec::new();
		for part in fs::read_dir(folder.join("blocks"))? {
			let part = part?;
			if !part.file_type()?.is_dir() {
				continue;
			}
			for file in fs::read_dir(part.path())? {
				let file = file?;
				match file.file_name().to_str().and_then(digest_named) {
					Some(digest) => found.push((digest, file.metadata()?.len())),
					None => ignore_missing(fs::remove_file(file.path()))?,
				}
			}
		}
		Ok(found)
	}

	/// Takes down that something is kept.
	pub fn note(&self, kept: &Kept) -> io::Result<()> {
		let Self::Folder(folder) = self else { return Ok(()) };
		let line = Line { bytes: kept.bytes, since: kept.since_ms, referenced: kept.referenced };
		write_whole(&folder.join("kept").join(kept.key.to_string()), &serde_json::to_vec(&line)?)
	}

	pub fn strike(&self, key: &ContentId) -> io::Result<()> {
		let Self::Folder(folder) = self else { return Ok(()) };
		ignore_missing(fs::remove_file(folder.join("kept").join(key.to_string())))
	}

	/// All that is kept. What cannot be read may have been changed or cut short, and is removed: it is as if it were not
	/// there.
	pub fn kept(&self) -> io::Result<Vec<Kept>> {
		let Self::Folder(folder) = self else { return Ok(Vec::new()) };
		let mut found = Vec::new();
		for file in fs::read_dir(folder.join("kept"))? {
			let file = file?;
			let key = file.file_name().to_str().and_then(|name| name.parse::<ContentId>().ok());
			match (key, serde_json::from_slice::<Line>(&fs::read(file.path())?)) {
				(Some(key), Ok(Line { bytes, since, referenced })) => {
					found.push(Kept { key, bytes, since_ms: since, referenced });
				}
				_ => ignore_missing(fs::remove_file(file.path()))?,
			}
		}
		Ok(found)
	}
}

/// Writes a file that is there as a whole or not at all.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
	let aside = file.with_extension(ASIDE);
	fs::write(&aside, bytes)?;
	fs::rename(aside, file)
}

fn block_file(folder: &Path, digest: &Digest) -> PathBuf {
	let name = hex::encode(digest);
	folder.join("blocks").join(&name[..2]).join(name)
}

fn digest_named(name: &str) -> Option<Digest> {
	let mut digest = Digest::default();
	hex::decode_to_slice(name, &mut digest).ok()?;
	Some(digest)
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
	match result {
		Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
		other => other,
	}
}

fn lock(blocks: &Mutex<HashMap<Digest, Bytes>>) -> MutexGuard<'_, HashMap<Digest, Bytes>> {
	blocks.lock().unwrap_or_else(PoisonError::into_inner)
}
