/** What a person reads, and what a program reads. */
import { formatAmount } from '../lib/market/amounts.ts';

export interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/**
 * Results go to standard output, everything on the way there to standard error. With `json`, results are one document
 * at the end instead.
 */
export class Output {
  readonly json: boolean;
  readonly #out: Stream;
  readonly #err: Stream;
  #live = '';

  constructor(json: boolean, out: Stream = process.stdout, err: Stream = process.stderr) {
    this.json = json;
    this.#out = out;
    this.#err = err;
  }

  /** A part of the result, for people. */
  print(text: string): void {
    if (this.json) return;
    this.#clear();
    this.#out.write(`${text}\n`);
    this.#show();
  }

  /** Something that happened on the way. */
  note(text: string): void {
    this.#clear();
    this.#err.write(`${text}\n`);
    this.#show();
  }

  /** How far it is. On a terminal one line is kept up to date until `''`; elsewhere nothing is written. */
  live(text: string): void {
    if (this.#err.isTTY !== true) return;
    this.#clear();
    this.#live = text;
    this.#show();
  }

  /** The document at the end. */
  document(value: unknown): void {
    this.live('');
    if (this.json) this.#out.write(`${toJson(value)}\n`);
  }

  #clear(): void {
    if (this.#live !== '') this.#err.write('\r\u001b[K');
  }

  #show(): void {
    if (this.#live !== '') this.#err.write(this.#live.slice(0, (this.#err.columns ?? 80) - 1));
  }
}

/** JSON with amounts as strings of the smallest unit, because JSON's numbers are too small for them. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part), 2);
}

/** A column: its head, and whether it is aligned to the right, as numbers are. */
export type Column = string | { readonly head: string; readonly align: 'right' };

/** An aligned table, or `nothing` without rows. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], nothing: string): string {
  if (rows.length === 0) return nothing;
  const heads = columns.map((column) => (typeof column === 'string' ? column : column.head));
  const lines = [heads, ...rows];
  const widths = heads.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] ?? ''))));
  return lines
    .map((line) =>
      columns
        .map((column, i) => {
          const cell = line[i] ?? '';
          const space = ' '.repeat((widths[i] ?? 0) - widthOf(cell));
          return typeof column === 'string' ? cell + space : space + cell;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The number of characters, also where one takes two units of UTF-16. */
function widthOf(text: string): number {
  return Array.from(text).length;
}

/** Names and values, one a line, aligned. */
export function list(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

/** An amount without the token's symbol, for columns whose head names it. */
export function bareAmount(amount: bigint): string {
  return formatAmount(amount).replace(/ \S+$/, '');
}

/** A duration for people. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1).replace(/\.0$/, '')} h`;
}

/** A part of one as a percentage. */
export function percent(part: number, digits = 1): string {
  return `${(part * 100).toFixed(digits)} %`;
}

/** A number with its noun: `1 bid`, `2 bids`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
