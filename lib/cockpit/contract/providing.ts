/** Providing: this browser as a provider. Part of `../types.ts`. */
import type { FixedStrategy, CostStrategy, UndercutStrategy } from '../../market/strategies.ts';
import type { Address, Agreement, Model, ModelVersion } from '../../market/types.ts';
import type { Decision, Execution } from '../../provider/ports.ts';
import type { Observable, Problem } from './values.ts';

/** A strategy that needs nothing but this tab; see `lib/market/strategies.ts`. */
export type TabStrategy = FixedStrategy | CostStrategy | UndercutStrategy;

/** What a tab takes care of beside its prices. */
export interface Restraint {
  /** No new work while the device runs on its battery. Ignored where the browser does not tell. */
  readonly onlyOnMains: boolean;
  /** No new work while somebody uses the device, or at least this tab where the browser does not tell more. */
  readonly onlyWhenIdle: boolean;
  /** So many inferences run at a time at most. */
  readonly atOnce: number;
}

export interface ProvidingSettings {
  readonly strategy: TabStrategy;
  /** The most agreements and bids that may be open at a time. */
  readonly maxOpen: number;
  readonly restraint: Restraint;
  /** What runs models. `automatic` takes the fastest that works and gives right results. */
  readonly backend: 'automatic' | 'webgpu' | 'wasm';
}

export type BackendKind = 'webgpu' | 'wasm-threads' | 'wasm';

/** What runs a model here, and why nothing faster does. */
export interface BackendInfo {
  readonly kind: BackendKind;
  /** The graphics processor's name, or the number of threads, for people. */
  readonly device: string;
  /** Why the faster ones were not taken, the fastest first. Empty for WebGPU. */
  readonly passedOver: readonly { readonly kind: BackendKind; readonly why: string }[];
}

/**
 * - `listed`: chosen, nothing is done yet
 * - `downloading`, `measuring`: on its way
 * - `ready`: in this browser's cache, checked, and measured
 * - `failed`: `problem` says why; `prepare` tries again
 */
export type ServedModelState = 'listed' | 'downloading' | 'measuring' | 'ready' | 'failed';

/** A model that this browser serves or is about to. */
export interface ServedModelInfo {
  readonly model: number;
  readonly version: number;
  readonly name: string;
  readonly state: ServedModelState;
  readonly bytes: number;
  readonly bytesHere: number;
  /** The median of the times of an inference measured here, in milliseconds; this goes into the offer. */
  readonly timeMs: number | null;
  readonly backend: BackendInfo | null;
  /** Whether the chain has the offer, for this version. */
  readonly isAnnounced: boolean;
  readonly problem: Problem | null;
}

/** The key of this browser that bids and answers without asking anybody. It cannot be read out. */
export interface OperatorInfo {
  readonly address: Address;
  /** What the chain lets it do; `null` while it is not, or no longer, named there. */
  readonly bounds: { readonly floorPrice: bigint; readonly maxOpen: number } | null;
  /** What it has for fees. */
  readonly free: bigint;
  /** For about so many transactions more. */
  readonly transactionsLeft: number;
}

/** Why a tab that is on takes no new work. */
export type Restrained =
  | 'hidden' // the browser slows this tab down: deadlines could be missed
  | 'battery'
  | 'inUse'
  | 'offline'
  | 'chainLost'
  | 'dxLost'
  | 'noFees' // the operator key cannot pay
  | 'notNamed' // the operator key was revoked, or replaced by that of another browser
  | 'stakeTooLow' // a penalty has taken the stake below what the market asks for
  | 'storageFull' // what is done could not be known any more after a reload
  | 'noModel'; // no chosen model is ready and announced

/**
 * - `off`: not switched on in this browser
 * - `elsewhere`: another tab of this browser is at it; this one takes over when that one closes
 * - `starting`: chain, Dx and models are got ready
 * - `on`: bids, and executes
 * - `waiting`: on, and takes no new work for now: `restrained` says why. What was agreed is carried out where that is possible
 * - `draining`: no new work; off when what was agreed is done
 * - `failed`: `problem` says why, `start` tries again
 */
export type ProvidingPhase = 'off' | 'elsewhere' | 'starting' | 'on' | 'waiting' | 'draining' | 'failed';

export interface ProvidingStatus {
  readonly phase: ProvidingPhase;
  readonly restrained: readonly Restrained[];
  /** The account that provides with this browser: its stake, its earnings. `null` before it is set up. */
  readonly provider: Address | null;
  /** `null` until the chain was asked; it is while somebody subscribes. */
  readonly operator: OperatorInfo | null;
  readonly openBids: number;
  readonly openAgreements: number;
  /** Requests that wait for an answer. */
  readonly waiting: number;
  /** How many inferences run now. */
  readonly running: number;
  /** Times at which the tab slept or was throttled, and what that did, newest first; at most 20. */
  readonly interruptions: readonly { readonly atMs: number; readonly lastedMs: number; readonly message: string }[];
  /** What is tried again, or made good by itself, at the moment; or that the storage is full. */
  readonly trouble: Problem | null;
  readonly problem: Problem | null;
}

/** How this browser is to become a provider, or what of that is to change. */
export interface SetupWish {
  readonly name: string;
  /** The whole stake that the account is to have. */
  readonly stake: bigint;
  /** The lowest price that the operator key may bid: the chain holds it to that. */
  readonly floorPrice: bigint;
  readonly maxOpen: number;
  /** What the operator key gets for fees. */
  readonly topUp: bigint;
  /** Ready models to announce. */
  readonly models: readonly number[];
}

/** What one signature will do. */
export interface SetupPlan {
  readonly steps: readonly { readonly what: string; readonly amount: bigint | null }[];
  /** What the account spends or has on hold afterwards because of it, fees left out. */
  readonly needs: bigint;
  /** What it can spend now. */
  readonly free: bigint;
  /** The account provides elsewhere, with other keys: those stop working. */
  readonly replaces: string | null;
}

/** What the strategy would have done with the last orders that led to agreements. */
export interface DryRun {
  readonly orders: number;
  readonly bids: number;
  readonly wins: number;
  /** What those that were won would have paid, royalties and fees taken off. */
  readonly earned: bigint;
  readonly rows: readonly {
    readonly order: number;
    readonly model: number;
    readonly inferences: number;
    /** The lowest price that was accepted. */
    readonly paid: bigint;
    readonly decision: Decision;
    readonly wins: boolean;
  }[];
}

export interface Providing {
  readonly status: Observable<ProvidingStatus>;
  /** Kept in this browser. */
  readonly settings: Observable<ProvidingSettings>;
  readonly models: Observable<readonly ServedModelInfo[]>;
  /** Newest first, at most 200; kept in this browser, as are executions. */
  readonly decisions: Observable<readonly Decision[]>;
  readonly executions: Observable<readonly Execution[]>;
  /** That this browser works on, or did in this visit. */
  readonly agreements: Observable<readonly Agreement[]>;

  /** Adds a model, fetches it, checks it, and measures it; resolves when that is done. Progress is in `models`. */
  prepare(model: Model, version: ModelVersion, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Serves it no more; its file is removed from this browser. An offer on chain is withdrawn, which has to be signed. */
  remove(model: number): Promise<void>;

  /**
   * @throws {InvalidSetup} with what is wrong, too little money included; {KeysUnsupported} where nothing can be kept;
   *   {ChainUnavailable} {NoAccount}
   */
  plan(wish: SetupWish): Promise<SetupPlan>;
  /** Everything in one transaction, signed by the wallet of the chosen account. @throws as `plan`, and what `submit` throws */
  setUp(wish: SetupWish): Promise<void>;
  /** Gives the operator key more money for fees; the wallet signs. */
  topUp(amount: bigint): Promise<void>;
  /**
   * Takes the operator key its rights, and its rest of money back; the wallet signs once. The tab is off after that, and
   * open agreements are left to the account itself. Called again, it does what is left to do.
   */
  revoke(): Promise<void>;
  /** Leaves the market: no offers any more; the stake can be withdrawn some time after. The wallet signs. */
  leave(): Promise<void>;
  /** Takes the stake back, and the operator key's rest of money; this browser provides for nobody after that. The wallet signs. */
  withdrawStake(): Promise<void>;

  /** Switches on. This tab, or another one of this browser, goes on by itself after a reload. */
  start(): void;
  /** Takes no new work; switches off when what was agreed is done. */
  drain(): void;
  /** Switches off at once. What is not answered in time is refunded and counted against the provider. */
  stop(): void;
  /** @throws {InvalidSettings} and changes nothing */
  update(settings: ProvidingSettings): void;
  /**
   * Decides about the last orders for the chosen models as if they were placed now; what that takes for granted is said in
   * `../providing/dry-run.ts`. @throws {ChainUnavailable} {InvalidSettings}
   */
  dryRun(settings: ProvidingSettings, options?: { readonly signal?: AbortSignal }): Promise<DryRun>;
}
