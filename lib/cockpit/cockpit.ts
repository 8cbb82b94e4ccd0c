/** The Cockpit: everything behind the views, put together. Whatever is heavy is loaded when the session begins. */
import './no-eval.ts';

import type { AiroChain } from '../chain/airo-chain.ts';
import type { DxPeer } from '../dx/browser.ts';
import type { Call, Included, MarketReads } from '../market/chain.ts';
import type { Address, Description } from '../market/types.ts';
import { CockpitAccounts } from './accounts.ts';
import { readsAt } from './block-reads.ts';
import { BlockFeed } from './blocks.ts';
import { BrowserKeys } from './browser-keys.ts';
import { ChainSession, firstChainStatus, type Followed } from './chain-session.ts';
import { DxSession, firstDxStatus } from './dx-session.ts';
import { openIndexedDb } from './indexed-db.ts';
import { tabLocks } from './locks.ts';
import { marketOf } from './market/index.ts';
import type { Network } from './network.ts';
import { until, Value } from './observable.ts';
import { CockpitOwning } from './owning.ts';
import { problemOf } from './problem.ts';
import { CockpitProviding } from './providing/providing.ts';
import { CockpitPurchases } from './purchases.ts';
import { Queries, type Snapshot } from './queries.ts';
import { sessionDx } from './session-dx.ts';
import { Storage } from './storage.ts';
import { Transactions } from './transactions.ts';
import type { ChainStatus, Cockpit, DxStatus, Market, NetworkInfo, PreparedImage, SubmitCallOptions } from './types.ts';

export interface CockpitOptions {
  /** Where the app is served: `network.json` lies there. Default: `/`. */
  readonly base?: string;
}

/** The name of the browser's database. */
const databaseName = 'airo-cockpit';

/** Makes the Cockpit of a page. Nothing is fetched or loaded before `start`. */
export function createCockpit({ base = '/' }: CockpitOptions = {}): Cockpit {
  return new PageCockpit(base);
}

class PageCockpit implements Cockpit {
  readonly network = new Value<NetworkInfo | null>(null);
  readonly chain = new Value<ChainStatus>(firstChainStatus);
  readonly dx = new Value<DxStatus>(firstDxStatus);
  readonly accounts: CockpitAccounts;
  readonly market: Market;
  readonly purchases: CockpitPurchases;
  readonly owning: CockpitOwning;
  readonly providing: CockpitProviding;
  readonly #base: string;
  readonly #storage = new Storage(() => openIndexedDb(databaseName));
  readonly #transactions = new Transactions();
  readonly #closing = new AbortController();
  readonly #configured = new Value<Network | null>(null);
  readonly #keys = new BrowserKeys(
    this.#storage,
    () => until(this.#configured, (network) => network !== null, this.#closing.signal),
    tabLocks(),
    this.#closing.signal,
  );
  readonly #networkId = new Value<string | null>(null);
  readonly #followed = new Value<Followed | null>(null);
  readonly #snapshot = new Value<Snapshot | null>(null);
  readonly #peer = new Value<DxPeer | null>(null);
  readonly #feed = new BlockFeed(this.#followed);
  #chainSession: ChainSession | null = null;
  #dxSession: DxSession | null = null;
  /** The identity of this tab's Dx peer, for as long as a profile on the chain names it. */
  #seed: Uint8Array | null = null;
  #finalReads: { readonly hash: string; readonly reads: MarketReads } | null = null;
  #isStarted = false;

  constructor(base: string) {
    this.#base = base.endsWith('/') ? base : `${base}/`;
    const { signal } = this.#closing;
    const dx = sessionDx(this.#peer, signal);
    const joinedDx = async (stop: AbortSignal) => {
      await this.#dxPeer(stop);
      return dx;
    };
    this.accounts = new CockpitAccounts(this.#configured, this.#transactions, () => this.#chain(signal));
    this.market = marketOf(new Queries(this.#snapshot, this.#storage, this.#networkId));
    this.purchases = new CockpitPurchases({
      ...{ storage: this.#storage, network: this.#configured },
      ...{ accounts: this.accounts, transactions: this.#transactions, keys: this.#keys },
      chain: (stop) => this.#chain(stop),
      dx: joinedDx,
      meet: async (peer, stop) => (await this.#dxPeer(stop)).meet(peer),
    });
    this.providing = new CockpitProviding({
      ...{ storage: this.#storage, network: this.#configured, keys: this.#keys, locks: tabLocks() },
      ...{ accounts: this.accounts, transactions: this.#transactions },
      ...{ followed: this.#followed, chainStatus: this.chain, dxStatus: this.dx, dx },
      identify: (seed) => {
        this.#seed = seed;
        this.#dxSession?.identify(seed);
      },
    });
    this.owning = new CockpitOwning({
      submit: (call) => this.submit(call),
      dx: joinedDx,
      parseAddress: (text) => this.parseAddress(text),
      closing: signal,
    });
  }

  get blocks() {
    return this.#feed.list;
  }

  get storage() {
    return this.#storage.status;
  }

  get transactions() {
    return this.#transactions.list;
  }

  start(): void {
    if (this.#isStarted || this.#closing.signal.aborted) return;
    this.#isStarted = true;
    void this.#run();
  }

  restart(): void {
    if (!this.#isStarted || this.#closing.signal.aborted) return;
    this.chain.set(firstChainStatus);
    this.dx.set(firstDxStatus);
    void this.#endSessions().then(() => this.#run());
  }

  async submit(call: Call | readonly Call[], options: SubmitCallOptions = {}): Promise<Included> {
    return this.#transactions.submit(await this.accounts.chosenAccount(), call, options);
  }

  dismiss(transaction: number): void {
    this.#transactions.dismiss(transaction);
  }

  async prepareImage(source: Blob | CanvasImageSource, description: Description): Promise<PreparedImage> {
    const { prepareImage } = await import('./images.ts');
    return prepareImage(source, description);
  }

  async parseAddress(text: string): Promise<Address> {
    const { parseAddress } = await import('./address.ts');
    const { addressPrefix } = await until(this.network, (network) => network !== null, this.#closing.signal);
    return parseAddress(text, addressPrefix);
  }

  timeOf(block: number): number | null {
    return this.#followed.get()?.clock.timeOf(block) ?? null;
  }

  async dispose(): Promise<void> {
    this.#closing.abort(new Error('The page was left.'));
    this.purchases.close();
    this.accounts.close();
    this.#feed.close();
    await this.providing.close();
    await this.#endSessions();
    this.#storage.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const chain = new ChainSession(this.#storage, this.chain, performance.now());
    this.#chainSession = chain;
    void chain.load();
    try {
      const { fetchNetwork } = await import('./network.ts');
      const network = this.#configured.get() ?? (await fetchNetwork(`${this.#base}network.json`, signal));
      signal.throwIfAborted();
      this.#configured.set(network);
      this.#networkId.set(network.id);
      this.network.set(network.info);
      this.#begin(network, chain);
    } catch (error) {
      await chain.close();
      if (!signal.aborted) this.chain.patch({ phase: 'failed', problem: problemOf(error) });
    }
  }

  #begin(network: Network, chain: ChainSession): void {
    const dx = new DxSession(network, this.dx);
    this.#dxSession = dx;
    chain.followed.subscribe(() => this.#follow(chain.followed.get()));
    dx.peer.subscribe(() => this.#peer.set(dx.peer.get()));
    chain.start(network);
    void this.providing.begin().then(() => {
      dx.identify(this.#seed);
      // The session may have ended in the meantime.
      if (this.#dxSession === dx) dx.start();
    });
    const { signal } = this.#closing;
    const ignoreEnd = (error: unknown) => {
      if (!signal.aborted) this.chain.patch({ problem: problemOf(error) });
    };
    void Promise.all([this.#chain(signal), this.accounts.begin(network)])
      .then(() => this.purchases.begin())
      .catch(ignoreEnd);
  }

  #follow(followed: Followed | null): void {
    this.#followed.set(followed);
    if (followed === null) {
      this.#finalReads = null;
      this.#snapshot.set(null);
      return;
    }
    const { chain, heads, clock } = followed;
    if (this.#finalReads?.hash !== heads.finalized.hash) {
      this.#finalReads = { hash: heads.finalized.hash, reads: readsAt(chain, heads.finalized.hash) };
    }
    this.#snapshot.set({
      heads,
      best: heads.best.hash === heads.finalized.hash ? this.#finalReads.reads : readsAt(chain, heads.best.hash),
      finalized: this.#finalReads.reads,
      periodBlocks: chain.periodBlocks,
      timeOf: (block) => clock.timeOf(block) ?? 0,
    });
  }

  async #endSessions(): Promise<void> {
    const [chain, dx] = [this.#chainSession, this.#dxSession];
    this.#chainSession = null;
    this.#dxSession = null;
    await Promise.all([chain?.close(), dx?.close()]);
    this.#follow(null);
    this.#peer.set(null);
  }

  async #chain(signal: AbortSignal): Promise<AiroChain> {
    const { chain } = await until(this.#followed, (followed) => followed !== null, signal);
    return chain;
  }

  async #dxPeer(signal: AbortSignal): Promise<DxPeer> {
    return until(this.#peer, (peer) => peer !== null, signal);
  }
}
