/** Which bids the chain takes: its rules for `placeBid` and `improveBid`, in its order, to explain and foresee them. */
import { coversRoyalty, isReliableEnough, oneStepBelow, reliability } from './rates.ts';
import type { Address, Bid, Order, Provider, Record, Rules } from './types.ts';

/** Why the chain would refuse a bid, by the name of its error. */
export type BidRefusal =
  | 'Leaving'
  | 'NotAProvider'
  | 'BiddingClosed'
  | 'OwnOrder'
  | 'ZeroPrice'
  | 'AboveMaximum'
  | 'PriceBelowRoyalty'
  | 'BelowFloor'
  | 'TooManyOpen'
  | 'NotAnnounced'
  | 'StakeTooLow'
  | 'OrderWantsMoreStake'
  | 'OrderWantsBetterRecord'
  | 'StepTooSmall'
  | 'StakeInUse';

/** Who bids. */
export interface Bidder {
  readonly provider: Provider;
  /** Who signs: the provider, or its operator key. */
  readonly signer: Address;
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

/** What the order says of prices alone. */
type Priced = Pick<Order, 'maxPrice' | 'royalty' | 'bids'>;

/** Why a price cannot stand on this order, whoever names it. */
export function priceRefusal(order: Priced, provider: Address, price: bigint, rules: Rules): BidRefusal | null {
  if (price <= 0n) return 'ZeroPrice';
  if (price > order.maxPrice) return 'AboveMaximum';
  if (!coversRoyalty(price, order.royalty, rules)) return 'PriceBelowRoyalty';
  const own = bidOf(order, provider);
  const others = bidsOfOthers(order, provider);
  if (own !== null && price > oneStepBelow(own.price, rules.bidStep)) return 'StepTooSmall';
  const [best] = others;
  if (best !== undefined && price < best.price && price > oneStepBelow(best.price, rules.bidStep))
    return 'StepTooSmall';
  const worst = others.at(-1);
  const isFull = own === null && others.length >= rules.maxBids;
  if (isFull && worst !== undefined && price > oneStepBelow(worst.price, rules.bidStep)) return 'StepTooSmall';
  return null;
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

/**
 * Why the chain would refuse a bid: a first one, or an improvement if the provider has one already.
 *
 * @param block the number of the block that the bid would be in
 */
export function bidRefusal(
  order: Order,
  bidder: Bidder,
  price: bigint,
  rules: Rules,
  block: number,
): BidRefusal | null {
  const { provider, signer } = bidder;
  const isOperator = provider.operator?.account === signer;
  if (signer !== provider.account && !isOperator) return 'NotAProvider';
  if (provider.leavesAt !== null) return 'Leaving';
  if (block >= order.bidsUntil) return 'BiddingClosed';
  if (provider.account === order.consumer) return 'OwnOrder';
  const first = bidOf(order, provider.account) === null;
  const refusal = priceRefusal(order, provider.account, price, rules);
  if (refusal !== null && refusal !== 'StepTooSmall') return refusal;
  if (isOperator) {
    if (price < provider.operator.floorPrice) return 'BelowFloor';
    if (first && provider.openBids + provider.openAgreements >= provider.operator.maxOpen) return 'TooManyOpen';
  }
  if (first) {
    const condition = conditionRefusal(order, bidder, rules);
    if (condition !== null) return condition;
  }
  if (refusal !== null) return refusal;
  return first && provider.stake - provider.reserved < order.reserve ? 'StakeInUse' : null;
}
