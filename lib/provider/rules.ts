/**
 * The words by which decisions are known: which rule decided. They are stable, in the order in which the rules are
 * looked at; the first that applies decides. Those of prices are in `lib/market/pricing.ts`.
 */
import type { PriceRule } from '../market/pricing.ts';

export const orderRules = [
  /** The operator has paused bidding. */
  'paused',
  /** The model is not among those that are served. */
  'notServed',
  /** The order is our own. */
  'ownOrder',
  /** The order names a key to which no result can be sealed, which would be counted as our fault. */
  'keyUnusable',
  /** No bid can be placed any more. */
  'biddingClosed',
  /** The account is no provider, is leaving, or the signer may not bid for it. */
  'notAProvider',
  'leaving',
  'notTheOperator',
  /** The order is for a version of the model that is not served. */
  'versionNotServed',
  /** The model is being loaded, or could not be. */
  'modelNotReady',
  /** No time per inference is known, so no deadline can be promised. */
  'notMeasured',
  /** The chain does not know that this version is served. */
  'notAnnounced',
  /** The stake is below the market's minimum, or below the order's. */
  'stakeTooLow',
  /** The record is not as good as the order asks for. */
  'recordTooLow',
  /** The free part of the stake does not cover what the bid reserves. */
  'stakeInUse',
  /** The operator key may not open more bids and agreements. */
  'operatorMaxOpen',
  /** So many bids and agreements are open as the settings allow. */
  'maxOpen',
  /** So many requests could wait at a time as the settings allow. */
  'inFlight',
  /** Not all that is promised could be answered in time. */
  'deadlineTooShort',
] as const;

/** Which rule about an order, its model or this provider decided. */
export type OrderRule = (typeof orderRules)[number];

/** Which rule decided; the last are about asking an external strategy. */
export type Rule = OrderRule | PriceRule | 'hookFailed';
