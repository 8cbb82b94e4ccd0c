/** What a provider says of itself on the chain. */
import { SCHEME_HPKE_X25519, type Hex, type Profile } from '../market/types.ts';

/**
 * Makes a profile.
 *
 * @param envelopeKey the public key to which payloads are encrypted, 32 bytes
 * @param peerProof the Dx peer's signature of `peerProofMessage`, 64 bytes
 */
export function profileOf(parts: {
  readonly name: string;
  readonly kind: Profile['kind'];
  readonly envelopeKey: Uint8Array;
  readonly peer: string;
  readonly peerProof: Uint8Array;
}): Profile {
  const { name, kind, envelopeKey, peer, peerProof } = parts;
  const key = { scheme: SCHEME_HPKE_X25519, material: { inline: toHex(envelopeKey) } };
  return { name, key, peer, peerProof: toHex(peerProof), kind };
}

/** Whether two profiles say the same; a proof is one signature of the same words. */
export function sameProfile(a: Profile, b: Profile): boolean {
  const text = ({ name, key: { scheme, material }, peer, kind }: Profile) =>
    JSON.stringify([name, scheme, 'inline' in material ? material.inline : material.content, peer, kind]);
  return text(a) === text(b);
}

function toHex(bytes: Uint8Array): Hex {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
