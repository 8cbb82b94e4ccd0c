/** Money for the fees of keys that sign by themselves. */

/** What people are asked for is rounded up to this, a thousandth of an AIRO. */
const step = 1_000_000_000n;

/**
 * What an account lacks to pay fees and stay alive, rounded up to a thousandth of an AIRO; zero when it has enough.
 *
 * @param free what it can spend
 * @param fees what it is going to pay
 * @param existentialDeposit what it must have at least, fees left out
 */
export function topUpFor(free: bigint, fees: bigint, existentialDeposit: bigint): bigint {
  if (fees === 0n) return 0n;
  const lacking = fees + existentialDeposit - free;
  return lacking <= 0n ? 0n : ((lacking + step - 1n) / step) * step;
}
