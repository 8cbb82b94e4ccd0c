//! Content ids: the names under which data lies on Dx.

use frame_support::{BoundedVec, traits::ConstU32};

/// The id of a piece of data on Dx: a binary CIDv1. The bound leaves room for longer hashes than today's.
pub type ContentId = BoundedVec<u8, ConstU32<64>>;

/// The bytes are no content id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedContentId;

const CID_V1: u8 = 0x01;
const CODEC_RAW: u8 = 0x55;
const CODEC_DAG_PB: u8 = 0x70;
const SHA2_256: u8 = 0x12;
const SHA2_256_LENGTH: u8 = 32;

/// Checks that `bytes` are a binary CIDv1 over SHA2-256 whose codec is raw (data of one block) or dag-pb (the root of
/// a UnixFS tree): the two forms that Dx produces.
///
/// Source: <https://github.com/multiformats/cid#cidv1>.
pub fn check_content_id(bytes: &[u8]) -> Result<(), MalformedContentId> {
	match bytes {
		[CID_V1, CODEC_RAW | CODEC_DAG_PB, SHA2_256, SHA2_256_LENGTH, digest @ ..]
			if digest.len() == SHA2_256_LENGTH as usize =>
		{
			Ok(())
		}
		_ => Err(MalformedContentId),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn cid(prefix: [u8; 4], digest: usize) -> Vec<u8> {
		prefix.into_iter().chain(core::iter::repeat_n(7, digest)).collect()
	}

	#[test]
	fn accepts_raw_and_dag_pb_over_sha2_256() {
		assert_eq!(check_content_id(&cid([1, 0x55, 0x12, 32], 32)), Ok(()));
		assert_eq!(check_content_id(&cid([1, 0x70, 0x12, 32], 32)), Ok(()));
	}

	#[test]
	fn refuses_other_versions_codecs_hashes_and_lengths() {
		for bytes in [
			cid([0, 0x55, 0x12, 32], 32),
			cid([1, 0x71, 0x12, 32], 32),
			cid([1, 0x55, 0x13, 32], 32),
			cid([1, 0x55, 0x12, 31], 31),
			cid([1, 0x55, 0x12, 32], 31),
			cid([1, 0x55, 0x12, 32], 33),
			vec![],
		] {
			assert_eq!(check_content_id(&bytes), Err(MalformedContentId), "{bytes:?}");
		}
	}
}
