/** Royalties over time, from the aggregates that the chain keeps. */
import type { ModelCard, PeriodInfo } from '../../lib/cockpit/types.ts';

export interface RoyaltyPeriod {
  readonly index: number;
  readonly startsAtMs: number;
  readonly lengthMs: number;
  /** In the smallest unit. */
  readonly royalties: bigint;
  readonly delivered: number;
}

/** More than this many periods are not drawn, whatever lies between them. */
const most = 120;
/** A single bar tells nothing of time: so many periods are drawn, as far as the chain is that old. */
const least = 12;

/**
 * Adds up the royalties of several models by period. Periods without any lie between the others as zero, so that time is
 * drawn as it passed.
 */
export function royaltyPeriods(histories: readonly (readonly PeriodInfo[])[]): readonly RoyaltyPeriod[] {
  const sums = new Map<number, RoyaltyPeriod>();
  for (const period of histories.flat()) {
    const { index, startsAtMs, endsAtMs, royalties, delivered } = period;
    const before = sums.get(index);
    sums.set(index, {
      index,
      startsAtMs,
      lengthMs: endsAtMs - startsAtMs,
      royalties: (before?.royalties ?? 0n) + royalties,
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
    return sums.get(index) ?? { index, startsAtMs, lengthMs: last.lengthMs, royalties: 0n, delivered: 0 };
  });
}

/** All royalties and deliveries in the periods of these models. */
export function totalsOf(models: readonly Pick<ModelCard, 'history'>[]): { royalties: bigint; delivered: number } {
  const periods = models.flatMap(({ history }) => history);
  return {
    royalties: periods.reduce((sum, { royalties }) => sum + royalties, 0n),
    delivered: periods.reduce((sum, { delivered }) => sum + delivered, 0),
  };
}

const dayMs = 86_400_000;

/** When a period began: the day, or the time of day where periods are shorter than one. */
export function periodLabel(startsAtMs: number, lengthMs: number, timeZone?: string): string {
  const parts: Intl.DateTimeFormatOptions =
    lengthMs >= dayMs ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  return new Date(startsAtMs).toLocaleString('en-GB', { ...parts, ...(timeZone === undefined ? {} : { timeZone }) });
}
