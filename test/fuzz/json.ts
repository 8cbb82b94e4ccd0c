/** Inputs that are JSON, or have JSON in them. */
import type { JsonPart } from './target.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text of an input, or nothing when it is not UTF-8. */
function textIn(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** The bytes as text, with a replacement for what is not UTF-8: for readers of text. */
export function anyText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function valueIn(bytes: Uint8Array): { readonly value: unknown } | null {
  const text = textIn(bytes);
  if (text === null) return null;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** An input that is JSON as a whole. */
export const wholeJson: JsonPart = {
  split: (bytes) => {
    const found = valueIn(bytes);
    return found && { value: found.value, join: (value) => encoder.encode(JSON.stringify(value)) };
  },
};

/**
 * An input in which JSON lies after its length, 32 bits little endian: a message of `lib/inference/message.ts`.
 *
 * @param offset where the length stands
 */
export function jsonAfterLength(offset: number): JsonPart {
  return {
    split: (bytes) => {
      const start = offset + 4;
      if (bytes.length < start) return null;
      const end = start + new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
      const found = end > bytes.length ? null : valueIn(bytes.subarray(start, end));
      if (found === null) return null;
      const join = (value: unknown) => {
        const json = encoder.encode(JSON.stringify(value));
        const joined = new Uint8Array(start + json.length + bytes.length - end);
        joined.set(bytes.subarray(0, offset));
        new DataView(joined.buffer).setUint32(offset, json.length, true);
        joined.set(json, start);
        joined.set(bytes.subarray(end), start + json.length);
        return joined;
      };
      return { value: found.value, join };
    },
  };
}
