/** Accounts, wallets and transactions. Part of `../types.ts`. */
import type { Block, Call, Included, TransactionStatus } from '../../market/chain.ts';
import type { Address, Hex } from '../../market/types.ts';
import type { Observable, Problem } from './values.ts';

export interface CockpitAccount {
  /** SS58 with the chain's prefix. */
  readonly address: Address;
  readonly name: string;
  readonly kind: 'wallet' | 'development';
  /** The wallet's name, or `Development`. */
  readonly source: string;
}

/**
 * - `idle`: nobody was asked yet; `connect()` asks
 * - `connecting`: the wallets are asked; a person may have to answer there
 * - `noWallet`: there is no wallet extension in this browser
 * - `refused`: there is one, and it does not let this page in
 * - `noAccounts`: it lets the page in, and has no account (for this page)
 */
export type WalletState = 'idle' | 'connecting' | 'noWallet' | 'refused' | 'noAccounts' | 'ready';

export interface WalletStatus {
  readonly state: WalletState;
  /** The wallets that let this page in. */
  readonly wallets: readonly { readonly name: string; readonly version: string }[];
  readonly problem: Problem | null;
}

export interface Accounts {
  readonly status: Observable<WalletStatus>;
  /** Those of wallets, and on a development chain the well-known ones behind them. */
  readonly all: Observable<readonly CockpitAccount[]>;
  /** The chosen one, kept for the next visit; `null` if none is chosen, or it is gone from its wallet. */
  readonly chosen: Observable<CockpitAccount | null>;
  /** Asks the wallets. Once they have let the page in, later visits ask by themselves. Never throws: see `status`. */
  connect(): Promise<void>;
  /** Forgets that the wallets were asked; the next visit asks nobody. */
  disconnect(): void;
  choose(address: Address | null): void;
  /**
   * Development chains only: gives an account money of a well-known one.
   *
   * @param amount default: 100 AIRO
   * @throws {NotDevelopment} on any other chain
   */
  faucet(to: Address, amount?: bigint): Promise<Included>;
}

/**
 * `signing` waits for the wallet. `inBestBlock` is pending: it can fall back to `broadcast`. `lost`: its fate is unknown,
 * the state tells.
 */
export type TransactionState =
  'signing' | 'signed' | 'broadcast' | 'inBestBlock' | 'finalized' | 'failed' | 'cancelled' | 'lost';

export interface TransactionInfo {
  readonly id: number;
  /** What it does, with amounts: `Place an order for 10 inferences of model 3 at up to 0.5 AIRO each`. */
  readonly title: string;
  readonly calls: readonly Call[];
  readonly account: Address;
  readonly startedAtMs: number;
  readonly state: TransactionState;
  readonly hash: Hex | null;
  readonly block: Block | null;
  /** What it cost, in the smallest unit; `null` until it is in a block. */
  readonly fee: bigint | null;
  readonly problem: Problem | null;
}

export interface SubmitCallOptions {
  /** In place of the title that is made from the calls. */
  readonly title?: string;
  /** When the promise settles: in a best block (default), or when that is final. */
  readonly until?: 'inBestBlock' | 'finalized';
  readonly onStatus?: (status: TransactionStatus) => void;
  readonly signal?: AbortSignal;
}
