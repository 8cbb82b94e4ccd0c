/** Reading the chain's state: functions of runtime APIs, and entries of the storage. */
import type { Connection } from './connection.ts';
import type { RuntimeApis, Storage } from './generated/chain.ts';
import type { HeadTracker } from './heads.ts';
import type { RuntimeKeeper } from './runtime-keeper.ts';
import type { At } from '../market/chain.ts';
import type { Hex } from '../market/types.ts';

/** The state of the chain at a block. All that it reads fails with `ChainUnavailable` by the connection's deadline. */
export class State {
  readonly #connection: Connection;
  readonly #runtime: RuntimeKeeper;
  readonly #heads: HeadTracker;
  #collection: number | null = null;

  constructor(connection: Connection, runtime: RuntimeKeeper, heads: HeadTracker) {
    this.#connection = connection;
    this.#runtime = runtime;
    this.#heads = heads;
  }

  get runtime() {
    return this.#runtime.current;
  }

  /** Calls a function of a runtime API. */
  async call<Name extends keyof RuntimeApis>(
    name: Name,
    args: RuntimeApis[Name]['params'],
    at: At | undefined,
  ): Promise<RuntimeApis[Name]['result']> {
    const answer = await this.#ask<Hex>('state_call', [name, this.runtime.encodeArguments(name, args)], at);
    return this.runtime.decodeAnswer(name, answer);
  }

  /** Reads an entry of the storage; `null` if there is none. */
  async entry<Name extends keyof Storage>(
    name: Name,
    keys: Storage[Name]['keys'],
    at: At | undefined,
  ): Promise<Storage[Name]['value'] | null> {
    const value = await this.#ask<Hex | null>('state_getStorage', [this.runtime.storageKey(name, ...keys)], at);
    return value === null ? null : this.runtime.decodeStorage(name, value);
  }

  /** Reads all values of a map, page by page. They may be many: `visit` sees each once and nothing is kept. */
  async walk<Name extends keyof Storage>(
    name: Name,
    at: Hex,
    visit: (value: Storage[Name]['value']) => void,
  ): Promise<void> {
    const prefix = this.runtime.storageKey(name);
    let after: Hex | null = null;
    for (;;) {
      const keys: readonly Hex[] = await this.#connection.request('state_getKeysPaged', [prefix, pageSize, after, at]);
      const last = keys.at(-1);
      if (last === undefined) return;
      const [page] = await this.#connection.request<readonly Changes[]>('state_queryStorageAt', [keys, at]);
      for (const [, value] of page?.changes ?? []) {
        if (value !== null) visit(this.runtime.decodeStorage(name, value));
      }
      if (keys.length < pageSize) return;
      after = last;
    }
  }

  /** The number of the collection of all models' NFTs; `null` while there is none. Once made it stays for good. */
  async collection(at: At | undefined): Promise<number | null> {
    this.#collection ??= await this.entry('marketplace.collection', [], at);
    return this.#collection;
  }

  /** The hash of the block that `at` means now. */
  async blockHash(at: At): Promise<Hex> {
    if (at === 'finalized') return (await this.#heads.current(this.#connection.closed)).finalized.hash;
    if (at === 'best') return this.#connection.request<Hex>('chain_getBlockHash', []);
    return at;
  }

  async #ask<T>(method: string, params: readonly unknown[], at: At | undefined): Promise<T> {
    // Without a hash the node takes its best block, which may be newer than what we know of.
    if (at === undefined || at === 'best') return this.#connection.request<T>(method, params);
    return this.#connection.request<T>(method, [...params, await this.blockHash(at)]);
  }
}

/** The most entries of the storage that are read at once. */
const pageSize = 256;

interface Changes {
  readonly changes: readonly (readonly [Hex, Hex | null])[];
}
