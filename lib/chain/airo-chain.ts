/** The Airo chain: everything that can be read, followed and done. */
import { u8aToHex } from '@polkadot/util';
import { decodeAddress, encodeAddress } from '@polkadot/util-crypto';

import { ChainAccount, type AccountContext } from './account.ts';
import { BlockLog } from './block-log.ts';
import type { Connection } from './connection.ts';
import { estimateFee } from './fees.ts';
import { HeadTracker } from './heads.ts';
import { marketEvents } from './market-events.ts';
import { NonceSequence } from './nonces.ts';
import { Reads } from './reads.ts';
import { referencedContent } from './references.ts';
import { RuntimeKeeper } from './runtime-keeper.ts';
import type { AccountSigner } from './signer.ts';
import { State } from './state.ts';
import type { Account, Call, HeadFollower, Heads, MarketEvent } from '../market/chain.ts';
import type { Address, ContentId, Hex } from '../market/types.ts';

export interface ChainOptions {
  /** How long a lost connection may take to come back before a transaction under way counts as lost. */
  readonly lostAfterMs: number;
  /** Whether transactions are checked here before they are sent, because who takes them does not. */
  readonly unchecked: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * A connection to the Airo chain. It outlives the loss of its link: subscriptions go on when the chain is back, reads
 * wait for it until their deadline. Made by `connectChain`.
 */
export class AiroChain extends Reads implements HeadFollower, AsyncDisposable {
  readonly genesisHash: Hex;
  readonly #context: AccountContext;
  readonly #sequences = new Map<Hex, NonceSequence>();

  private constructor(context: AccountContext) {
    super(context.state);
    this.#context = context;
    this.genesisHash = context.genesisHash;
  }

  /**
   * Learns of the chain what is needed to use it.
   *
   * @throws {ChainUnavailable} when it does not answer within the connection's deadline; {@link WrongChain} when it has
   *   no market
   */
  static async open(connection: Connection, options: ChainOptions): Promise<AiroChain> {
    const genesisHash = await connection.open(options.signal);
    const runtime = await RuntimeKeeper.start(connection, options.signal);
    const heads = await HeadTracker.start(connection, runtime);
    const state = new State(connection, runtime, heads);
    const { lostAfterMs, unchecked } = options;
    const log = new BlockLog(connection);
    return new AiroChain({ genesisHash, connection, runtime, heads, state, log, lostAfterMs, unchecked });
  }

  /** Whether there is a connection now. Nothing has to ask for it: reads wait for one. */
  get isConnected(): boolean {
    return this.#context.connection.isConnected;
  }

  /** The version of the chain's runtime as it is known now (`spec_version`). It goes up when the runtime is upgraded. */
  get runtimeVersion(): number {
    return this.#context.runtime.current.version.specVersion.toNumber();
  }

  heads(signal: AbortSignal): AsyncIterable<Heads> {
    return this.#context.heads.heads(signal);
  }

  /** What an account has at least; one that falls below ceases to be. Fees leave it untouched. */
  get existentialDeposit(): bigint {
    return this.#context.runtime.current.constant('balances.existentialDeposit');
  }

  /**
   * What the chain takes now for a call, or several in one transaction, in the smallest unit. A call that ends up doing
   * less is charged less.
   *
   * @throws {ChainUnavailable} when the chain does not answer; {@link InvalidValue} for what it could not keep
   */
  estimateFee(call: Call | readonly Call[]): Promise<bigint> {
    return estimateFee(this.#context, call);
  }

  /** An account that signs with this signer. All of one account share the order of its transactions. */
  account(signer: AccountSigner): Account {
    const key = signer.kind === 'keyPair' ? signer.pair.publicKey : decodeAddress(signer.address);
    const id = u8aToHex(key);
    const address = encodeAddress(key, this.#context.runtime.current.addressPrefix);
    const sequence = this.#sequences.get(id) ?? new NonceSequence(() => this.#nextNonce(address));
    this.#sequences.set(id, sequence);
    return new ChainAccount(address, signer, this.#context, sequence);
  }

  /** How many blocks a period of the aggregates has (`Period.index` counts them from block 0 on). */
  get periodBlocks(): number {
    return this.#context.runtime.current.constant('execution.periodLength');
  }

  /**
   * What the market says happened in a block: in its transactions and beside them.
   *
   * @param block its hash; a light client knows only the newest blocks
   * @throws {ChainUnavailable} when the chain does not answer
   */
  async events(block: Hex): Promise<readonly MarketEvent[]> {
    const { connection, runtime, state } = this.#context;
    const { current } = runtime;
    const stored = await connection.request<Hex | null>('state_getStorage', [current.eventsKey, block]);
    return stored === null ? [] : marketEvents(current.decodeEvents(stored), () => state.collection(block));
  }

  /**
   * Every content id that the state at the best block refers to: what Dx servers keep. Reads the state in pages.
   *
   * @throws {ChainUnavailable} when the chain does not answer
   */
  references(): Promise<ReadonlySet<ContentId>> {
    return referencedContent(this.#context.state);
  }

  /** Ends the connection. Whatever still waits fails with `ChainUnavailable`, transactions under way as lost. */
  close(): Promise<void> {
    return this.#context.connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #nextNonce(address: Address): Promise<number> {
    return this.#context.connection.request<number>('system_accountNextIndex', [address]);
  }
}
