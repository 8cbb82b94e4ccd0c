/** Royalties over time, from the aggregates that the chain keeps. */
import type { ModelCard, PeriodInfo } from '../../lib/cockpit/types.ts';
import { sumByPeriod } from '../periods.ts';

export interface RoyaltyPeriod {
  readonly index: number;
  readonly startsAtMs: number;
  readonly lengthMs: number;
  /** In the smallest unit. */
  readonly royalties: bigint;
  readonly delivered: number;
}

/** The royalties of several models by period, as they are drawn. */
export function royaltyPeriods(histories: readonly (readonly PeriodInfo[])[]): readonly RoyaltyPeriod[] {
  return sumByPeriod(histories, ({ royalties }) => royalties).map(({ amount, ...period }) => ({
    ...period,
    royalties: amount,
  }));
}

/** All royalties and deliveries in the periods of these models. */
export function totalsOf(models: readonly Pick<ModelCard, 'history'>[]): { royalties: bigint; delivered: number } {
  const periods = models.flatMap(({ history }) => history);
  return {
    royalties: periods.reduce((sum, { royalties }) => sum + royalties, 0n),
    delivered: periods.reduce((sum, { delivered }) => sum + delivered, 0),
  };
}
