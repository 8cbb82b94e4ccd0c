/** What a provider has earned: prices of what it delivered, royalties and market fees taken off. */
import type { PeriodInfo } from '../../lib/cockpit/types.ts';
import type { Agreement } from '../../lib/market/types.ts';

/** What of a period's volume was the provider's. */
export function earnedIn({ volume, royalties, fees }: Pick<PeriodInfo, 'volume' | 'royalties' | 'fees'>): bigint {
  return volume - royalties - fees;
}

export interface EarningsTotal {
  readonly earned: bigint;
  readonly delivered: number;
  readonly agreements: number;
}

/** All periods together. */
export function totalOf(history: readonly PeriodInfo[]): EarningsTotal {
  return {
    earned: history.reduce((sum, period) => sum + earnedIn(period), 0n),
    delivered: history.reduce((sum, { delivered }) => sum + delivered, 0),
    agreements: history.reduce((sum, { agreements }) => sum + agreements, 0),
  };
}

/** What an agreement has brought so far. */
export function earnedBy({ price, royalty, fee, counts }: Agreement): bigint {
  return (price - royalty - fee) * BigInt(counts.delivered);
}
