/** Values as text: JSON that also knows whole numbers of any size and bytes. */

const marks = { bigint: '$bigint', bytes: '$bytes' } as const;

/** Writes a value of objects, arrays, strings, numbers, booleans, null, bigint and `Uint8Array`. */
export function serialize(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return { [marks.bigint]: part.toString() };
    if (part instanceof Uint8Array) return { [marks.bytes]: toBase64(part) };
    return part;
  });
}

/** Reads what {@link serialize} has written. @throws {SyntaxError} when it is something else */
export function deserialize(text: string): unknown {
  try {
    return JSON.parse(text, (_, part: unknown) => {
      if (typeof part !== 'object' || part === null) return part;
      if (marks.bigint in part) return BigInt(String(part[marks.bigint]));
      if (marks.bytes in part) return fromBase64(String(part[marks.bytes]));
      return part;
    });
  } catch (error) {
    // Also what is nested too deeply, and what has no text where a text belongs.
    throw error instanceof SyntaxError ? error : new SyntaxError('This is not a value.', { cause: error });
  }
}

/** Bytes in base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** Bytes from base64. @throws {SyntaxError} when it is none */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(text);
  } catch (error) {
    throw new SyntaxError('This is not base64.', { cause: error });
  }
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
