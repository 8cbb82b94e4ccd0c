/** The balance as parts of a bar. */
import type { BalanceDetail } from '../../lib/cockpit/types.ts';

export interface BalanceShare {
  /** `free`, or the reason of a hold. */
  readonly key: string;
  /** Where it begins and how long it is, in percent of the bar. */
  readonly from: number;
  readonly length: number;
}

/** How the whole balance divides; empty when there is nothing to divide. */
export function balanceShares({ free, held }: Pick<BalanceDetail, 'free' | 'held'>): readonly BalanceShare[] {
  const parts = [{ key: 'free', amount: free }, ...held.map(({ reason, amount }) => ({ key: reason, amount }))];
  const total = parts.reduce((sum, { amount }) => sum + amount, 0n);
  if (total === 0n) return [];
  // In hundredths of a percent, from whole numbers: an amount does not fit into a floating-point one.
  const place = (amount: bigint) => Number((amount * 10_000n) / total) / 100;
  let before = 0n;
  return parts.map(({ key, amount }) => {
    const from = place(before);
    before += amount;
    return { key, from, length: place(before) - from };
  });
}
