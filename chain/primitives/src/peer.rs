//! Dx peer ids, and the proof that a peer belongs to an account.

use codec::Encode;
use frame_support::{BoundedVec, traits::ConstU32};
use sp_core::ed25519;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// The length of the peer id of an Ed25519 key.
pub const PEER_ID_BYTES: u32 = 38;

/// A libp2p peer id in its binary form.
pub type PeerId = BoundedVec<u8, ConstU32<PEER_ID_BYTES>>;

/// An identity multihash (0x00) of 36 bytes: a protobuf with key type 1 (Ed25519) and 32 bytes of key.
const ED25519_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// The Ed25519 public key that a peer id contains, or `None` if the id is of another kind of key.
///
/// Source: <https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md>.
pub fn peer_key(peer: &[u8]) -> Option<ed25519::Public> {
	let key: [u8; 32] = peer.strip_prefix(&ED25519_PREFIX)?.try_into().ok()?;
	Some(ed25519::Public::from_raw(key))
}

/// What a peer's key signs to show that the peer belongs to `account` on the chain with this genesis hash.
///
/// The account proves its side by signing the transaction that carries the signature.
pub fn peer_proof_message(genesis: &impl Encode, account: &impl Encode) -> [u8; 32] {
	BlakeTwo256::hash_of(&(b"airo/peer/1", genesis, account)).0
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn finds_the_key_of_an_ed25519_peer_only() {
		let id: Vec<u8> = ED25519_PREFIX.into_iter().chain([3; 32]).collect();
		assert_eq!(peer_key(&id), Some(ed25519::Public::from_raw([3; 32])));
		assert_eq!(peer_key(&id[..37]), None);
		assert_eq!(peer_key(&[0x12; 38]), None);
	}

	#[test]
	fn the_proof_binds_chain_and_account() {
		let message = peer_proof_message(&[1u8; 32], &7u64);
		assert_ne!(message, peer_proof_message(&[2u8; 32], &7u64));
		assert_ne!(message, peer_proof_message(&[1u8; 32], &8u64));
	}
}
