//! # What the Airo pallets share
//!
//! The Marketplace pallet brings consumer and provider together; the Execution pallet carries out what they agreed
//! on. Neither knows the other: they meet in the types and traits of this crate, so that a chain can take both, or
//! replace one of them.
//!
//! * [`Market`]: what the Execution pallet asks of the Marketplace (the NFT's owner, the provider's stake).
//! * [`Agreements`]: what the Marketplace asks of the Execution pallet (open an agreement, a provider's standing).
//! * [`ModelNfts`]: the NFT backend that says who owns a model, with [`nfts::Nonfungibles`] for pallet-nfts and its
//!   like.
//! * [`agenda`]: the queue of what is due at a block, which both pallets work off with bounded weight.

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(feature = "runtime-benchmarks")]
extern crate alloc;

pub mod agenda;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod content;
mod keys;
pub mod nfts;
mod peer;
mod terms;

pub use content::{ContentId, MalformedContentId, check_content_id};
pub use keys::{KEY_BYTES, KeyMaterial, MalformedKey, PublicKey, SCHEME_HPKE_X25519};
pub use nfts::ModelNfts;
pub use peer::{PEER_ID_BYTES, PeerId, peer_key, peer_proof_message};
pub use terms::{Agreements, Limits, Market, Standing, Terms};

/// The number of a model, and of the NFT that says who owns it.
pub type ModelId = u32;
/// The number of an order.
pub type OrderId = u64;
/// The number of an agreement.
pub type AgreementId = u64;
