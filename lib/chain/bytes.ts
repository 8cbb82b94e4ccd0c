/** Bytes as the hexadecimal text in which JSON-RPC and the generated types have them. */
import { hexToU8a, isHex, u8aToHex } from '@polkadot/util';

import type { Hex } from '../market/types.ts';

/** Bytes in hexadecimal after `0x`. */
export function hexOf(bytes: Uint8Array): Hex {
  return u8aToHex(bytes);
}

/** The bytes of a text in hexadecimal. */
export function bytesOf(hex: Hex): Uint8Array {
  return hexToU8a(hex);
}

/** Whether a text is bytes in hexadecimal after `0x`. */
export function isBytes(text: string): text is Hex {
  return isHex(text, undefined, false) && text.length % 2 === 0;
}
