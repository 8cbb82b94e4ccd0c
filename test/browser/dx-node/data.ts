/** Data that a page and a test can both make, so that it need not be passed between them. */

/** Bytes that depend on `seed` and have no pattern: every block of them is another one. */
export function noise(bytes: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = seed * 2 + 1;
  for (let i = 0; i < words.length; i++) {
    // Xorshift, by Marsaglia.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, bytes);
}
