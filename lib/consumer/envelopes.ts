/** Payloads and results in the envelopes of Dx: what a consumer seals and opens. */
import { generateKeyPair, open, seal } from '../dx/envelope.ts';
import { commitmentOf, unpackResult } from '../inference/message.ts';
import { SCHEME_HPKE_X25519, type Hex, type PublicKey } from '../market/types.ts';
import { UnsupportedKey, WrongCommitment } from './errors.ts';
import type { Envelopes } from './ports.ts';

/** @param genesisHash the chain's, which is bound into every envelope */
export function createEnvelopes(genesisHash: Hex): Envelopes {
  return {
    async createKey() {
      const { publicKey, privateKey } = await generateKeyPair();
      return { publicKey: { scheme: SCHEME_HPKE_X25519, material: { inline: toHex(publicKey) } }, privateKey };
    },
    async sealPayload(payload, { id, providerKey }, index) {
      return seal(payload, keyBytes(providerKey), { genesisHash, agreement: id, index, kind: 'payload' });
    },
    async openResult(envelope, { id }, index, commitment, privateKey) {
      const result = await open(envelope, privateKey, { genesisHash, agreement: id, index, kind: 'result' });
      if ((await commitmentOf(result)) !== commitment.toLowerCase()) {
        throw new WrongCommitment('The result is not the one that the provider has committed to on chain.');
      }
      return unpackResult(result).message;
    },
  };
}

function keyBytes({ scheme, material }: PublicKey): Uint8Array {
  if (scheme !== SCHEME_HPKE_X25519 || !('inline' in material)) {
    throw new UnsupportedKey(
      `The provider's key is of scheme ${scheme}, which is not known here. Choose another provider.`,
    );
  }
  const digits = material.inline.slice(2).match(/../g) ?? [];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes: Uint8Array): Hex {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
