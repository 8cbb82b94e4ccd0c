/** From what a form says to an order: people think in seconds, the chain in blocks. */
import {
  checkTerms,
  describeOrder,
  fillTerms,
  type OrderSummary,
  type Terms,
  type Wish,
} from '../../lib/consumer/terms.ts';
import type { Model, Rules } from '../../lib/market/types.ts';

/** What the form says; every field is right in itself. */
export interface OrderFields {
  readonly inferences: number;
  /** Of one inference, in the smallest unit. */
  readonly maxPrice: bigint;
  readonly deadlineSeconds: number;
  readonly providers: number;
  readonly biddingSeconds: number;
  readonly acceptanceSeconds: number;
  readonly lifetimeMinutes: number;
  /** `null` leaves it to the default. */
  readonly maxInFlight: number | null;
  readonly minStake: bigint;
  readonly minDelivered: number;
  readonly minReliabilityPercent: number;
}

/** The number of blocks that lasts at least as long. */
export function blocksFor(ms: number, { blockTimeMs }: Pick<Rules, 'blockTimeMs'>): number {
  return Math.ceil(ms / blockTimeMs);
}

export function toWish(model: number, fields: OrderFields, rules: Rules): Wish {
  return {
    model,
    inferences: fields.inferences,
    maxPrice: fields.maxPrice,
    providers: fields.providers,
    responseDeadline: blocksFor(fields.deadlineSeconds * 1_000, rules),
    biddingPeriod: blocksFor(fields.biddingSeconds * 1_000, rules),
    acceptancePeriod: blocksFor(fields.acceptanceSeconds * 1_000, rules),
    lifetime: blocksFor(fields.lifetimeMinutes * 60_000, rules),
    ...(fields.maxInFlight === null ? {} : { maxInFlight: fields.maxInFlight }),
    minStake: fields.minStake,
    minDelivered: fields.minDelivered,
    minReliability: fields.minReliabilityPercent / 100,
  };
}

/** What an order would mean, or why the market or the balance refuses it. */
export type Outlook =
  | { readonly isPossible: true; readonly terms: Terms; readonly summary: OrderSummary }
  | { readonly isPossible: false; readonly reason: string; readonly terms: Terms; readonly summary: OrderSummary };

/** @param free what the account can spend; `undefined` while that is not known */
export function outlookOf(wish: Wish, model: Model, rules: Rules, free: bigint | undefined): Outlook {
  const terms = fillTerms(wish, rules);
  const summary = describeOrder(terms, rules);
  const refuse = (reason: string): Outlook => ({ isPossible: false, reason, terms, summary });
  try {
    checkTerms(terms, model, rules);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (free !== undefined && free < summary.held) {
    return refuse(
      'The account has less than what this order holds. Ask for fewer inferences or offer a lower price, or put more into the account.',
    );
  }
  return { isPossible: true, terms, summary };
}
