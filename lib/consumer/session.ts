/** What sending and collecting share while one agreement is worked on. */
import type { Heads } from '../market/chain.ts';
import type { Agreement, ContentId } from '../market/types.ts';
import { Limit, Pulse, type Channel } from './concurrency.ts';
import { isNamed, UnknownAgreement } from './errors.ts';
import type { Ports } from './ports.ts';
import type { InferenceEvent, InferenceResult, Input, Stage } from './types.ts';

/** How payloads and results travel. */
export interface TransferOptions {
  /** How many payloads are encrypted and uploaded, and how many results fetched, at a time; 8 by default. */
  readonly parallel?: number;
  /** How long one upload or one download may take; 60,000 by default. */
  readonly transferTimeoutMs?: number;
  /** The most bytes of one result; 64 MiB by default. */
  readonly maxResultBytes?: number;
  /** Results stay collectable until `forget` is called for them, and not only until the next one is asked for. */
  readonly keep?: boolean;
  readonly onEvent?: (event: InferenceEvent) => void;
  /** Stops the work. What is registered then can be collected later. */
  readonly signal?: AbortSignal;
}

/** How what was sent before a restart goes on. */
export interface ResumeOptions extends TransferOptions {
  /**
   * Lets requests be sent that were written down before and are not on chain. Each goes out for the very place that it was
   * sealed for, and the chain gives a place once: so it is not paid twice, whatever became of an earlier transaction.
   *
   * Gives the framed request of a label, which is needed when another request has the place for good; `null` when it is not
   * kept. Without this function, such requests come as `notSent`.
   */
  readonly again?: (label: string) => Promise<Uint8Array | null>;
  /** Further inputs, which are sent after those. */
  readonly inputs?: readonly Input[];
}

/** One input on its way. */
export interface Entry {
  readonly input: number | null;
  readonly label: string;
  /** Whether it is known from before a restart. */
  readonly isRecovered: boolean;
  readonly times: Partial<Record<Stage, number>>;
  /** The framed request; `null` when it is not needed, or not here. */
  bytes: Uint8Array | null;
  /** Its place, for which its payload is sealed. */
  index: number | null;
  payload: ContentId | null;
  /** The best block when it was sent last in this session; `null` when it was not. */
  triedIn: number | null;
  /** The block in whose state it was seen registered. */
  registeredIn: number;
  /** Its result is being fetched. */
  fetching: boolean;
}

export class Session {
  readonly ports: Ports;
  readonly id: number;
  readonly privateKey: Uint8Array;
  readonly signal: AbortSignal;
  readonly limit: Limit;
  readonly transferTimeoutMs: number;
  readonly maxResultBytes: number;
  /** Inputs that are to be sent. */
  readonly queue: Entry[];
  /** Entries that are registered on chain, or, after a restart, may be: of several for one place at most one is. */
  readonly registered: Set<Entry>;
  /** Entries that are written down for a place which is free. They are sent for this one: it is given only once. */
  readonly placed = new Set<Entry>();
  /** Beats when heads, queue or registrations change. */
  readonly pulse = new Pulse();
  heads: Heads | null = null;
  /** Whether it is known which recovered entries are on chain: their places come before new ones. */
  hasLooked: boolean;
  /** The best block when the session began; 0 until it is known. */
  begunIn = 0;
  /** Gives the requests of recovered entries, which may be sent then; `null` when they may not. */
  readonly recover: ResumeOptions['again'] | null;
  readonly #onEvent: TransferOptions['onEvent'];
  readonly #channel: Channel<InferenceResult>;
  #open: number;

  constructor(
    ports: Ports,
    agreement: { readonly id: number; readonly privateKey: Uint8Array },
    entries: { readonly queue: Entry[]; readonly registered: readonly Entry[] },
    options: ResumeOptions & { readonly signal: AbortSignal; readonly channel: Channel<InferenceResult> },
  ) {
    this.ports = ports;
    this.id = agreement.id;
    this.privateKey = agreement.privateKey;
    this.signal = options.signal;
    this.limit = new Limit(options.parallel ?? 8);
    this.transferTimeoutMs = options.transferTimeoutMs ?? 60_000;
    this.maxResultBytes = options.maxResultBytes ?? 64 * 1024 * 1024;
    this.recover = options.again ?? null;
    this.#onEvent = options.onEvent;
    this.#channel = options.channel;
    this.queue = entries.queue;
    this.registered = new Set(entries.registered);
    this.hasLooked = entries.registered.length === 0;
    this.#open = entries.queue.length + entries.registered.length;
  }

  /** How many inputs have no result yet. */
  get open(): number {
    return this.#open;
  }

  /** Hands over what became of an entry. */
  deliver(entry: Entry, result: InferenceResult): void {
    this.registered.delete(entry);
    this.placed.delete(entry);
    this.#channel.push(result);
    this.#open -= 1;
    this.pulse.beat();
  }

  /** Hands over that an entry was not registered, for this reason; `final` when it cannot be any more. */
  deliverUnsent(entry: Entry, explanation: string, final = true): void {
    const { input, label, payload, times } = entry;
    this.deliver(entry, { state: 'notSent', input, label, index: null, payload, times, explanation, final });
  }

  reached(entry: Entry, stage: Stage): void {
    const at = this.ports.clock.now();
    entry.times[stage] = at;
    this.#report(entry, stage, at);
  }

  /** A recovered entry was found on chain. When it got there is not known. */
  found(entry: Entry): void {
    this.#report(entry, 'requested', this.ports.clock.now());
  }

  trouble(where: string, error: unknown): void {
    this.#onEvent?.({ event: 'trouble', where, error: error instanceof Error ? error : new Error(String(error)) });
  }

  /** Reads from the chain, and tries again for as long as there is no connection. */
  async read<T>(look: () => Promise<T>): Promise<T> {
    for (;;) {
      this.signal.throwIfAborted();
      try {
        return await look();
      } catch (error) {
        if (!isNamed(error, 'ChainUnavailable')) throw error;
        this.trouble('reading from the chain', error);
        await this.ports.clock.sleep(1_000, this.signal);
      }
    }
  }

  async agreement(): Promise<Agreement> {
    const agreement = await this.read(() => this.ports.chain.agreement(this.id));
    if (agreement === null) throw new UnknownAgreement(unknownAgreement(this.id));
    return agreement;
  }

  /** Keeps {@link heads} up to date until the signal aborts. */
  async follow(): Promise<void> {
    for await (const heads of this.ports.chain.heads(this.signal)) {
      if (this.heads === null) this.begunIn = heads.best.number;
      this.heads = heads;
      this.pulse.beat();
    }
    this.signal.throwIfAborted();
    throw new Error('The chain stopped telling about its blocks.');
  }

  #report({ label, input, index }: Entry, stage: Stage, at: number): void {
    if (index !== null) this.#onEvent?.({ event: 'stage', label, input, index, stage, at });
  }
}

export function unknownAgreement(id: number): string {
  return `There is no agreement ${id}, or it ended so long ago that the chain has removed it.`;
}
