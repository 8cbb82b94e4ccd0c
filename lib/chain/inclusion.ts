/** What became of a transaction in the block that has it. */
import type { DispatchError } from '@polkadot/types/interfaces';

import type { Connection } from './connection.ts';
import type { ErrorName, Events } from './generated/chain.ts';
import { marketEvents } from './market-events.ts';
import type { Runtime } from './runtime.ts';
import type { Block, Included } from '../market/chain.ts';
import { CallFailed } from '../market/errors.ts';
import type { Hex } from '../market/types.ts';

/** Where a transaction is. */
export interface Place {
  readonly block: Block;
  /** Its index among the block's transactions. */
  readonly index: number;
}

/**
 * Reads what a transaction did.
 *
 * @returns the result, or the named error if its call failed
 * @throws {ChainUnavailable} when the chain does not answer
 */
export async function outcomeOf(
  connection: Connection,
  runtime: Runtime,
  { block, index }: Place,
  transaction: Hex,
): Promise<Included | CallFailed> {
  const stored = await connection.request<Hex | null>('state_getStorage', [runtime.eventsKey, block.hash]);
  const events = stored === null ? [] : runtime.decodeEvents(stored).filter((event) => event.transaction === index);
  const failure = events.find((event) => event.dispatchError !== null)?.dispatchError;
  if (failure) return callFailed(failure);
  const paid = events.find(({ name }) => name === 'transactionPayment.TransactionFeePaid');
  const fee = (paid?.data as Events['transactionPayment.TransactionFeePaid'] | undefined)?.actualFee ?? 0n;
  const collection = async () => {
    const key = runtime.storageKey('marketplace.collection');
    const value = await connection.request<Hex | null>('state_getStorage', [key, block.hash]);
    return value === null ? null : runtime.decodeStorage('marketplace.collection', value);
  };
  return { block, transaction, fee, events: await marketEvents(events, collection) };
}

/** The error of a call, named as the chain names it. */
export function callFailed(error: DispatchError): CallFailed {
  if (error.isModule) {
    const { section, name, docs } = error.registry.findMetaError(error.asModule);
    const named = `${section}.${name}`;
    return new CallFailed(named, nftErrors[named as ErrorName] ?? docs.join(' ').trim());
  }
  if (error.isToken) {
    const { type } = error.asToken;
    return new CallFailed(`Token.${type}`, tokenErrors[type] ?? 'the balance does not allow this');
  }
  if (error.isArithmetic) {
    const { type } = error.asArithmetic;
    return new CallFailed(`Arithmetic.${type}`, arithmeticErrors[type] ?? 'the numbers do not fit');
  }
  return new CallFailed(error.type, 'the chain refused the call as such');
}

/** What the NFT pallet says without a word of models, or of what to do. */
const nftErrors: Readonly<Partial<Record<ErrorName, string>>> = {
  'nfts.NoPermission':
    'only its owner may transfer or sell a model; nobody buys an own one, or one that is reserved for somebody else.',
  'nfts.NotForSale': 'the model is not for sale, or not any more. Ask its owner for a price.',
  'nfts.BidTooLow': 'the model costs more than that by now. Look at its price again.',
  'nfts.UnknownItem': 'there is no NFT of this model. Look at its number again.',
  'nfts.ItemLocked': 'the NFT of this model is locked and cannot change hands.',
};

const arithmeticErrors: Readonly<Record<string, string>> = {
  Underflow: 'an amount is larger than what there is of it. Check the balance.',
  Overflow: 'an amount is too large.',
};

const tokenErrors: Readonly<Record<string, string>> = {
  FundsUnavailable: 'the account has not enough free balance. Top it up.',
  NotExpendable: 'the account would be left with too little to exist. Leave at least 0.001 AIRO.',
  OnlyProvider: 'the account would be left with too little to exist. Leave at least 0.001 AIRO.',
  BelowMinimum: 'the other account would have too little to exist. Send at least 0.001 AIRO.',
  CannotCreate: 'the other account cannot be created with this amount. Send more.',
  Frozen: 'the balance is frozen.',
};
