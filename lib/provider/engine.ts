/** Puts the parts of the engine together. */
import type { Heads } from '../market/chain.ts';
import type { Agreement, Order } from '../market/types.ts';
import { Announcer } from './announcer.ts';
import { Bidder } from './bidder.ts';
import { totalInFlight } from './capacity.ts';
import { toError } from './clock.ts';
import type { Readiness } from './decide.ts';
import { NotStarted } from './errors.ts';
import { bidOf } from '../market/bids.ts';
import { Executions } from './executions.ts';
import { watch } from './market-watch.ts';
import { ModelBook } from './model-book.ts';
import { ModelsPool, type Version } from './models-pool.ts';
import type { Decision } from './ports.ts';
import { Recorder } from './recorder.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { Lane, Tasks } from './tasks.ts';
import { Timings } from './timings.ts';
import type { About, EngineEvent, EngineOptions, ProviderEngine, Settings, Status } from './types.ts';

/** The engine's only implementation of {@link ProviderEngine}. */
export class Engine implements ProviderEngine {
  readonly #options: EngineOptions;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #life = new AbortController();
  readonly #tasks: Tasks;
  readonly #timings: Timings;
  readonly #book: ModelBook;
  readonly #pool: ModelsPool;
  readonly #announcer: Announcer;
  readonly #bidder: Bidder;
  readonly #executions: Executions;
  /** Models, offers and bids: what may wait for a slow answer without anything being late. */
  readonly #market: Lane<Snapshot>;
  /** Requests and answers: what may not. */
  readonly #work: Lane<Snapshot>;
  #settings: Settings;
  #heads: Heads | null = null;
  #snapshot: Snapshot | null = null;
  #isConnected = false;
  #state: 'new' | 'running' | 'draining' | 'stopped' = 'new';
  #stopped: Promise<void> | null = null;
  #isRecovered = false;

  constructor(options: EngineOptions) {
    const { ports, provider: account, settings } = options;
    const { chain, clock, journal, models, dx, envelopes, hook } = ports;
    const { signal } = this.#life;
    const emit = (event: EngineEvent) => this.#emit(event);
    const trouble = (where: string, error: Error, about: About = {}) => emit({ event: 'trouble', where, about, error });
    this.#options = options;
    this.#settings = settings;
    const tasks = new Tasks(trouble);
    this.#tasks = tasks;
    const timings = new Timings(journal);
    this.#timings = timings;
    this.#book = new ModelBook(chain);
    const pool = new ModelsPool({ chain, models, clock, timings, tasks, emit, changed: () => this.#wake() });
    this.#pool = pool;
    const shared = { chain, account, clock, tasks, signal };
    this.#announcer = new Announcer({ ...shared, book: this.#book, pool, timings, trouble });
    this.#bidder = new Bidder({
      ...shared,
      journal,
      hook,
      emit,
      readiness: (model, version) => this.#readiness(model, version),
      announced: (model) => this.#announcer.announced(model),
      refused: (error) => {
        if (error.message.includes('NotAnnounced')) this.#announcer.invalidate();
      },
    });
    const recorder = new Recorder(journal, clock, tasks, emit);
    this.#executions = new Executions({
      ...shared,
      dx,
      envelopes,
      journal,
      pool,
      timings,
      recorder,
      trouble,
      emit,
    });
    this.#market = new Lane(
      (work) => tasks.run('the market', work),
      (snapshot) => this.#tend(snapshot),
    );
    this.#work = new Lane(
      (work) => tasks.run('the executions', work),
      (snapshot) => this.#execute(snapshot),
    );
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    const { ports, provider } = this.#options;
    this.#tasks.run('following the chain', () =>
      watch({
        chain: ports.chain,
        account: provider,
        clock: ports.clock,
        trouble: (where, error, about = {}) => this.#emit({ event: 'trouble', where, about, error }),
        signal: this.#life.signal,
        onHeads: (heads) => {
          this.#heads = heads;
          this.#emit({ event: 'heads', heads });
        },
        onSnapshot: (snapshot) => {
          this.#isConnected = true;
          this.#snapshot = snapshot;
          this.#reconcile(snapshot);
        },
        onFailure: () => {
          this.#isConnected = false;
        },
      }),
    );
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  settings(): Settings {
    return this.#settings;
  }

  update(settings: Settings): void {
    this.#settings = settings;
    this.#wake();
  }

  status(): Status {
    const account = this.#options.provider;
    const snapshot = this.#snapshot;
    const promises = snapshot === null ? [] : this.#bidder.promises(snapshot, null);
    const isStopped = this.#state === 'draining' || this.#state === 'stopped';
    const isStarting = this.#state === 'new' || snapshot === null;
    return {
      state: isStopped ? 'stopped' : isStarting ? 'starting' : this.#settings.paused ? 'paused' : 'running',
      heads: this.#heads,
      connected: this.#isConnected,
      models: this.#settings.models.map(({ model }) => this.#modelStatus(model)),
      openBids: snapshot?.orders.filter((order) => bidOf(order, account) !== null).length ?? 0,
      openAgreements: snapshot?.agreements.length ?? 0,
      inFlight: totalInFlight(promises),
      capacity: this.#settings.maxInFlight,
    };
  }

  async dryRun(order: Order): Promise<Decision> {
    const { chain, clock } = this.#options.ports;
    const snapshot = this.#snapshot ?? (await this.#look());
    const { provider } = this.#options;
    // The record is read only when an order on the chain asks for it.
    const record = snapshot.record ?? (await chain.record(provider, 'provider', snapshot.block.hash));
    const verdict = await this.#bidder.decide(order, { ...snapshot, record }, this.#settings);
    return { order: order.id, at: clock.now(), block: snapshot.block.number, ...verdict, result: null, error: null };
  }

  orders(): readonly { readonly order: Order; readonly decision: Decision | null }[] {
    return (this.#snapshot?.orders ?? []).map((order) => ({ order, decision: this.#bidder.newest(order.id) }));
  }

  agreements(): readonly Agreement[] {
    return this.#snapshot?.agreements ?? [];
  }

  on(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something other than the chain has changed. */
  #wake(): void {
    this.#executions.pump();
    if (this.#snapshot !== null) this.#reconcile(this.#snapshot);
  }

  #reconcile(snapshot: Snapshot): void {
    if (this.#life.signal.aborted) return;
    this.#work.push(snapshot);
    if (this.#state === 'running') this.#market.push(snapshot);
  }

  async #execute(snapshot: Snapshot): Promise<void> {
    await this.#executions.sync(snapshot, this.#settings);
    if (this.#isRecovered) return;
    this.#isRecovered = true;
    this.#tasks.run('finding out about earlier requests', () => this.#executions.recover(snapshot));
  }

  async #tend(snapshot: Snapshot): Promise<void> {
    const settings = this.#settings;
    await this.#book.refresh(
      settings.models.map(({ model }) => model),
      snapshot,
    );
    if (this.#life.signal.aborted) return;
    this.#pool.want(this.#wanted(snapshot, settings));
    await this.#announcer.run(snapshot, settings);
    await this.#bidder.run(snapshot, settings);
  }

  /** The versions that are needed: for agreements, for bids that stand, and to bid with. */
  #wanted({ agreements, orders }: Snapshot, settings: Settings): Version[] {
    const { provider } = this.#options;
    const served = settings.models.flatMap(({ model }) => {
      const version = this.#book.get(model)?.newest.version;
      return version === undefined ? [] : [{ model, version }];
    });
    // An older version goes on being served until the newest is ready.
    const older = this.#pool
      .entries()
      .filter(({ state }) => state === 'ready')
      .filter(({ model }) => served.some((entry) => entry.model === model && !this.#isReady(entry)));
    const bids = orders.filter((order) => bidOf(order, provider) !== null);
    const agreed = agreements.filter((agreement) => this.#executions.canAnswerFor(agreement));
    return [...served, ...older, ...bids, ...agreed].map(({ model, version }) => ({ model, version }));
  }

  #isReady({ model, version }: Version): boolean {
    return this.#pool.get(model, version)?.state === 'ready';
  }

  #readiness(model: number, version: number): Readiness {
    const entry = this.#pool.get(model, version);
    return {
      state: entry?.state ?? 'absent',
      reason: entry?.reason ?? this.#missing(model),
      newest: this.#book.get(model)?.newest.version ?? null,
      timeMs: this.#timings.median(model, version),
      concurrency: entry?.executor?.concurrency ?? 1,
    };
  }

  #missing(model: number): string | null {
    return this.#book.get(model) === null ? `There is no model ${model} on the chain.` : null;
  }

  #modelStatus(model: number): Status['models'][number] {
    const version = this.#book.get(model)?.newest.version ?? null;
    if (version === null) {
      const reason = this.#missing(model);
      return { model, version, state: reason === null ? 'loading' : 'failed', reason, timeMs: null };
    }
    const { state, reason, timeMs } = this.#readiness(model, version);
    return { model, version, state: state === 'absent' ? 'loading' : state, reason, timeMs };
  }

  /** Looks at the chain once, for a dry run before the engine has seen a block. */
  async #look(): Promise<Snapshot> {
    const { chain } = this.#options.ports;
    for await (const { best } of chain.heads(this.#life.signal)) {
      return readSnapshot(chain, this.#options.provider, best);
    }
    throw new NotStarted('The chain has not been seen yet. Start the engine and try again.');
  }

  async #stop(graceMs: number): Promise<void> {
    const { clock } = this.#options.ports;
    const wasRunning = this.#state === 'running';
    this.#state = 'draining';
    this.#executions.drain();
    if (wasRunning && graceMs > 0) await this.#drained(clock.now() + graceMs);
    this.#executions.dropAll();
    this.#pool.want([]);
    this.#life.abort(new Error('The engine stops.'));
    await this.#tasks.settled();
    this.#state = 'stopped';
  }

  /** Returns when nothing is executed and no answer is on its way any more, or at a time. */
  async #drained(until: number): Promise<void> {
    const { clock } = this.#options.ports;
    const { promise, resolve } = Promise.withResolvers<null>();
    const look = () => {
      // What is answered or sent leaves its place only after it has told so.
      queueMicrotask(() => {
        if (!this.#executions.isBusy()) resolve(null);
      });
    };
    const unsubscribe = this.on(look);
    const timer = new AbortController();
    look();
    const time = clock.sleep(until - clock.now(), timer.signal).catch(toError);
    await Promise.race([promise, time]);
    timer.abort();
    unsubscribe();
  }

  #emit(event: EngineEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        // Who listens must not stop the engine, and there is nobody else to tell.
      }
    }
  }
}
