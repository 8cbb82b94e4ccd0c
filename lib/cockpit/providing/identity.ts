/** What consumers and Dx know this browser by: made once, and what the profile on the chain says of it. */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';

import { peerProofMessage } from '../../chain/peer-proof.ts';
import { generateKeyPair } from '../../dx/envelope.ts';
import type { Address, Hex, Profile } from '../../market/types.ts';
import { profileOf } from '../../provider/profiles.ts';
import type { Identity } from './kept.ts';

/** Makes new keys from the system's randomness. */
export async function makeIdentity(): Promise<Identity> {
  return { envelope: await generateKeyPair(), seed: crypto.getRandomValues(new Uint8Array(32)) };
}

/** The profile of an account that provides with these keys. */
export async function browserProfile(
  { envelope, seed }: Identity,
  name: string,
  genesisHash: Hex,
  account: Address,
): Promise<Profile> {
  const key = await generateKeyPairFromSeed('Ed25519', seed);
  return profileOf({
    ...{ name, kind: 'browser', envelopeKey: envelope.publicKey },
    peer: peerIdFromPrivateKey(key).toString(),
    peerProof: await key.sign(peerProofMessage(genesisHash, account)),
  });
}
