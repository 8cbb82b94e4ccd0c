/** Accounts: calls are signed, sent in order, and followed until they are in a block. */
import { atLeastOne, encodeCalls } from './calls.ts';
import type { NonceSequence } from './nonces.ts';
import { sign, type AccountSigner } from './signer.ts';
import type { State } from './state.ts';
import { RefusedByPool, Transaction, type Progress, type TransactionContext } from './transaction.ts';
import type { Account, Block, Call, Included, SubmitOptions, TransactionStatus } from '../market/chain.ts';
import { CallFailed, TransactionLost } from '../market/errors.ts';
import type { Address, Hex } from '../market/types.ts';

/** What an account needs of a chain. */
export interface AccountContext extends TransactionContext {
  readonly genesisHash: Hex;
  readonly state: State;
}

/** How often a transaction is signed anew because another process used its number. */
const attempts = 3;
/** More blocks without finality than this, and a transaction is valid from the best block on instead. */
const finalityLag = 16;

/** An account of a chain. */
export class ChainAccount implements Account {
  readonly address: Address;
  readonly #signer: AccountSigner;
  readonly #context: AccountContext;
  readonly #sequence: NonceSequence;

  /** @param sequence the same for all that use the account in this process */
  constructor(address: Address, signer: AccountSigner, context: AccountContext, sequence: NonceSequence) {
    this.address = address;
    this.#signer = signer;
    this.#context = context;
    this.#sequence = sequence;
  }

  async submit(call: Call | readonly Call[], options: SubmitOptions = {}): Promise<Included> {
    const calls = atLeastOne(call);
    const { transaction, settled } = await this.#sequence.inOrder(() => this.#send(calls, options));
    const { promise, resolve, reject } = Promise.withResolvers<Included>();
    this.#watch(transaction, options, resolve)
      .catch((error: unknown) => reject(this.#ending(error, options.signal)))
      .finally(() => {
        settled();
        transaction.stop();
      });
    try {
      return await promise;
    } finally {
      // While somebody listens the watch goes on until the transaction is final; its number is used either way.
      settled();
    }
  }

  async #send(calls: readonly Call[], { onStatus, signal }: SubmitOptions) {
    const { runtime, genesisHash, state } = this.#context;
    signal?.throwIfAborted();
    const encoded = await encodeCalls(calls, state);
    for (let attempt = 1; ; attempt++) {
      const method = runtime.current.call(encoded);
      const birth = await this.#birth();
      const nonce = await this.#sequence.next(attempt > 1);
      const signed = await sign(runtime.current, method, this.#signer, { genesisHash, nonce, birth });
      signal?.throwIfAborted();
      onStatus?.({ status: 'signed', transaction: signed.hash });
      try {
        const transaction = await Transaction.send(this.#context, signed);
        const settled = this.#sequence.sent(signed.nonce);
        onStatus?.({ status: 'broadcast', transaction: signed.hash });
        return { transaction, settled };
      } catch (error) {
        const used = error instanceof RefusedByPool && error.reason === 'number';
        if (!used || attempt === attempts) throw error;
      }
    }
  }

  /** Where a transaction's time begins: at a block that will stay. */
  async #birth(): Promise<Block> {
    const { best, finalized } = await this.#context.heads.current();
    return best.number - finalized.number > finalityLag ? best : finalized;
  }

  async #watch(
    transaction: Transaction,
    { until = 'inBestBlock', onStatus, signal }: SubmitOptions,
    settle: (included: Included) => void,
  ): Promise<void> {
    for await (const progress of transaction.follow(signal)) {
      const status = statusOf(progress, transaction.signed.hash);
      if (status !== null) onStatus?.(status);
      if (progress.at === 'pool' || (progress.at === 'best' && until === 'finalized')) continue;
      if (progress.outcome instanceof CallFailed) throw progress.outcome;
      settle(progress.outcome);
      if (onStatus === undefined) return;
    }
  }

  /** A wait that was ended says nothing of the transaction. */
  #ending(error: unknown, signal: AbortSignal | undefined): unknown {
    if (!signal?.aborted || error !== signal.reason) return error;
    return new TransactionLost('The wait for the transaction was ended. Read the state to find out what became of it.', {
      cause: error,
    });
  }
}

/** What is said of a transaction; a failed call is said by an error. */
function statusOf(progress: Progress, transaction: Hex): TransactionStatus | null {
  if (progress.at === 'pool') return { status: 'broadcast', transaction };
  if (progress.outcome instanceof CallFailed) return null;
  return { status: progress.at === 'best' ? 'inBestBlock' : 'finalized', included: progress.outcome };
}
