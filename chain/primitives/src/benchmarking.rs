//! What the benchmarks of both pallets need.

use crate::{ContentId, KEY_BYTES, KeyMaterial, PublicKey};
use alloc::vec;
use frame_support::{
	BoundedVec,
	traits::{fungible::Unbalanced, tokens::Precision},
};
use sp_runtime::{
	Saturating,
	traits::{BlakeTwo256, Hash},
};

/// Gives `who` an amount out of nothing.
pub fn fund<AccountId, Currency: Unbalanced<AccountId>>(who: &AccountId, amount: Currency::Balance) {
	let given = Currency::increase_balance(who, amount, Precision::Exact).expect("the amount is within bounds");
	Currency::set_total_issuance(Currency::total_issuance().saturating_add(given));
}

/// A content id of its own for each seed.
pub fn content(seed: u32) -> ContentId {
	let digest = BlakeTwo256::hash_of(&seed);
	BoundedVec::truncate_from([&[0x01, 0x55, 0x12, 0x20], digest.as_bytes()].concat())
}

/// The longest key.
pub fn key() -> PublicKey {
	PublicKey {
		scheme: u16::MAX,
		material: KeyMaterial::Inline(BoundedVec::truncate_from(vec![7; KEY_BYTES as usize])),
	}
}
