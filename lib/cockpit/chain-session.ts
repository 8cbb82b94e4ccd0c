/** The connection to the chain, from the first visit on: by a light client, healing by itself, and saying how it is. */
import type { AiroChain } from '../chain/airo-chain.ts';
import { deadline, pause, unlessAborted } from '../chain/waiting.ts';
import type { Heads } from '../market/chain.ts';
import { BlockClock } from './block-clock.ts';
import { ChainStalled } from './errors.ts';
import { extensionLightClient, hasExtensionClient } from './extension-client.ts';
import type { ClientOfChain, StartedLightClient } from './light-client.ts';
import type { Network } from './network.ts';
import { Value } from './observable.ts';
import type { Probe } from './probe.ts';
import { problemOf, sameProblem } from './problem.ts';
import type { Storage } from './storage.ts';
import type { ChainStatus } from './types.ts';

/** The chain with its newest blocks. */
export interface Followed {
  readonly chain: AiroChain;
  readonly heads: Heads;
  readonly clock: BlockClock;
}

export const firstChainStatus: ChainStatus = {
  phase: 'configuring',
  source: null,
  best: null,
  finalized: null,
  peers: null,
  readyAfterMs: null,
  startedFromDatabase: false,
  problem: null,
};

/** What is loaded in advance; no light client where the extension has one. */
type Loaded = readonly [
  chain: typeof import('../chain/index.ts'),
  light: { readonly code: typeof import('./light-client.ts'); readonly first: StartedLightClient } | null,
];

/** How often the light client is asked how it is, before it is ready and then. */
const probeMs = { starting: 250, ready: 2_000 } as const;
/** A light client that has not answered for so long counts as cut off: that of an extension can be stopped unnoticed. */
const answerMs = 10_000;
/**
 * A database that leads nowhere is given up after so long. Smoldot takes blocks from it only where the chain's specification
 * has a checkpoint; otherwise it is the runtime and the addresses of nodes, which it checks.
 */
const databaseTrialMs = 20_000;
/** When the light client's database is kept: so long after it is ready, and then so often. */
const databaseMs = { first: 3_000, every: 60_000 } as const;
/** With more than this the light client also remembers the runtime, which saves it a download at the next visit. */
const databaseBytes = 4 * 1024 ** 2;
/**
 * A light client that is cut off is replaced after so long, and the next ones after twice as long each, until there is a
 * new block. It keeps away for 10 s from a node whose connection broke, forgets the address of one that did not answer, and
 * can count a node as its peer from which nothing comes any more, as when that was started anew at the same address. That of
 * an extension is not replaced by its like but by one of the page, and gets more time.
 */
const cutOffMs = { first: 4_000, extension: 10_000, longest: 30_000 } as const;
/** So many blocks' time without a new block counts as a lost connection. */
const patienceBlocks = 10;

/** The light client has not said how it is. */
class Silent extends Error {}

export class ChainSession {
  readonly status: Value<ChainStatus>;
  readonly followed = new Value<Followed | null>(null);
  readonly #storage: Storage;
  readonly #startedAt: number;
  readonly #closing = new AbortController();
  #probe: Probe | null = null;
  #openedAt = 0;
  /** Whether the light client that runs has shown a block. */
  #isFollowing = false;
  #triesDatabase = true;
  #lastBlockAt = 0;
  /** The number of the newest block. */
  #newest = -1;
  #network: Network | null = null;
  #client: ClientOfChain | null = null;
  #loading: Promise<Loaded> | null = null;
  #cutOffSince: number | null = null;
  #patienceMs: number = cutOffMs.first;
  #keeping: Promise<void> | null = null;
  #ended: Promise<void> = Promise.resolve();

  /** @param startedAt when the session began, by `performance.now()` */
  constructor(storage: Storage, status: Value<ChainStatus>, startedAt: number) {
    this.#storage = storage;
    this.status = status;
    this.#startedAt = startedAt;
  }

  /** Loads what any chain needs, before it is known which one it is. */
  load(): Promise<Loaded> {
    if (this.#loading !== null) return this.#loading;
    const isEmbedded = !hasExtensionClient();
    this.status.patch({ source: isEmbedded ? 'embedded' : 'extension' });
    const light = isEmbedded ? import('./light-client.ts') : Promise.resolve(null);
    this.#loading = Promise.all([
      import('../chain/index.ts'),
      light.then((code) => code && { code, first: code.startLightClient() }),
    ]);
    // Whoever needs it hears of an error.
    this.#loading.catch(() => undefined);
    return this.#loading;
  }

  start(network: Network): void {
    this.#network = network;
    this.#ended = this.#run(network).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.status.patch({ phase: 'failed', problem: problemOf(error) });
    });
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The session is over.'));
    await this.#ended;
    await this.#keeping;
    // What was loaded and never used.
    if (this.#client === null) void this.#loading?.then(([, light]) => light?.first.end()).catch(() => undefined);
    this.followed.set(null);
  }

  get #databaseKey(): string {
    return `light-client/${this.#network?.id ?? ''}`;
  }

  async #run(network: Network): Promise<void> {
    const { signal } = this.#closing;
    this.status.patch({ phase: 'loading' });
    const [{ connectChain }, light] = await this.load();
    const client = this.#clientOf(network, light);
    this.#client = client;
    this.status.patch({ phase: 'connecting' });
    void this.#watch();
    try {
      while (!signal.aborted) {
        try {
          const chain = await connectChain({ kind: 'lightChain', open: client.open, signal });
          try {
            await this.#follow(chain);
          } finally {
            this.followed.set(null);
            await chain.close();
          }
        } catch (error) {
          if (this.#isOver()) return;
          if (error instanceof Error && error.name === 'WrongChain') throw error;
          this.#setProblem(error);
        }
      }
    } finally {
      client.close();
    }
  }

  #isOver(): boolean {
    return this.#closing.signal.aborted;
  }

  get #firstPatienceMs(): number {
    return this.status.get().source === 'extension' ? cutOffMs.extension : cutOffMs.first;
  }

  #clientOf({ chainSpec }: Network, light: Loaded[1]): ClientOfChain {
    const onOpened = (probe: Probe) => {
      this.#probe = probe;
      this.#openedAt = Date.now();
      this.#isFollowing = false;
    };
    const options = { chainSpec, database: () => this.#database(), onOpened };
    if (light !== null) return light.code.pageLightClient(options, light.first);
    this.#patienceMs = this.#firstPatienceMs;
    return extensionLightClient(chainSpec, onOpened, async () => {
      const { pageLightClient, startLightClient } = await import('./light-client.ts');
      this.status.patch({ source: 'embedded', peers: null });
      this.#patienceMs = this.#firstPatienceMs;
      return pageLightClient(options, startLightClient());
    });
  }

  async #follow(chain: AiroChain): Promise<void> {
    const { signal } = this.#closing;
    const { blockTimeMs } = await chain.rules();
    const clock = new BlockClock(blockTimeMs);
    for await (const heads of chain.heads(signal)) {
      const now = Date.now();
      clock.saw(heads.best.number, now);
      this.#lastBlockAt = now;
      this.#isFollowing = true;
      if (heads.best.number > this.#newest) this.#patienceMs = this.#firstPatienceMs;
      this.#newest = heads.best.number;
      this.#triesDatabase = true;
      const { readyAfterMs } = this.status.get();
      this.status.patch({
        ...{ phase: 'ready', best: heads.best, finalized: heads.finalized, problem: null },
        readyAfterMs: readyAfterMs ?? performance.now() - this.#startedAt,
      });
      this.followed.set({ chain, heads, clock });
      this.#keeping ??= this.#keepDatabase().catch(() => undefined);
    }
  }

  /** Asks the light client how it is, for as long as the session lasts. */
  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const phase = this.status.get().phase;
      try {
        const peers = await this.#peers();
        if (peers !== null) this.#judge(peers);
      } catch {
        // The light client has crashed; the connection opens another one.
        this.#probe = null;
        if (phase === 'ready') this.#lose('The light client has ended; another one is started.');
      }
      await pause(phase === 'ready' ? probeMs.ready : probeMs.starting, signal).catch(() => undefined);
    }
  }

  /** How many peers the light client has, none if it does not say; `null` where there is no light client yet. */
  async #peers(): Promise<number | null> {
    if (this.#probe === null) return null;
    const silence = deadline(answerMs, () => new Silent(), this.#closing.signal);
    try {
      return await unlessAborted(this.#probe.peers(), silence.signal);
    } catch (error) {
      if (error instanceof Silent) return 0;
      throw error;
    } finally {
      silence.clear();
    }
  }

  #judge(peers: number): void {
    const { phase } = this.status.get();
    if (this.status.get().peers !== peers) this.status.patch({ peers });
    this.#replaceCutOff(peers);
    this.#giveUpDatabase();
    if (phase === 'connecting' && peers > 0) this.status.patch({ phase: 'syncing', problem: null });
    if (phase === 'syncing' && peers === 0) this.status.patch({ phase: 'connecting' });
    if (phase !== 'ready') return;
    const blockTimeMs = this.followed.get()?.clock.blockTimeMs ?? 0;
    const now = Date.now();
    const silentMs = now - this.#lastBlockAt;
    if (peers === 0 && silentMs > 2 * blockTimeMs) {
      this.#lose('No peer of the chain is connected. The connection comes back by itself when one is reached.');
    } else if (this.#isSilent(now)) {
      this.#lose(
        `No new block has come for ${Math.round(silentMs / 1000)} s. The chain or the connection may be down.`,
      );
    }
  }

  #replaceCutOff(peers: number): void {
    const now = Date.now();
    if (peers > 0 && !this.#isSilent(now)) {
      this.#cutOffSince = null;
      return;
    }
    this.#cutOffSince ??= now;
    if (now - this.#cutOffSince < this.#patienceMs) return;
    this.#cutOffSince = null;
    this.#patienceMs = Math.min(2 * this.#patienceMs, cutOffMs.longest);
    this.#client?.restart();
  }

  /** Whether there were blocks, and have been none for long. */
  #isSilent(now: number): boolean {
    const blockTimeMs = this.followed.get()?.clock.blockTimeMs;
    return this.#isFollowing && blockTimeMs !== undefined && now - this.#lastBlockAt > patienceBlocks * blockTimeMs;
  }

  #lose(message: string): void {
    this.status.patch({ phase: 'lost', problem: problemOf(new ChainStalled(message)) });
  }

  #setProblem(error: unknown): void {
    const problem = problemOf(error);
    if (!sameProblem(problem, this.status.get().problem)) this.status.patch({ problem });
    if (this.status.get().phase === 'ready') this.status.patch({ phase: 'lost' });
  }

  async #database(): Promise<string | null> {
    // It may be why the light client before this one has not shown a block.
    const kept = this.#triesDatabase ? await this.#storage.get(this.#databaseKey) : undefined;
    this.#triesDatabase = false;
    const database = typeof kept === 'string' ? kept : null;
    this.status.patch({ startedFromDatabase: database !== null });
    return database;
  }

  /** Keeps the light client's database, again and again. @throws when the session is over */
  async #keepDatabase(): Promise<void> {
    let afterMs: number = databaseMs.first;
    for (;;) {
      await pause(afterMs, this.#closing.signal);
      const isReady = this.status.get().phase === 'ready';
      afterMs = isReady ? databaseMs.every : databaseMs.first;
      try {
        const database = isReady ? await this.#probe?.database(databaseBytes) : undefined;
        if (database !== undefined) await this.#storage.write([{ key: this.#databaseKey, value: database }]);
      } catch {
        // The extension's light client keeps its own; a crashed one is asked again later.
      }
    }
  }

  /** The chain was not reached with what was kept. Without it there is another way; then something new is kept. */
  #giveUpDatabase(): void {
    if (this.#isFollowing || !this.status.get().startedFromDatabase) return;
    if (Date.now() - this.#openedAt >= databaseTrialMs) this.#client?.restart();
  }
}
