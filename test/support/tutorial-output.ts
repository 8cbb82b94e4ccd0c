/**
 * Whether a shown output is that of a real run. What differs from run to run is not compared:
 *
 * - content ids, peer ids and hashes of certificates and transactions, addresses of keys that were made, clock times,
 *   durations, numbers of blocks, orders and agreements, and amounts with fees in them (five decimals or more);
 * - how wide the columns of a table are;
 * - the lines that tell of bids while they come (`Block 12: ...`): how many there are depends on who was quicker.
 *
 * `…` in a line stands for anything, and a line with nothing else for any number of lines.
 */

/** The well-known accounts of development chains that the tutorial uses: these are compared. */
const wellKnown = new Set([
  '5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y', // Charlie
  '5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy', // Dave
  '5HGjWAeFDfFCWPsjFQdVV2Msvz2XtMktvgocEZcCj68kUMaw', // Eve
]);

const variable: readonly (readonly [RegExp, string])[] = [
  [/\bbaf[a-z2-7]{20,}/g, 'CID'],
  [/\b12D3KooW[1-9A-HJ-NP-Za-km-z]{44}/g, 'PEER'],
  [/\buEi[\w-]{20,}/g, 'CERTHASH'],
  [/\b0x[0-9a-f]{16,}/g, 'HASH'],
  [/\b\d\d:\d\d:\d\d\b/g, 'CLOCK'],
  [/\bms=\d+(\.\d+)?/g, 'ms=N'],
  [/\b\d+(\.\d+)? (ms|s|min|h)\b/g, 'TIME'],
  [/\b(block|order|agreement|accept|infer|bids|cancel|end) \d+/gi, '$1 N'],
  [/\b\d+\.\d{5,}/g, 'AMOUNT'],
  // The column of blocks beside the outcome of a request.
  [/\b\d+(?= +paid in block)/g, 'N'],
];

const address = /\b5[1-9A-HJ-NP-Za-km-z]{47}\b/g;

/** The addresses of accounts in a text that differ from run to run, in their order. */
export function madeAddresses(text: string): readonly string[] {
  return [...text.matchAll(address)].map(([found]) => found).filter((found) => !wellKnown.has(found));
}

/** What is compared of a line: its variable parts by name, and one space for many. */
export function normalized(line: string): string {
  let text = line.replace(address, (found) => (wellKnown.has(found) ? found : 'ADDRESS'));
  for (const [pattern, name] of variable) text = text.replace(pattern, name);
  return text.replace(/\s+/g, ' ').trim();
}

/** The lines that are compared, without empty ones at both ends. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !/^Block \d+: \d+ bids?, the lowest /.test(line));
  const isText = (line: string) => line.trim() !== '';
  const first = lines.findIndex(isText);
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex(isText) + 1).map(normalized);
}

/**
 * Whether `actual` is what `shown` says.
 *
 * @param how `whole`: from the beginning to the end; `within`: more may stand before and after it
 */
export function isAsShown(shown: string, actual: string, how: 'whole' | 'within' = 'whole'): boolean {
  const any = how === 'within' ? ['…'] : [];
  return matches([...any, ...linesOf(shown), ...any], linesOf(actual));
}

/** Whether an output has parts that were left out by hand, so that it cannot be written from a run. */
export function hasGaps(shown: string): boolean {
  return shown.includes('…');
}

function matches(wanted: readonly string[], found: readonly string[]): boolean {
  const [line, ...rest] = wanted;
  if (line === undefined) return found.length === 0;
  if (line === '…') {
    for (let skipped = 0; skipped <= found.length; skipped += 1) {
      if (matches(rest, found.slice(skipped))) return true;
    }
    return false;
  }
  const [first, ...others] = found;
  return first !== undefined && isSameLine(line, first) && matches(rest, others);
}

function isSameLine(wanted: string, found: string): boolean {
  if (!wanted.includes('…')) return wanted === found;
  const pattern = wanted.split('…').map((part) => escaped(part.trim()));
  return new RegExp(`^${pattern.join('.*')}$`).test(found);
}

/** A text as a part of a regular expression that matches it. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
