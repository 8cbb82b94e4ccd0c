/** The aggregates of the chain, with where their periods lie. */
import type { MarketReads } from '../../market/chain.ts';
import type { Definition, Snapshot } from '../queries.ts';
import type { MarketOverview, PeriodInfo } from '../types.ts';
import { allOrders } from '../block-reads.ts';

/** The periods of a subject in which something happened, oldest first. */
export async function periodsOf(
  subject: Parameters<MarketReads['periods']>[0],
  reads: MarketReads,
  { periodBlocks, timeOf }: Pick<Snapshot, 'periodBlocks' | 'timeOf'>,
): Promise<readonly PeriodInfo[]> {
  const periods = [...(await reads.periods(subject))].sort((a, b) => a.index - b.index);
  return periods.map((period) => {
    const fromBlock = period.index * periodBlocks;
    return {
      ...period,
      fromBlock,
      startsAtMs: timeOf(fromBlock),
      endsAtMs: timeOf(fromBlock + periodBlocks),
      priceMean: period.agreed === 0 ? null : period.priceSum / BigInt(period.agreed),
    };
  });
}

export const overview: Definition<MarketOverview> = {
  key: 'overview',
  everyBlocks: 3,
  read: async (reads, snapshot) => {
    const [history, orders] = await Promise.all([periodsOf('market', reads, snapshot), allOrders(reads)]);
    return { history, openOrders: orders.length };
  },
};
