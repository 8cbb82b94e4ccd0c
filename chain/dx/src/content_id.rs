//! Content ids: what data is called on Dx, computed from the data alone.

use crate::{
	DxError,
	dag::{CHUNK_BYTES, DAG_PB, RAW, build_dag},
};
use bytes::Bytes;
use cid::{Cid, Version, multibase::Base};
use multihash_codetable::{Code, MultihashDigest};
use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Data up to this many bytes is one block, and its content id is the plain SHA-256 of the data.
pub const MAX_RAW_BYTES: usize = CHUNK_BYTES;

const SHA2_256: u64 = 0x12;
const DIGEST_BYTES: u8 = 32;

/// The content id of some data: a CID of version 1, written in base32, with sha2-256. Up to [`MAX_RAW_BYTES`] its codec is
/// raw, above that it is the root of the UnixFS DAG that [`crate::dag`] describes.
///
/// There is one way to write each: whatever differs from it by as much as a letter's case is refused, so that keys can be
/// compared as text.
///
/// See <https://github.com/multiformats/cid>.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(Cid);

impl ContentId {
	/// The content id of some data.
	pub fn of(data: &Bytes) -> Self {
		Self(build_dag(data).root)
	}

	/// The content id in its bytes, as the chain stores it.
	///
	/// Fails with [`DxError::InvalidKey`] when they are anything else than a content id of Dx.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, DxError> {
		let cid = Cid::read_bytes(bytes).map_err(|_| invalid("These bytes", "they are not a CID"))?;
		if cid.to_bytes() != bytes {
			return Err(invalid("These bytes", "they are not written in the usual way"));
		}
		Self::check(cid, &cid.to_string())
	}

	/// The same as a CID.
	pub fn cid(&self) -> Cid {
		self.0
	}

	/// The content id whose codec and hash have been checked elsewhere.
	pub(crate) fn from_checked(cid: Cid) -> Self {
		Self(cid)
	}

	fn check(cid: Cid, text: &str) -> Result<Self, DxError> {
		let quoted = quote(text);
		if cid.version() != Version::V1 {
			return Err(invalid(&quoted, "its version is not 1"));
		}
		if cid.codec() != RAW && cid.codec() != DAG_PB {
			return Err(invalid(&quoted, "its codec is neither raw nor dag-pb"));
		}
		if cid.hash().code() != SHA2_256 || cid.hash().size() != DIGEST_BYTES {
			return Err(invalid(&quoted, "its hash is not sha2-256"));
		}
		Ok(Self(cid))
	}
}

impl FromStr for ContentId {
	type Err = DxError;

	/// Fails with [`DxError::InvalidKey`] when it is anything else than a content id of Dx.
	fn from_str(text: &str) -> Result<Self, DxError> {
		let cid = Cid::try_from(text).map_err(|_| invalid(&quote(text), "it is not a CID in base32"))?;
		let id = Self::check(cid, text)?;
		if id.to_string() != text {
			return Err(invalid(&quote(text), "it is not written in the usual way"));
		}
		Ok(id)
	}
}

impl fmt::Display for ContentId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&self.0.to_string_of_base(Base::Base32Lower).map_err(|_| fmt::Error)?)
	}
}

impl fmt::Debug for ContentId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl Serialize for ContentId {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// The CID of a block with these bytes.
pub(crate) fn cid_of(codec: u64, bytes: &[u8]) -> Cid {
	Cid::new_v1(codec, Code::Sha2_256.digest(bytes))
}

/// Whether it can be a block of Dx.
pub(crate) fn is_own(cid: &Cid) -> bool {
	ContentId::check(*cid, "").is_ok()
}

fn quote(text: &str) -> String {
	format!("\"{}\"", text.chars().take(100).collect::<String>())
}

fn invalid(what: &str, why: &str) -> DxError {
	DxError::InvalidKey(format!("{what} is no content id of Dx: {why}. It looks like bafkrei... or bafybei..."))
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Bytes that are the same each time and not all alike, as the tests of the TypeScript peer make them.
	fn pattern(length: usize) -> Bytes {
		let mut state = 1;
		let bytes = (0..length).map(|i| {
			state = (state * 31 + 7 + (i >> 8)) & 0xff;
			state as u8
		});
		bytes.collect::<Vec<_>>().into()
	}

	#[test]
	fn the_content_ids_are_those_of_the_other_implementation() {
		for (data, expected) in [
			(Bytes::new(), "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
			(Bytes::from_static(b"airo"), "bafkreihzf4mr5dlyjixyfok7jaudhdotyde7osydedozgf3swqwgyxf3mm"),
			(pattern(1), "bafkreievdxhohj5e6ovmm7whniwoiru4y5w7muhrgs7sk4v7mctfzgbdha"),
			(pattern(MAX_RAW_BYTES), "bafkreidspevcghrdkxsmlwv446h3eezgijgqgvhv6uivv7f4gza2cuzzni"),
			(pattern(MAX_RAW_BYTES + 1), "bafybeiaywebaeg3r4nju2lvvun32xxdygi7w33s5t7yvn2vpwsc7pwd55q"),
			(pattern(MAX_RAW_BYTES * 11 / 2), "bafybeidvtvyugy2exxqoceri3g6qgqjzwngpu3a36zc7gbln5nln3as5ce"),
			(Bytes::from(vec![0; 3 * MAX_RAW_BYTES]), "bafybeigdsjup7aizxrrjn7yqtcmqg6ffksaugwr7is2ind3cf7esaqrz4m"),
		] {
			let id = ContentId::of(&data);
			assert_eq!(id.to_string(), expected, "{} bytes", data.len());
			assert_eq!(expected.parse(), Ok(id));
			assert_eq!(ContentId::from_bytes(&id.cid().to_bytes()), Ok(id));
		}
	}

	#[test]
	fn what_is_no_content_id_of_dx_is_refused() {
		let good = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
		for (what, text) in [
			("nothing", "".into()),
			("other text", "hello".into()),
			("a path", format!("/ipfs/{good}")),
			("white space", format!(" {good}")),
			("capitals", good.to_uppercase()),
			("a cut end", good[..good.len() - 1].into()),
			("an added end", format!("{good}a")),
			("another base", "zb2rhmy65F3REf8SZp7De11gxtECBGgUKaLdiDj7MCGCHxbDW".into()),
			("version 0", "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH".into()),
			("dag-cbor", "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua".into()),
			("the identity hash", "bafkqaaa".into()),
			("text that is long", "b".repeat(100_000)),
		] {
			let error = text.parse::<ContentId>().unwrap_err();
			assert!(matches!(&error, DxError::InvalidKey(message) if message.len() < 300), "{what}: {error}");
		}
	}

	#[test]
	fn bytes_that_are_no_content_id_of_dx_are_refused() {
		let good = ContentId::of(&Bytes::new()).cid().to_bytes();
		let mut other_codec = good.clone();
		other_codec[1] = 0x71;
		for bytes in [&[][..], &[1, 2, 3], &good[1..], &[&good[..], &[0]].concat(), &other_codec] {
			assert!(matches!(ContentId::from_bytes(bytes), Err(DxError::InvalidKey(_))), "{bytes:x?}");
		}
	}
}
