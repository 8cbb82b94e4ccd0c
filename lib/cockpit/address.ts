/** Addresses as people paste them. */
import { checkAddress, decodeAddress, encodeAddress } from '@polkadot/util-crypto';

import type { Address } from '../market/types.ts';
import { InvalidAddress } from './errors.ts';

const accountBytes = 32;
/** No address is longer, in characters; what is pasted by mistake may be, and would take long to decode. */
const longestText = 128;

/**
 * Reads an address, of this chain or of another one that means the same account.
 *
 * @param prefix of this chain; the result has it
 * @throws {InvalidAddress} with what is wrong
 */
export function parseAddress(text: string, prefix: number): Address {
  const trimmed = text.trim();
  if (trimmed === '') throw new InvalidAddress('Enter an address.');
  if (trimmed.startsWith('0x')) {
    throw new InvalidAddress('This is hexadecimal. Enter the address as wallets show it, such as 5Grw...');
  }
  if (trimmed.length > longestText) throw new InvalidAddress('This is no address: it is too long. Copy it again.');
  let key: Uint8Array;
  try {
    key = decodeAddress(trimmed);
  } catch (error) {
    throw new InvalidAddress(reasonOf(trimmed, prefix), { cause: error });
  }
  if (key.length !== accountBytes) throw new InvalidAddress('This is the address of something else than an account.');
  return encodeAddress(key, prefix);
}

function reasonOf(text: string, prefix: number): string {
  const [, problem] = checkAddress(text, prefix);
  if (problem !== null && /checksum/i.test(problem)) {
    return 'This address has a mistake in it: its checksum does not fit. Copy it again.';
  }
  return 'This is no address. It looks like 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY.';
}
