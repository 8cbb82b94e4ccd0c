/** Sums over time, from the aggregates that the chain keeps. */
import type { PeriodInfo } from '../lib/cockpit/types.ts';

export interface PeriodSum {
  readonly index: number;
  readonly startsAtMs: number;
  readonly lengthMs: number;
  /** In the smallest unit. */
  readonly amount: bigint;
  readonly delivered: number;
}

/** More than this many periods are not drawn, whatever lies between them. */
const most = 120;
/** A single bar tells nothing of time: so many periods are drawn, as far as the chain is that old. */
const least = 12;

/**
 * Adds up an amount of several histories by period. Periods without any lie between the others as zero, so that time is
 * drawn as it passed.
 */
export function sumByPeriod(
  histories: readonly (readonly PeriodInfo[])[],
  amountOf: (period: PeriodInfo) => bigint,
): readonly PeriodSum[] {
  const sums = new Map<number, PeriodSum>();
  for (const period of histories.flat()) {
    const { index, startsAtMs, endsAtMs, delivered } = period;
    const before = sums.get(index);
    sums.set(index, {
      index,
      startsAtMs,
      lengthMs: endsAtMs - startsAtMs,
      amount: (before?.amount ?? 0n) + amountOf(period),
      delivered: (before?.delivered ?? 0) + delivered,
    });
  }
  const known = [...sums.values()].sort((a, b) => a.index - b.index);
  const last = known.at(-1);
  if (last === undefined) return [];
  const begin = Math.min(known[0]?.index ?? 0, last.index - least + 1);
  const first = Math.max(0, begin, last.index - most + 1);
  return Array.from({ length: last.index - first + 1 }, (_, offset) => {
    const index = first + offset;
    const startsAtMs = last.startsAtMs - (last.index - index) * last.lengthMs;
    return sums.get(index) ?? { index, startsAtMs, lengthMs: last.lengthMs, amount: 0n, delivered: 0 };
  });
}

const dayMs = 86_400_000;

/** When a period began: the day, or the time of day where periods are shorter than one. */
export function periodLabel(startsAtMs: number, lengthMs: number, timeZone?: string): string {
  const parts: Intl.DateTimeFormatOptions =
    lengthMs >= dayMs ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  return new Date(startsAtMs).toLocaleString('en-GB', { ...parts, ...(timeZone === undefined ? {} : { timeZone }) });
}
