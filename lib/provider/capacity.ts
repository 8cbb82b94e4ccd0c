/**
 * What this machine has promised, and what it can still promise. A bid is a promise until its order is over, an agreement
 * until all its inferences are settled: as many requests at a time as it allows, each within its deadline.
 */
import type { Agreement, Order, Rules } from '../market/types.ts';
import { outstandingOf } from './snapshot.ts';

/** The time between a result being ready and its being on Dx, and the same for the payload, in milliseconds. */
const TRANSFER_MS = 500;

/** One promise: an agreement, or a bid. */
export interface Promised {
  readonly what: string;
  /** How many requests may wait at a time. */
  readonly inFlight: number;
  readonly responseDeadline: number;
  /** The time of this machine that each of them takes, in milliseconds; `null` if it is not known. */
  readonly workMs: number | null;
}

/** How many requests of an order or an agreement can wait at a time. */
export function inFlightOfOrder(order: Pick<Order, 'maxInFlight' | 'inferences'>): number {
  return Math.min(order.maxInFlight, order.inferences);
}

export function inFlightOfAgreement(agreement: Agreement): number {
  return Math.min(agreement.maxInFlight, outstandingOf(agreement));
}

export function totalInFlight(promises: readonly Promised[]): number {
  return promises.reduce((sum, { inFlight }) => sum + inFlight, 0);
}

/**
 * The time from seeing a request to having its result, in milliseconds: from the deadline's block on it cannot be
 * answered, the answer takes a block to get in, and payload and result have to travel.
 */
export function workingTimeMs(responseDeadline: number, rules: Rules): number {
  return Math.max(0, (responseDeadline - 2) * rules.blockTimeMs - TRANSFER_MS);
}

/** A promise that could not be kept if all that is promised were asked for at once. */
export interface Late {
  readonly promised: Promised;
  readonly neededMs: number;
  readonly availableMs: number;
}

/**
 * Finds the first promise that could be broken when every request that can come comes at once. Requests are worked off
 * by deadline, so each waits only for those whose deadline is not later than its own.
 *
 * @param utilization the part of the machine's time that may be promised
 */
export function firstLate(promises: readonly Promised[], rules: Rules, utilization: number): Late | null {
  let neededMs = 0;
  for (const promised of promises.toSorted((a, b) => a.responseDeadline - b.responseDeadline)) {
    neededMs += promised.inFlight * (promised.workMs ?? 0);
    const availableMs = workingTimeMs(promised.responseDeadline, rules) * utilization;
    if (promised.inFlight > 0 && neededMs > availableMs) return { promised, neededMs, availableMs };
  }
  return null;
}
