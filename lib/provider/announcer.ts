/** Keeps the chain's list of what this provider serves in step with what it can serve. */
import type { Call } from '../market/chain.ts';
import type { Address, Offer } from '../market/types.ts';
import { NotAllowed } from './errors.ts';
import type { ModelBook } from './model-book.ts';
import type { ModelsPool } from './models-pool.ts';
import { announcedMicroseconds, isOutdated } from './offers.ts';
import type { Chain, Clock } from './ports.ts';
import type { Snapshot } from './snapshot.ts';
import { within, type Tasks, type Trouble } from './tasks.ts';
import type { Timings } from './timings.ts';
import type { Settings } from './types.ts';

/** How long a transaction may take, in milliseconds; normally a block. */
export const SUBMIT_MS = 120_000;
/** Offers change only by our own account, so they are read again only after so many blocks. */
const STALE_BLOCKS = 100;
/** The same while one is missing, which the provider's owner may announce by hand. */
const MISSING_BLOCKS = 5;
/** After a refusal the same is tried again after so many blocks. */
const RETRY_BLOCKS = 30;
const PAGE = 100;

interface AnnouncerOptions {
  readonly chain: Chain;
  readonly account: Address;
  readonly book: ModelBook;
  readonly pool: ModelsPool;
  readonly timings: Timings;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly trouble: Trouble;
  readonly signal: AbortSignal;
}

/** Announces models that are served and ready, and withdraws the offers of those that are not served any more. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  #offers = new Map<number, Offer>();
  /** The block from which on the offers have to be read again. */
  #dueAt = 0;
  readonly #underway = new Set<number>();
  /** From which block on a model is tried again. */
  readonly #retryAt = new Map<number, number>();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** The version of a model that is announced. */
  announced(model: number): number | null {
    return this.#offers.get(model)?.version ?? null;
  }

  /** The offers are not what they were thought to be. */
  invalidate(): void {
    this.#dueAt = 0;
  }

  /** Reads the offers and begins what is to be done about them. @throws {ChainUnavailable} */
  async run(snapshot: Snapshot, settings: Settings): Promise<void> {
    await this.#refresh(snapshot, settings);
    const { provider, block } = snapshot;
    if (provider?.leavesAt !== null || settings.dryRun || settings.paused) return;
    const calls = [...this.#missing(settings), ...this.#superfluous(settings)];
    for (const { model, call } of calls) {
      if (this.#underway.has(model) || block.number < (this.#retryAt.get(model) ?? 0)) continue;
      this.#send(model, call, block.number);
    }
  }

  async #refresh({ provider, block }: Snapshot, settings: Settings): Promise<void> {
    if (provider === null) {
      this.#offers.clear();
      this.#dueAt = 0;
      return;
    }
    const isSame =
      provider.models.length === this.#offers.size && provider.models.every((model) => this.#offers.has(model));
    if (isSame && block.number < this.#dueAt) return;
    const offers = await Promise.all(provider.models.map((model) => this.#read(model, block.hash)));
    this.#offers = new Map(
      provider.models.flatMap((model, place) => {
        const offer = offers[place] ?? null;
        return offer === null ? [] : [[model, offer] as const];
      }),
    );
    const isMissing = settings.models.some(({ model }) => {
      const version = this.#options.book.get(model)?.newest.version;
      return version !== undefined && version !== this.#offers.get(model)?.version;
    });
    this.#dueAt = block.number + (isMissing ? MISSING_BLOCKS : STALE_BLOCKS);
  }

  async #read(model: number, at: Snapshot['block']['hash']): Promise<Offer | null> {
    const { chain, account } = this.#options;
    for (let after: Address | undefined; ;) {
      const page = await chain.offers(model, after === undefined ? { limit: PAGE, at } : { after, limit: PAGE, at });
      const own = page.find((offer) => offer.provider === account);
      const last = page.at(-1);
      if (own !== undefined) return own;
      if (last === undefined || page.length < PAGE) return null;
      after = last.provider;
    }
  }

  *#missing(settings: Settings): Iterable<{ model: number; call: Call }> {
    const { book, pool, timings } = this.#options;
    for (const { model } of settings.models) {
      const described = book.get(model);
      if (described?.retired !== false) continue;
      const { version } = described.newest;
      const timeMs = timings.median(model, version);
      if (pool.get(model, version)?.state !== 'ready' || timeMs === null) continue;
      if (!isOutdated(this.#offers.get(model) ?? null, version, timeMs)) continue;
      const timeMicroseconds = announcedMicroseconds(timeMs);
      yield { model, call: { call: 'announce', model, version, timeMicroseconds } };
    }
  }

  *#superfluous(settings: Settings): Iterable<{ model: number; call: Call }> {
    for (const model of this.#offers.keys()) {
      if (settings.models.some((served) => served.model === model)) continue;
      yield { model, call: { call: 'withdrawOffer', model } };
    }
  }

  #send(model: number, call: Call, block: number): void {
    const { chain, account, clock, tasks, trouble, signal } = this.#options;
    if (chain.account.address !== account) {
      this.#retryAt.set(model, Infinity);
      const what = `An operator key cannot do this: sign "${call.call}" for model ${model} with ${account}.`;
      trouble('offering models', new NotAllowed(what), { model });
      return;
    }
    this.#underway.add(model);
    const submit = async () => {
      try {
        const what = `${call.call} of model ${model}`;
        const { block: included } = await within(clock, SUBMIT_MS, signal, what, (inner) =>
          chain.account.submit(call, { signal: inner }),
        );
        // Only a state that has it tells anything about it.
        this.#dueAt = included.number;
        this.#retryAt.set(model, included.number + 1);
      } catch (error) {
        this.#retryAt.set(model, block + RETRY_BLOCKS);
        if (!signal.aborted) throw error;
      } finally {
        this.#underway.delete(model);
      }
    };
    tasks.run('offering models', submit, { model });
  }
}
