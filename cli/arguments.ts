/** Arguments by their place, as what they are. */
import { parseAmount } from '../lib/market/amounts.ts';
import { UsageError } from '../scripts/lib/options.ts';

/** A whole number from 0 on, such as the number of an order. @throws {UsageError} for anything else */
export function numberArgument(name: string, value: string | undefined): number {
  if (value === undefined || !/^\d+$/.test(value) || !Number.isSafeInteger(Number(value))) {
    throw new UsageError(`${name} must be a whole number, not "${value ?? ''}".`);
  }
  return Number(value);
}

/** An amount in AIRO, in the smallest unit. @throws {UsageError} for anything else */
export function amountArgument(name: string, value: string | undefined): bigint {
  try {
    return parseAmount(value ?? '');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${name} must be an amount in AIRO, such as 1.5: ${reason}`, { cause: error });
  }
}

/** A required option. @throws {UsageError} when it was not given */
export function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new UsageError(`--${name} is missing.`);
  return value;
}
