/**
 * The Cockpit as views see it: values that change, what can be asked, and what can be done. The logic behind it is in this
 * folder and knows no React; views know nothing but this contract. Amounts are in the chain's smallest unit; a name that
 * ends in `Ms` is in milliseconds, since 1970 where it is a moment.
 */
import type { Call, Included } from '../market/chain.ts';
import type { Address, Description } from '../market/types.ts';
import type { Accounts, SubmitCallOptions, TransactionInfo } from './contract/accounts.ts';
import type { Market } from './contract/market.ts';
import type { ChainStatus, DxStatus, NetworkInfo, SeenBlock, StorageStatus } from './contract/network.ts';
import type { Owning } from './contract/owning.ts';
import type { Providing } from './contract/providing.ts';
import type { PreparedImage, Purchases } from './contract/purchases.ts';
import type { Observable } from './contract/values.ts';

export type * from './contract/values.ts';
export type * from './contract/network.ts';
export type * from './contract/accounts.ts';
export type * from './contract/market.ts';
export type * from './contract/purchases.ts';
export type * from './contract/owning.ts';
export type * from './contract/providing.ts';

/** The one object behind all views. Nothing of it throws before `start`; whatever needs the chain waits for it. */
export interface Cockpit {
  /** `null` until it was fetched. */
  readonly network: Observable<NetworkInfo | null>;
  readonly chain: Observable<ChainStatus>;
  /** Newest first, at most 50; events are read while somebody subscribes. */
  readonly blocks: Observable<readonly SeenBlock[]>;
  readonly dx: Observable<DxStatus>;
  readonly storage: Observable<StorageStatus>;
  readonly accounts: Accounts;
  readonly market: Market;
  readonly purchases: Purchases;
  readonly owning: Owning;
  /** This browser as a provider. */
  readonly providing: Providing;
  /** Of this visit, newest first. */
  readonly transactions: Observable<readonly TransactionInfo[]>;

  /** Begins: fetches `network.json`, loads the heavy parts side by side, connects. Calling it again does nothing. */
  start(): void;
  /** After `failed`: begins anew. */
  restart(): void;
  /**
   * Signs with the chosen account, sends, and settles when it is in a block.
   *
   * @throws {Cancelled} the person refused in the wallet; {NoAccount} none is chosen; {CallFailed} the chain refused, by
   *   name; {TransactionRefused} {TransactionLost} {ChainUnavailable}
   */
  submit(call: Call | readonly Call[], options?: SubmitCallOptions): Promise<Included>;
  /** Takes a transaction off the list. */
  dismiss(transaction: number): void;
  /** Makes an image into a model's input. @throws {UnreadableImage} {InvalidTensor} */
  prepareImage(source: Blob | CanvasImageSource, description: Description): Promise<PreparedImage>;
  /** Reads a pasted address. @returns it with the chain's prefix. @throws {InvalidAddress} with what is wrong */
  parseAddress(text: string): Promise<Address>;
  /** When a block was or will be, by the block time. `null` before the chain is known. */
  timeOf(block: number): number | null;
  /** Ends everything: connections, workers, work under way (which the next visit goes on with). */
  dispose(): Promise<void>;
}
