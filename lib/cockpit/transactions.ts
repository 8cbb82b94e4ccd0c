/** The transactions of this visit: signed, sent, and followed until they are final. */
import type { Account, Call, Included, TransactionStatus } from '../market/chain.ts';
import { TransactionLost } from '../market/errors.ts';
import { describeCalls } from './describe-call.ts';
import { Cancelled } from './errors.ts';
import { Value } from './observable.ts';
import { problemOf } from './problem.ts';
import type { SubmitCallOptions, TransactionInfo, TransactionState } from './types.ts';

const kept = 100;

export class Transactions {
  /** Newest first. */
  readonly list = new Value<readonly TransactionInfo[]>([]);
  #nextId = 1;

  /**
   * Submits calls of an account and shows how far they are.
   *
   * @throws {Cancelled} when a person refuses in the wallet; what {@link Account.submit} throws
   */
  async submit(account: Account, call: Call | readonly Call[], options: SubmitCallOptions = {}): Promise<Included> {
    const calls = 'call' in call ? [call] : call;
    const id = this.#nextId++;
    const first: TransactionInfo = {
      ...{ id, calls, account: account.address, startedAtMs: Date.now(), state: 'signing' },
      ...{ title: options.title ?? describeCalls(calls), hash: null, block: null, fee: null, problem: null },
    };
    this.list.set([first, ...this.list.get()].slice(0, kept));
    const { signal } = options;
    signal?.throwIfAborted();
    // Whoever asked may stop waiting once it is sent; the list goes on until it is final.
    const unsent = new AbortController();
    const ended = Promise.withResolvers<never>();
    let isSigned = false;
    const onStatus = (status: TransactionStatus) => {
      isSigned = true;
      this.#change(id, fieldsOf(status));
      options.onStatus?.(status);
    };
    const onAbort = () => {
      if (!isSigned) unsent.abort(signal?.reason);
      const message = 'The wait for the transaction was ended. Read the state to find out what became of it.';
      ended.reject(isSigned ? new TransactionLost(message, { cause: signal?.reason }) : (signal?.reason as Error));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const submitting = this.#followed(id, account.submit(calls, { ...options, signal: unsent.signal, onStatus }));
      return await Promise.race([submitting, ended.promise]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** An account whose transactions are in the list. */
  tracked(account: Account): Account {
    return {
      address: account.address,
      submit: (call, options = {}) => this.submit(account, call, options),
    };
  }

  dismiss(id: number): void {
    this.list.set(this.list.get().filter((info) => info.id !== id));
  }

  /** Says in the list how it has failed. */
  async #followed(id: number, submitting: Promise<Included>): Promise<Included> {
    try {
      return await submitting;
    } catch (error) {
      const meant = isCancelled(error) ? new Cancelled({ cause: error }) : error;
      this.#change(id, { state: failedState(meant), problem: problemOf(meant) });
      throw meant;
    }
  }

  #change(id: number, fields: Partial<TransactionInfo>): void {
    this.list.set(this.list.get().map((info) => (info.id === id ? { ...info, ...fields } : info)));
  }
}

function fieldsOf(status: TransactionStatus): Partial<TransactionInfo> {
  if (status.status === 'signed' || status.status === 'broadcast') {
    return { state: status.status, hash: status.transaction, block: null };
  }
  const { transaction, block, fee } = status.included;
  return { state: status.status, hash: transaction, block, fee };
}

function failedState(error: unknown): TransactionState {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'Cancelled') return 'cancelled';
  return error.name === 'TransactionLost' ? 'lost' : 'failed';
}

/** Wallets say in their own words that a person has refused: Polkadot's says `Cancelled`, others `Rejected by user`. */
function isCancelled(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'TransactionRefused') return false;
  return error.cause instanceof Error && /cancel|reject|denied|declin|refus/i.test(error.cause.message);
}
