//! Bitswap's messages as bytes: the parts of the protocol buffer that version 1.2 uses.
//!
//! See <https://specs.ipfs.tech/bitswap-protocol/>.

use super::{Digest, digest_of};
use bytes::Bytes;
use cid::Cid;
use multihash_codetable::{Code, MultihashDigest};
use prost::Message as _;

/// A longer block cannot be one of Dx.
const MAX_BLOCK_BYTES: usize = 2 * crate::dag::CHUNK_BYTES;

/// What is wanted of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
	/// The block itself.
	Block,
	/// Whether it is there.
	Have,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantEntry {
	pub cid: Cid,
	pub kind: Kind,
	pub cancel: bool,
	/// Whether to be told when it is not there.
	pub send_dont_have: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Presence {
	pub cid: Cid,
	pub has: bool,
}

/// A message that has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
	pub wants: Vec<WantEntry>,
	/// Whether `wants` replaces what was wanted before.
	pub full: bool,
	/// Blocks under their true hash; without one when it is a hash that Dx does not use.
	pub blocks: Vec<(Option<Digest>, Bytes)>,
	pub presences: Vec<Presence>,
}

/// Bytes that are no message of Bitswap.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no message of Bitswap: {0}")]
pub(crate) struct InvalidMessage(String);

/// Encodes a message.
pub(crate) fn encode(wants: &[WantEntry], blocks: &[(Cid, Bytes)], presences: &[Presence]) -> Vec<u8> {
	let entries = wants.iter().map(|want| PbEntry {
		block: Some(want.cid.to_bytes().into()),
		priority: 1,
		cancel: want.cancel,
		want_type: i32::from(want.kind == Kind::Have),
		send_dont_have: want.send_dont_have,
	});
	let wantlist = (!wants.is_empty()).then(|| PbWantlist { entries: entries.collect(), full: false });
	let payload = blocks.iter().map(|(cid, bytes)| PbBlock { prefix: prefix_of(cid).into(), data: bytes.clone() });
	let presences = presences
		.iter()
		.map(|presence| PbPresence { cid: Some(presence.cid.to_bytes().into()), kind: i32::from(!presence.has) });
	PbMessage { wantlist, payload: payload.collect(), presences: presences.collect() }.encode_to_vec()
}

/// Decodes a message and computes the hashes of its blocks, which are views of it. Unknown fields are passed over.
pub(crate) fn decode(bytes: Bytes) -> Result<Message, InvalidMessage> {
	let message = PbMessage::decode(bytes).map_err(|error| InvalidMessage(error.to_string()))?;
	let wantlist = message.wantlist.unwrap_or_default();
	let wants = wantlist.entries.into_iter().map(|entry| {
		Ok(WantEntry {
			cid: read_cid(entry.block, "a want")?,
			kind: if entry.want_type == 1 { Kind::Have } else { Kind::Block },
			cancel: entry.cancel,
			send_dont_have: entry.send_dont_have,
		})
	});
	let presences = message
		.presences
		.into_iter()
		.map(|presence| Ok(Presence { cid: read_cid(presence.cid, "a presence")?, has: presence.kind == 0 }));
	let blocks = message.payload.into_iter().map(|block| (true_digest(&block), block.data));
	Ok(Message {
		wants: wants.collect::<Result<_, _>>()?,
		full: wantlist.full,
		blocks: blocks.collect(),
		presences: presences.collect::<Result<_, _>>()?,
	})
}

fn read_cid(bytes: Option<Bytes>, what: &str) -> Result<Cid, InvalidMessage> {
	let bytes = bytes.ok_or_else(|| InvalidMessage(format!("{what} names no block")))?;
	Cid::try_from(bytes.as_ref()).map_err(|error| InvalidMessage(format!("{what} names no content id: {error}")))
}

/// What of a content id is needed beside the bytes of its block to compute it.
fn prefix_of(cid: &Cid) -> Vec<u8> {
	let mut prefix = Vec::with_capacity(8);
	for part in [u64::from(cid.version()), cid.codec(), cid.hash().code(), u64::from(cid.hash().size())] {
		prost::encoding::encode_varint(part, &mut prefix);
	}
	prefix
}

fn true_digest(block: &PbBlock) -> Option<Digest> {
	let mut prefix = block.prefix.as_ref();
	let mut part = || prost::encoding::decode_varint(&mut prefix).ok();
	let (_version, _codec, hash, length) = (part()?, part()?, part()?, part()?);
	let is_ours = hash == u64::from(Code::Sha2_256) && length == 32 && block.data.len() <= MAX_BLOCK_BYTES;
	is_ours.then(|| digest_of(&Code::Sha2_256.digest(&block.data)))?
}

#[derive(Clone, PartialEq, prost::Message)]
struct PbMessage {
	#[prost(message, optional, tag = "1")]
	wantlist: Option<PbWantlist>,
	#[prost(message, repeated, tag = "3")]
	payload: Vec<PbBlock>,
	#[prost(message, repeated, tag = "4")]
	presences: Vec<PbPresence>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PbWantlist {
	#[prost(message, repeated, tag = "1")]
	entries: Vec<PbEntry>,
	#[prost(bool, tag = "2")]
	full: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PbEntry {
	#[prost(bytes = "bytes", optional, tag = "1")]
	block: Option<Bytes>,
	#[prost(int32, tag = "2")]
	priority: i32,
	#[prost(bool, tag = "3")]
	cancel: bool,
	#[prost(int32, tag = "4")]
	want_type: i32,
	#[prost(bool, tag = "5")]
	send_dont_have: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PbBlock {
	#[prost(bytes = "bytes", tag = "1")]
	prefix: Bytes,
	#[prost(bytes = "bytes", tag = "2")]
	data: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PbPresence {
	#[prost(bytes = "bytes", optional, tag = "1")]
	cid: Option<Bytes>,
	#[prost(int32, tag = "2")]
	kind: i32,
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{content_id::cid_of, dag::RAW};

	#[test]
	fn what_is_encoded_is_decoded_the_same() {
		let cid = cid_of(RAW, b"airo");
		let wants = vec![
			WantEntry { cid, kind: Kind::Block, cancel: false, send_dont_have: true },
			WantEntry { cid, kind: Kind::Have, cancel: false, send_dont_have: false },
			WantEntry { cid, kind: Kind::Block, cancel: true, send_dont_have: false },
		];
		let presences = vec![Presence { cid, has: true }, Presence { cid, has: false }];
		let bytes = encode(&wants, &[(cid, Bytes::from_static(b"airo"))], &presences);
		let blocks = vec![(digest_of(cid.hash()), Bytes::from_static(b"airo"))];
		assert_eq!(decode(bytes.into()).unwrap(), Message { wants, full: false, blocks, presences });
	}

	#[test]
	fn a_block_goes_by_its_true_hash_and_not_by_what_it_is_said_to_be() {
		let bytes = encode(&[], &[(cid_of(RAW, b"airo"), Bytes::from_static(b"something else"))], &[]);
		let decoded = decode(bytes.into()).unwrap();
		assert_eq!(decoded.blocks[0].0, digest_of(cid_of(RAW, b"something else").hash()));
	}

	#[test]
	fn the_bytes_are_those_of_the_other_implementation() {
		let cid = cid_of(RAW, b"airo");
		let want = WantEntry { cid, kind: Kind::Have, cancel: false, send_dont_have: true };
		let mut expected = vec![0x0a, 0x2e, 0x0a, 0x2c, 0x0a, 0x24];
		expected.extend(cid.to_bytes());
		expected.extend([0x10, 0x01, 0x20, 0x01, 0x28, 0x01]);
		assert_eq!(encode(&[want], &[], &[]), expected);
	}

	#[test]
	fn what_is_no_message_is_refused() {
		for bytes in [
			&[0xff][..],
			&[0x0a, 0x05, 0x0a],
			// A want without a block, and one whose block is no content id.
			&[0x0a, 0x04, 0x0a, 0x02, 0x10, 0x01],
			&[0x0a, 0x05, 0x0a, 0x03, 0x0a, 0x01, 0x07],
		] {
			assert!(decode(Bytes::copy_from_slice(bytes)).is_err(), "{bytes:x?}");
		}
		assert_eq!(decode(Bytes::new()).unwrap(), Message::default());
	}
}
