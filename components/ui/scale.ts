/** The arithmetic of charts. */

/** Steps of an axis that people can read: 1, 2, 2.5 or 5 times a power of ten. */
export interface Scale {
  /** From the lowest to the highest, both included. */
  readonly ticks: readonly number[];
  readonly min: number;
  readonly max: number;
}

/**
 * An axis from zero that has room for all values.
 *
 * @param count how many steps there are about
 */
export function scaleFromZero(values: readonly number[], count = 3): Scale {
  const highest = Math.max(0, ...values.filter(Number.isFinite));
  if (highest === 0) return { ticks: [0, 1], min: 0, max: 1 };
  const step = niceStep(highest / count);
  const steps = Math.ceil(highest / step - 1e-9);
  // A product, not a sum: 0.1 + 0.2 is not 0.3.
  const ticks = Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { ticks, min: 0, max: ticks.at(-1) ?? 1 };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The path of a line through the points, as they are on the screen. */
export function linePath(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

/** The path of the area between that line and the base. */
export function areaPath(points: readonly Point[], baseY: number): string {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  return `${linePath(points)}L${round(last.x)} ${round(baseY)}L${round(first.x)} ${round(baseY)}Z`;
}

/** Of `count` entries, those whose labels have room: the first, the last, and some between, at most `atMost`. */
export function labelled(count: number, atMost: number): ReadonlySet<number> {
  if (count <= atMost) return new Set(Array.from({ length: count }, (_, index) => index));
  const gaps = Math.max(1, atMost - 1);
  return new Set(Array.from({ length: gaps + 1 }, (_, index) => Math.round((index * (count - 1)) / gaps)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
