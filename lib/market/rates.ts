/** Parts of amounts, rounded as the chain does it: a rate is kept in billionths (`Perbill`). */
import type { Rules } from './types.ts';

const BILLION = 1_000_000_000n;

function billionths(rate: number): bigint {
  return BigInt(Math.round(rate * 1e9));
}

/** Divides and rounds up. Neither number is below zero, and the divisor is not zero. */
export function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** A part of an amount, rounded down. */
export function partOf(amount: bigint, rate: number): bigint {
  return (amount * billionths(rate)) / BILLION;
}

/** A part of an amount, rounded up. */
export function partOfUp(amount: bigint, rate: number): bigint {
  return divideUp(amount * billionths(rate), BILLION);
}

/** What the market keeps of a price. */
export function marketFee(price: bigint, rules: Pick<Rules, 'marketFee'>): bigint {
  return partOf(price, rules.marketFee);
}

/** The lowest price of which at least `net` is left after the market's fee. */
export function priceForNet(net: bigint, rules: Pick<Rules, 'marketFee'>): bigint {
  if (net <= 0n) return 0n;
  // What is left of a price p is ceil(p * (1 - fee)), which reaches `net` as soon as p * (1 - fee) exceeds `net - 1`.
  return ((net - 1n) * BILLION) / (BILLION - billionths(rules.marketFee)) + 1n;
}

/** The highest price that is better than this one by at least the step, which is never less than one unit. */
export function oneStepBelow(price: bigint, step: number): bigint {
  const part = partOfUp(price, step);
  const below = price - (part > 1n ? part : 1n);
  return below > 0n ? below : 0n;
}

/** The part of delivered inferences among all that were the provider's to deliver, in billionths, as the chain rounds it. */
export function reliability(delivered: number, faults: number): bigint {
  const all = BigInt(delivered) + BigInt(faults);
  return all === 0n ? BILLION : (BigInt(delivered) * BILLION) / all;
}

/** Whether a reliability, in billionths, reaches what is asked for, a part of one. */
export function isReliableEnough(reached: bigint, wanted: number): boolean {
  return reached >= billionths(wanted);
}
