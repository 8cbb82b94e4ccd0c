/** Texts that the chain keeps: as long as it takes, counted in bytes of UTF-8 as the chain counts them. */
import type { Parse } from '../../ui/parse.ts';

/** Reads a text that must not be empty. @param mostBytes how long it may be @throws with what is wrong */
export function byteLimited(required: string, mostBytes: number): Parse<string> {
  return (text) => {
    const trimmed = text.trim();
    if (trimmed === '') throw new Error(required);
    const { length } = new TextEncoder().encode(trimmed);
    if (length > mostBytes) throw new Error(`It takes ${length} bytes; at most ${mostBytes} fit. Shorten it.`);
    return trimmed;
  };
}
