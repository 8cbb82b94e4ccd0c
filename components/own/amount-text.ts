/** An amount as it would be typed into a field that shows the unit itself. */
import { formatAmount, SYMBOL } from '../../lib/market/amounts.ts';

/** `1.5`, without the unit. */
export function amountText(amount: bigint): string {
  return formatAmount(amount).replace(` ${SYMBOL}`, '');
}
