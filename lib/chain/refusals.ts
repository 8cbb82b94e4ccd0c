/** Why the chain does not take a transaction, with what to do about it. */
import type { Codec } from '@polkadot/types-codec/types';

import type { RpcRefusal } from './connection.ts';
import { plain } from './plain.ts';

/** Why a transaction is refused. `number`: its account's next transaction has another number. */
export type Reason =
  'payment' | 'number' | 'future' | 'signature' | 'expired' | 'resources' | 'call' | 'banned' | 'full' | 'known' | 'other';

const advice: Readonly<Record<Exclude<Reason, 'other'>, string>> = {
  payment: 'The account cannot pay the fee. Send it some AIRO, and try again.',
  number: 'Another transaction of the account came first. Read the state, and send it again if it is still needed.',
  future: 'Earlier transactions of the account are missing. Send it again.',
  signature:
    'The signature is not valid for this account on this chain. If a wallet made it, update the chain in the wallet.',
  expired: 'The transaction was signed too long ago. Send it again.',
  resources: 'The transaction does not fit into a block. Send it in smaller parts.',
  call: 'The chain does not allow this call to this account.',
  banned: 'The node has refused this very transaction a short time ago. Wait half an hour, or change it.',
  full: "The node's pool of transactions is full. Try again later.",
  known: 'The node has this very transaction already.',
};

/** A reason with the text for people. */
export interface Refusal {
  readonly reason: Reason;
  readonly message: string;
}

/** Substrate's codes for errors of the pool. Source: `sc-rpc-api`, `author/error.rs`. */
const codes: ReadonlyMap<number, Reason> = new Map([
  [1012, 'banned'],
  [1013, 'known'],
  [1014, 'number'],
  [1016, 'full'],
]);

/** The texts of `InvalidTransaction` in `sp-runtime`, which JSON-RPC gives as the error's data. */
const texts: readonly (readonly [RegExp, Reason])[] = [
  [/pay some fees/i, 'payment'],
  [/outdated/i, 'number'],
  [/will be valid in the future/i, 'future'],
  [/bad signature|invalid signing address/i, 'signature'],
  [/ancient birth block/i, 'expired'],
  [/exhaust the block/i, 'resources'],
  [/call is not expected/i, 'call'],
];

/** The variants of `InvalidTransaction`, as a runtime answers them. */
const variants: Readonly<Record<string, Reason>> = {
  Payment: 'payment',
  Stale: 'number',
  Future: 'future',
  BadProof: 'signature',
  BadSigner: 'signature',
  AncientBirthBlock: 'expired',
  ExhaustsResources: 'resources',
  Call: 'call',
};

/** What an error of the pool means. */
export function refusalOf({ code, data, message }: RpcRefusal): Refusal {
  const said = typeof data === 'string' ? data : message;
  const reason = codes.get(code) ?? texts.find(([text]) => text.test(said))?.[1] ?? 'other';
  return refusal(reason, message);
}

/** What the runtime says of a transaction that it was asked to validate; `null` if it would take it. */
export function validityOf(answer: Codec): Refusal | null {
  const result = plain(answer) as { readonly Ok: unknown } | { readonly Err: unknown };
  if ('Ok' in result) return null;
  const error = result.Err as { readonly Invalid?: unknown; readonly Unknown?: unknown };
  const variant = typeof error.Invalid === 'string' ? error.Invalid : '';
  return refusal(variants[variant] ?? 'other', JSON.stringify(error));
}

function refusal(reason: Reason, said: string): Refusal {
  const message = reason === 'other' ? `The chain does not take the transaction: ${said}.` : advice[reason];
  return { reason, message };
}
