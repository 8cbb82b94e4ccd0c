/** Orders that nobody placed, for dry runs. */
import { partOf } from '../market/rates.ts';
import { SCHEME_HPKE_X25519, type Order, type OrderRequest, type Rules } from '../market/types.ts';

/** The number of an order that nobody placed. */
export const HYPOTHETICAL = -1;

export interface HypotheticalOrder extends Omit<OrderRequest, 'key' | 'sender'> {
  /** The model's version and royalty that are fixed when an order is placed. */
  readonly version: number;
  readonly royalty: bigint;
}

/** An order as it would stand on the chain if it had been placed by nobody in a block, without bids. */
export function hypotheticalOrder(order: HypotheticalOrder, block: number, rules: Rules): Order {
  const { maxPrice, inferences, maxInFlight, biddingPeriod, acceptancePeriod, providers } = order;
  const most = BigInt(Math.min(maxInFlight, inferences));
  return {
    ...order,
    // The base point: a key to which anybody could seal.
    key: { scheme: SCHEME_HPKE_X25519, material: { inline: `0x09${'00'.repeat(31)}` } },
    sender: null,
    id: HYPOTHETICAL,
    consumer: '',
    placedAt: block,
    bidsUntil: block + biddingPeriod,
    acceptUntil: block + biddingPeriod + acceptancePeriod,
    reserve: partOf(maxPrice * most, rules.reserveRate),
    held: maxPrice * BigInt(inferences) * BigInt(providers),
    bids: [],
  };
}
