/** A `ProviderInterface` of `@polkadot/api` that outlives its links: it opens another one and subscribes again. */
import type {
  ProviderInterface,
  ProviderInterfaceCallback,
  ProviderInterfaceEmitCb,
  ProviderInterfaceEmitted,
} from '@polkadot/rpc-provider/types';

import { WrongChain } from './errors.ts';
import type { Link, OpenLink } from './link.ts';
import { pause } from './waiting.ts';
import { ChainUnavailable } from '../market/errors.ts';

interface Subscription {
  readonly type: string;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly callback: ProviderInterfaceCallback;
  /** What the present link calls it. */
  id: number | string | undefined;
}

/** The pause before the next attempt grows from the first to the second. */
const pauses = { first: 100, longest: 2_000 } as const;

/**
 * Keeps a link open for as long as it is not disconnected. A lost one is replaced after a short pause, which grows with
 * each failure. Subscriptions are made again on the new link but for those of transactions: a node that knows nothing
 * of a transaction cannot go on watching it. Their callback gets an error instead.
 */
export class LinkProvider implements ProviderInterface {
  readonly hasSubscriptions = true;
  readonly isClonable = false;
  readonly #open: OpenLink;
  readonly #listeners: Readonly<Record<ProviderInterfaceEmitted, Set<ProviderInterfaceEmitCb>>> = {
    connected: new Set(),
    disconnected: new Set(),
    error: new Set(),
  };
  readonly #subscriptions = new Map<string, Subscription>();
  #nextSubscription = 0;
  #link: Link | undefined;
  #running: AbortController | undefined;
  #problem = 'it was never connected';

  constructor(open: OpenLink) {
    this.#open = open;
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Why there is no connection. */
  get problem(): string {
    return this.#problem;
  }

  clone(): ProviderInterface {
    return new LinkProvider(this.#open);
  }

  /** Begins to connect, and goes on for ever. `connected` is emitted when it has succeeded. */
  connect(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = new AbortController();
      void this.#run(this.#running.signal);
    }
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    this.#running?.abort(new ChainUnavailable('The connection was closed.'));
    this.#running = undefined;
    this.#link?.close();
    this.#subscriptions.clear();
    return Promise.resolve();
  }

  on(type: ProviderInterfaceEmitted, listener: ProviderInterfaceEmitCb): () => void {
    this.#listeners[type].add(listener);
    return () => this.#listeners[type].delete(listener);
  }

  // The interface of the library wants a type of the caller's choice.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async send<T = any>(method: string, params: unknown[]): Promise<T> {
    return (await this.#linked().send(method, params)) as T;
  }

  async subscribe(
    type: string,
    method: string,
    params: unknown[],
    callback: ProviderInterfaceCallback,
  ): Promise<string> {
    const subscription: Subscription = { type, method, params, callback, id: undefined };
    subscription.id = await this.#linked().subscribe(type, method, params, callback);
    const name = String(this.#nextSubscription++);
    this.#subscriptions.set(name, subscription);
    return name;
  }

  async unsubscribe(_: string, method: string, name: number | string): Promise<boolean> {
    const subscription = this.#subscriptions.get(String(name));
    this.#subscriptions.delete(String(name));
    if (subscription?.id === undefined || this.#link === undefined) return false;
    return this.#link.unsubscribe(subscription.type, method, subscription.id);
  }

  #linked(): Link {
    if (this.#link === undefined) throw new ChainUnavailable(`There is no connection to the chain: ${this.#problem}.`);
    return this.#link;
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const link = await this.#open(attempt, signal);
        attempt = -1;
        await this.#use(link, signal);
      } catch (error) {
        this.#problem = (error as Error).message;
        this.#emit('error', error);
        if (error instanceof WrongChain) return;
      }
      const longer = Math.min(pauses.first * 2 ** (attempt + 1), pauses.longest);
      await pause(longer, signal).catch(() => undefined);
    }
  }

  async #use(link: Link, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      link.close();
      return;
    }
    this.#link = link;
    const reason = link.lost;
    try {
      await this.#resubscribe(link);
      this.#emit('connected');
      this.#problem = await reason;
    } finally {
      this.#link = undefined;
      link.close();
      for (const [name, { type, callback }] of this.#subscriptions) {
        if (!endsWithLink(type)) continue;
        this.#subscriptions.delete(name);
        callback(new ChainUnavailable(`The connection was lost: ${this.#problem}.`), undefined);
      }
      this.#emit('disconnected');
    }
  }

  async #resubscribe(link: Link): Promise<void> {
    for (const subscription of this.#subscriptions.values()) {
      subscription.id = undefined;
      const { type, method, params, callback } = subscription;
      subscription.id = await link.subscribe(type, method, params, callback);
    }
  }

  #emit(type: ProviderInterfaceEmitted, value?: unknown): void {
    for (const listener of [...this.#listeners[type]]) listener(value);
  }
}

function endsWithLink(type: string): boolean {
  return type.startsWith('author_');
}
