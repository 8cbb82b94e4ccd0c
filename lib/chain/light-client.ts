/** A chain's JSON-RPC by a light client: smoldot in this process or page, or one that an extension offers. */
import { RpcCoder } from '@polkadot/rpc-provider/coder';
import type { JsonRpcResponse, ProviderInterfaceCallback } from '@polkadot/rpc-provider/types';

import type { Link, OpenLink } from './link.ts';
import { RuntimeCalls } from './runtime-calls.ts';
import { pause, unlessAborted } from './waiting.ts';
import { ChainUnavailable } from '../market/errors.ts';

/** A chain of a light client, as smoldot has it: JSON-RPC requests go in, responses come out in any order. */
export interface LightChain {
  sendJsonRpc(request: string): void;
  /** The next response or notification. Fails when there will be none any more. */
  nextJsonRpcResponse(): Promise<string>;
  remove(): void;
}

/** How often a light client is asked whether it has caught up with the chain. */
const syncPollMs = 50;

/**
 * Links to the chain of a light client. One is ready when the light client has caught up with the chain.
 *
 * @param open adds the chain to the light client; again, if that was lost
 */
export function lightClientLinks(open: () => Promise<LightChain>): OpenLink {
  return async (_, signal) => {
    const link = new LightLink(await open());
    try {
      await unlessAborted(link.open(), signal);
      await caughtUp(link, signal);
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  };
}

async function caughtUp(link: Link, signal: AbortSignal): Promise<void> {
  // Without a peer smoldot keeps its health to itself for half a minute, and every other answer behind it.
  while (((await unlessAborted(link.send('system_peers', []), signal)) as readonly unknown[]).length === 0) {
    await pause(syncPollMs, signal);
  }
  for (;;) {
    const health = (await unlessAborted(link.send('system_health', []), signal)) as Health;
    if (health.peers > 0 && !health.isSyncing) return;
    await pause(syncPollMs, signal);
  }
}

interface Health {
  readonly peers: number;
  readonly isSyncing: boolean;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly subscription?: { readonly type: string; readonly callback: ProviderInterfaceCallback };
}

/** JSON-RPC over a chain of a light client. */
class LightLink implements Link {
  readonly lost: Promise<string>;
  readonly #lose: (reason: string) => void;
  #closed = false;
  readonly #chain: LightChain;
  readonly #coder = new RpcCoder();
  readonly #pending = new Map<number, Pending>();
  readonly #subscriptions = new Map<string, ProviderInterfaceCallback>();
  #calls: RuntimeCalls | null = null;

  constructor(chain: LightChain) {
    this.#chain = chain;
    ({ promise: this.lost, resolve: this.#lose } = Promise.withResolvers());
    void this.#listen();
  }

  async open(): Promise<void> {
    this.#calls = await RuntimeCalls.start(this);
  }

  async send(method: string, params: readonly unknown[]): Promise<unknown> {
    if (method === 'state_call' && this.#calls !== null) {
      const [name, argument, block] = params as [string, string, string | undefined];
      const output = await this.#calls.call(name, argument, block);
      if (output !== null) return output;
    }
    return this.#request(method, params, undefined);
  }

  async subscribe(
    type: string,
    method: string,
    params: readonly unknown[],
    callback: ProviderInterfaceCallback,
  ): Promise<number | string> {
    return (await this.#request(method, params, { type, callback })) as number | string;
  }

  async unsubscribe(_: string, method: string, id: number | string): Promise<boolean> {
    if (!this.#subscriptions.delete(String(id))) return false;
    return (await this.send(method, [id])) === true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end('it was closed');
    try {
      this.#chain.remove();
    } catch {
      // The light client is gone, and the chain with it.
    }
  }

  #request(method: string, params: readonly unknown[], subscription: Pending['subscription']): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const [id, request] = this.#coder.encodeJson(method, [...params]);
    this.#pending.set(id, { resolve, reject, ...(subscription && { subscription }) });
    try {
      this.#chain.sendJsonRpc(request);
    } catch (error) {
      this.#pending.delete(id);
      throw new ChainUnavailable(`The light client does not take a request: ${(error as Error).message}`, {
        cause: error,
      });
    }
    return promise;
  }

  async #listen(): Promise<void> {
    try {
      for (;;) this.#receive(JSON.parse(await this.#chain.nextJsonRpcResponse()) as JsonRpcResponse<unknown>);
    } catch (error) {
      this.#end(`the light client has ended: ${(error as Error).message}`);
    }
  }

  #receive(message: JsonRpcResponse<unknown>): void {
    if (message.method !== undefined) {
      const callback = this.#subscriptions.get(String(message.params.subscription));
      callback?.(null, this.#coder.decodeResponse(message));
      return;
    }
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    try {
      const result = this.#coder.decodeResponse(message);
      // Before anything else happens: the first notification may be the next message.
      if (pending.subscription) this.#subscriptions.set(String(result), pending.subscription.callback);
      pending.resolve(result);
    } catch (error) {
      pending.reject(error as Error);
    }
  }

  #end(reason: string): void {
    this.#lose(reason);
    for (const { reject } of this.#pending.values()) {
      reject(new ChainUnavailable(`The connection was lost: ${reason}.`));
    }
    this.#pending.clear();
    this.#subscriptions.clear();
  }
}
