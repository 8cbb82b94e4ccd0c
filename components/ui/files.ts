/** Which files are taken, before any of them is read. */
import { formatBytes } from './format.ts';

export interface FileRules {
  /** What is taken, as in the `accept` of a file input: `image/png`, `image/*`, `.onnx`. */
  readonly accept?: readonly string[];
  readonly maxBytes?: number;
  /** Default: one. */
  readonly multiple?: boolean;
}

/** What of a file is looked at. */
export interface FileLike {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

export interface SortedFiles<F extends FileLike> {
  readonly taken: readonly F[];
  /** A sentence for each file that is not taken. */
  readonly refusals: readonly string[];
}

/** Tells the files that are taken from those that are not. */
export function sortFiles<F extends FileLike>(
  files: readonly F[],
  { accept, maxBytes = Infinity, multiple = false }: FileRules,
): SortedFiles<F> {
  const taken: F[] = [];
  const refusals: string[] = [];
  for (const file of files) {
    if (accept !== undefined && !accept.some((pattern) => matches(file, pattern))) {
      refusals.push(`${file.name} is not ${kinds(accept)}.`);
    } else if (file.size === 0) {
      refusals.push(`${file.name} is empty.`);
    } else if (file.size > maxBytes) {
      refusals.push(`${file.name} has ${formatBytes(file.size)}; at most ${formatBytes(maxBytes)} are taken.`);
    } else if (!multiple && taken.length > 0) {
      refusals.push(`${file.name} was left out: one file is taken at a time.`);
    } else {
      taken.push(file);
    }
  }
  return { taken, refusals };
}

function matches({ name, type }: FileLike, pattern: string): boolean {
  if (pattern.startsWith('.')) return name.toLowerCase().endsWith(pattern.toLowerCase());
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** `one of: PNG image, .onnx file`. */
function kinds(accept: readonly string[]): string {
  const names = accept.map((pattern) => (pattern.startsWith('.') ? `${pattern} file` : kindOf(pattern)));
  return `one of: ${names.join(', ')}`;
}

function kindOf(type: string): string {
  const [group = '', subtype = ''] = type.split('/');
  return subtype === '*' ? group : `${subtype.toUpperCase()} ${group}`;
}
