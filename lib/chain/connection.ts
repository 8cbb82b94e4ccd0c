/** JSON-RPC with deadlines over a provider that comes and goes. */
import type { ProviderInterface } from '@polkadot/rpc-provider/types';

import { WrongChain } from './errors.ts';
import { deadline, unlessAborted } from './waiting.ts';
import type { Hex } from '../market/types.ts';
import { ChainUnavailable } from '../market/errors.ts';

/** A provider that can say why it is not connected. */
export type ChainProvider = ProviderInterface & { readonly problem?: string };

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** An answer of the chain that says no, with the code and the data of JSON-RPC. */
export interface RpcRefusal extends Error {
  readonly code: number;
  readonly data?: unknown;
}

/** Whether the chain has answered, with an error; otherwise the connection has failed. */
export function isRpcRefusal(error: unknown): error is RpcRefusal {
  return error instanceof Error && typeof (error as Partial<RpcRefusal>).code === 'number';
}

/** A chain's JSON-RPC. Every request ends by its deadline, whatever becomes of the connection. */
export class Connection {
  readonly #provider: ChainProvider;
  readonly #deadlineMs: number;
  readonly #closed = new AbortController();
  #genesis: Hex | undefined;

  /** @param deadlineMs within which a request is answered, waiting for a connection included */
  constructor(provider: ChainProvider, deadlineMs: number) {
    this.#provider = provider;
    this.#deadlineMs = deadlineMs;
  }

  /** Aborts when the connection is closed for good. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get isConnected(): boolean {
    return this.#provider.isConnected;
  }

  /**
   * Connects, and waits until the chain has said which it is.
   *
   * @returns the hash of its genesis block
   * @throws {ChainUnavailable} when it does not within the deadline
   */
  async open(signal?: AbortSignal): Promise<Hex> {
    this.#provider.on('error', (error: unknown) => {
      if (error instanceof WrongChain) this.#closed.abort(error);
    });
    await this.#provider.connect();
    this.#genesis = await this.request<Hex>('chain_getBlockHash', [0], { signal });
    this.on('connected', () => void this.#checkChain());
    return this.#genesis;
  }

  on(type: 'connected' | 'disconnected', listener: () => void): () => void {
    return this.#provider.on(type, listener);
  }

  /**
   * Asks the chain. While there is no connection it waits for one, and asks again if that is lost before the answer.
   *
   * @throws {ChainUnavailable} when there is no answer within the deadline, or when it is an error, which is then the cause
   */
  async request<T>(method: string, params: readonly unknown[], options: RequestOptions = {}): Promise<T> {
    const late = () => new ChainUnavailable(this.#late(method));
    const limit = deadline(this.#deadlineMs, late, this.closed, options.signal);
    try {
      for (;;) {
        await this.#connected(limit.signal);
        try {
          return await unlessAborted(this.#provider.send<T>(method, [...params]), limit.signal);
        } catch (error) {
          limit.signal.throwIfAborted();
          // For instance a state that the node has discarded, or a proof that no peer of a light client gives.
          if (isRpcRefusal(error)) {
            throw new ChainUnavailable(`The chain does not answer ${method}: ${error.message}.`, { cause: error });
          }
          // A provider that still counts as connected would make this loop spin.
          if (this.#provider.isConnected) await this.#disconnected(limit.signal);
        }
      }
    } finally {
      limit.clear();
    }
  }

  /**
   * Subscribes for as long as the connection is not closed; over reconnections too, but for transactions.
   *
   * @returns what ends the subscription
   * @throws {ChainUnavailable} when there is no answer within the deadline; {@link RpcRefusal} when the chain says no
   */
  async subscribe<T>(
    names: { readonly type: string; readonly subscribe: string; readonly unsubscribe: string },
    params: readonly unknown[],
    callback: (error: Error | null, value: T) => void,
  ): Promise<() => void> {
    const late = () => new ChainUnavailable(this.#late(names.subscribe));
    const limit = deadline(this.#deadlineMs, late, this.closed);
    const subscribing = this.#provider.subscribe(names.type, names.subscribe, [...params], callback);
    try {
      const id = await unlessAborted(subscribing, limit.signal);
      return () => void this.#unsubscribe(names, id);
    } catch (error) {
      // It may still succeed, too late.
      void subscribing.then((id) => this.#unsubscribe(names, id)).catch(() => undefined);
      throw isRpcRefusal(error) ? error : unavailable(error);
    } finally {
      limit.clear();
    }
  }

  /** Waits for a connection. @throws {ChainUnavailable} when there is none within the time, or the signal's reason */
  async whenConnected(signal?: AbortSignal, timeoutMs = this.#deadlineMs): Promise<void> {
    const limit = deadline(timeoutMs, () => new ChainUnavailable(this.#late('a connection')), this.closed, signal);
    try {
      await this.#connected(limit.signal);
    } finally {
      limit.clear();
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new ChainUnavailable('The connection to the chain was closed.'));
    await this.#provider.disconnect();
  }

  async #unsubscribe(names: { readonly type: string; readonly unsubscribe: string }, id: number | string) {
    try {
      await this.#provider.unsubscribe(names.type, names.unsubscribe, id);
    } catch {
      // The subscription is gone with the connection.
    }
  }

  async #connected(signal: AbortSignal): Promise<void> {
    if (!this.#provider.isConnected) await this.#event('connected', signal);
  }

  async #disconnected(signal: AbortSignal): Promise<void> {
    await this.#event('disconnected', signal);
  }

  async #event(type: 'connected' | 'disconnected', signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const off = this.#provider.on(type, () => resolve(undefined));
    try {
      await unlessAborted(promise, signal);
    } finally {
      off();
    }
  }

  /** After a reconnection another chain may be there, such as a development chain that was begun anew. */
  async #checkChain(): Promise<void> {
    try {
      const genesis = await this.request<Hex>('chain_getBlockHash', [0]);
      if (genesis === this.#genesis) return;
    } catch {
      return;
    }
    this.#closed.abort(new WrongChain('After a reconnection there is another chain. Connect anew.'));
    await this.#provider.disconnect();
  }

  #late(what: string): string {
    const problem = this.#provider.isConnected ? 'it does not answer' : (this.#provider.problem ?? 'no connection');
    return `The chain was not reached within ${this.#deadlineMs / 1000} s (${what}): ${problem}. Is the node running?`;
  }
}

function unavailable(error: unknown): Error {
  if (error instanceof ChainUnavailable || error instanceof WrongChain) return error;
  return new ChainUnavailable(`The chain was not reached: ${(error as Error).message}`, { cause: error });
}
