/** Names and numbers between the forms in which people and programs use them and those in which the chain keeps them. */
import { decodeAddress } from '@polkadot/util-crypto';
import { base58btc } from 'multiformats/bases/base58';
import { CID } from 'multiformats/cid';

import { bytesOf, hexOf } from './bytes.ts';
import type { Address, ContentId, Hex } from '../market/types.ts';

/** A value that the chain could not keep. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
}

/** No identifier is longer as text, in characters; the time to decode base58 grows with the square of its length. */
const longestText = 128;

/**
 * Decodes a text of bounded length.
 *
 * @throws {InvalidValue} when it is too long, or cannot be decoded
 */
function decoded<T>(text: string, decode: (text: string) => T, problem: string): T {
  try {
    if (text.length <= longestText) return decode(text);
  } catch {
    // As for a text that is too long.
  }
  throw new InvalidValue(`${JSON.stringify(text.slice(0, longestText))} ${problem}`);
}

/**
 * The bytes of a content id, as the chain keeps it.
 *
 * @throws {InvalidValue} when the text is no CID
 */
export function contentIdToHex(text: ContentId): Hex {
  const id = decoded(text, (one) => CID.parse(one), 'is no content id: a CID such as bafkrei... is wanted.');
  return hexOf(id.toV1().bytes);
}

/** The text of a content id: CID version 1 in base32. */
export function contentIdOf(hex: Hex): ContentId {
  return CID.decode(bytesOf(hex)).toV1().toString();
}

/**
 * The bytes of a peer id.
 *
 * @throws {InvalidValue} when the text is none as libp2p prints them
 */
export function peerIdToHex(text: string): Hex {
  const problem = 'is no peer id: a text such as 12D3Koo... is wanted.';
  return hexOf(decoded(text, (one) => base58btc.decode(`z${one}`), problem));
}

/** The text of a peer id, as libp2p prints it. */
export function peerIdOf(hex: Hex): string {
  return base58btc.encode(bytesOf(hex)).slice(1);
}

/**
 * An address as it is, once it is sure that it names an account; the prefix may be any chain's.
 *
 * @throws {InvalidValue} when it is no address, or has a typing mistake
 */
export function address(text: Address): Address {
  decoded(text, (one) => decodeAddress(one), 'is no address, or has a typing mistake. Copy it again.');
  return text;
}

/** The bytes of a text in UTF-8. */
export function textToHex(text: string): Hex {
  return hexOf(new TextEncoder().encode(text));
}

/** A text out of its bytes; what is not UTF-8 becomes replacement characters. */
export function textOf(hex: Hex): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(hex));
}

/** Parts of one in a fixed point number: millionths, or the billionths of `Perbill`. */
export const MILLION = 1e6;
export const BILLION = 1e9;

/**
 * A number as whole parts: 0.5 is 500,000 millionths.
 *
 * @throws {InvalidValue} when it is not finite, or not within the bounds once it is rounded
 */
export function partsOf(value: number, parts: number, what: string, { min = 0, max = 2 ** 32 - 1 } = {}): number {
  const rounded = Math.round(value * parts);
  if (!(rounded >= min && rounded <= max)) {
    throw new InvalidValue(`${what} is ${value}, which is not from ${min / parts} to ${max / parts}.`);
  }
  // Not -0, which the chain does not know.
  return rounded + 0;
}

/**
 * A number of the chain that is never large, such as a counter of 64 bits.
 *
 * @throws {RangeError} when it cannot be a number exactly
 */
export function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large for a number.`);
  return number;
}

/**
 * A whole number that fits into so many bits, for a call.
 *
 * @throws {InvalidValue} when it is not whole, negative, or too large
 */
export function whole(value: number, what: string, bits: 8 | 16 | 32 | 53 = 32): number {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new InvalidValue(`${what} is ${value}, which is no whole number from 0 to 2^${bits} - 1.`);
  }
  return value;
}

/**
 * An amount that fits into the chain's 128 bits.
 *
 * @throws {InvalidValue} when it is negative or too large
 */
export function amount(value: bigint, what: string): bigint {
  if (value < 0n || value >= 2n ** 128n) {
    throw new InvalidValue(`${what} is ${value}, which is no amount from 0 to 2^128 - 1.`);
  }
  return value;
}
