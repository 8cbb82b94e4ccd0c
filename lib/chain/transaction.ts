/** A transaction on its way, from being sent until it is final, over lost connections too. */
import { compactStripLength } from '@polkadot/util';

import type { BlockLog } from './block-log.ts';
import { bytesOf, hexOf } from './bytes.ts';
import { isRpcRefusal, type Connection } from './connection.ts';
import { WrongChain } from './errors.ts';
import type { HeadTracker, Header } from './heads.ts';
import { outcomeOf } from './inclusion.ts';
import { refusalOf, validityOf, type Reason, type Refusal } from './refusals.ts';
import type { RuntimeKeeper } from './runtime-keeper.ts';
import type { SignedTransaction } from './signer.ts';
import type { Block, Included } from '../market/chain.ts';
import { ChainUnavailable, TransactionLost, TransactionRefused, type CallFailed } from '../market/errors.ts';
import type { Hex } from '../market/types.ts';

/** What transactions need of a chain. */
export interface TransactionContext {
  readonly connection: Connection;
  readonly runtime: RuntimeKeeper;
  readonly heads: HeadTracker;
  readonly log: BlockLog;
  /** Whether the pool does not check what it gets: a light client sends anything, and nobody answers. */
  readonly unchecked: boolean;
  /** How long a connection may be lost before the transaction counts as lost. */
  readonly lostAfterMs: number;
}

/** What is known of a transaction that was sent. */
export type Progress =
  | { readonly at: 'pool' }
  | { readonly at: 'best' | 'final'; readonly outcome: Included | CallFailed };

/** A refusal by the pool, or by all blocks of its time, with the reason that says whether another try would help. */
export class RefusedByPool extends TransactionRefused {
  readonly reason: Reason;

  constructor({ reason, message }: Refusal) {
    super(message);
    this.reason = reason;
  }
}

const watching = {
  type: 'author_extrinsicUpdate',
  subscribe: 'author_submitAndWatchExtrinsic',
  unsubscribe: 'author_unwatchExtrinsic',
} as const;

/** Blocks after a transaction's last one, in case that finality is late, until it is given up. */
const patience = 64;

/** A transaction that was sent. */
export class Transaction {
  readonly signed: SignedTransaction;
  readonly #context: TransactionContext;
  #unwatch: () => void = () => undefined;
  #news = Promise.withResolvers<undefined>();
  /** What the pool has said in the end, if it has put the transaction out. */
  #verdict: Refusal | 'invalid' | 'dropped' | 'usurped' | undefined;
  /** Whether nobody watches it any more: it is sent again then, because a pool is lost with its node. */
  #unwatched = false;
  #unreachableSince: number | undefined;

  private constructor(context: TransactionContext, signed: SignedTransaction) {
    this.#context = context;
    this.signed = signed;
  }

  /**
   * Sends a transaction. If the connection is lost before the pool's answer, the transaction counts as sent.
   *
   * @throws {RefusedByPool} when the chain does not take it; {@link ChainUnavailable} when there is no connection
   */
  static async send(context: TransactionContext, signed: SignedTransaction): Promise<Transaction> {
    if (context.unchecked) {
      const refusal = await validate(context, signed);
      if (refusal !== null) throw new RefusedByPool(refusal);
    }
    await context.connection.whenConnected();
    const transaction = new Transaction(context, signed);
    const refusal = await transaction.#submit();
    // A pool that makes a view of a new block at this moment can find there already what it is being given, and it stays
    // there: https://github.com/paritytech/polkadot-sdk/pull/12919. Who took that for a refusal would send it twice.
    if (refusal !== null && refusal.reason !== 'known') throw new RefusedByPool(refusal);
    return transaction;
  }

  /**
   * Follows the transaction until it is final, by looking for it in the blocks. A block that is replaced by one without
   * it leads back to `pool`.
   *
   * @throws {TransactionLost} {@link TransactionRefused} as `Account.submit` does; the signal's reason
   */
  async *follow(signal: AbortSignal | undefined): AsyncGenerator<Progress> {
    const { heads } = this.#context;
    let last: Hex | null = null;
    for (;;) {
      // What changes while it looks must not be missed.
      const change = Promise.race([heads.changed(signal), this.#news.promise]);
      change.catch(() => undefined);
      const seen = await this.#look(signal);
      if (seen === 'refused') {
        await this.#unlessGone(change, signal);
      } else if (seen !== 'unreachable') {
        const { outcome, final } = seen;
        const block = outcome?.block.hash ?? null;
        if (block !== last) yield outcome === null ? { at: 'pool' } : { at: 'best', outcome: outcome.result };
        last = block;
        if (outcome !== null && final) {
          yield { at: 'final', outcome: outcome.result };
          return;
        }
        await this.#unlessGone(change, signal);
      }
    }
  }

  /** Ends the watch of the pool. */
  stop(): void {
    this.#unwatch();
  }

  /** Where the transaction is now. Waits for the chain if it is not there, and sends the transaction again if needed. */
  async #look(signal: AbortSignal | undefined): Promise<Seen | 'unreachable' | 'refused'> {
    try {
      if (this.#unwatched) await this.#sendAgain(signal);
      const seen = await this.#find();
      this.#unreachableSince = undefined;
      return seen;
    } catch (error) {
      await this.#reachable(signal, error);
      // Asking again at once would not help if the chain has answered, with an error.
      return isRpcRefusal((error as Error).cause) ? 'refused' : 'unreachable';
    }
  }

  async #unlessGone(change: Promise<undefined>, signal: AbortSignal | undefined): Promise<void> {
    try {
      await change;
    } catch (error) {
      await this.#reachable(signal, error);
    }
  }

  async #find(): Promise<Seen> {
    const { connection, heads, log, runtime } = this.#context;
    const { signed } = this;
    const now = await heads.current();
    // The pool may be ahead of the heads that we know of.
    const best = this.#verdict === undefined ? now.best : await this.#bestBlock();
    const place = await log.find(signed.bytes, best, signed.bornAt + 1);
    if (place) {
      const result = await outcomeOf(connection, runtime.current, place, signed.hash);
      return { outcome: { block: place.block, result }, final: place.block.number <= now.finalized.number };
    }
    if (place === null) {
      if (this.#verdict !== undefined) throw await this.#end(this.#verdict);
      if (now.finalized.number >= signed.diesAt - 1) {
        const message = 'No block has taken the transaction in its time; nothing has changed. Send it again.';
        throw new RefusedByPool({ reason: 'expired', message });
      }
    }
    if (best.number >= signed.diesAt + patience) {
      throw new TransactionLost('The transaction was not found in a block in its time. Read the state to find out.');
    }
    return { outcome: null, final: false };
  }

  /** How a transaction ends that is in no block and not in the pool any more. */
  async #end(verdict: Refusal | 'invalid' | 'dropped' | 'usurped'): Promise<Error> {
    if (typeof verdict === 'object') return new RefusedByPool(verdict);
    if (verdict === 'invalid') {
      const refusal = await validate(this.#context, this.signed);
      if (refusal !== null) return new RefusedByPool(refusal);
    }
    const why = { invalid: 'taken as invalid', dropped: 'dropped', usurped: 'replaced by another' }[verdict];
    return new TransactionLost(`The transaction was ${why} by the node's pool. Read the state to find out what is.`);
  }

  async #submit(): Promise<Refusal | null> {
    this.#unwatched = false;
    try {
      this.#unwatch = await this.#context.connection.subscribe<unknown>(
        watching,
        [this.signed.bytes],
        (error, status) => this.#hear(error, status),
      );
    } catch (error) {
      if (isRpcRefusal(error)) return refusalOf(error);
      if (!(error instanceof ChainUnavailable)) throw error;
      this.#unwatched = true;
    }
    return null;
  }

  #hear(error: Error | null, status: unknown): void {
    if (error !== null) this.#unwatched = true;
    else if (status === 'dropped' || status === 'invalid') this.#verdict = status;
    else if (typeof status === 'object' && status !== null && 'usurped' in status) this.#verdict = 'usurped';
    else return;
    this.#news.resolve(undefined);
    this.#news = Promise.withResolvers();
  }

  async #sendAgain(signal: AbortSignal | undefined): Promise<void> {
    await this.#context.connection.whenConnected(signal);
    const refusal = await this.#submit();
    // In the pool already: nobody watches it then, but the blocks will tell.
    if (refusal !== null && refusal.reason !== 'known') this.#verdict = refusal;
  }

  /**
   * After an error of the connection, waits until the chain is there again.
   *
   * @throws {TransactionLost} when it has been away for too long or for good; any other error as it is
   */
  async #reachable(signal: AbortSignal | undefined, cause: unknown): Promise<void> {
    const { connection, lostAfterMs } = this.#context;
    signal?.throwIfAborted();
    if (!(cause instanceof ChainUnavailable || cause instanceof WrongChain)) throw cause;
    this.#unreachableSince ??= Date.now();
    const left = this.#unreachableSince + lostAfterMs - Date.now();
    const lost = new TransactionLost(
      'The connection was lost after the transaction was sent. Read the state to find out whether it was included.',
      { cause },
    );
    if (connection.closed.aborted || left <= 0) throw lost;
    try {
      await connection.whenConnected(signal, left);
    } catch (error) {
      throw error instanceof ChainUnavailable ? lost : error;
    }
  }

  async #bestBlock(): Promise<Block> {
    const { connection, runtime } = this.#context;
    const header = await connection.request<Header>('chain_getHeader', []);
    return { number: Number(header.number), hash: runtime.current.headerHash(header) };
  }
}

interface Seen {
  readonly outcome: { readonly block: Block; readonly result: Included | CallFailed } | null;
  readonly final: boolean;
}

/** Asks the runtime at the best block whether it would take a transaction. */
async function validate(context: TransactionContext, { bytes }: SignedTransaction): Promise<Refusal | null> {
  const { connection, runtime } = context;
  const { best } = await context.heads.current();
  const name = 'TaggedTransactionQueue_validate_transaction';
  const { current } = runtime;
  // The metadata says bytes, to which their length belongs; a transaction has it already.
  const [, bare] = compactStripLength(bytesOf(bytes));
  const args = current.encodeArguments(name, ['External', hexOf(bare), best.hash]);
  const answer = await connection.request<Hex>('state_call', [name, args]);
  return validityOf(current.decodeCodec(name, answer));
}
