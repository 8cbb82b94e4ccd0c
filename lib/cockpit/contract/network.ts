/** The network: the chain, Dx, and what this browser keeps. Part of `../types.ts`. */
import type { Block, MarketEvent } from '../../market/chain.ts';
import type { Problem } from './values.ts';

/** The network that the Cockpit was served for: `network.json` beside the app. */
export interface NetworkInfo {
  readonly name: string;
  /** A chain whose accounts everybody knows: development accounts and the faucet are there. */
  readonly isDevelopment: boolean;
  readonly chainName: string;
  /** The SS58 prefix of addresses. */
  readonly addressPrefix: number;
  readonly bootNodes: readonly string[];
  readonly dxServers: readonly string[];
}

/**
 * - `configuring`: `network.json` and the chain's specification are fetched
 * - `loading`: the light client's code
 * - `connecting`: no peer yet
 * - `syncing`: catching up with the chain
 * - `ready`: follows the chain
 * - `lost`: was ready, has no connection now; it comes back by itself
 * - `failed`: cannot go on; `problem` says why, `cockpit.restart()` begins anew
 */
export type ChainPhase = 'configuring' | 'loading' | 'connecting' | 'syncing' | 'ready' | 'lost' | 'failed';

export interface ChainStatus {
  readonly phase: ChainPhase;
  /** Whose light client it is; `null` until that is decided. That of an extension is left when it reaches nobody. */
  readonly source: 'embedded' | 'extension' | null;
  readonly best: Block | null;
  readonly finalized: Block | null;
  /** How many peers the light client has; `null` where it does not tell. */
  readonly peers: number | null;
  /** From the start of the session to the first finalized head; `null` before that. */
  readonly readyAfterMs: number | null;
  /** Whether the light client began with the database of an earlier visit. */
  readonly startedFromDatabase: boolean;
  /** Why it failed, or what it waits for while it is lost. */
  readonly problem: Problem | null;
}

/** A block as it was seen here. */
export interface SeenBlock extends Block {
  readonly seenAtMs: number;
  readonly isFinal: boolean;
  /** What the market says happened in it; `null` while that is being read, or cannot be. */
  readonly events: readonly MarketEvent[] | null;
}

/**
 * - `idle`: the network has no Dx servers, or the session has not got to it
 * - `connecting`: no server has been reached yet
 * - `ready`: a server is connected
 * - `lost`: was ready, no server is connected now; it comes back by itself
 */
export type DxPhase = 'idle' | 'loading' | 'connecting' | 'ready' | 'lost' | 'failed';

export type ConnectionKind = 'webrtc-direct' | 'webrtc' | 'relayed' | 'websocket' | 'webtransport' | 'other';

export interface DxPeerInfo {
  readonly peer: string;
  readonly address: string;
  readonly kind: ConnectionKind;
  /** Whether it keeps data for others. */
  readonly keeps: boolean;
  /** Whether it is one of the servers through which this tab joined. */
  readonly isServer: boolean;
  /** The binary logarithm of the Kademlia (XOR) distance to this tab's peer: 0 to 255, the smaller the nearer. */
  readonly distanceLog2: number;
}

export interface DxStatus {
  readonly phase: DxPhase;
  readonly peerId: string | null;
  /** Where others can reach this tab. */
  readonly addresses: readonly string[];
  readonly peers: readonly DxPeerInfo[];
  readonly servers: readonly {
    readonly server: string;
    readonly state: 'connecting' | 'connected' | 'lost' | 'unreachable';
    readonly reason: string | null;
  }[];
  /** What this tab holds. */
  readonly keys: number;
  readonly bytesStored: number;
  /** What it has given to others since it was opened. */
  readonly bytesServed: number;
  readonly problem: Problem | null;
}

/** `memory`: nothing outlives this tab; `problem` is `StorageForbidden` or `StorageFull` and says so in plain words. */
export interface StorageStatus {
  readonly state: 'opening' | 'persistent' | 'memory';
  readonly problem: Problem | null;
}
