/** The envelopes of Dx with a provider's private key. */
import { open, seal } from '../dx/envelope.ts';
import { SCHEME_HPKE_X25519, type Hex, type PublicKey } from '../market/types.ts';
import type { Envelopes } from './ports.ts';

/** The consumer's key is of a kind that this provider cannot encrypt to. */
export class UnsupportedKey extends Error {
  override readonly name = 'UnsupportedKey';
}

/**
 * Opens payloads with the provider's private key and seals results to the consumer's key of each agreement.
 *
 * @param genesisHash the chain's, which is bound into every envelope
 * @param privateKeys 32 bytes each; several while agreements from before a change of the key are open, the newest first
 */
export function createEnvelopes(genesisHash: Hex, privateKeys: readonly [Uint8Array, ...Uint8Array[]]): Envelopes {
  return {
    async openPayload(envelope, agreement, index) {
      const place = { genesisHash, agreement: agreement.id, index, kind: 'payload' } as const;
      const [newest, ...older] = privateKeys;
      try {
        return await open(envelope, newest, place);
      } catch (error) {
        for (const key of older) {
          const opened = await open(envelope, key, place).catch(() => null);
          if (opened !== null) return opened;
        }
        throw error;
      }
    },
    // `async`, so that a key that cannot be used is a rejection like everything else.
    async sealResult(result, agreement, index) {
      const key = inlineKey(agreement.consumerKey);
      return await seal(result, key, { genesisHash, agreement: agreement.id, index, kind: 'result' });
    },
  };
}

function inlineKey({ scheme, material }: PublicKey): Uint8Array {
  if (scheme !== SCHEME_HPKE_X25519 || !('inline' in material)) {
    const where = 'inline' in material ? 'on the chain' : 'on Dx';
    throw new UnsupportedKey(
      `The consumer's key has scheme ${scheme} and lies ${where}; only HPKE keys on the chain work.`,
    );
  }
  const hex = material.inline.slice(2);
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
