//! A provider's profile: what it says of itself, and that its peer agrees.

use crate::*;
use airo_primitives::{KeyMaterial, PeerId, PublicKey, SCHEME_HPKE_X25519};
use frame_support::{assert_noop, dispatch::DispatchResult};
use pallet_marketplace::{Peers, Profile, Text};

fn register_with(who: AccountId, profile: Profile) -> DispatchResult {
	call(who, Call::register_provider { profile, operator: None, stake: 10_000 * UNIT })
}

fn update(who: AccountId, profile: Profile) -> DispatchResult {
	call(who, Call::update_profile { profile })
}

/// Profiles of `who` that are refused, with the error.
fn bad_profiles(who: &AccountId) -> Vec<(Profile, Error)> {
	let good = || profile_of(who);
	let name = |bytes: &[u8]| Text::try_from(bytes.to_vec()).expect("short");
	let short = KeyMaterial::Inline(vec![8; 31].try_into().expect("short"));
	let not_ed25519 = PeerId::try_from(vec![0x12; 38]).expect("38 bytes");
	vec![
		(Profile { name: name(b""), ..good() }, Error::MalformedName),
		(Profile { name: name(&[0xff]), ..good() }, Error::MalformedName),
		(Profile { key: PublicKey { scheme: SCHEME_HPKE_X25519, material: short }, ..good() }, Error::MalformedKey),
		(Profile { peer: not_ed25519, ..good() }, Error::MalformedPeerId),
		(Profile { peer: Default::default(), ..good() }, Error::MalformedPeerId),
		(Profile { peer_proof: profile_of(&stranger()).peer_proof, ..good() }, Error::WrongPeerProof),
		(Profile { peer: profile_of(&stranger()).peer, ..good() }, Error::WrongPeerProof),
	]
}

#[test]
fn a_bad_profile_is_refused_at_registration_and_at_an_update() {
	test(|| {
		for (profile, error) in bad_profiles(&provider(0)) {
			assert_noop!(register_with(provider(0), profile), error);
		}
		assert_ok!(register_with(provider(0), profile_of(&provider(0))));
		for (profile, error) in bad_profiles(&provider(0)) {
			assert_noop!(update(provider(0), profile), error);
		}
	});
}

#[test]
fn a_profile_is_replaced_and_an_unused_peer_is_free_again() {
	test(|| {
		assert_ok!(register_with(provider(0), profile_of(&provider(0))));
		let held_before = held(&provider(0));
		let moved = profile_with_peer_of(1, &provider(0));
		assert_ok!(update(provider(0), moved.clone()));
		assert_eq!(provider_of(&provider(0)).profile, moved);
		assert_eq!(Peers::<Runtime>::get(&moved.peer), Some(provider(0)));
		assert!(!Peers::<Runtime>::contains_key(profile_of(&provider(0)).peer));
		assert_eq!(held(&provider(0)), held_before);
		assert_last(Event::ProfileUpdated { provider: provider(0) });
	});
}

#[test]
fn only_a_provider_updates_a_profile() {
	test(|| {
		assert_noop!(update(stranger(), profile_of(&stranger())), Error::NotAProvider);
	});
}

#[test]
fn a_peer_belongs_to_one_provider() {
	test(|| {
		assert_ok!(register_with(provider(1), profile_of(&provider(1))));
		// The peer itself would agree to serve two accounts.
		let shared = profile_with_peer_of(1, &provider(0));
		assert_noop!(register_with(provider(0), shared.clone()), Error::PeerTaken);
		assert_ok!(register_with(provider(0), profile_of(&provider(0))));
		assert_noop!(update(provider(0), shared), Error::PeerTaken);
	});
}

#[test]
fn an_agreement_keeps_the_key_it_opened_with() {
	test(|| {
		let id = an_agreement();
		let other = PublicKey {
			scheme: SCHEME_HPKE_X25519,
			material: KeyMaterial::Inline(vec![9; 32].try_into().expect("32 bytes")),
		};
		let profile = Profile { key: other, ..profile_of(&provider(0)) };
		assert_ok!(update(provider(0), profile));
		assert_eq!(agreement(id).provider_key, key());
	});
}

/// A profile of `who` with the peer of the provider of this number, whose key signs for `who`.
fn profile_with_peer_of(number: u8, who: &AccountId) -> Profile {
	let seed = provider(number);
	let seed: &[u8; 32] = seed.as_ref();
	profile_by(seed, &System::block_hash(0), who)
}
