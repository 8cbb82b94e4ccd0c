/** Connecting to the Airo chain, by a node or by a light client. */
import type { Client } from 'smoldot';

import { AiroChain } from './airo-chain.ts';
import { Connection } from './connection.ts';
import { lightClientLinks, type LightChain } from './light-client.ts';
import type { OpenLink } from './link.ts';
import { LinkProvider } from './provider.ts';
import { smoldotChain, startLightClient } from './smoldot.ts';
import { webSocketLinks } from './websocket.ts';

/** How the chain is reached. */
export type ChainSource =
  /** By the JSON-RPC of a node. With several addresses, when one fails the next is taken. */
  | { readonly kind: 'websocket'; readonly url: string | readonly string[] }
  /** By an embedded light client, which needs the chain's specification with boot nodes in it. */
  | {
      readonly kind: 'lightClient';
      readonly chainSpec: string;
      /** Default: smoldot in this process or page. In Node, `startLightClientWorker` takes a thread of its own. */
      readonly start?: () => Promise<Client>;
    }
  /** By the chain of a light client that somebody else runs, such as the Substrate Connect extension. */
  | { readonly kind: 'lightChain'; readonly open: () => Promise<LightChain> };

export type ConnectOptions = ChainSource & {
  /** Within which each request is answered, waiting for a connection included. Default: 15 s, by a light client 60 s. */
  readonly deadlineMs?: number;
  /** How long a lost connection may take to come back before a transaction under way counts as lost. Default: 60 s. */
  readonly lostAfterMs?: number;
  /** Ends the attempt to connect, not the connection. */
  readonly signal?: AbortSignal;
};

const defaultLostAfterMs = 60_000;
/** A light client has to find the chain first, and then asks its peers for proofs. */
const defaultDeadlineMs = { websocket: 15_000, lightClient: 60_000, lightChain: 60_000 } as const;

/**
 * Connects to the Airo chain.
 *
 * @throws {ChainUnavailable} when it does not answer within the deadline; {@link WrongChain} when it is another chain
 */
export async function connectChain(options: ConnectOptions): Promise<AiroChain> {
  const { deadlineMs = defaultDeadlineMs[options.kind], lostAfterMs = defaultLostAfterMs, signal } = options;
  const connection = new Connection(new LinkProvider(linksOf(options)), deadlineMs);
  try {
    return await AiroChain.open(connection, { lostAfterMs, unchecked: options.kind !== 'websocket', signal });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function linksOf(source: ChainSource): OpenLink {
  switch (source.kind) {
    case 'websocket':
      return webSocketLinks([source.url].flat());
    case 'lightClient':
      return lightClientLinks(smoldotChain(source.chainSpec, source.start ?? startLightClient));
    case 'lightChain':
      return lightClientLinks(source.open);
  }
}
