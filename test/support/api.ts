/** The chain through `@polkadot/api`: well-known accounts, and transactions that end in a result or a named error. */
import type { TestContext } from 'node:test';

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { DispatchError, EventRecord } from '@polkadot/types/interfaces';
import type { ISubmittableResult } from '@polkadot/types/types';

import { afterwards } from './cleanup.ts';
import type { ChainNode } from '../../scripts/chain/node.ts';

/** A call that was included in a block and failed there, with the error's name as the pallet defines it. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** `pallet.Error`, for instance `sudo.RequireSudo`, or the name of an error that no pallet owns: `Token.Frozen`. */
  readonly error: string;

  constructor(error: string, explanation: string) {
    super(`${error}: ${explanation}`);
    this.error = error;
  }
}

/** A transaction that is in a block and did what it should. */
export interface Included {
  readonly blockHash: string;
  readonly events: readonly EventRecord[];
}

/** Connects to a node until the test is over. */
export async function connectApi(t: TestContext, node: ChainNode): Promise<ApiPromise> {
  const api = await ApiPromise.create({ provider: new WsProvider(node.rpcUrl), noInitWarn: true });
  afterwards(t, () => api.disconnect());
  return api;
}

/**
 * A call of a pallet, ready to be signed: `call(api, 'balances.transferKeepAlive', to, amount)`.
 *
 * @throws when the chain has no such call
 */
export function call(
  api: ApiPromise,
  name: `${string}.${string}`,
  ...args: unknown[]
): SubmittableExtrinsic<'promise'> {
  const [section = '', method = ''] = name.split('.');
  const make = api.tx[section]?.[method];
  if (make === undefined) throw new Error(`The chain has no call ${name}.`);
  return make(...args);
}

/** The pair of a well-known account of development chains, by its name: `alice`, `bob`, ... */
export function developmentAccount(name: string): KeyringPair {
  return derivedAccount(`${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

/** A pair derived from the well-known development phrase by a hard junction of this name. */
export function derivedAccount(name: string): KeyringPair {
  return new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(`//${name}`);
}

/**
 * Signs and sends a transaction and waits until it is in a block, or in a finalized one.
 *
 * @throws {CallFailed} when the call fails in its block; a plain error when no block takes the transaction
 */
export async function send(
  transaction: SubmittableExtrinsic<'promise'>,
  signer: KeyringPair,
  until: 'inBlock' | 'finalized' = 'inBlock',
  // The nonce -1 stands for the next one that the node knows, counting transactions that wait for a block.
  nonce = -1,
): Promise<Included> {
  const { promise, resolve, reject } = Promise.withResolvers<Included>();
  const onResult = ({ status, events, dispatchError, isError }: ISubmittableResult) => {
    if (isError) reject(new Error(`The transaction was not taken: ${status.type}`));
    const reached = status.isFinalized || (until === 'inBlock' && status.isInBlock);
    if (!reached) return;
    const blockHash = (status.isFinalized ? status.asFinalized : status.asInBlock).toHex();
    if (dispatchError === undefined) resolve({ blockHash, events });
    else reject(describe(dispatchError));
  };
  const unsubscribe = await transaction.signAndSend(signer, { nonce }, onResult);
  try {
    return await promise;
  } finally {
    unsubscribe();
  }
}

function describe(error: DispatchError): CallFailed {
  if (error.isModule) {
    const { section, name, docs } = error.registry.findMetaError(error.asModule);
    return new CallFailed(`${section}.${name}`, docs.join(' ').trim());
  }
  if (error.isToken) return new CallFailed(`Token.${error.asToken.type}`, 'an error of the balances as such');
  if (error.isArithmetic) return new CallFailed(`Arithmetic.${error.asArithmetic.type}`, 'the numbers do not fit');
  return new CallFailed(error.type, error.toString());
}
