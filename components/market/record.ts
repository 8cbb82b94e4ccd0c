/** What a provider's record says. */
import type { Record } from '../../lib/market/types.ts';

export interface RecordSummary {
  readonly delivered: number;
  /** What it should have delivered: what its consumers did wrong counts not. */
  readonly due: number;
  /** The mean of its ratings; `null` without any. */
  readonly rating: number | null;
  readonly abandoned: number;
}

export function summarize(record: Record | null): RecordSummary {
  if (record === null) return { delivered: 0, due: 0, rating: null, abandoned: 0 };
  const { delivered, missed, providerFaults, ratings, ratingSum, abandoned } = record;
  return {
    delivered,
    due: delivered + missed + providerFaults,
    rating: ratings === 0 ? null : ratingSum / ratings,
    abandoned,
  };
}
