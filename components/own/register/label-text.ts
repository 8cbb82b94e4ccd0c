/** Labels as they are pasted: one a line. */
import { plural } from '../../ui/format.ts';

/** What the chain keeps itself; more labels, or longer ones, go to Dx as a text. */
const mostInline = 32;
const longestInline = 32;
/** A text of labels is for people; nobody has a million classes. */
const most = 100_000;

/** The labels of a text, without the empty lines at its end. */
export function labelsOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Whether the labels fit into the description itself. */
export function fitInline(labels: readonly string[]): boolean {
  const encoder = new TextEncoder();
  return (
    labels.length > 0 &&
    labels.length <= mostInline &&
    labels.every((label) => label !== '' && encoder.encode(label).length <= longestInline)
  );
}

/** Reads labels. @throws with what is wrong */
export function parseLabels(text: string): readonly string[] {
  const labels = labelsOf(text);
  if (labels.length === 0) throw new Error('Paste the labels, one a line, in the order of the output’s elements.');
  if (labels.length > most) throw new Error(`These are ${labels.length} lines; at most ${most} labels are taken.`);
  return labels;
}

/** Where the labels will be, and whether their number fits the output. @param size elements of the output, if known */
export function labelsHint(labels: readonly string[], size: number | undefined): string {
  if (labels.length === 0) return 'One a line, in the order of the output’s elements.';
  const where = fitInline(labels) ? 'kept on chain' : 'kept as a text on Dx, because they are many or long';
  const fits = size === undefined || size === labels.length ? '' : ` The output has ${plural(size, 'element')}.`;
  return `${plural(labels.length, 'label')}, ${where}.${fits}`;
}
