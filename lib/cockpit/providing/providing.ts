/** This browser as a provider, for views: what is kept of it, which tab is at it, and what can be done. */
import type { Dx } from '../../dx/types.ts';
import type { Address, Agreement, Model, ModelVersion } from '../../market/types.ts';
import type { Decision, Execution } from '../../provider/ports.ts';
import type { CockpitAccounts } from '../accounts.ts';
import type { BrowserKey, BrowserKeys } from '../browser-keys.ts';
import type { Followed } from '../chain-session.ts';
import { InvalidSetup } from '../errors.ts';
import type { Locks } from '../locks.ts';
import type { Network } from '../network.ts';
import { until, Value } from '../observable.ts';
import { problemOf } from '../problem.ts';
import { serialize } from '../serialize.ts';
import type { Storage } from '../storage.ts';
import type { Transactions } from '../transactions.ts';
import type {
  ChainStatus,
  DryRun,
  DxStatus,
  Observable,
  Providing,
  ProvidingSettings,
  ProvidingStatus,
  ServedModelInfo,
  SetupPlan,
  SetupWish,
} from '../types.ts';
import type { ActiveProvider } from './active.ts';
import { FactsWatch } from './facts-watch.ts';
import type { TabJournal } from './journal.ts';
import { Kept, type Identity, type KeptState } from './kept.ts';
import type { TabModels } from './models.ts';
import type { Owner } from './owner.ts';
import { infoOfKept } from './served-models.ts';
import { checkSettings, firstSettings } from './settings.ts';
import { firstStatus, idle, sameItems } from './status.ts';
import { otherTabs, type TabMessage, type Tabs } from './tabs.ts';
import { Turns } from './turns.ts';

/** What providing needs of the session. */
export interface ProvidingContext {
  readonly storage: Storage;
  readonly network: Observable<Network | null>;
  readonly accounts: CockpitAccounts;
  readonly transactions: Transactions;
  readonly keys: BrowserKeys;
  readonly locks: Locks;
  readonly followed: Observable<Followed | null>;
  readonly chainStatus: Observable<ChainStatus>;
  readonly dxStatus: Observable<DxStatus>;
  /** Dx as the session has it, whatever peer that is at the moment. */
  readonly dx: Dx;
  /** Makes the session's Dx peer that of this seed, or a new one without any. */
  readonly identify: (seed: Uint8Array | null) => void;
}

/** So many decisions and executions are shown. */
const shown = 200;
/** Other tabs read the journal anew when they hear of it, which is much. */
const tellEveryMs = 2_000;

export class CockpitProviding implements Providing {
  readonly status: Value<ProvidingStatus>;
  readonly settings = new Value<ProvidingSettings>(firstSettings);
  readonly models = new Value<readonly ServedModelInfo[]>([]);
  readonly decisions = new Value<readonly Decision[]>([]);
  readonly executions = new Value<readonly Execution[]>([]);
  readonly agreements = new Value<readonly Agreement[]>([]);
  readonly #context: ProvidingContext;
  readonly #closing = new AbortController();
  readonly #facts: FactsWatch;
  readonly #turns: Turns;
  readonly #undo: (() => void)[] = [];
  #state: KeptState = { wanted: 'off', provider: null };
  #opening: Promise<Kept> | null = null;
  #saving: Promise<void> = Promise.resolve();
  /** How many changes of the settings are not written yet. */
  #unsaved = 0;
  #tabs: Tabs | null = null;
  /** Whether the journal has something new that other tabs have not heard of, and when they last did. */
  #untold = false;
  #toldAtMs = 0;
  #identity: Promise<Identity> | null = null;
  #served: Promise<TabModels> | null = null;
  #active: ActiveProvider | null = null;

  constructor(context: ProvidingContext) {
    this.#context = context;
    this.status = new Value<ProvidingStatus>(firstStatus, () => this.#facts.look());
    this.#facts = new FactsWatch({
      followed: context.followed,
      account: () => this.#state.provider,
      key: () => context.keys.find('provider'),
      isWanted: () => this.#active !== null || this.status.isUsed,
      onFailure: (error) => this.#active?.note(problemOf(error)),
    });
    this.#turns = new Turns({
      locks: context.locks,
      lockName: async () => `airo-provider-${(await this.#network()).id}`,
      isWanted: async () => {
        // Another tab may have changed it while this one waited.
        if (this.status.get().phase === 'elsewhere') await this.#readAgain();
        return this.#state.wanted !== 'off';
      },
      work: (signal, begun) => this.#provide(signal, begun),
      onElsewhere: () => this.status.patch({ phase: 'elsewhere', problem: null }),
      onEnd: (error) => {
        if (error === undefined) this.status.patch({ ...idle, phase: 'off', problem: null });
        else this.#fail(error);
      },
      closing: this.#closing.signal,
    });
    this.#undo.push(
      () => this.#facts.close(),
      this.#facts.facts.subscribe(() => this.#knowFacts()),
      context.chainStatus.subscribe(() => this.#active?.refresh()),
      context.dxStatus.subscribe(() => this.#active?.refresh()),
      context.storage.status.subscribe(() => this.#active?.refresh()),
    );
  }

  /**
   * Reads what is kept, and goes on if this browser was at it. Returns when it is clear whether this tab is the one, which
   * decides what its Dx peer is. Never throws: see `status`.
   */
  async begin(): Promise<void> {
    try {
      await this.#open();
      if (this.#state.wanted !== 'off') await this.#turns.begin();
    } catch (error) {
      this.#fail(error);
    }
  }

  async prepare(model: Model, version: ModelVersion, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const models = await this.#models();
    const { signal } = this.#closing;
    await models.add(model, version, options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]));
    this.#active?.refresh();
  }

  async remove(model: number): Promise<void> {
    const { provider } = this.#state;
    if (provider !== null) {
      await this.#facts.readAnew();
      const isOffered = this.#facts.facts.get()?.offers.some((offer) => offer.model === model) === true;
      if (isOffered) await (await this.#owner()).submit(provider, [{ call: 'withdrawOffer', model }]);
    }
    await (await this.#models()).remove(model);
    await this.#facts.readAnew();
    this.#active?.refresh();
  }

  async plan(wish: SetupWish): Promise<SetupPlan> {
    return (await this.#setup(wish)).plan;
  }

  async setUp(wish: SetupWish): Promise<void> {
    const { calls, account } = await this.#setup(wish);
    if (calls.length > 0) await (await this.#owner()).submit(account, calls, 'Provide with this browser');
    await this.#change({ provider: account });
    await this.#facts.readAnew();
  }

  async topUp(amount: bigint): Promise<void> {
    await (await this.#owner()).topUp(this.#provider(), await this.#key(), amount);
    await this.#facts.readAnew();
  }

  async revoke(): Promise<void> {
    const [owner, key, provider] = [await this.#owner(), await this.#key(), this.#provider()];
    await owner.revoke(provider, key);
    await this.#change({ wanted: 'off' });
    // What it still sends could not be paid any more.
    await this.#turns.done();
    await owner.takeBack(provider, key);
    await this.#facts.readAnew();
  }

  async leave(): Promise<void> {
    await (await this.#owner()).submit(this.#provider(), [{ call: 'leave' }]);
    if (this.#state.wanted === 'on') this.drain();
    await this.#facts.readAnew();
  }

  async withdrawStake(): Promise<void> {
    const [owner, key, provider] = [await this.#owner(), await this.#key(), this.#provider()];
    await owner.submit(provider, [{ call: 'withdrawStake' }]);
    await this.#change({ wanted: 'off' });
    await this.#turns.done();
    await owner.takeBack(provider, key);
    await this.#change({ provider: null });
    await this.#facts.readAnew();
  }

  start(): void {
    void this.#start().catch((error: unknown) => this.#fail(error));
  }

  drain(): void {
    if (this.#state.wanted !== 'on') return;
    // With nobody at it there is nothing to end.
    const wanted = this.#turns.isTaking ? 'draining' : 'off';
    void this.#change({ wanted }).catch((error: unknown) => this.#fail(error));
  }

  stop(): void {
    void this.#change({ wanted: 'off' }).catch((error: unknown) => this.#fail(error));
  }

  update(settings: ProvidingSettings): void {
    checkSettings(settings);
    this.settings.set(settings);
    this.#unsaved += 1;
    void this.#save((kept) => kept.saveSettings(settings)).finally(() => (this.#unsaved -= 1));
    void this.#served?.then((models) => this.#useBackend(models, settings.backend)).catch(() => undefined);
    this.#active?.refresh();
  }

  async dryRun(settings: ProvidingSettings, options: { readonly signal?: AbortSignal } = {}): Promise<DryRun> {
    checkSettings(settings);
    const { signal: closing } = this.#closing;
    const signal = options.signal === undefined ? closing : AbortSignal.any([closing, options.signal]);
    await this.#open();
    const measured = this.models.get().filter(({ timeMs }) => timeMs !== null);
    const [{ dryRunNow }, { chain, heads }] = await Promise.all([
      import('./dry-run.ts'),
      until(this.#context.followed, (followed) => followed !== null, signal),
    ]);
    const bidder = {
      account: this.#state.provider,
      timesMs: new Map(measured.map(({ model, timeMs }) => [model, timeMs ?? 0])),
      floorPrice: this.#facts.facts.get()?.operator.bounds?.floorPrice ?? null,
    };
    return dryRunNow(chain, bidder, settings, heads.best.number, signal);
  }

  /** Ends the work; the next visit goes on with it. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The session is over.'));
    for (const undo of this.#undo) undo();
    await this.#turns.done();
    this.#tabs?.close();
    await (await this.#served?.catch(() => null))?.close();
  }

  async #start(): Promise<void> {
    await this.#open();
    // Without an account it could never begin, at the next visit neither.
    this.#provider();
    await this.#change({ wanted: 'on' });
  }

  /** Reads what is kept, once. */
  #open(): Promise<Kept> {
    this.#opening ??= this.#readKept();
    return this.#opening;
  }

  async #readKept(): Promise<Kept> {
    const { id } = await this.#network();
    const kept = new Kept(this.#context.storage, id);
    await this.#read(kept);
    this.#tabs = otherTabs(id, (message) => {
      void this.#hear(message).catch((error: unknown) => {
        if (this.#active === null) this.#fail(error);
        else this.#active.note(problemOf(error));
      });
    });
    if (this.#state.provider !== null) void this.#readJournal(id).catch((error: unknown) => this.#fail(error));
    return kept;
  }

  /** Reads what another tab may have changed. */
  async #readAgain(): Promise<void> {
    const kept = await this.#open();
    // What is not written yet is newer.
    await this.#saving;
    await this.#read(kept);
  }

  async #read(kept: Kept): Promise<void> {
    const [state, settings, models] = await Promise.all([kept.state(), kept.settings(), kept.models()]);
    this.#state = state;
    if (settings !== null && this.#unsaved === 0) this.settings.set(settings);
    this.status.patch({ provider: state.provider });
    if (this.#served === null) {
      this.models.set(models.map(infoOfKept));
      return;
    }
    const served = await this.#served;
    await served.setBackend(this.settings.get().backend);
    served.restore(models);
  }

  /** Shows what the journal has, where this tab does not write it. */
  async #readJournal(network: string): Promise<void> {
    const { openJournal } = await import('./journal.ts');
    const journal = await openJournal(this.#context.storage, network);
    if (this.#active === null) this.#showJournal(journal);
  }

  async #hear(message: TabMessage): Promise<void> {
    if (message.kind === 'status') {
      if (this.#active === null && this.status.get().phase === 'elsewhere') {
        this.status.set({ ...message.status, phase: 'elsewhere' });
      }
    } else if (message.kind === 'noted') {
      if (this.#active === null) await this.#readJournal((await this.#network()).id);
    } else {
      const before = this.#state;
      await this.#readAgain();
      this.#follow(before);
    }
  }

  /** Changes the state, keeps it, tells the other tabs, and does what follows. */
  async #change(fields: Partial<KeptState>): Promise<void> {
    await this.#open();
    const before = this.#state;
    const state = { ...before, ...fields };
    this.#state = state;
    this.status.patch({ provider: state.provider });
    this.#follow(before);
    await this.#save((kept) => kept.saveState(state));
  }

  #follow(before: KeptState): void {
    const { wanted, provider } = this.#state;
    if (wanted === 'off' || provider !== before.provider) void this.#turns.end();
    if (wanted === 'off') {
      if (!this.#turns.isTaking) this.status.patch({ ...idle, phase: 'off', problem: null });
      return;
    }
    this.#active?.refresh();
    void this.#turns.begin();
  }

  /** Keeps something, one after the other, and tells the other tabs. */
  #save(write: (kept: Kept) => Promise<void>): Promise<void> {
    const saved = this.#saving.then(async () => {
      await write(await this.#open());
      this.#tabs?.tell({ kind: 'changed' });
    });
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  /** Is at it until that is over. */
  async #provide(signal: AbortSignal, begun: () => void): Promise<void> {
    const kept = await this.#open();
    this.status.patch({ ...idle, phase: 'starting', problem: null });
    const { provider } = this.#state;
    const key = await this.#context.keys.find('provider');
    if (provider === null || key === null) {
      throw new InvalidSetup('This browser is no provider yet, or its key is gone. Set it up first.');
    }
    const identity = await this.#identityOf(kept);
    this.#context.identify(identity.seed);
    begun();
    try {
      const models = await this.#models();
      // It takes as long as reaching the chain does.
      models.preload(signal);
      const { startActive } = await import('./start-active.ts');
      const over = Promise.withResolvers<undefined>();
      const { active, journal } = await startActive({
        ...{ context: this.#context, facts: this.#facts, identity, key, provider, models, signal },
        settings: () => this.settings.get(),
        isDraining: () => this.#state.wanted === 'draining',
        onChange: (isNoted) => this.#show(active, isNoted ? journal : null),
        onDrained: () => over.resolve(undefined),
      });
      this.#active = active;
      this.#facts.look();
      const end = () => over.resolve(undefined);
      signal.addEventListener('abort', end, { once: true });
      try {
        await over.promise;
      } finally {
        signal.removeEventListener('abort', end);
        this.#active = null;
        await active.close();
      }
      if (!signal.aborted) await this.#change({ wanted: 'off' });
    } finally {
      if (!this.#closing.signal.aborted) this.#context.identify(null);
    }
  }

  #show(active: ActiveProvider, journal: TabJournal | null): void {
    const status = active.status();
    const { problem } = this.#context.storage.status.get();
    const before = this.status.get();
    const now = { ...before, ...status, trouble: status.trouble ?? problem };
    // Each change draws all of the page anew.
    if (serialize(now) !== serialize(before)) this.status.set(now);
    const agreements = active.agreements();
    if (!sameItems(agreements, this.agreements.get())) this.agreements.set(agreements);
    if (journal !== null) this.#showJournal(journal);
    this.#untold ||= journal !== null;
    if (this.#untold && Date.now() - this.#toldAtMs > tellEveryMs) {
      this.#untold = false;
      this.#toldAtMs = Date.now();
      this.#tabs?.tell({ kind: 'noted' });
    }
    this.#tabs?.tell({ kind: 'status', status: now });
  }

  #showJournal(journal: TabJournal): void {
    this.decisions.set(journal.newestDecisions(shown));
    this.executions.set(journal.newestExecutions(shown));
  }

  /** Another way to run models takes another time, which is measured. */
  async #useBackend(models: TabModels, backend: ProvidingSettings['backend']): Promise<void> {
    if (await models.setBackend(backend)) await models.measureAgain(this.#closing.signal);
  }

  #knowFacts(): void {
    const facts = this.#facts.facts.get();
    this.status.patch({ operator: facts?.operator ?? null });
    const offers = this.#offers();
    if (this.#served !== null) void this.#served.then((models) => models.setOffers(offers)).catch(() => undefined);
    else {
      const isAnnounced = ({ model, version }: ServedModelInfo) => offers.get(model) === version;
      this.models.set(this.models.get().map((info) => ({ ...info, isAnnounced: isAnnounced(info) })));
    }
    this.#active?.refresh();
  }

  /** The versions that the chain says are offered, by model. */
  #offers(): ReadonlyMap<number, number> {
    return new Map((this.#facts.facts.get()?.offers ?? []).map(({ model, version }) => [model, version]));
  }

  #models(): Promise<TabModels> {
    if (this.#served !== null) return this.#served;
    const making = this.#makeModels();
    this.#served = making;
    making.catch(() => {
      if (this.#served === making) this.#served = null;
    });
    return making;
  }

  async #makeModels(): Promise<TabModels> {
    const [{ createModels }, kept] = await Promise.all([import('./create-models.ts'), this.#open()]);
    const models = createModels({
      dx: this.#context.dx,
      save: (list) => this.#save((to) => to.saveModels(list)),
      atOnce: () => this.settings.get().restraint.atOnce,
      onTrouble: (problem) => this.#active?.note(problem),
    });
    await models.setBackend(this.settings.get().backend);
    models.restore(await kept.models());
    models.setOffers(this.#offers());
    this.models.set(models.list.get());
    this.#undo.push(models.list.subscribe(() => this.models.set(models.list.get())));
    return models;
  }

  async #setup(wish: SetupWish) {
    const [owner, key, kept] = [await this.#owner(), await this.#context.keys.get('provider'), await this.#open()];
    return owner.plan(wish, key, await this.#identityOf(kept), this.models.get());
  }

  async #owner(): Promise<Owner> {
    const { signal } = this.#closing;
    const { accounts, transactions, followed } = this.#context;
    const [{ Owner: Signs }, { chain }] = await Promise.all([
      import('./owner.ts'),
      until(followed, (value) => value !== null, signal),
    ]);
    return new Signs({ chain, accounts, transactions, signal });
  }

  #identityOf(kept: Kept): Promise<Identity> {
    this.#identity ??= kept.identity(async () => (await import('./identity.ts')).makeIdentity());
    return this.#identity;
  }

  #network(): Promise<Network> {
    return until(this.#context.network, (known) => known !== null, this.#closing.signal);
  }

  #provider(): Address {
    const { provider } = this.#state;
    if (provider === null) throw new InvalidSetup('This browser is no provider yet. Set it up first.');
    return provider;
  }

  async #key(): Promise<BrowserKey> {
    const key = await this.#context.keys.find('provider');
    if (key === null)
      throw new InvalidSetup('The key of this browser is gone. Set it up again, which makes a new one.');
    return key;
  }

  #fail(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.status.patch({ ...idle, phase: 'failed', problem: problemOf(error) });
  }
}
