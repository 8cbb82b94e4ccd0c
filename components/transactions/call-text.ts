/** A call as terms and values that people can read: what is signed, nothing left out. */
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Call } from '../../lib/market/chain.ts';

export interface CallText {
  /** What is called: `Set royalty`. */
  readonly name: string;
  readonly fields: readonly { readonly term: string; readonly value: string }[];
}

/** Writes a call down. */
export function callText(call: Call): CallText {
  const { call: name, ...fields } = call;
  return {
    name: inWords(name),
    fields: Object.entries(fields).map(([term, value]) => ({ term: inWords(term), value: valueText(value) })),
  };
}

/** `responseDeadline` becomes `Response deadline`. */
function inWords(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueText(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      // Every bigint of a call is an amount.
      return formatAmount(value);
    case 'string':
      return value;
    case 'number':
      return String(value);
    case 'boolean':
      return value ? 'yes' : 'no';
    default:
      if (value === null || value === undefined) return 'none';
      if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
      return Object.entries(value)
        .map(([key, part]) => `${inWords(key).toLowerCase()} ${valueText(part)}`)
        .join('; ');
  }
}
