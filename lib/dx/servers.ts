/** Staying connected to the servers through which a peer joins the network. */
import type { PeerId } from '@libp2p/interface';
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import type { Libp2p } from 'libp2p';

import { pause } from './pause.ts';
import { connectionTo, messageOf } from './streams.ts';

/** What has become of the connection to a server. */
export interface ServerEvent {
  /** The server's peer id, or its address where that does not tell it. */
  readonly server: string;
  readonly state: 'connected' | 'lost' | 'unreachable';
  /** Why it is not reached. */
  readonly reason?: string;
}

const dialTimeoutMs = 10_000;
const identifyTimeoutMs = 5_000;
const firstPauseMs = 250;
const longestPauseMs = 15_000;

/** Dials each server until it answers, and again whenever the connection is lost, with growing pauses. */
export class Servers {
  readonly #libp2p: Libp2p;
  readonly #notify: (event: ServerEvent) => void;
  readonly #stopping = new AbortController();
  readonly #groups: readonly (readonly [string, readonly Multiaddr[]])[];
  readonly #connected = new Set<string>();
  /** The connected peers that have said which protocols they speak. */
  readonly #identified = new Set<string>();
  readonly #tried = Promise.withResolvers<undefined>();

  /** @throws {RangeError} when an address is none */
  constructor(libp2p: Libp2p, addresses: readonly string[], notify: (event: ServerEvent) => void) {
    this.#libp2p = libp2p;
    this.#notify = notify;
    this.#groups = [...groupByPeer(addresses)];
    libp2p.addEventListener('peer:identify', ({ detail }) => this.#identified.add(detail.peerId.toString()));
    libp2p.addEventListener('peer:disconnect', ({ detail }) => this.#identified.delete(detail.toString()));
  }

  /** Whether all servers are connected. */
  get complete(): boolean {
    return this.#connected.size === this.#groups.length;
  }

  /** Resolves when each server has been tried once since {@link start}, whatever came of it. */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  /** Begins; returns when a server is connected, or each has been tried once. */
  async start(): Promise<void> {
    const tried = this.#groups.map(([server, addresses]) => {
      const first = Promise.withResolvers<undefined>();
      void this.#keep(server, addresses, first);
      return first.promise;
    });
    void Promise.allSettled(tried).then(() => this.#tried.resolve(undefined));
    await Promise.any(tried).catch(() => undefined);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #keep(server: string, addresses: readonly Multiaddr[], first: PromiseWithResolvers<undefined>): Promise<void> {
    const stopping = this.#stopping.signal;
    const say = (event: ServerEvent) => {
      if (!stopping.aborted) this.#notify(event);
    };
    let pauseMs = firstPauseMs;
    while (!stopping.aborted) {
      try {
        const signal = AbortSignal.any([stopping, AbortSignal.timeout(dialTimeoutMs)]);
        const { remotePeer } = await this.#libp2p.dial([...addresses], { signal });
        await this.#untilIdentified(remotePeer);
        pauseMs = firstPauseMs;
        this.#connected.add(server);
        first.resolve(undefined);
        say({ server, state: 'connected' });
        await this.#untilLost(remotePeer);
        this.#connected.delete(server);
        say({ server, state: 'lost' });
      } catch (error) {
        first.reject(error);
        say({ server, state: 'unreachable', reason: messageOf(error) });
      }
      // Peers that have lost the same server shall not all come back at the same moment.
      await pause(pauseMs * (0.5 + Math.random() / 2), stopping);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }

  /** A connection is of use only when it is known what the peer offers. */
  async #untilIdentified(peer: PeerId): Promise<void> {
    const stopping = this.#stopping.signal;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(identifyTimeoutMs)]);
    while (!this.#identified.has(peer.toString())) {
      if (connectionTo(this.#libp2p, peer) === undefined) throw new Error('It has closed the connection.');
      await pause(10, signal);
      stopping.throwIfAborted();
      if (signal.aborted) {
        // It asks only once on a connection, so waiting longer for this one would be in vain.
        await this.#libp2p.hangUp(peer, { signal: stopping });
        throw new Error('It has not said what it offers.');
      }
    }
    // Those who wait for peers with certain protocols are told in the same turn, one after the other.
    await pause(0, signal);
  }

  async #untilLost(peer: PeerId): Promise<void> {
    const stopping = this.#stopping.signal;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!stopping.aborted && connectionTo(this.#libp2p, peer) !== undefined) return;
        this.#libp2p.removeEventListener('connection:close', look);
        stopping.removeEventListener('abort', look);
        resolve();
      };
      this.#libp2p.addEventListener('connection:close', look);
      stopping.addEventListener('abort', look);
      look();
    });
  }
}

/** Several addresses of one server are tried together. */
function groupByPeer(addresses: readonly string[]): Map<string, Multiaddr[]> {
  const groups = new Map<string, Multiaddr[]>();
  for (const text of addresses) {
    let address: Multiaddr;
    try {
      address = multiaddr(text);
    } catch (error) {
      throw new RangeError(`"${text}" is no address of a peer (/ip4/127.0.0.1/tcp/4001/p2p/12D3Koo...).`, {
        cause: error,
      });
    }
    const server = address.getComponents().findLast(({ name }) => name === 'p2p')?.value ?? text;
    groups.set(server, [...(groups.get(server) ?? []), address]);
  }
  return groups;
}
