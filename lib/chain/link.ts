/** One connection to a chain's JSON-RPC, from when it is open until it is lost. */
import type { ProviderInterfaceCallback } from '@polkadot/rpc-provider/types';

/** An open connection. Nothing of it comes back once it is lost: another one must be opened. */
export interface Link {
  /** Asks and waits for the answer; fails when the link is lost. */
  send(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Subscribes, and resolves to the subscription's id. Notifications arrive from then on. */
  subscribe(
    type: string,
    method: string,
    params: readonly unknown[],
    callback: ProviderInterfaceCallback,
  ): Promise<number | string>;
  unsubscribe(type: string, method: string, id: number | string): Promise<boolean>;
  /** Resolves, to the reason, when the link is lost or closed. */
  readonly lost: Promise<string>;
  close(): void;
}

/**
 * Opens a link that is ready to be used.
 *
 * @param attempt counts the attempts since the last success, from 0
 * @throws when that is not possible now, or with the signal's reason
 */
export type OpenLink = (attempt: number, signal: AbortSignal) => Promise<Link>;
