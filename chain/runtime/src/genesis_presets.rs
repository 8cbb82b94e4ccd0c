//! Genesis states to start a chain from, by name.

use crate::{
	AIRO, AccountId, Balance, BalancesConfig, EXISTENTIAL_DEPOSIT, Marketplace, MarketplaceConfig,
	RuntimeGenesisConfig, SudoConfig,
	configs::{COLLECTION_DEPOSIT, TreasuryAccount},
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// The name of the preset for a chain of one validator.
pub const DEVELOPMENT: &str = "development";
/// The name of the preset for a chain of four validators.
pub const LOCAL: &str = "local";

/// What each well-known account starts with.
const ENDOWMENT: Balance = 1_000_000 * AIRO;

/// The accounts that development chains fund. Everybody has their keys.
const WELL_KNOWN: [Sr25519Keyring; 6] = [
	Sr25519Keyring::Alice,
	Sr25519Keyring::Bob,
	Sr25519Keyring::Charlie,
	Sr25519Keyring::Dave,
	Sr25519Keyring::Eve,
	Sr25519Keyring::Ferdie,
];

/// A validator's keys for Aura and for GRANDPA.
type Authority = (Sr25519Keyring, Ed25519Keyring);

/// A development chain: these authorities validate, the well-known accounts are rich, and Alice may do everything.
///
/// The treasury exists from the start, since a payment below the existential deposit to an account that does not exist
/// would fail. So does the marketplace's account, with the deposit of the collection of all models, which it owns.
fn development(authorities: &[Authority]) -> Vec<u8> {
	let endowed: Vec<(AccountId, Balance)> = WELL_KNOWN
		.iter()
		.map(|account| (account.to_account_id(), ENDOWMENT))
		.chain([
			(TreasuryAccount::get(), EXISTENTIAL_DEPOSIT),
			(Marketplace::account_id(), EXISTENTIAL_DEPOSIT + COLLECTION_DEPOSIT),
		])
		.collect();
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances: endowed },
		aura: pallet_aura::GenesisConfig {
			authorities: authorities.iter().map(|(aura, _)| AuraId::from(aura.public())).collect(),
		},
		grandpa: pallet_grandpa::GenesisConfig {
			authorities: authorities.iter().map(|(_, grandpa)| (GrandpaId::from(grandpa.public()), 1)).collect(),
		},
		sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
		marketplace: MarketplaceConfig { create_collection: true },
	})
	.to_string()
	.into_bytes()
}

/// The preset of that name: JSON that is merged over the default genesis.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let alice = (Sr25519Keyring::Alice, Ed25519Keyring::Alice);
	match id.as_ref() {
		DEVELOPMENT => Some(development(&[alice])),
		// Four, since that is the fewest with which one can fail and blocks still become final.
		LOCAL => Some(development(&[
			alice,
			(Sr25519Keyring::Bob, Ed25519Keyring::Bob),
			(Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
			(Sr25519Keyring::Dave, Ed25519Keyring::Dave),
		])),
		_ => None,
	}
}

/// The names that [`get_preset`] knows.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEVELOPMENT), PresetId::from(LOCAL)]
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::crypto::Ss58Codec;

	#[test]
	fn every_name_has_a_preset_that_funds_the_treasury() {
		let treasury = TreasuryAccount::get().to_ss58check();
		for name in preset_names() {
			let json = String::from_utf8(get_preset(&name).expect("the name is listed")).expect("JSON is text");
			assert!(json.contains(&treasury), "{name}");
		}
		assert_eq!(get_preset(&PresetId::from("unknown")), None);
	}
}
