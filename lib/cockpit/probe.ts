/** Asking a light client about itself: a handful of questions by JSON-RPC, beside what the chain is used for. */
import type { LightChain } from '../chain/light-client.ts';

/** How the light client is. */
export interface Health {
  readonly peers: number;
  readonly isSyncing: boolean;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export class Probe {
  readonly #chain: LightChain;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 1;
  #ended = false;

  constructor(chain: LightChain) {
    this.#chain = chain;
    void this.#listen();
  }

  /** @throws when the light client is gone, or says no */
  async health(): Promise<Health> {
    return (await this.#ask('system_health', [])) as Health;
  }

  /**
   * What the light client knows, for its next start.
   *
   * @param maxBytes the most that it may be
   * @throws when the light client is gone, or does not offer this
   */
  async database(maxBytes: number): Promise<string> {
    return (await this.#ask('chainHead_unstable_finalizedDatabase', [maxBytes])) as string;
  }

  close(): void {
    this.#end(new Error('The light client is no longer asked.'));
    this.#chain.remove();
  }

  async #ask(method: string, params: readonly unknown[]): Promise<unknown> {
    if (this.#ended) throw new Error('The light client is gone.');
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    try {
      this.#chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
    return waiting.promise;
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const { id, result, error } = JSON.parse(await this.#chain.nextJsonRpcResponse()) as Answer;
        const waiting = this.#waiting.get(id ?? 0);
        if (waiting === undefined) continue;
        this.#waiting.delete(id ?? 0);
        if (error === undefined) waiting.resolve(result);
        else waiting.reject(new Error(error.message));
      }
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(error: Error): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
