/** An account's record in words. */
import type { Record as AccountRecord } from '../../lib/market/types.ts';
import { summarize } from '../market/record.ts';
import { formatPercent, plural } from '../ui/format.ts';

/** How much of what providers had to deliver they did; nothing is claimed before the first inference. */
export function reliabilityText(record: AccountRecord): string {
  const { delivered, due } = summarize(record);
  return due === 0 ? 'none asked for yet' : `${formatPercent(delivered / due)} of what was due`;
}

/** `4.5 of 5 stars, by 2 ratings`. */
export function ratingText(record: AccountRecord): string {
  const { rating } = summarize(record);
  if (rating === null) return 'not rated yet';
  return `${rating.toFixed(1).replace(/\.0$/, '')} of 5 stars, by ${plural(record.ratings, 'rating')}`;
}
