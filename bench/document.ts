/** The sections of docs/benchmarks.md that the benchmarks write. */

const markers = (name: string) => [`<!-- bench ${name} -->`, `<!-- /bench ${name} -->`] as const;

/**
 * Puts a benchmark's text in the place of its last one, or at the end of the document where there is none yet.
 *
 * @throws when only one of the two markers is there
 */
export function withSection(document: string, name: string, text: string): string {
  const [open, close] = markers(name);
  const section = `${open}\n\n${text.trim()}\n\n${close}`;
  const [begin, end] = [document.indexOf(open), document.indexOf(close)];
  if (begin === -1 && end === -1) return `${document.trimEnd()}\n\n${section}\n`;
  if (begin === -1 || end < begin) throw new Error(`docs/benchmarks.md has a broken section "${name}".`);
  return document.slice(0, begin) + section + document.slice(end + close.length);
}
