//! What a runtime upgrade does to the state.
//!
//! A migration that fits into one block is an entry of [`Migrations`], which runs in order before the first block under
//! the new rules, ahead of the pallets' own hooks. Entries that every chain has been through are removed.

/// The migrations from the last release to this one.
pub type Migrations = ();
