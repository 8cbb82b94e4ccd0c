//! Public keys, to which payloads and results are encrypted.

use crate::{ContentId, check_content_id};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32};
use scale_info::TypeInfo;

/// The longest key that is stored on chain itself; a longer one (an FHE key, a TEE quote) is named by a content id.
pub const KEY_BYTES: u32 = 128;

/// HPKE (RFC 9180) with DHKEM(X25519, HKDF-SHA256); the key is the 32 bytes of the X25519 public key.
pub const SCHEME_HPKE_X25519: u16 = 0;

const X25519_BYTES: usize = 32;

/// A published key: which scheme it belongs to, and the key.
///
/// The chain never uses it. Only scheme 0 is checked further, because a wrong length there is a mistake for certain;
/// other numbers are free for other techniques and need no change of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PublicKey {
	/// The number of the scheme, such as [`SCHEME_HPKE_X25519`].
	pub scheme: u16,
	/// The key, or where it lies.
	pub material: KeyMaterial,
}

/// The bytes of a key, or the content id under which they lie on Dx.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum KeyMaterial {
	/// The key itself.
	Inline(BoundedVec<u8, ConstU32<KEY_BYTES>>),
	/// The key is too long for the chain and lies on Dx.
	Content(ContentId),
}

/// The key cannot be one of its scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedKey;

impl PublicKey {
	/// Checks what can be known of the key without its scheme's mathematics: its length, and that a content id is one.
	pub fn check(&self) -> Result<(), MalformedKey> {
		match &self.material {
			KeyMaterial::Inline(bytes) if self.scheme == SCHEME_HPKE_X25519 => {
				(bytes.len() == X25519_BYTES).then_some(()).ok_or(MalformedKey)
			}
			KeyMaterial::Content(_) if self.scheme == SCHEME_HPKE_X25519 => Err(MalformedKey),
			KeyMaterial::Inline(bytes) => (!bytes.is_empty()).then_some(()).ok_or(MalformedKey),
			KeyMaterial::Content(id) => check_content_id(id).map_err(|_| MalformedKey),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn inline(scheme: u16, length: usize) -> PublicKey {
		PublicKey { scheme, material: KeyMaterial::Inline(vec![9; length].try_into().unwrap()) }
	}

	#[test]
	fn an_hpke_key_has_32_bytes_on_chain() {
		assert_eq!(inline(SCHEME_HPKE_X25519, 32).check(), Ok(()));
		assert_eq!(inline(SCHEME_HPKE_X25519, 31).check(), Err(MalformedKey));
		let content = KeyMaterial::Content(vec![1; 36].try_into().unwrap());
		assert_eq!(PublicKey { scheme: SCHEME_HPKE_X25519, material: content }.check(), Err(MalformedKey));
	}

	#[test]
	fn a_key_of_another_scheme_is_not_empty_and_its_content_id_is_one() {
		assert_eq!(inline(7, 1).check(), Ok(()));
		assert_eq!(inline(7, 0).check(), Err(MalformedKey));
		let bad = KeyMaterial::Content(vec![1; 36].try_into().unwrap());
		assert_eq!(PublicKey { scheme: 7, material: bad }.check(), Err(MalformedKey));
		let good: Vec<u8> = [1, 0x55, 0x12, 32].into_iter().chain([5; 32]).collect();
		let good = KeyMaterial::Content(good.try_into().unwrap());
		assert_eq!(PublicKey { scheme: 7, material: good }.check(), Ok(()));
	}
}
