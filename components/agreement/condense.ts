/** A timeline short enough to be read. */
import type { TimelineEntry } from '../../lib/cockpit/types.ts';

/** One or several entries that followed on another. */
export interface CondensedEntry extends TimelineEntry {
  /** How many entries it stands for. */
  readonly count: number;
  /** The block of the last of them. */
  readonly lastBlock: number;
}

/**
 * Puts the middle of a long life together: its first entries and its last ones stay, and what lies between them becomes
 * one entry. What lies ahead always stays.
 *
 * @param atMost how many entries may be there at the end; at least 5
 */
export function condense(entries: readonly TimelineEntry[], atMost = 9): readonly CondensedEntry[] {
  const single = (entry: TimelineEntry): CondensedEntry => ({ ...entry, count: 1, lastBlock: entry.block });
  if (entries.length <= atMost) return entries.map(single);
  const head = entries.slice(0, 2);
  const tail = entries.slice(-(atMost - 3));
  const middle = entries.slice(2, -(atMost - 3));
  const [first, last] = [middle[0], middle.at(-1)];
  if (first === undefined || last === undefined) return entries.map(single);
  const text = `${middle.length} more events, up to block ${last.block}`;
  const folded: CondensedEntry = { ...first, text, count: middle.length, lastBlock: last.block };
  return [...head.map(single), folded, ...tail.map(single)];
}
