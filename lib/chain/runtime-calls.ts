/** Calls of the runtime by a light client, with the runtime that it has anyway. */
import RpcError from '@polkadot/rpc-provider/coder/error';

import { isRpcRefusal } from './connection.ts';
import type { Link } from './link.ts';
import { unlessAborted } from './waiting.ts';
import { ChainUnavailable } from '../market/errors.ts';

/** As much of the events of `chainHead_v1_follow` as is used here. */
type FollowEvent =
  | { readonly event: 'initialized'; readonly finalizedBlockHashes: readonly string[] }
  | {
      readonly event: 'finalized';
      readonly finalizedBlockHashes: readonly string[];
      readonly prunedBlockHashes: readonly string[];
    }
  | { readonly event: 'newBlock'; readonly blockHash: string }
  | { readonly event: 'bestBlockChanged'; readonly bestBlockHash: string }
  | { readonly event: 'operationCallDone'; readonly operationId: string; readonly output: string }
  | { readonly event: 'operationError'; readonly operationId: string; readonly error: string }
  | { readonly event: 'operationInaccessible'; readonly operationId: string }
  | { readonly event: 'stop' };

type CallAnswer = { readonly result: 'started'; readonly operationId: string } | { readonly result: 'limitReached' };

/** A block is told of by two subscriptions: the other one may be so much earlier. */
const arrivalMs = 500;
/** So many final blocks stay pinned, for who still reads in them. The light client ends the subscription with 32. */
const keptFinalized = 8;
/** JSON-RPC's code of a call that has failed, as the older functions give it. */
const failed = -32_000;

/**
 * Calls the runtime at the newest blocks by `chainHead_v1_call`. The older `state_call` does the same, but smoldot then
 * downloads the whole runtime for each block anew, several hundred kilobytes every two seconds.
 *
 * @see https://paritytech.github.io/json-rpc-interface-spec/api/chainHead_v1_follow.html
 */
export class RuntimeCalls {
  readonly #link: Link;
  #subscription: string | null = null;
  #best: string | null = null;
  readonly #pinned = new Set<string>();
  #finalized: string[] = [];
  readonly #operations = new Map<string, PromiseWithResolvers<string>>();
  #change = Promise.withResolvers<undefined>();
  #ended: Error | null = null;

  private constructor(link: Link) {
    this.#link = link;
    void link.lost.then((reason) => this.#end(new ChainUnavailable(`The connection was lost: ${reason}.`)));
  }

  /**
   * Begins to follow the chain. The first blocks are known when the light client has found it and has its runtime.
   *
   * @returns `null` when the light client does not offer this
   * @throws {ChainUnavailable} when the link is lost
   */
  static async start(link: Link): Promise<RuntimeCalls | null> {
    const calls = new RuntimeCalls(link);
    try {
      await calls.#follow();
      return calls;
    } catch (error) {
      if (isRpcRefusal(error)) return null;
      throw error;
    }
  }

  /**
   * Calls a function of the runtime.
   *
   * @param block the best one if it is not given
   * @returns `null` when the block is not among the newest ones
   * @throws {RpcError} when the runtime or the proof fails; {@link ChainUnavailable} when the link is lost
   */
  async call(name: string, argument: string, block?: string): Promise<string | null> {
    for (;;) {
      while (this.#best === null) await this.#changed();
      const hash = block ?? this.#best;
      if (!(await this.#isPinned(hash))) return null;
      const subscription = this.#subscription;
      const answer = await this.#begin(hash, name, argument);
      if (answer === null) return null;
      // Of a call that was begun as the subscription ended, nothing will be told.
      if (subscription !== this.#subscription) continue;
      if (answer.result === 'started') return await this.#outcome(answer.operationId);
      await this.#changed();
    }
  }

  async #begin(hash: string, name: string, argument: string): Promise<CallAnswer | null> {
    try {
      return (await this.#link.send('chainHead_v1_call', [this.#subscription, hash, name, argument])) as CallAnswer;
    } catch (error) {
      // The block is no longer pinned.
      if (isRpcRefusal(error)) return null;
      throw error;
    }
  }

  async #outcome(id: string): Promise<string> {
    try {
      return await this.#operation(id).promise;
    } finally {
      this.#operations.delete(id);
      this.#changeNow();
    }
  }

  async #follow(): Promise<void> {
    const onEvent = (_: Error | null, event: FollowEvent) => this.#on(event);
    const id = await this.#link.subscribe('chainHead', 'chainHead_v1_follow', [true], onEvent);
    this.#subscription = String(id);
    this.#changeNow();
  }

  #on(event: FollowEvent): void {
    switch (event.event) {
      case 'initialized':
        for (const hash of event.finalizedBlockHashes) this.#pinned.add(hash);
        this.#finalized = [...event.finalizedBlockHashes];
        this.#best = event.finalizedBlockHashes.at(-1) ?? null;
        break;
      case 'newBlock':
        this.#pinned.add(event.blockHash);
        break;
      case 'bestBlockChanged':
        this.#best = event.bestBlockHash;
        break;
      case 'finalized':
        this.#finalized.push(...event.finalizedBlockHashes);
        this.#unpin([...event.prunedBlockHashes, ...this.#finalized.splice(0, this.#finalized.length - keptFinalized)]);
        break;
      case 'operationCallDone':
        this.#operation(event.operationId).resolve(event.output);
        break;
      case 'operationError':
        this.#operation(event.operationId).reject(new RpcError(event.error, failed));
        break;
      case 'operationInaccessible':
        this.#operation(event.operationId).reject(new RpcError('No peer gives a proof', failed));
        break;
      case 'stop':
        this.#restart();
    }
    this.#changeNow();
  }

  #unpin(blocks: readonly string[]): void {
    if (blocks.length === 0) return;
    for (const hash of blocks) this.#pinned.delete(hash);
    // If the link is lost, so are the pins.
    this.#link.send('chainHead_v1_unpin', [this.#subscription, blocks]).catch(() => undefined);
  }

  /** The light client has ended the subscription, as when it has fallen behind: it begins with new blocks. */
  #restart(): void {
    this.#subscription = null;
    this.#best = null;
    this.#finalized = [];
    this.#pinned.clear();
    for (const { reject } of this.#operations.values()) reject(new RpcError('The light client has begun anew', failed));
    this.#follow().catch((error: unknown) => this.#end(error as Error));
  }

  async #isPinned(hash: string): Promise<boolean> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), arrivalMs);
    try {
      while (!this.#pinned.has(hash) && !late.signal.aborted) await unlessAborted(this.#changed(), late.signal);
    } catch (error) {
      if (!late.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
    return this.#pinned.has(hash);
  }

  /** Its outcome may be told before the answer that names it has been looked at. */
  #operation(id: string): PromiseWithResolvers<string> {
    const operation = this.#operations.get(id) ?? Promise.withResolvers<string>();
    operation.promise.catch(() => undefined);
    this.#operations.set(id, operation);
    return operation;
  }

  /** Waits until anything has changed. @throws when the link is lost */
  async #changed(): Promise<undefined> {
    if (this.#ended !== null) throw this.#ended;
    return this.#change.promise;
  }

  #changeNow(): void {
    this.#change.resolve(undefined);
    this.#change = Promise.withResolvers();
    this.#change.promise.catch(() => undefined);
  }

  #end(error: Error): void {
    this.#ended = error;
    this.#change.reject(error);
    for (const { reject } of this.#operations.values()) reject(error);
  }
}
