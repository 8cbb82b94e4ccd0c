/** Whether results can be sealed to the key that an order names. The chain checks no more than its length. */
import { SCHEME_HPKE_X25519, type PublicKey } from '../market/types.ts';

const keyDigits = 64;

/**
 * The points of low order, to which every secret would be the same, so that HPKE seals nothing to them. A key's highest bit
 * does not count.
 *
 * @see https://cr.yp.to/ecdh.html#validate
 */
const lowOrder = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/** Why nothing can be sealed to a key, as the end of a sentence about it; `null` when it can. */
export function keyProblem({ scheme, material }: PublicKey): string | null {
  if (scheme !== SCHEME_HPKE_X25519) return `is of scheme ${scheme}, which is not known here`;
  if (!('inline' in material)) return 'lies on Dx, and keys of its scheme lie on the chain';
  const digits = material.inline.slice(2).toLowerCase();
  if (digits.length !== keyDigits) return `has ${digits.length / 2} bytes, and keys of its scheme have 32`;
  const last = Number.parseInt(digits.slice(-2), 16) & 0x7f;
  const counted = digits.slice(0, -2) + last.toString(16).padStart(2, '0');
  return lowOrder.has(counted) ? 'is a point of low order, to which nothing can be sealed' : null;
}
