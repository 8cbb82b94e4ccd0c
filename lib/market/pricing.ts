/**
 * What a provider bids: a strategy names a price, and the floor, the order's highest price, the royalty, the operator
 * key's floor and the market's step bind every strategy alike. All of it is pure; the chain's rounding is in `rates.ts`.
 */
import { formatAmount } from './amounts.ts';
import { bidOf, bidsOfOthers } from './bids.ts';
import { divideUp, oneStepBelow, partOfUp, priceForNet } from './rates.ts';
import type { CostStrategy, Strategy, UndercutStrategy } from './strategies.ts';
import type { Address, Bid, Order, Rules } from './types.ts';

/** Which rule of pricing decided. */
export type PriceRule =
  /** The strategy's price. */
  | 'strategy'
  /** Below the bid to beat. */
  | 'undercut'
  /** At the price of the best bid, because a lower price would have to be lower by the market's step. */
  | 'join'
  /** At the lowest price that is allowed. */
  | 'floor'
  /** The bid wins as it stands. */
  | 'leading'
  /** Others bid less, and the floor allows no less. */
  | 'outbidAtFloor'
  /** Others bid less, and the strategy's price is no better than the bid that stands, which binds. */
  | 'outbid'
  /** The order pays less than the floor, or less is bid already. */
  | 'belowFloor'
  /** The strategy wants more than the order pays. */
  | 'priceTooHigh'
  /** Royalty and market fee alone are more than the order pays, or than the fixed price. */
  | 'royaltyAboveMax'
  /** The operator key may not bid so little. */
  | 'operatorFloor'
  /** The order has as many bids as it takes, and all are better. */
  | 'listFull'
  /** The time per inference is not known, and the strategy's price depends on it. */
  | 'notMeasured'
  /** The external strategy does not want the order. */
  | 'hookDeclined';

export interface PriceQuestion {
  readonly order: Pick<Order, 'maxPrice' | 'royalty' | 'providers' | 'bids'>;
  /** Who bids. */
  readonly provider: Address;
  readonly rules: Rules;
  /** The time of this machine that an inference takes, in milliseconds; `null` if it is not known. */
  readonly timeMs: number | null;
  /** The lowest price that an operator key may bid; `null` if the provider itself signs. */
  readonly operatorFloor: bigint | null;
  /** What an external strategy has named; `null` and perhaps why if it does not want the order. */
  readonly named: { readonly price: bigint | null; readonly reason: string | null };
}

/** A price and why, or why not. `improve` and `hold` only if there is a bid already; `price` is then what stands. */
export interface PriceDecision {
  readonly action: 'bid' | 'improve' | 'hold' | 'decline';
  readonly price: bigint | null;
  readonly rule: PriceRule;
  /** For people. */
  readonly reason: string;
}

/** The lowest price that a strategy allows. */
export function floorOf(strategy: Strategy): bigint {
  return strategy.kind === 'fixed' ? strategy.price : strategy.floor;
}

/**
 * The price of an inference by its cost: of the price, after market fee and royalty, the cost of the machine's time and
 * the margin are left.
 */
export function costPrice(strategy: CostStrategy, timeMs: number, royalty: bigint, rules: Rules): bigint {
  const microseconds = BigInt(Math.ceil(timeMs * 1000));
  const withMargin = BigInt(Math.round((1 + strategy.margin) * 1e6));
  const cost = divideUp(strategy.pricePerHour * microseconds * withMargin, 3_600_000_000n * 1_000_000n);
  return priceForNet(cost + royalty, rules);
}

/** Decides on a price for an order, whether there is a bid of ours already or not. */
export function decidePrice(strategy: Strategy, question: PriceQuestion): PriceDecision {
  const { order, provider } = question;
  const own = bidOf(order, provider);
  // A bid wins if it is among the first as many as the order wants providers; equal prices rank by age.
  if (own !== null && order.bids.indexOf(own) < order.providers) {
    return hold(own, 'leading', `Our bid of ${formatAmount(own.price)} is among the best ${order.providers}.`);
  }
  const bounds = boundsOf(strategy, question);
  if (bounds.lowest > order.maxPrice) {
    const reason = `${bounds.because} The order pays at most ${formatAmount(order.maxPrice)}.`;
    return refuse(own, bounds.rule, reason);
  }
  const { others, beat } = rivals(order, provider);
  if (strategy.kind === 'undercut') return undercut(strategy, question, own, bounds, others, beat);

  const named = strategyPrice(strategy, question);
  if (typeof named !== 'bigint') return refuse(own, named.rule, named.reason);
  if (strategy.kind === 'fixed' && named < bounds.lowest) return refuse(own, bounds.rule, bounds.because);
  const wanted = max(named, bounds.lowest);
  if (wanted > order.maxPrice) {
    const reason = `The strategy's price is ${formatAmount(wanted)}, and the order pays at most ${formatAmount(order.maxPrice)}.`;
    return refuse(own, 'priceTooHigh', reason);
  }
  const rule = wanted === named ? 'strategy' : 'floor';
  return place(question, own, others, { price: wanted, rule, reason: bounds.because, atFloor: false });
}

interface Bounds {
  /** The lowest price that may be bid, whatever the strategy says. */
  readonly lowest: bigint;
  /** Which bound that is. */
  readonly rule: PriceRule;
  readonly because: string;
}

function boundsOf(strategy: Strategy, { order, rules, operatorFloor }: PriceQuestion): Bounds {
  const royalty = max(priceForNet(order.royalty, rules), 1n);
  const bounds: Bounds[] = [
    {
      lowest: royalty,
      rule: 'royaltyAboveMax',
      because: `Royalty and market fee take ${formatAmount(royalty)}.`,
    },
  ];
  if (strategy.kind !== 'fixed') {
    const because = `The strategy's floor is ${formatAmount(strategy.floor)}.`;
    bounds.push({ lowest: strategy.floor, rule: 'belowFloor', because });
  }
  if (operatorFloor !== null) {
    const because = `The operator key may not bid below ${formatAmount(operatorFloor)}.`;
    bounds.push({ lowest: operatorFloor, rule: 'operatorFloor', because });
  }
  return bounds.reduce((highest, bound) => (bound.lowest > highest.lowest ? bound : highest));
}

/** The others' bids, and which of them has to be beaten to be among the winners; none if there are places left. */
function rivals(order: PriceQuestion['order'], provider: Address) {
  const others = bidsOfOthers(order, provider);
  return { others, beat: others[order.providers - 1] ?? null };
}

function strategyPrice(
  strategy: Exclude<Strategy, UndercutStrategy>,
  { order, rules, timeMs, named }: PriceQuestion,
): bigint | { readonly rule: PriceRule; readonly reason: string } {
  switch (strategy.kind) {
    case 'fixed':
      return strategy.price;
    case 'cost':
      if (timeMs === null) {
        return {
          rule: 'notMeasured',
          reason: 'The time of an inference has not been measured yet, so it has no cost.',
        };
      }
      return costPrice(strategy, timeMs, order.royalty, rules);
    case 'external':
      if (named.price !== null) return named.price;
      return {
        rule: 'hookDeclined',
        reason: `The external strategy does not want this order: ${named.reason ?? 'it gave no reason.'}`,
      };
  }
}

function undercut(
  strategy: UndercutStrategy,
  question: PriceQuestion,
  own: Bid | null,
  bounds: Bounds,
  others: readonly Bid[],
  beat: Bid | null,
): PriceDecision {
  const { order, rules } = question;
  if (beat === null) {
    // Places are left, and there is no bid of ours (it would be leading).
    const start = min(strategy.start ?? order.maxPrice, order.maxPrice);
    const price = max(start, bounds.lowest);
    const rule = price === start ? 'strategy' : 'floor';
    return place(question, own, others, { price, rule, reason: 'There are fewer bids than wanted.', atFloor: false });
  }
  const step = max(max(partOfUp(beat.price, strategy.step), partOfUp(beat.price, rules.bidStep)), 1n);
  const price = max(beat.price - step, bounds.lowest);
  if (price > beat.price) {
    const reason = `The bid to beat is ${formatAmount(beat.price)}. ${bounds.because}`;
    return refuse(own, own === null ? 'belowFloor' : 'outbidAtFloor', reason);
  }
  const atFloor = price === bounds.lowest;
  const reason = `The bid to beat is ${formatAmount(beat.price)}.${atFloor ? ` ${bounds.because}` : ''}`;
  return place(question, own, others, { price, rule: atFloor ? 'floor' : 'undercut', reason, atFloor });
}

interface Wanted {
  readonly price: bigint;
  readonly rule: PriceRule;
  readonly reason: string;
  /** It is an undercutting bid that can go no lower. */
  readonly atFloor: boolean;
}

/** Finds the place for a wanted price among the bids: there, a little higher, or nowhere. */
function place(question: PriceQuestion, own: Bid | null, others: readonly Bid[], wanted: Wanted): PriceDecision {
  const { order, rules } = question;
  const [best] = others;
  const leads = best === undefined || wanted.price >= best.price;
  // Taking the lead by less than the step is refused, joining the leader is not.
  const joins = !leads && wanted.price > oneStepBelow(best.price, rules.bidStep);
  const price = joins ? best.price : wanted.price;

  if (own !== null && price > oneStepBelow(own.price, rules.bidStep)) {
    const rule = wanted.atFloor ? 'outbidAtFloor' : 'outbid';
    const stands = `Our bid of ${formatAmount(own.price)} stands: ${formatAmount(price)} is not better by the market's step.`;
    return hold(own, rule, `${wanted.reason} ${stands}`);
  }
  const worst = others.at(-1);
  if (own === null && worst !== undefined && others.length >= rules.maxBids) {
    const highest = oneStepBelow(worst.price, rules.bidStep);
    if (price > highest) {
      const full = `The order has ${rules.maxBids} bids already; a new one must be at most ${formatAmount(highest)}.`;
      return refuse(own, 'listFull', `${wanted.reason} ${full}`);
    }
  }
  const text = joins
    ? `${wanted.reason} It joins the best bid, ${formatAmount(price)}: the lead takes at most ${formatAmount(oneStepBelow(price, rules.bidStep))}.`
    : `${wanted.reason} The price is ${formatAmount(price)} of at most ${formatAmount(order.maxPrice)}.`;
  return { action: own === null ? 'bid' : 'improve', price, rule: joins ? 'join' : wanted.rule, reason: text };
}

function hold(own: Bid, rule: PriceRule, reason: string): PriceDecision {
  return { action: 'hold', price: own.price, rule, reason };
}

/** No new bid; one that is there stands, because bids bind. */
function refuse(own: Bid | null, rule: PriceRule, reason: string): PriceDecision {
  if (own === null) return { action: 'decline', price: null, rule, reason };
  return { action: 'hold', price: own.price, rule, reason: `${reason} Our bid of ${formatAmount(own.price)} stands.` };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
