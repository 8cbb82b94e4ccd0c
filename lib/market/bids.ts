/** The bids of an order, and what the order asks of whoever bids, in the order in which the chain looks at it. */
import { isReliableEnough, reliability } from './rates.ts';
import type { Address, Bid, Order, Provider, Record, Rules } from './types.ts';

/** Why the chain would refuse a first bid of whatever price, by the name of its error. */
export type BidRefusal = 'NotAnnounced' | 'StakeTooLow' | 'OrderWantsMoreStake' | 'OrderWantsBetterRecord';

/** Who bids. */
export interface Bidder {
  readonly provider: Provider;
  /** The version of the order's model that the provider has announced. */
  readonly announced: number | null;
  /** The record as a provider; `null` if it has none yet. */
  readonly record: Record | null;
}

/** The bid of a provider, if it has one. */
export function bidOf(order: Pick<Order, 'bids'>, provider: Address): Bid | null {
  return order.bids.find((bid) => bid.provider === provider) ?? null;
}

/** The bids of everybody else, best first. */
export function bidsOfOthers(order: Pick<Order, 'bids'>, provider: Address): readonly Bid[] {
  return order.bids.filter((bid) => bid.provider !== provider);
}

/** Why this provider cannot place a new bid on this order, whatever the price. An improvement needs none of it. */
export function conditionRefusal(order: Order, bidder: Bidder, rules: Rules): BidRefusal | null {
  const { provider, record } = bidder;
  if (bidder.announced !== order.version) return 'NotAnnounced';
  if (provider.stake < rules.minStake) return 'StakeTooLow';
  if (provider.stake < order.minStake) return 'OrderWantsMoreStake';
  const delivered = record?.delivered ?? 0;
  const faults = (record?.missed ?? 0) + (record?.providerFaults ?? 0);
  const { minRecord } = order;
  if (delivered < minRecord.delivered || !isReliableEnough(reliability(delivered, faults), minRecord.reliability)) {
    return 'OrderWantsBetterRecord';
  }
  return null;
}
