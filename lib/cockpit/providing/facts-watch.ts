/** Keeps what the chain says of this browser's provider and key up to date while somebody wants to know. */
import type { Address } from '../../market/types.ts';
import type { BrowserKey } from '../browser-keys.ts';
import type { Followed } from '../chain-session.ts';
import { Value } from '../observable.ts';
import type { Observable, OperatorInfo } from '../types.ts';
import { operatorInfo, readFacts, type ChainFacts } from './chain-facts.ts';

/** Little of it changes without this browser's doing, so it is read again only after so many blocks. */
const STALE_BLOCKS = 5;

export interface FactsWatchOptions {
  readonly followed: Observable<Followed | null>;
  /** The account that provides; `null` before it is set up. */
  readonly account: () => Address | null;
  readonly key: () => Promise<BrowserKey | null>;
  /** Whether somebody wants to know. */
  readonly isWanted: () => boolean;
  /** They could not be read; the next block is the next try. */
  readonly onFailure: (error: unknown) => void;
}

/** The facts, and the key that they are about. */
export interface KnownFacts extends ChainFacts {
  readonly account: Address;
  readonly operator: OperatorInfo;
}

export class FactsWatch {
  readonly facts = new Value<KnownFacts | null>(null);
  readonly #options: FactsWatchOptions;
  readonly #unsubscribe: () => void;
  #readAt = 0;
  #reading: Promise<void> | null = null;
  #dearestFee = 0n;

  constructor(options: FactsWatchOptions) {
    this.#options = options;
    this.#unsubscribe = options.followed.subscribe(() => this.look());
  }

  /** Reads them if they are wanted and old. */
  look(): void {
    const best = this.#options.followed.get()?.heads.best.number;
    if (best === undefined || !this.#options.isWanted()) return;
    if (this.facts.get() !== null && Math.abs(best - this.#readAt) < STALE_BLOCKS) return;
    void this.read().catch(this.#options.onFailure);
  }

  /** Reads them now, after a reading that goes on. @throws {ChainUnavailable} */
  async readAnew(): Promise<void> {
    await this.#reading?.catch(() => undefined);
    await this.read();
  }

  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Notes what a transaction of the key has cost. */
  paid(fee: bigint): void {
    if (fee > this.#dearestFee) this.#dearestFee = fee;
  }

  close(): void {
    this.#unsubscribe();
  }

  async #read(): Promise<void> {
    const { account: accountOf, followed, key: keyOf } = this.#options;
    const [account, at] = [accountOf(), followed.get()];
    const key = account === null ? null : await keyOf();
    if (at === null || account === null || key === null) {
      this.facts.set(null);
      return;
    }
    const { chain, heads } = at;
    const operator = chain.account(key.signer).address;
    const facts = await readFacts(chain, account, operator);
    this.#readAt = heads.best.number;
    this.facts.set({ ...facts, account, operator: operatorInfo(operator, facts, this.#dearestFee) });
  }
}
