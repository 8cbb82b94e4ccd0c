/** What the REST API and the metrics see of a Wingman. */
import type { Address, Profile } from '../lib/market/types.ts';
import type { Chain } from '../lib/provider/ports.ts';
import type { ProviderEngine } from '../lib/provider/types.ts';
import type { LoadedConfig } from './config/load.ts';
import type { LiveSettings } from './config/settings.ts';
import type { SqliteJournal } from './journal/sqlite.ts';
import type { ModelStore } from './models/store.ts';

/** The Dx peer, as much of it as is shown. */
export interface DxView {
  readonly peerId: string;
  readonly addresses: () => readonly string[];
  /** The ids of the peers that it is connected to. */
  readonly peers: () => readonly string[];
}

/** What there is once the chain and Dx have been reached. */
export interface Connected {
  readonly chain: Chain;
  readonly dx: DxView;
  readonly engine: ProviderEngine;
  /** What is registered, or to be registered, on the chain. Made anew for each name. */
  readonly profile: (name: string) => Profile;
}

export interface Context {
  readonly loaded: LoadedConfig;
  readonly settings: LiveSettings;
  readonly journal: SqliteJournal;
  readonly models: Pick<ModelStore, 'about' | 'ready'>;
  /** The account that signs. */
  readonly signer: Address;
  /** The provider that it bids and answers for: itself, or another account whose operator key it is. */
  readonly provider: Address;
  /** `null` until the chain and Dx have been reached. */
  readonly connected: () => Connected | null;
  /** What it waits for while it is not connected, for people. */
  readonly waitingFor: () => string;
  /** When it was started, in milliseconds since 1970. */
  readonly startedAt: number;
}
