/** What transactions cost, as the chain's own runtime says. */
import { compactStripLength } from '@polkadot/util';

import type { AccountContext } from './account.ts';
import { hexOf } from './bytes.ts';
import { atLeastOne, encodeCalls } from './calls.ts';
import { plain } from './plain.ts';
import { unsignedLookalike } from './signer.ts';
import type { Call } from '../market/chain.ts';
import type { Hex } from '../market/types.ts';

const name = 'TransactionPaymentApi_query_info';

/** See `AiroChain.estimateFee`. Source: `pallet-transaction-payment`, `query_info`. */
export async function estimateFee(
  { connection, runtime, state, genesisHash }: AccountContext,
  call: Call | readonly Call[],
): Promise<bigint> {
  const encoded = await encodeCalls(atLeastOne(call), state);
  const { current } = runtime;
  const transaction = unsignedLookalike(current, current.call(encoded), genesisHash);
  // The metadata says bytes, to which their length belongs; a transaction has it already.
  const [, bare] = compactStripLength(transaction);
  const args = current.encodeArguments(name, [hexOf(bare), transaction.length]);
  const answer = await connection.request<Hex>('state_call', [name, args]);
  return (plain(current.decodeCodec(name, answer)) as { readonly partialFee: bigint }).partialFee;
}
