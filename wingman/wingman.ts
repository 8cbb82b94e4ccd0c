/** A running Wingman: its parts, put together, and taken apart again. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { FastifyInstance } from 'fastify';

import { accountFromSecret, type AiroChain, type KeyPairSigner } from '../lib/chain/index.ts';
import { chainWithAccount } from '../lib/consumer/chain.ts';
import type { DxPeer } from '../lib/dx/peer.ts';
import type { Address } from '../lib/market/types.ts';
import { systemClock, toError } from '../lib/provider/clock.ts';
import { priceHook } from '../lib/provider/hook.node.ts';
import { createEngine, createEnvelopes } from '../lib/provider/index.ts';
import type { EngineEvent, ProviderEngine } from '../lib/provider/types.ts';
import { isLoopback } from './config/address.ts';
import type { LoadedConfig } from './config/load.ts';
import { LiveSettings } from './config/settings.ts';
import { inPrefixOf, profileMaker, reachChain, startDx } from './connect.ts';
import type { Connected, Context } from './context.ts';
import { messageOf, NotReady, SecretInvalid } from './errors.ts';
import { Initializer } from './initialize.ts';
import { SqliteJournal } from './journal/sqlite.ts';
import { loadKeys, type Keys } from './keys.ts';
import { listen } from './listen.ts';
import { lockBasePath } from './lock.ts';
import type { Logger } from '../scripts/lib/log.ts';
import { Metrics } from './metrics.ts';
import { ModelCache } from './models/cache.ts';
import { createRunner } from './models/runners.ts';
import { ModelStore } from './models/store.ts';
import { narrator } from './narrate.ts';
import { apiToken, readSecret } from './secrets.ts';
import { createServer } from './server.ts';

/** The pause between two attempts to register the account, in milliseconds. */
const initializeRetryMs = 10_000;
const pruneEveryMs = 3_600_000;
const dayMs = 86_400_000;

export interface WingmanOptions {
  readonly loaded: LoadedConfig;
  /** Forget what the API has changed. */
  readonly resetSettings: boolean;
  readonly log: Logger;
}

type Undo = () => Promise<void> | void;

export class Wingman implements Context {
  readonly loaded: LoadedConfig;
  readonly startedAt = Date.now();
  readonly settings: LiveSettings;
  readonly journal: SqliteJournal;
  readonly models: ModelStore;
  readonly #log: Logger;
  readonly #keys: Keys;
  readonly #signer: KeyPairSigner;
  readonly #metrics: Metrics;
  readonly #initializer: Initializer;
  readonly #life = new AbortController();
  readonly #failed = Promise.withResolvers<never>();
  /** What has to be undone when it stops, the last first. */
  readonly #undo: Undo[];
  #addresses: { readonly signer: Address; readonly provider: Address };
  #dx: DxPeer | null = null;
  #connected: Connected | null = null;
  #waitingFor = 'it has just been started';
  #url = '';
  #background: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  private constructor(
    { loaded, log }: WingmanOptions,
    parts: { settings: LiveSettings; journal: SqliteJournal; keys: Keys; signer: KeyPairSigner; cache: ModelCache },
    undo: Undo[],
  ) {
    this.loaded = loaded;
    this.settings = parts.settings;
    this.journal = parts.journal;
    this.#log = log;
    this.#keys = parts.keys;
    this.#signer = parts.signer;
    this.#undo = undo;
    const { address } = parts.signer.pair;
    this.#addresses = { signer: address, provider: loaded.config.account.provider ?? address };
    this.models = new ModelStore({
      cache: parts.cache,
      runnerOf: (id) =>
        this.settings.current().models.find(({ model }) => model === id)?.runner ?? loaded.config.runner,
      createRunner: (config) => createRunner(config, loaded.basePath, log),
      log,
    });
    undo.push(() => this.models.close());
    this.#metrics = new Metrics(this);
    this.#initializer = new Initializer(this, log);
    // Nobody may be listening yet when it fails.
    this.#failed.promise.catch(() => undefined);
  }

  /**
   * Starts a Wingman. It returns when the REST API listens; the chain and Dx are reached in the background, for as long
   * as that takes.
   *
   * @throws {BasePathLocked}, {SecretInvalid}, {JournalUnusable} or {CannotListen}; nothing of it runs then
   */
  static async start(options: WingmanOptions): Promise<Wingman> {
    const { loaded, log, resetSettings } = options;
    const { config, basePath } = loaded;
    const undo: Undo[] = [];
    try {
      mkdirSync(basePath, { recursive: true, mode: 0o700 });
      undo.push(lockBasePath(basePath));
      const signer = await accountOf(loaded);
      const token = apiToken(basePath, config.api, isLoopback(config.api.host), (line) => log.info(line));
      const keys = await loadKeys(basePath);
      const journal = new SqliteJournal(join(basePath, 'journal.sqlite'));
      undo.push(() => journal.close());
      if (resetSettings) await journal.removeSettings(journal.settings().map(({ key }) => key));
      const settings = await LiveSettings.open(loaded, journal, (line) => log.warn(line));
      const cache = await ModelCache.open({
        folder: join(basePath, 'models'),
        dx: { download: (key, how) => wingman.#requireDx().download(key, how) },
        ...config.cache,
        log,
      });
      const wingman: Wingman = new Wingman(options, { settings, journal, keys, signer, cache }, undo);
      await wingman.#serve(token);
      wingman.#background = wingman.#run().catch((error: unknown) => wingman.#fail(toError(error)));
      return wingman;
    } catch (error) {
      await unwind(undo, log);
      throw error;
    }
  }

  get signer(): Address {
    return this.#addresses.signer;
  }

  get provider(): Address {
    return this.#addresses.provider;
  }

  /** Where the REST API listens. */
  get url(): string {
    return this.#url;
  }

  /** Rejects when it cannot go on; it has to be stopped then all the same. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  connected(): Connected | null {
    return this.#connected;
  }

  waitingFor(): string {
    return this.#waitingFor;
  }

  /** Ends what runs within the configured time, and lets go of everything. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { engine } = this.#connected ?? {};
    if (engine !== undefined) await engine.stop(this.loaded.config.shutdownGraceMs);
    this.#life.abort(new Error('Wingman stops.'));
    await this.#background;
    await unwind(this.#undo, this.#log);
  }

  async #serve(token: string): Promise<void> {
    const server: FastifyInstance = await createServer({
      context: this,
      initializer: this.#initializer,
      metrics: this.#metrics,
      token,
      log: this.#log,
    });
    this.#undo.push(() => server.close());
    this.#url = await listen(server, this.loaded.config.api);
    this.#log.info({ url: this.#url, docs: `${this.#url}/docs` }, 'the REST API listens');
  }

  /** Reaches Dx and the chain, starts the engine, and looks after what has to be done from time to time. */
  async #run(): Promise<void> {
    try {
      const { config, basePath } = this.loaded;
      this.#waitingFor = 'the Dx peer is being started';
      const dx = await startDx(config, basePath, this.#keys, this.#log);
      this.#dx = dx;
      this.#undo.push(() => dx.close());
      this.#waitingFor = `the chain at ${config.chain.urls.join(', ')} is being reached`;
      const chain = await reachChain(
        config,
        this.#log,
        (why) => (this.#waitingFor = `waiting for ${why}`),
        this.#signal,
      );
      this.#undo.push(() => chain.close());
      await this.journal.claimChain(chain.genesisHash);
      const engine = await this.#startEngine(chain, dx);
      await Promise.all([this.#register(engine), this.#prune()]);
    } catch (error) {
      if (!this.#life.signal.aborted) throw error;
    }
  }

  async #startEngine(airo: AiroChain, dx: DxPeer): Promise<ProviderEngine> {
    const chain = chainWithAccount(airo, airo.account(this.#signer));
    const signer = chain.account.address;
    const { provider: named } = this.loaded.config.account;
    const provider = named === undefined ? signer : inPrefixOf(named, signer);
    this.#addresses = { signer, provider };
    const engine = createEngine({
      ports: {
        chain,
        dx,
        envelopes: createEnvelopes(chain.genesisHash, [this.#keys.envelope.privateKey]),
        models: this.models,
        journal: this.journal,
        clock: systemClock,
        hook: priceHook,
      },
      provider,
      settings: this.settings.forEngine(),
    });
    const profile = await profileMaker(dx, this.#keys, chain.genesisHash, provider);
    this.#connected = {
      chain,
      engine,
      profile,
      dx: {
        peerId: dx.peerId,
        addresses: () => dx.addresses(),
        peers: () => [...new Set(dx.peers().map(({ peer }) => peer))],
      },
    };
    const narrate = narrator(this.#log);
    let runtime = airo.runtimeVersion;
    engine.on((event) => {
      narrate(event);
      if (airo.runtimeVersion !== runtime) {
        this.#log.info({ from: runtime, to: airo.runtimeVersion }, 'the chain has a new runtime');
        runtime = airo.runtimeVersion;
      }
      this.#metrics.watch(event);
      this.#watchForEnd(event);
    });
    this.settings.onChange((keys) => {
      this.#log.info({ keys }, 'settings were changed through the API');
      engine.update(this.settings.forEngine());
    });
    this.#log.info(
      { signer, provider, genesis: chain.genesisHash, runtime },
      `connected to the chain; serving ${this.settings.forEngine().models.length} models`,
    );
    engine.start();
    return engine;
  }

  /** Registers the account if that is configured, or says that it has to be done. */
  async #register(engine: ProviderEngine): Promise<void> {
    const { autoInitialize } = this.loaded.config;
    const connected = this.#connected;
    if (!autoInitialize) {
      const found = await connected?.chain.provider(this.provider).catch(() => undefined);
      if (found === null)
        this.#log.warn({ provider: this.provider }, 'no provider yet: POST /v1/initialize registers it');
      return;
    }
    let said = '';
    while (engine.status().state !== 'stopped') {
      try {
        for (const { step, result, detail } of await this.#initializer.run({}, this.#signal)) {
          this.#log.info({ step, result }, detail);
        }
        return;
      } catch (error) {
        if (this.#signal.aborted) return;
        const why = messageOf(error);
        if (why !== said) this.#log.warn(`not registered yet: ${why} It is tried again.`);
        said = why;
      }
      await systemClock.sleep(initializeRetryMs, this.#signal);
    }
  }

  async #prune(): Promise<void> {
    const keepMs = this.loaded.config.journal.retentionDays * dayMs;
    for (;;) {
      const removed = await this.journal.prune(Date.now() - keepMs);
      if (removed > 0) this.#log.info({ removed }, 'removed old entries of the journal');
      await systemClock.sleep(pruneEveryMs, this.#signal);
    }
  }

  /** Another chain in the place of ours is nothing that time heals. */
  #watchForEnd(event: EngineEvent): void {
    if (event.event === 'trouble' && event.error.name === 'WrongChain') this.#fail(event.error);
  }

  #fail(error: Error): void {
    this.#failed.reject(error);
  }

  get #signal(): AbortSignal {
    return this.#life.signal;
  }

  #requireDx(): DxPeer {
    if (this.#dx === null) throw new NotReady('The Dx peer is not started yet.');
    return this.#dx;
  }
}

/** @throws {SecretInvalid} when there is no secret, or it is none */
async function accountOf({ config }: LoadedConfig): Promise<KeyPairSigner> {
  const secret = readSecret('the secret of the account', 'AIRO_WINGMAN_SECRET', config.account.secretFile);
  if (secret === undefined) {
    throw new SecretInvalid(
      'There is no account to bid with. Name a file with its secret as account.secretFile, or set AIRO_WINGMAN_SECRET.',
    );
  }
  try {
    return await accountFromSecret(secret);
  } catch (error) {
    throw new SecretInvalid(messageOf(error), { cause: error });
  }
}

async function unwind(undo: Undo[], log: Logger): Promise<void> {
  for (let next = undo.pop(); next !== undefined; next = undo.pop()) {
    try {
      await next();
    } catch (error) {
      log.error({ err: error }, 'something could not be closed');
    }
  }
}
