/** Reading what was typed. Each reader throws an `Error` whose message says what is wrong and what to write instead. */
import { formatAmount, parseAmount } from '../../lib/market/amounts.ts';

/** Reads a text into a value, or throws with what is wrong with it. */
export type Parse<T> = (text: string) => T;

export interface TextRules {
  /** Default: it may be empty. */
  readonly required?: string;
  readonly maxLength?: number;
}

/** Reads a text, without the space around it. `required` is what is said when it is empty. */
export function parseText({ required, maxLength = Infinity }: TextRules = {}): Parse<string> {
  return (text) => {
    const trimmed = text.trim();
    if (trimmed === '' && required !== undefined) throw new Error(required);
    if (trimmed.length > maxLength) {
      throw new Error(`It is ${trimmed.length} characters long; at most ${maxLength} fit.`);
    }
    return trimmed;
  };
}

export interface NumberRules {
  readonly min?: number;
  readonly max?: number;
  /** Fractions are allowed. Default: whole numbers only. */
  readonly fractions?: boolean;
  /** What is counted, for the message: `inferences`. */
  readonly what?: string;
}

/** Reads a number written in digits, with a decimal point where fractions are allowed. */
export function parseNumber({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
  fractions = false,
  what,
}: NumberRules = {}): Parse<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  const kind = fractions ? 'number' : 'whole number';
  const wanted = `Write a ${kind}${what === undefined ? '' : ` of ${what}`}, ${range}.`;
  const form = fractions ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  return (text) => {
    const trimmed = text.trim();
    if (trimmed === '') throw new Error(wanted);
    if (!form.test(trimmed)) throw new Error(`“${trimmed}” is not a ${kind}. ${wanted}`);
    const value = Number(trimmed);
    if (value < min) throw new Error(`${trimmed} is too small. ${wanted}`);
    if (value > max) throw new Error(`${trimmed} is too large. ${wanted}`);
    return value;
  };
}

export interface AmountRules {
  /** In the smallest unit. */
  readonly min?: bigint;
  readonly max?: bigint;
  /** Says why there is a highest amount: `Your free balance is 3 AIRO.` */
  readonly maxReason?: string;
}

/** Reads an amount of AIRO, such as `1.5` or `1.5 AIRO`. */
export function parseAiro({ min = 0n, max, maxReason }: AmountRules = {}): Parse<bigint> {
  return (text) => {
    if (text.trim() === '') throw new Error('Write an amount, such as 1.5.');
    const amount = parseAmount(text);
    if (amount < min) throw new Error(`It must be ${formatAmount(min)} or more.`);
    if (max !== undefined && amount > max) {
      throw new Error(`It must be ${formatAmount(max)} or less.${maxReason === undefined ? '' : ` ${maxReason}`}`);
    }
    return amount;
  };
}
