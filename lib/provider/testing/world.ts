/** Everything around an engine, scripted: the market, time, Dx, models. */
import type { Address } from '../../market/types.ts';
import { CannotDecrypt, NotFound, TooLarge } from '../../dx/errors.ts';
import { createEngine } from '../index.ts';
import { createMemoryJournal } from '../memory-journal.ts';
import type { Dx, Envelopes, Execution, Executor, Journal, Models } from '../ports.ts';
import type { EngineEvent, Ports, ProviderEngine, Settings } from '../types.ts';
import { ScriptedClock } from './clock.ts';
import { ScriptedMarket } from './market.ts';
import type { Rules } from '../../market/types.ts';

export const testSettings: Settings = {
  paused: false,
  dryRun: false,
  models: [{ model: 0 }],
  strategy: { kind: 'undercut', floor: 100n, step: 0.05 },
  maxOpen: 10,
  maxInFlight: 100,
  utilization: 1,
};

/**
 * Lets everything go on that waits for nothing but its turn. Hashes are computed in threads of their own, so the turn lasts
 * as long as one takes.
 */
async function turn(): Promise<void> {
  await crypto.subtle.digest('SHA-256', new Uint8Array(1));
  await new Promise<void>((resolve) => setImmediate(resolve));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A Dx that holds what was put on it, under names that a test can choose. */
export class ScriptedDx implements Dx {
  readonly data = new Map<string, Uint8Array>();
  /** Errors that downloads of a key end with, one after another. */
  readonly errors = new Map<string, Error[]>();
  /** Errors that uploads end with, one after another. */
  readonly uploadErrors: Error[] = [];
  uploads = 0;
  downloads = 0;

  upload(data: Uint8Array): Promise<{ key: string }> {
    const error = this.uploadErrors.shift();
    if (error !== undefined) return Promise.reject(error);
    const key = `result-${++this.uploads}`;
    this.data.set(key, data);
    return Promise.resolve({ key });
  }

  download(key: string, { maxBytes }: { readonly maxBytes: number }): Promise<Uint8Array> {
    this.downloads += 1;
    const error = this.errors.get(key)?.shift();
    if (error !== undefined) return Promise.reject(error);
    const data = this.data.get(key);
    if (data === undefined) return Promise.reject(new NotFound(`Nobody has ${key}.`));
    if (data.length > maxBytes) return Promise.reject(new TooLarge(`${data.length} bytes are too many.`));
    return Promise.resolve(data);
  }

  /** Puts a payload there that the scripted envelopes open in this place. */
  put(agreement: number, index: number, content: string): string {
    const key = `payload-${agreement}-${index}-${this.data.size}`;
    this.data.set(key, encoder.encode(`payload ${agreement} ${index} ${content}`));
    return key;
  }
}

/** Envelopes that say in the open where they belong. The real ones have tests of their own. */
const scriptedEnvelopes: Envelopes = {
  openPayload(envelope, agreement, index) {
    const text = decoder.decode(envelope);
    const place = `payload ${agreement.id} ${index} `;
    if (!text.startsWith(place)) return Promise.reject(new CannotDecrypt('It belongs to another place.'));
    return Promise.resolve(encoder.encode(text.slice(place.length)));
  },
  sealResult: (result) => Promise.resolve(result.slice()),
};

/** A model that answers `re: ` and what it was asked, when the test lets it. */
export class ScriptedModels implements Models {
  concurrency = 2;
  ahead = 0;
  maxPayloadBytes = 1000;
  measuredMs: number | undefined = 10;
  /** Why models cannot be made ready, if they cannot. */
  error: Error | null = null;
  /** Errors that executions end with, one after another. */
  readonly executeErrors: Error[] = [];
  /** While this is set, executions wait. */
  isHeld = false;
  /** What is being executed now. */
  running = 0;
  mostRunning = 0;
  executed: string[] = [];
  readonly prepared: string[] = [];
  released = 0;
  readonly #held = new Set<() => void>();

  prepare(_: unknown, version: { readonly content: string }): Promise<Executor> {
    if (this.error !== null) return Promise.reject(this.error);
    this.prepared.push(version.content);
    return Promise.resolve({
      concurrency: this.concurrency,
      ahead: this.ahead,
      maxPayloadBytes: this.maxPayloadBytes,
      ...(this.measuredMs === undefined ? {} : { measuredMs: this.measuredMs }),
      execute: (request, signal) => this.#execute(request, signal),
      release: () => {
        this.released += 1;
        return Promise.resolve();
      },
    });
  }

  /** Lets all executions that wait go on, and all later ones. */
  letGo(): void {
    this.isHeld = false;
    for (const go of [...this.#held]) go();
  }

  async #execute(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (this.isHeld) await this.#go(signal);
      const error = this.executeErrors.shift();
      if (error !== undefined) throw error;
      const text = decoder.decode(request);
      this.executed.push(text);
      return encoder.encode(`re: ${text}`);
    } finally {
      this.running -= 1;
    }
  }

  #go(signal: AbortSignal): Promise<null> {
    const { promise, resolve, reject } = Promise.withResolvers<null>();
    const go = () => {
      this.#held.delete(go);
      resolve(null);
    };
    this.#held.add(go);
    signal.addEventListener('abort', () => {
      this.#held.delete(go);
      reject(signal.reason as Error);
    });
    return promise;
  }
}

/** What an engine lives in, and what it tells. */
export class World {
  readonly clock = new ScriptedClock();
  readonly market: ScriptedMarket;
  readonly dx = new ScriptedDx();
  readonly models = new ScriptedModels();
  readonly journal: Journal = createMemoryJournal();
  readonly events: EngineEvent[] = [];
  hook: Ports['hook'] = () => Promise.reject(new Error('There is no hook in this test.'));

  constructor(rules: Partial<Rules> = {}) {
    this.market = new ScriptedMarket(rules, () => this.clock.advance(this.market.rules.blockTimeMs / 2));
  }

  ports(signer: Address): Ports {
    return {
      chain: this.market.chain(signer),
      dx: this.dx,
      envelopes: scriptedEnvelopes,
      models: this.models,
      journal: this.journal,
      clock: this.clock,
      hook: (hook, question, signal) => this.hook(hook, question, signal),
    };
  }

  /** Starts an engine for a provider, and stops it when the test is over. */
  start(
    t: { after(undo: () => unknown): void },
    settings: Partial<Settings> = {},
    provider: Address = 'alice',
    ports: Partial<Ports> = {},
  ): ProviderEngine {
    const engine = createEngine({
      ports: { ...this.ports(provider), ...ports },
      provider,
      settings: { ...testSettings, ...settings },
    });
    engine.on((event) => this.events.push(event));
    engine.start();
    t.after(() => engine.stop(0));
    return engine;
  }

  /** Waits until something is so, without time passing on the scripted clock. */
  async until(what: string, condition: () => boolean): Promise<void> {
    for (let turns = 0; !condition(); turns++) {
      if (turns > 5_000) throw new Error(`It never came to: ${what}.`);
      await turn();
    }
  }

  /** Makes blocks, one at a time, until something is so. */
  async mineUntil(what: string, condition: () => boolean, most = 100): Promise<void> {
    for (let blocks = 0; !condition(); blocks++) {
      if (blocks >= most) throw new Error(`It did not come within ${most} blocks to: ${what}.`);
      await this.mine();
    }
  }

  /** Lets half of a block's time pass, and then makes the block, with the other half. */
  async mine(blocks = 1): Promise<void> {
    for (let i = 0; i < blocks; i++) {
      await this.settle();
      this.clock.advance(this.market.rules.blockTimeMs / 2);
      await this.settle();
      this.market.mine();
      await this.settle();
    }
  }

  /** Lets everything happen that can happen without time passing. */
  async settle(): Promise<void> {
    let quiet = 0;
    for (let before = this.#activity(); quiet < 10; quiet++) {
      await turn();
      const after = this.#activity();
      if (after !== before) quiet = 0;
      before = after;
    }
  }

  /** The reasons of the decisions about an order, the oldest first. */
  rules(order: number): string[] {
    return this.events.flatMap((event) =>
      event.event === 'decided' && event.decision.order === order && event.decision.result !== 'included'
        ? [`${event.decision.action} ${event.decision.rule}`]
        : [],
    );
  }

  troubles(): string[] {
    return this.events.flatMap((event) => (event.event === 'trouble' ? [event.error.name] : []));
  }

  async execution(agreement: number, index: number): Promise<Execution | null> {
    return await this.journal.execution(agreement, index);
  }

  /** A provider that has a bid accepted: the agreement. */
  async agree(change: Parameters<ScriptedMarket['placeOrder']>[0] = {}, provider: Address = 'alice'): Promise<number> {
    const order = await this.market.placeOrder(change);
    await this.mineUntil(`${provider} has bid`, () =>
      Boolean(this.market.order(order)?.bids.some((bid) => bid.provider === provider)),
    );
    return await this.market.accept(order, provider);
  }

  /** Requests inferences with these contents. */
  async ask(agreement: number, ...contents: string[]): Promise<void> {
    const first = this.market.agreement(agreement).counts.requested;
    const payloads = contents.map((content, place) => this.dx.put(agreement, first + place, content));
    await this.market.request(agreement, ...payloads);
  }

  #activity(): number {
    return this.market.reads + this.events.length + this.dx.downloads + this.dx.uploads + this.market.sent.length;
  }
}

/** A world with one model and one provider. */
export function createWorld(rules: Partial<Rules> = {}): World {
  const world = new World(rules);
  world.market.addModel();
  world.market.addProvider('alice');
  world.market.mine();
  return world;
}
