/** Megabytes in hexadecimal, in Node and in browsers alike. */

const digits = new TextEncoder().encode('0123456789abcdef');

/** The bytes in hexadecimal after `0x`. */
export function toHex(bytes: Uint8Array): string {
  const text = new Uint8Array(2 + 2 * bytes.length);
  text.set([0x30, 0x78]);
  bytes.forEach((byte, i) => {
    text[2 + 2 * i] = digits[byte >> 4] ?? 0;
    text[3 + 2 * i] = digits[byte & 15] ?? 0;
  });
  return new TextDecoder().decode(text);
}

/** The bytes that a text stands for, or `undefined` when it is no hexadecimal after `0x`, two digits for each byte. */
export function fromHex(text: string): Uint8Array | undefined {
  if (!text.startsWith('0x') || text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) {
    const value = (digit(text.charCodeAt(2 + 2 * i)) << 4) | digit(text.charCodeAt(3 + 2 * i));
    if (value < 0) return undefined;
    bytes[i] = value;
  }
  return bytes;
}

/** The value of a digit by its character's code, or -1, which no combination with another digit makes positive. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
