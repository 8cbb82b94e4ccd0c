/** What really happened, read from the chain: by a node of its own, in the final state. */
import assert from 'node:assert/strict';

import type { ApiPromise } from '@polkadot/api';

import { bestNumber, feesBetween, finalBlock, untilFinal, wealthAt, type At } from '../../e2e/support/ledger.ts';
import type { AiroChain } from '../../lib/chain/index.ts';
import { watchOrder } from '../../lib/consumer/index.ts';
import type { At as State } from '../../lib/market/chain.ts';
import type { Bid } from '../../lib/market/types.ts';
import { waitFor } from '../lib/wait.ts';

const finalityMs = 60_000;

export class Evidence {
  readonly #api: ApiPromise;
  readonly #chain: AiroChain;
  readonly #signal: AbortSignal;

  constructor(api: ApiPromise, chain: AiroChain, signal: AbortSignal) {
    this.#api = api;
    this.#chain = chain;
    this.#signal = signal;
  }

  /** The newest final block. */
  now(): Promise<At> {
    return finalBlock(this.#api);
  }

  /** Waits until everything that has happened so far is final. */
  async settled(): Promise<At> {
    return untilFinal(this.#api, await bestNumber(this.#api), this.#signal);
  }

  /** Waits until the final state has something. @param what for the message, if it never has */
  async final<T>(what: string, look: (chain: AiroChain, at: State) => Promise<T | null | false>): Promise<T> {
    return waitFor(async () => (await look(this.#chain, 'finalized')) ?? false, {
      what: `the chain's final state to say that ${what}`,
      timeoutMs: finalityMs,
      everyMs: 200,
      signal: this.#signal,
    });
  }

  /** What an account got between two blocks, what it paid for its own transactions left out. */
  async got(address: string, from: At, to: At): Promise<bigint> {
    const change = (await wealthAt(this.#api, address, to)) - (await wealthAt(this.#api, address, from));
    return change + (await feesBetween(this.#api, address, from, to));
  }

  /** Asserts what an account got between two blocks. */
  async assertGot(who: { readonly name: string; readonly address: string }, amount: bigint, from: At, to: At) {
    assert.equal(await this.got(who.address, from, to), amount, `what ${who.name} got`);
  }

  /** Follows the bids on an order until it ends, or `stop` aborts. @returns each bid and each improvement, as they came */
  async bids(order: number, stop: AbortSignal): Promise<readonly Bid[]> {
    const bids: Bid[] = [];
    const signal = AbortSignal.any([stop, this.#signal]);
    try {
      for await (const { order: seen } of watchOrder(this.#chain, order, signal)) {
        for (const bid of seen.bids) {
          const isKnown = bids.some(({ provider, price }) => provider === bid.provider && price === bid.price);
          if (!isKnown) bids.push(bid);
        }
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    }
    return bids;
  }
}
