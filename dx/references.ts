/** What the chain refers to, asked of a node that may come and go. */
import { connectChain, type AiroChain } from '../lib/chain/index.ts';
import type { ContentId } from '../lib/dx/types.ts';

/** A server starts without its chain, and is connected to it as soon as it is there. */
export class ChainReferences implements AsyncDisposable {
  readonly #url: string;
  readonly #closing = new AbortController();
  #chain: AiroChain | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * @throws {ChainUnavailable} when the chain does not answer; the next call tries again
   * @throws {WrongChain} when it is no Airo chain
   */
  async read(): Promise<ReadonlySet<ContentId>> {
    this.#chain ??= await connectChain({ kind: 'websocket', url: this.#url, signal: this.#closing.signal });
    return this.#chain.references();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('The Dx server stops.'));
    await this.#chain?.close();
  }
}
