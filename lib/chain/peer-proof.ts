/** What binds a provider's Dx peer to its account and chain. */
import { u8aConcat } from '@polkadot/util';
import { blake2AsU8a, decodeAddress } from '@polkadot/util-crypto';

import { bytesOf } from './bytes.ts';
import type { Address, Hex } from '../market/types.ts';

/**
 * What a Dx peer's Ed25519 key signs to show that it belongs to an account: the blake2-256 hash of `airo/peer/1`, the
 * chain's genesis hash and the account's id. Source: `chain/primitives/src/peer.rs`.
 *
 * @returns 32 bytes; their signature is the profile's `peerProof`
 */
export function peerProofMessage(genesisHash: Hex, account: Address): Uint8Array {
  const domain = new TextEncoder().encode('airo/peer/1');
  return blake2AsU8a(u8aConcat(domain, bytesOf(genesisHash), decodeAddress(account)));
}
