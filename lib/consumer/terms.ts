/** What an order asks for: defaults, checks, and what it means in money and time. */
import { formatAmount } from '../market/amounts.ts';
import type { Address, Model, OrderRequest, Rules } from '../market/types.ts';
import { InvalidOrder } from './errors.ts';

/** What somebody wants to buy; durations are in blocks. What is left out has a sensible default. */
export interface Wish {
  readonly model: number;
  readonly inferences: number;
  /** The most that one inference may cost, royalty and market fee included. */
  readonly maxPrice: bigint;
  /** How many providers are wanted, each for all inferences; 1 by default. */
  readonly providers?: number | undefined;
  /** How long bids are taken; 6 by default. */
  readonly biddingPeriod?: number | undefined;
  /** How long bids can be accepted after that; 30 by default. */
  readonly acceptancePeriod?: number | undefined;
  /** Within how many blocks a request is to be answered; 15 by default. */
  readonly responseDeadline?: number | undefined;
  /** How long the agreement lasts at most; an hour by default. */
  readonly lifetime?: number | undefined;
  /** How many requests may be unanswered at a time; 64 by default, or all inferences where they are fewer. */
  readonly maxInFlight?: number | undefined;
  /** The stake that a bidder must have; none by default. */
  readonly minStake?: bigint | undefined;
  /** How many inferences a bidder must have delivered; none by default. */
  readonly minDelivered?: number | undefined;
  /** Which part of them, 0 to 1, must have been in time and right; 0 by default. */
  readonly minReliability?: number | undefined;
  /** A key that may send the requests; only the consumer's own by default. */
  readonly sender?: Address | undefined;
}

const hourMs = 3_600_000;

/** An order's terms, but for the key, which is made when it is placed. */
export type Terms = Omit<OrderRequest, 'key'>;

/** Fills in what a wish leaves open. */
export function fillTerms(wish: Wish, rules: Rules): Terms {
  return {
    model: wish.model,
    inferences: wish.inferences,
    maxPrice: wish.maxPrice,
    providers: wish.providers ?? 1,
    biddingPeriod: wish.biddingPeriod ?? 6,
    acceptancePeriod: wish.acceptancePeriod ?? 30,
    responseDeadline: wish.responseDeadline ?? Math.max(15, rules.minResponseDeadline),
    lifetime: wish.lifetime ?? Math.ceil(hourMs / rules.blockTimeMs),
    maxInFlight: wish.maxInFlight ?? Math.max(1, Math.min(64, wish.inferences, rules.maxInFlight)),
    minStake: wish.minStake ?? 0n,
    minRecord: { delivered: wish.minDelivered ?? 0, reliability: wish.minReliability ?? 0 },
    sender: wish.sender ?? null,
  };
}

/**
 * Checks terms by what the market would refuse, before anything is signed.
 *
 * @throws {InvalidOrder} with what to change
 */
export function checkTerms(terms: Terms, model: Model, rules: Rules): void {
  const refuse = (message: string) => {
    throw new InvalidOrder(message);
  };
  const whole: readonly (readonly [string, number, number])[] = [
    ['The number of inferences', terms.inferences, 1],
    ['The number of providers', terms.providers, 1],
    ['The bidding period', terms.biddingPeriod, 1],
    ['The acceptance period', terms.acceptancePeriod, 0],
    ['The response deadline', terms.responseDeadline, rules.minResponseDeadline],
    ['The lifetime', terms.lifetime, 1],
    ['The number of requests in flight', terms.maxInFlight, 1],
    ['The number of delivered inferences asked for', terms.minRecord.delivered, 0],
  ];
  for (const [what, value, least] of whole) {
    if (!Number.isSafeInteger(value) || value < least) refuse(`${what} must be a whole number from ${least} on.`);
  }
  if (model.retired) refuse(`Model ${model.id} is retired and takes no new orders. Choose another one.`);
  if (terms.providers > rules.maxBids) {
    refuse(`An order has at most ${rules.maxBids} bids, so it cannot want ${terms.providers} providers.`);
  }
  if (terms.maxInFlight > rules.maxInFlight) refuse(`At most ${rules.maxInFlight} requests can be in flight.`);
  if (terms.lifetime <= terms.responseDeadline) {
    refuse('The lifetime must be longer than the response deadline, or nothing could be requested.');
  }
  const { reliability } = terms.minRecord;
  if (!(reliability >= 0 && reliability <= 1)) refuse('The reliability asked for must be a number from 0 to 1.');
  if (terms.maxPrice <= 0n) refuse('The highest price must be more than zero.');
  if (terms.maxPrice > rules.maxPrice) refuse('The highest price is above the highest that the market takes.');
  const least = leastPrice(model.royalty, rules);
  if (terms.maxPrice < least) {
    throw new InvalidOrder(
      `The highest price does not cover the model's royalty and the market's fee. Offer at least ${formatAmount(least)}.`,
    );
  }
}

/** The lowest price that leaves nothing less than zero to the provider, in the smallest unit. */
export function leastPrice(royalty: bigint, rules: Rules): bigint {
  // The chain takes the fee rounded down from the price; rates are exact in billionths.
  const billion = 1_000_000_000n;
  const fee = BigInt(Math.round(rules.marketFee * Number(billion)));
  const covers = (price: bigint) => price - (price * fee) / billion >= royalty;
  const near = (royalty * billion) / (billion - fee) - 1n;
  let price = near > 1n ? near : 1n;
  while (!covers(price)) price += 1n;
  return price;
}

/** What an order means. */
export interface OrderSummary {
  /** What goes on hold: providers × inferences × highest price. A small deposit for the storage comes with it. */
  readonly held: bigint;
  readonly biddingMs: number;
  /** From the placing on, until nothing can be accepted any more. */
  readonly acceptWithinMs: number;
  readonly responseMs: number;
  readonly lifetimeMs: number;
  /** The stake that each bid reserves. */
  readonly reserve: bigint;
}

/** Says what an order means in money and time. */
export function describeOrder(terms: Terms, rules: Rules): OrderSummary {
  const ms = (blocks: number) => blocks * rules.blockTimeMs;
  const inFlight = BigInt(Math.min(terms.maxInFlight, terms.inferences)) * terms.maxPrice;
  return {
    held: BigInt(terms.providers) * BigInt(terms.inferences) * terms.maxPrice,
    biddingMs: ms(terms.biddingPeriod),
    acceptWithinMs: ms(terms.biddingPeriod + terms.acceptancePeriod),
    responseMs: ms(terms.responseDeadline),
    lifetimeMs: ms(terms.lifetime),
    reserve: (inFlight * BigInt(Math.round(rules.reserveRate * 1_000_000_000))) / 1_000_000_000n,
  };
}
