/** Amounts of money as people write them; everywhere else they are whole numbers of the chain's smallest unit. */

/** The decimals of the token: one AIRO has so many digits of smaller parts. */
export const DECIMALS = 12;

/** One AIRO in the smallest unit. */
export const AIRO = 10n ** BigInt(DECIMALS);

/** The token's symbol. */
export const SYMBOL = 'AIRO';

/** The chain keeps an amount in 128 bits. */
const largest = 2n ** 128n - 1n;

/** So much of a text that is none is told, in characters. */
const longestShown = 100;

/** A text that is not an amount. */
export class InvalidAmount extends Error {
  override readonly name = 'InvalidAmount';

  constructor(text: string, problem: string) {
    super(
      `${JSON.stringify(text.slice(0, longestShown))} is not an amount: ${problem}. Write it like 1.5 or "1.5 ${SYMBOL}".`,
    );
  }
}

/**
 * Reads an amount of AIRO, such as `12`, `0.001` or `1.5 AIRO`, exactly.
 *
 * @returns the amount in the smallest unit
 * @throws {InvalidAmount} when the text is anything else: signs, exponents, grouping, a comma, too many decimals
 */
export function parseAmount(text: string): bigint {
  const match = /^(?<whole>\d+)(?:\.(?<part>\d+))?(?: ?AIRO)?$/.exec(text.trim());
  if (match?.groups === undefined) {
    throw new InvalidAmount(text, 'it has digits, and a decimal point followed by digits if it is not whole');
  }
  const { whole = '', part = '' } = match.groups;
  if (part.length > DECIMALS) throw new InvalidAmount(text, `it has at most ${DECIMALS} decimals`);
  const amount = BigInt(whole) * AIRO + BigInt(part.padEnd(DECIMALS, '0'));
  if (amount > largest) throw new InvalidAmount(text, 'it is more than the chain can count');
  return amount;
}

/** Writes an amount in the smallest unit as `1.5 AIRO`: exact, without needless zeros. */
export function formatAmount(amount: bigint): string {
  return `${amountText(amount)} ${SYMBOL}`;
}

/** The same without the unit, `1.5`, for a field or an option that names it. */
export function amountText(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS);
  const part = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`;
}
