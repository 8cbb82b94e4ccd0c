/** Asking a light client about itself: a handful of questions by JSON-RPC, beside what the chain is used for. */
import type { LightChain } from '../chain/light-client.ts';

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** What the ids of these requests begin with; all others are numbers. */
const mark = 'airo-probe-';

/**
 * A chain of a light client that can also be asked how it is. It goes between the light client and who uses the chain:
 * a second handle on the same chain would cost the light client another reading of its specification, at the very start.
 */
export class Probe implements LightChain {
  readonly #chain: LightChain;
  readonly #waiting = new Map<unknown, PromiseWithResolvers<unknown>>();
  #nextId = 1;
  #next: PromiseWithResolvers<string> | null = null;
  #ended = false;
  #removed = false;

  constructor(chain: LightChain) {
    this.#chain = chain;
  }

  /**
   * How many peers are connected. Unlike `system_health`, smoldot answers this from the start on.
   *
   * @throws when the light client is gone, or says no
   */
  async peers(): Promise<number> {
    return ((await this.#ask('system_peers', [])) as readonly unknown[]).length;
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

  sendJsonRpc(request: string): void {
    this.#chain.sendJsonRpc(request);
  }

  /** The next response that is not one to a question of the probe, which hears of its own only while somebody waits here. */
  async nextJsonRpcResponse(): Promise<string> {
    for (;;) {
      const response = await this.#response();
      if (!this.#receive(response)) return response;
    }
  }

  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#end(new Error('The light client is no longer asked.'));
    this.#chain.remove();
  }

  /** The next response; not all light clients say to who waits for it that the chain was removed. */
  #response(): Promise<string> {
    if (this.#ended) return Promise.reject(new Error('The light client is gone.'));
    const next = Promise.withResolvers<string>();
    this.#next = next;
    this.#chain.nextJsonRpcResponse().then(next.resolve, (error: unknown) => this.#end(error as Error));
    return next.promise;
  }

  async #ask(method: string, params: readonly unknown[]): Promise<unknown> {
    if (this.#ended) throw new Error('The light client is gone.');
    const id = `${mark}${this.#nextId++}`;
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

  #receive(response: string): boolean {
    if (!response.includes(mark)) return false;
    const { id, result, error } = JSON.parse(response) as Answer;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
    return true;
  }

  #end(error: Error): void {
    this.#ended = true;
    this.#next?.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
