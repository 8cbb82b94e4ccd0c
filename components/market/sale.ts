/** What a model's sale is to somebody who is about to buy. */
import type { Address, Sale } from '../../lib/market/types.ts';

/** `open`: it can be bought, at this price; `raised`: it costs more now than was agreed to; `gone`: not for this buyer. */
export type Standing =
  | { readonly state: 'open'; readonly price: bigint }
  | { readonly state: 'raised'; readonly price: bigint }
  | { readonly state: 'gone' };

/**
 * How a sale stands.
 *
 * @param agreed the price that the buyer has seen and agreed to, in the smallest unit
 */
export function standingOf(sale: Sale | null, buyer: Address, agreed: bigint): Standing {
  if (sale === null || !isFor(sale, buyer)) return { state: 'gone' };
  const { price } = sale;
  // The chain takes the price that is set, so a lower one needs nobody's word.
  return { state: price > agreed ? 'raised' : 'open', price };
}

/** Whether an account may buy. */
export function isFor({ reservedFor }: Sale, buyer: Address): boolean {
  return reservedFor === null || reservedFor === buyer;
}
