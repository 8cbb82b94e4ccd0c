/** What a strategy would have done, in words. */
import type { DryRun } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { plural } from '../ui/format.ts';

type Sums = Pick<DryRun, 'orders' | 'bids' | 'wins' | 'earned'>;

/** The dry run in one sentence. */
export function dryRunSentence({ orders, bids, wins, earned }: Sums): string {
  if (orders === 0) {
    return 'No order for the models you serve has led to an agreement lately, so there is nothing to compare with yet.';
  }
  const of = orders === 1 ? 'On the last order it' : `Of the last ${plural(orders, 'order')} it`;
  if (bids === 0) return `${of} would ${orders === 1 ? 'not have bid' : 'have bid on none'}: look below for why.`;
  const bidOn = orders === 1 ? 'would have bid' : `would have bid on ${bids}`;
  if (wins === 0) return `${of} ${bidOn} and won none: others were cheaper.`;
  return `${of} ${bidOn}, won ${orders === 1 ? 'it' : wins}, and earned ${formatAmount(earned)}.`;
}

type Row = DryRun['rows'][number];

/** What would have become of an order, in a word. */
export function outcomeOf({ decision, wins }: Pick<Row, 'decision' | 'wins'>): 'won' | 'lost' | 'declined' {
  if (decision.price === null || decision.action === 'decline') return 'declined';
  return wins ? 'won' : 'lost';
}
