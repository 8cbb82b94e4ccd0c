/** Sending and collecting in one agreement, in one tab at a time, without any view. */
import {
  forget,
  infer,
  isNamed,
  openAgreement,
  resume,
  UnknownAgreement,
  type Ports,
  type ResumeOptions,
} from '../consumer/index.ts';
import type { SentRequest } from '../consumer/ports.ts';
import { keyName } from '../consumer/keys.ts';
import type { InferenceEvent, InferenceResult, Input, NotSent } from '../consumer/types.ts';
import { frame } from '../inference/message.ts';
import { encodeRequest } from '../inference/open-inference.ts';
import { validateOneInference } from '../inference/validate.ts';
import type { Agreement } from '../market/types.ts';
import { BusyElsewhere, NotKept } from './errors.ts';
import { isOpen, type History } from './history.ts';
import type { Locks } from './locks.ts';
import { Value } from './observable.ts';
import { problemOf } from './problem.ts';
import { fieldsOf, type ResultContext } from './results.ts';
import type { InferenceInfo, SendingStatus, SendInput } from './types.ts';

/** What the work needs. */
export interface Surroundings {
  readonly history: History;
  readonly locks: Locks;
  /** The lock of an agreement. */
  readonly lockName: (agreement: number) => Promise<string>;
  /**
   * What buying needs, once chain and Dx are there.
   *
   * @param agreement in which is sent; with `signs: false` nothing can be signed. Without it, only to read.
   */
  readonly ports: (agreement: Agreement | null, signs: boolean, signal: AbortSignal) => Promise<Ports>;
  /** Whether requests in this agreement are signed without asking anybody. */
  readonly asksNobody: (agreement: Agreement) => Promise<boolean>;
  /** What is needed to show results of a model's version; `null` when the chain has removed it. */
  readonly resultContext: (ports: Ports, model: number, version: number) => Promise<ResultContext | null>;
}

/** A lock that is taken for longer than this belongs to a tab that works. */
const lockPatienceMs = 1_000;

const idle: SendingStatus = { isWorking: false, isElsewhere: false, trouble: null, problem: null };

export class AgreementWork {
  readonly status = new Value<SendingStatus>(idle);
  readonly #id: number;
  readonly #around: Surroundings;
  readonly #closing: AbortSignal;
  /** What is on its way in this tab, by the inference's id. */
  readonly #busy = new Set<string>();
  #stopping = new AbortController();
  #holders = 0;
  #lock: Promise<(() => void) | null> | null = null;
  #context: Promise<ResultContext | null> | null = null;
  #sequence = 0;
  #preparing: Promise<void> = Promise.resolve();
  #isWatching = false;

  /** @param closing ends the work when the session is over */
  constructor(id: number, around: Surroundings, closing: AbortSignal) {
    this.#id = id;
    this.#around = around;
    this.#closing = closing;
  }

  /** See `Purchases.send`. */
  async send(inputs: readonly SendInput[]): Promise<void> {
    const framed = inputs.map(({ label, thumbnail = null, request }) => ({
      ...{ label, thumbnail, bytes: frame(encodeRequest(request)) },
    }));
    await this.#sendFramed(framed, ({ description }) => {
      // The chain would take it, the provider would not, and the fee would be lost.
      for (const { request } of inputs) validateOneInference(description, request);
    });
  }

  /** See `Purchases.sendAgain`. */
  async sendAgain(id: string): Promise<void> {
    const info = (await this.#around.history.loaded(this.#id)).find((known) => known.id === id);
    const bytes = info === undefined ? null : await this.#around.history.request(info);
    if (info !== undefined && isOpen(info)) {
      // It may be written down for a place already, and a second one would be paid as well.
      await this.resume('anybody');
      return;
    }
    if (info === undefined || bytes === null) {
      throw new NotKept('The request of this inference is not kept in this browser. Choose its image again.');
    }
    await this.#sendFramed([{ label: info.label, thumbnail: info.thumbnail, bytes }]);
  }

  /**
   * Collects what is registered and has no result yet, and sends what was not: what has a place in the agreement for this
   * place only, so that it cannot be paid twice, whatever became of a transaction from before.
   *
   * @param who may be asked to sign for that; with `nobody`, and where somebody has to, nothing is sent
   * @throws {BusyElsewhere} when another tab does; what opening the agreement throws
   */
  async resume(who: 'anybody' | 'nobody'): Promise<void> {
    const { history } = this.#around;
    const signal = this.#signal;
    const opened = await this.#open(who, signal);
    await this.#inTurn(async () => {
      const infos = await history.readAgain(this.#id);
      if (opened === null) {
        await this.#markRemoved(infos);
        return;
      }
      const { ports, signs } = opened;
      const rows = await this.#written(ports, infos);
      const written = new Set(rows.map(({ label }) => label));
      await this.#addUnknown(rows, infos);
      const waiting = infos.filter((info) => isOpen(info) && !this.#busy.has(info.id) && !written.has(info.id));
      const sendable = await this.#withRequests(waiting);
      if (!signs) await Promise.all(sendable.map(({ info }) => history.change(this.#id, info.id, { state: 'paused' })));
      this.#goOn(ports, written, signs ? { inputs: inputsOf(sendable), again: this.#requestOf } : {}, signal);
    });
  }

  /** Stops; what is registered is collected by the next {@link resume}. */
  stop(): void {
    this.#stopping.abort(new Error('Sending was stopped.'));
    this.#stopping = new AbortController();
  }

  /** Shows whether another tab works on it, and goes on with collecting when that has ended. */
  async watchOthers(): Promise<void> {
    if (this.#isWatching || this.#holders > 0) return;
    this.#isWatching = true;
    try {
      const { locks, history } = this.#around;
      const name = await this.#around.lockName(this.#id);
      if (this.#holders > 0 || !(await locks.isTaken(name))) return;
      this.status.patch({ isElsewhere: true });
      await locks.untilFree(name, this.#closing);
      this.status.patch({ isElsewhere: false });
      await history.refresh();
      if ((await history.loaded(this.#id)).some(isOpen)) await this.resume('nobody');
    } catch (error) {
      // Another tab was faster, or the session is over.
      if (!this.#closing.aborted && !isNamed(error, 'BusyElsewhere')) this.status.patch({ problem: problemOf(error) });
    } finally {
      this.#isWatching = false;
    }
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([this.#closing, this.#stopping.signal]);
  }

  async #sendFramed(
    inputs: readonly FramedInput[],
    check: (context: ResultContext) => void = () => undefined,
  ): Promise<void> {
    const signal = this.#signal;
    const opened = await this.#open('anybody', signal);
    if (opened === null) {
      throw new UnknownAgreement(
        `There is no agreement ${this.#id}, or it ended so long ago that the chain has removed it.`,
      );
    }
    const { ports } = opened;
    // Without the key, results could never be read.
    await openAgreement(ports, this.#id);
    const context = await this.#context;
    if (context !== null) check(context);
    await this.#inTurn(async () => {
      const createdAtMs = ports.clock.now();
      const added = inputs.map(({ label, thumbnail, bytes }) => ({
        info: { ...newInference(this.#id, this.#newId(createdAtMs), label, createdAtMs), thumbnail },
        bytes,
      }));
      await this.#around.history.add(
        this.#id,
        added.map(({ info, bytes }) => ({ info, request: bytes })),
      );
      this.#start(ports, added, signal);
    });
  }

  /** What buying needs, with whoever sends in the agreement; `null` when the chain has removed the agreement. */
  async #open(
    who: 'anybody' | 'nobody',
    signal: AbortSignal,
  ): Promise<{ readonly ports: Ports; readonly signs: boolean } | null> {
    const reading = await this.#around.ports(null, false, signal);
    const agreement = await reading.chain.agreement(this.#id);
    if (agreement === null) return null;
    if (await this.#around.history.bind(this.#id, keyName(agreement.consumerKey))) {
      await reading.store.forgetSent(await reading.store.sent(this.#id));
    }
    this.#context ??= this.#around
      .resultContext(reading, agreement.model, agreement.version)
      .catch(() => (this.#context = null));
    const signs = who === 'anybody' || (await this.#around.asksNobody(agreement));
    return { ports: await this.#around.ports(agreement, signs, signal), signs };
  }

  #start(
    ports: Ports,
    entries: readonly { readonly info: InferenceInfo; readonly bytes: Uint8Array }[],
    signal: AbortSignal,
  ) {
    if (entries.length === 0) return;
    const inputs = inputsOf(entries);
    const ids = inputs.map(({ label }) => label);
    const onEvent = (event: InferenceEvent) => this.#hear(event);
    void this.#run(ports, ids, infer(ports, this.#id, inputs, { keep: true, onEvent, signal }));
  }

  /** Goes on with what is written down under these labels, and sends further inputs after it. */
  #goOn(
    ports: Ports,
    labels: ReadonlySet<string>,
    sending: Pick<ResumeOptions, 'again' | 'inputs'>,
    signal: AbortSignal,
  ): void {
    const ids = [...labels, ...(sending.inputs ?? []).map(({ label }) => label)];
    if (ids.length === 0) return;
    const store = {
      ...ports.store,
      // What is on its way already is not collected twice.
      sent: async (agreement: number) => (await ports.store.sent(agreement)).filter(({ label }) => labels.has(label)),
    };
    const onEvent = (event: InferenceEvent) => this.#hear(event);
    void this.#run(ports, ids, resume({ ...ports, store }, this.#id, { ...sending, keep: true, onEvent, signal }));
  }

  /** The bytes of a request by its label, which is the inference's id. */
  readonly #requestOf = (label: string): Promise<Uint8Array | null> =>
    this.#around.history.request({ agreement: this.#id, id: label });

  /** What is written down, but for what is on its way already. */
  async #written({ store }: Ports, infos: readonly InferenceInfo[]): Promise<readonly SentRequest[]> {
    // Somebody was told that it was not sent, and may have sent it once more.
    const given = new Set(infos.filter(({ state }) => state === 'notSent').map(({ id }) => id));
    const rows = await store.sent(this.#id);
    await store.forgetSent(rows.filter(({ label }) => given.has(label)));
    return rows.filter(({ label }) => !given.has(label) && !this.#busy.has(label));
  }

  async #run(ports: Ports, ids: readonly string[], results: AsyncIterable<InferenceResult>): Promise<void> {
    const { history } = this.#around;
    for (const id of ids) {
      this.#busy.add(id);
      void history.change(this.#id, id, { state: 'working', explanation: null });
    }
    await this.#enter();
    this.status.patch({ isWorking: true, problem: null });
    try {
      for await (const result of results) {
        const context = await (this.#context ?? null);
        const forgetRequest = result.state === 'answered';
        const fields = isUnsettled(result)
          ? ({ state: 'paused', explanation: result.explanation } as const)
          : fieldsOf(result, context);
        await history.change(this.#id, result.label, fields, { forgetRequest });
        await forget(ports, this.#id, [result]);
        this.#busy.delete(result.label);
      }
    } catch (error) {
      if (!this.#closing.aborted && !isStopped(error)) this.status.patch({ problem: problemOf(error) });
    } finally {
      const list = history.list(this.#id).get();
      for (const id of ids) {
        this.#busy.delete(id);
        if (this.#closing.aborted || list.find((info) => info.id === id)?.state !== 'working') continue;
        await history.change(this.#id, id, { state: 'paused' });
      }
      await this.#leave();
    }
  }

  #hear(event: InferenceEvent): void {
    if (event.event === 'trouble') {
      this.status.patch({ trouble: problemOf(event.error) });
      return;
    }
    if (this.status.get().trouble !== null) this.status.patch({ trouble: null });
    const { label, index, stage, at } = event;
    const info = this.#around.history
      .list(this.#id)
      .get()
      .find(({ id }) => id === label);
    if (info?.state !== 'working') return;
    // What is found on chain after a reload got there before.
    const times = { ...info.times, [stage]: info.times[stage] ?? at };
    void this.#around.history.change(this.#id, label, { stage, index, times });
  }

  /** Requests that were sent from a place whose history is not here, such as one that an import brought. */
  async #addUnknown(rows: readonly SentRequest[], infos: readonly InferenceInfo[]): Promise<void> {
    const known = new Set(infos.map(({ id }) => id));
    const unknown = rows.filter(({ label }) => !known.has(label));
    if (unknown.length === 0) return;
    await this.#around.history.add(
      this.#id,
      unknown.map(({ label, sentAt, index }) => ({
        info: { ...newInference(this.#id, label, `Inference ${index}`, sentAt), index, stage: 'requested' },
        request: null,
      })),
    );
  }

  async #withRequests(infos: readonly InferenceInfo[]) {
    const { history } = this.#around;
    const found: { readonly info: InferenceInfo; readonly bytes: Uint8Array }[] = [];
    // Oldest first, as they were sent.
    for (const info of infos.toReversed()) {
      const bytes = await history.request(info);
      if (bytes !== null) found.push({ info, bytes });
      else {
        const explanation = 'It was not sent, and its request is not kept here. Choose its image again.';
        await history.change(this.#id, info.id, { state: 'notSent', explanation });
      }
    }
    return found;
  }

  async #markRemoved(infos: readonly InferenceInfo[]): Promise<void> {
    const explanation = 'The agreement ended so long ago that the chain has removed it.';
    for (const info of infos.filter(isOpen)) {
      await this.#around.history.change(this.#id, info.id, { state: 'removed', explanation });
    }
  }

  /**
   * Does something while this tab has the agreement for itself, and after whatever else prepares something here: what is
   * taken for waiting must not be taken twice, because it would be paid twice.
   *
   * @throws {BusyElsewhere} when another tab works on the agreement
   */
  async #inTurn(prepare: () => Promise<void>): Promise<void> {
    const turn = this.#preparing.then(async () => {
      await this.#enter();
      try {
        await prepare();
      } finally {
        await this.#leave();
      }
    });
    this.#preparing = turn.catch(() => undefined);
    await turn;
  }

  async #enter(): Promise<void> {
    this.#holders += 1;
    this.#lock ??= this.#takeLock();
    if ((await this.#lock) !== null) return;
    this.#holders -= 1;
    this.#lock = null;
    void this.watchOthers();
    throw new BusyElsewhere('Another tab of this browser sends in this agreement. Go on there, or close that tab.');
  }

  async #takeLock(): Promise<(() => void) | null> {
    const { locks } = this.#around;
    const name = await this.#around.lockName(this.#id);
    const taken = await locks.take(name);
    if (taken !== null) return taken;
    // Another tab may only be looking whether there is anything to do.
    await locks
      .untilFree(name, AbortSignal.any([this.#closing, AbortSignal.timeout(lockPatienceMs)]))
      .catch(() => undefined);
    return locks.take(name);
  }

  async #leave(): Promise<void> {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    const lock = this.#lock;
    this.#lock = null;
    this.status.patch({ isWorking: false, trouble: null });
    (await lock)?.();
  }

  #newId(createdAtMs: number): string {
    this.#sequence += 1;
    const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const parts = [createdAtMs.toString(36), String(this.#sequence).padStart(6, '0'), random.toString(36)];
    return parts.join('-');
  }
}

interface FramedInput {
  readonly label: string;
  readonly thumbnail: Blob | null;
  readonly bytes: Uint8Array;
}

function newInference(agreement: number, id: string, label: string, createdAtMs: number): InferenceInfo {
  return {
    ...{ id, agreement, label, createdAtMs, state: 'working', stage: 'queued', times: {}, index: null, payload: null },
    ...{ thumbnail: null, classes: null, response: null, paid: 0n, refunded: 0n, block: null, explanation: null },
  };
}

/** The id stands for the label, so that results find their inference after a reload too. */
function inputsOf(entries: readonly { readonly info: InferenceInfo; readonly bytes: Uint8Array }[]): readonly Input[] {
  return entries.map(({ info, bytes }) => ({ label: info.id, request: bytes }));
}

/** Whether it is not on chain and can still get there: whoever goes on sends it for the place that it has. */
function isUnsettled(result: InferenceResult): result is NotSent & { readonly final: false } {
  return result.state === 'notSent' && !result.final;
}

function isStopped(error: unknown): boolean {
  return error instanceof Error && error.message === 'Sending was stopped.';
}
