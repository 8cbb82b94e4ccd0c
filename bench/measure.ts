/** What a benchmark is, and the numbers it gives. */

/** A quantity that was measured several times. */
export interface Measured {
  readonly quantity: string;
  readonly unit: string;
  /** One for each run, in their order. */
  readonly values: readonly number[];
}

export interface Benchmark {
  readonly about: string;
  /** How often it is repeated when nothing else is asked for. */
  readonly runs: number;
  /**
   * @param runs how often to repeat it
   * @param say receives what is being done
   */
  readonly run: (runs: number, say: (line: string) => void) => Promise<Outcome>;
}

export interface Outcome {
  readonly measured: readonly Measured[];
  /** What the numbers mean or are limited by, a sentence each. */
  readonly remarks?: readonly string[];
}

/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no median of nothing.');
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? NaN) + upper) / 2 : upper;
}

/** Collects a series of values for each quantity, run by run. */
export class Series {
  readonly #unit: string;
  readonly #values = new Map<string, number[]>();

  constructor(unit: string) {
    this.#unit = unit;
  }

  add(quantity: string, value: number): void {
    this.#values.set(quantity, [...(this.#values.get(quantity) ?? []), value]);
  }

  measured(): Measured[] {
    return [...this.#values].map(([quantity, values]) => ({ quantity, unit: this.#unit, values }));
  }
}

/** A table in Markdown: median, lowest and highest value of each quantity. */
export function table(measured: readonly Measured[]): string {
  const rows = measured.map(({ quantity, unit, values }) => [
    quantity,
    unit,
    round(median(values)),
    round(Math.min(...values)),
    round(Math.max(...values)),
    String(values.length),
  ]);
  const head = ['', 'unit', 'median', 'lowest', 'highest', 'runs'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i < 2 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Three digits say all that a measurement of this kind can. */
function round(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}
