/** The provider engine as its owner (Wingman, a browser tab) handles it. */
import type { Heads } from '../market/chain.ts';
import type { Strategy } from '../market/strategies.ts';
import type { Address, Agreement, Order } from '../market/types.ts';
import type { Chain, Clock, Decision, Dx, Envelopes, Execution, Journal, Models } from './ports.ts';

/** What the engine is to serve, and how. Changes take effect with the next decision. */
export interface Settings {
  /** No new bids; what was agreed on is still carried out. */
  readonly paused: boolean;
  /** Decide and explain, but send nothing and execute nothing. */
  readonly dryRun: boolean;
  readonly models: readonly ServedModel[];
  /** The strategy for models that name none of their own. */
  readonly strategy: Strategy;
  /** The most agreements and bids that may be open at a time. */
  readonly maxOpen: number;
  /** The most requests that may wait for an answer at a time, over all agreements that are open or bid for. */
  readonly maxInFlight: number;
  /** The part of this machine's measured throughput that bids may promise; 1 is all of it. */
  readonly utilization: number;
}

export interface ServedModel {
  readonly model: number;
  readonly strategy?: Strategy;
}

/** What something is about, by the numbers on the chain: what a log can be searched by. */
export interface About {
  readonly order?: number;
  readonly agreement?: number;
  /** The index of a request in its agreement. */
  readonly request?: number;
  readonly model?: number;
}

/** What happens in the engine, for logs, metrics and pages that show it live. */
export type EngineEvent =
  | { readonly event: 'heads'; readonly heads: Heads }
  | { readonly event: 'decided'; readonly decision: Decision }
  | { readonly event: 'agreementOpened'; readonly agreement: Agreement }
  | { readonly event: 'agreementEnded'; readonly agreement: Agreement }
  /** A request of an agreement has come a stage further; `order` is the one that the agreement is from. */
  | { readonly event: 'execution'; readonly order: number; readonly execution: Execution }
  | { readonly event: 'modelReady'; readonly model: number; readonly version: number; readonly ms: number }
  | { readonly event: 'modelFailed'; readonly model: number; readonly version: number; readonly reason: string }
  /** `where` is one of a few words, so that troubles can be counted by it. */
  | { readonly event: 'trouble'; readonly where: string; readonly about: About; readonly error: Error };

export interface Status {
  readonly state: 'starting' | 'running' | 'paused' | 'stopped';
  /** `null` until the first block was seen. */
  readonly heads: Heads | null;
  /** Whether the last look at the chain succeeded. */
  readonly connected: boolean;
  readonly models: readonly {
    readonly model: number;
    readonly version: number | null;
    readonly state: 'loading' | 'ready' | 'failed';
    readonly reason: string | null;
    /** The median of the measured times per inference, in milliseconds. */
    readonly timeMs: number | null;
  }[];
  readonly openBids: number;
  readonly openAgreements: number;
  /** Requests that wait for an answer, or could still come, in open agreements and bids. */
  readonly inFlight: number;
  readonly capacity: number;
}

export interface Ports {
  readonly chain: Chain;
  readonly dx: Dx;
  readonly envelopes: Envelopes;
  readonly models: Models;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Names a price for an external strategy; see `ExternalStrategy`. */
  readonly hook: PriceHook;
}

/** What an external strategy answers: a price, or `null` and perhaps why it does not want the order. */
export interface HookAnswer {
  readonly price: bigint | null;
  readonly reason: string | null;
}

/** Asks somebody else's program or service for a price. @throws when it fails or answers nonsense */
export type PriceHook = (
  hook: { readonly command: readonly string[] } | { readonly url: string },
  question: unknown,
  signal: AbortSignal,
) => Promise<bigint | null | HookAnswer>;

/** The engine of a provider: watches the market, decides, bids, executes, answers and remembers. */
export interface ProviderEngine {
  /** Begins; returns at once. A lost chain, Dx or model is reported as `trouble` and tried again, never fatal. */
  start(): void;
  /** Takes no new work, ends what is running within `graceMs`, and returns when nothing runs any more. */
  stop(graceMs: number): Promise<void>;
  settings(): Settings;
  update(settings: Settings): void;
  status(): Status;
  /** What it would decide about an order now, and why; the order may be one that nobody placed. */
  dryRun(order: Order): Promise<Decision>;
  /** Open orders as last seen, each with the newest decision about it. */
  orders(): readonly { readonly order: Order; readonly decision: Decision | null }[];
  agreements(): readonly Agreement[];
  /** Calls the listener for everything that happens from now on; returns how to stop that. */
  on(listener: (event: EngineEvent) => void): () => void;
}

export interface EngineOptions {
  readonly ports: Ports;
  /** The provider's account, which is not the signer's when that is an operator key. */
  readonly provider: Address;
  readonly settings: Settings;
}
