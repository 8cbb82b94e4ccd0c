/**
 * Sends certain answers to the chain. An answer after which no other is about to come is sent at once. While others are,
 * it waits a little for them, because a transaction with many answers costs little more than one with a single answer;
 * but never so long that it would miss a block, so a burst of requests is answered in one block.
 */
import type { Call } from '../market/chain.ts';
import type { Rules } from '../market/types.ts';
import { SUBMIT_MS } from './announcer.ts';
import { toError } from './clock.ts';
import { canAnswer, isUrgent } from './deadlines.ts';
import { answerOf, type Item } from './item.ts';
import type { Chain, Clock } from './ports.ts';
import type { Recorder } from './recorder.ts';
import { within, type Tasks, type Trouble } from './tasks.ts';
import type { About } from './types.ts';

export interface AnswersOptions {
  readonly chain: Pick<Chain, 'account'>;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly tasks: Tasks;
  readonly trouble: Trouble;
  readonly signal: AbortSignal;
  /** Whether further answers of an agreement may soon be certain. */
  readonly isComing: (agreement: number) => boolean;
}

interface Queue {
  readonly waiting: Set<Item>;
  /** When the oldest of them began to wait, in milliseconds since 1970. */
  since: number;
  /** The time at which it is looked at again, if there is one. */
  dueAt: number | null;
  /** Transactions that are on their way. */
  underway: number;
}

/**
 * So long an answer waits for others that are coming, as parts of a block's time: for the first transaction of an
 * agreement into the next block, and for further ones into the same block.
 */
const WAIT = { first: 0.1, further: 0.5 } as const;

/** What the chain says when an answer came too late or twice: the state tells the rest. */
const harmless = ['AlreadyAnswered', 'DeadlinePassed', 'AgreementEnded', 'UnknownAgreement'];
/** A lost transaction may still get in, so its answers are sent again only after so many blocks. */
const LOST_BLOCKS = 2;
/** An answer that is refused for no reason that time heals is tried again after at most so many blocks. */
const MOST_BLOCKS = 32;

export class Answers {
  readonly #options: AnswersOptions;
  readonly #queues = new Map<number, Queue>();
  #best = 0;
  #maxBatch = 1;
  #blockTimeMs = 0;
  #isFlushing = false;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Takes an answer to send: it is certain, and in the journal. */
  add(item: Item): void {
    item.phase = 'answerable';
    const queue = this.#queueOf(item.agreement.id);
    if (queue.waiting.size === 0) queue.since = this.#options.clock.now();
    queue.waiting.add(item);
    this.flush();
  }

  /** Takes an answer back that has not been sent. */
  remove(item: Item): void {
    this.#queues.get(item.agreement.id)?.waiting.delete(item);
  }

  head(best: number, rules: Rules): void {
    this.#best = best;
    this.#maxBatch = rules.maxBatch;
    this.#blockTimeMs = rules.blockTimeMs;
    this.flush();
  }

  /** Whether answers are on their way, or could be sent. */
  isBusy(): boolean {
    return [...this.#queues.values()].some(({ waiting, underway }) => waiting.size > 0 || underway > 0);
  }

  /** Sends what can be sent, once what happens now is over. */
  flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      if (this.#options.signal.aborted) return;
      for (const [agreement, queue] of this.#queues) {
        this.#send(agreement, queue);
        if (queue.waiting.size === 0 && queue.underway === 0) this.#queues.delete(agreement);
      }
    });
  }

  #queueOf(agreement: number): Queue {
    const queue = this.#queues.get(agreement) ?? { waiting: new Set(), since: 0, dueAt: null, underway: 0 };
    this.#queues.set(agreement, queue);
    return queue;
  }

  #send(agreement: number, queue: Queue): void {
    const sendable = [...queue.waiting]
      .filter((item) => canAnswer(item.deadlineBlock, this.#best))
      .sort((a, b) => a.index - b.index);
    for (const item of sendable.filter(({ goesAlone }) => goesAlone)) this.#submit(queue, [item]);
    const together = sendable.filter(({ goesAlone }) => !goesAlone);
    // One answer that comes too late fails its whole transaction, so those with time do not travel with those without.
    const urgent = together.filter((item) => isUrgent(item.deadlineBlock, this.#best));
    for (const batch of batches(urgent, this.#maxBatch)) this.#submit(queue, batch);
    const patient = together.filter((item) => !isUrgent(item.deadlineBlock, this.#best));
    const all = batches(patient, this.#maxBatch);
    const isWhole = all.at(-1)?.length === this.#maxBatch || !this.#mustWait(agreement, queue, patient.length);
    for (const batch of isWhole ? all : all.slice(0, -1)) this.#submit(queue, batch);
  }

  /** Whether the last answers of an agreement are to wait for others; if so they are looked at again in time. */
  #mustWait(agreement: number, queue: Queue, answers: number): boolean {
    const { clock, isComing, signal, tasks } = this.#options;
    if (answers === 0 || !isComing(agreement)) return false;
    const now = clock.now();
    const dueAt = queue.since + this.#blockTimeMs * (queue.underway > 0 ? WAIT.further : WAIT.first);
    if (now >= dueAt) return false;
    if (queue.dueAt === null || queue.dueAt > dueAt) {
      queue.dueAt = dueAt;
      const flushThen = async () => {
        // Rejects when the engine stops; then nothing is sent any more.
        await clock.sleep(dueAt - now, signal).catch(toError);
        if (queue.dueAt === dueAt) queue.dueAt = null;
        this.flush();
      };
      tasks.run('answering', flushThen, { agreement });
    }
    return true;
  }

  #submit(queue: Queue, items: readonly Item[]): void {
    const { chain, clock, recorder, signal, tasks } = this.#options;
    const [first] = items;
    if (first === undefined) return;
    for (const item of items) {
      queue.waiting.delete(item);
      item.phase = 'sending';
    }
    queue.since = clock.now();
    queue.underway += 1;
    const about = { order: first.agreement.order, agreement: first.agreement.id };
    const calls = callsOf(items, this.#maxBatch);
    const submit = async () => {
      try {
        const { block } = await within(clock, SUBMIT_MS, signal, 'Sending the answers', (inner) =>
          chain.account.submit(calls.length === 1 && calls[0] !== undefined ? calls[0] : calls, { signal: inner }),
        );
        for (const item of items) {
          item.phase = 'sent';
          item.block = block.number;
          if (item.failure === null) recorder.reach(item, 'answered');
          else recorder.mark(item, 'answered');
        }
      } catch (thrown) {
        if (!signal.aborted) this.#failed(items, toError(thrown), about);
      } finally {
        queue.underway -= 1;
        this.flush();
      }
    };
    tasks.run('answering', submit, about);
  }

  /** What became of the answers is to be read from the chain; {@link Item.block} says from which block on that counts. */
  #failed(items: readonly Item[], error: Error, about: About): void {
    const isRefused = error.name === 'CallFailed';
    const isHarmless = isRefused && harmless.some((name) => error.message.includes(`.${name}`));
    for (const item of items) {
      item.phase = 'lost';
      item.tries += 1;
      if (items.length > 1) {
        item.block = this.#best + 1;
        item.goesAlone ||= isRefused;
      } else if (isRefused && !isHarmless) {
        item.block = this.#best + Math.min(2 ** item.tries, MOST_BLOCKS);
      } else {
        const isPatient =
          error.name !== 'TransactionRefused' && !isRefused && !isUrgent(item.deadlineBlock, this.#best);
        item.block = this.#best + (isPatient ? LOST_BLOCKS : 1);
      }
    }
    if (!isHarmless) this.#options.trouble('answering', error, about);
  }
}

/** Cuts answers, sorted by index, into transactions of at most so many. */
function batches(items: readonly Item[], most: number): Item[][] {
  const cut: Item[][] = [];
  for (let first = 0; first < items.length; first += most) cut.push(items.slice(first, first + most));
  return cut;
}

/** One call for each run of consecutive indices. */
function callsOf(items: readonly Item[], most: number): Call[] {
  const runs: Item[][] = [];
  for (const item of items) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && item.index === last.index + 1 && run.length < most) run.push(item);
    else runs.push([item]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    if (first === undefined) return [];
    const answers = run.map(answerOf).filter((answer) => answer !== null);
    return [{ call: 'respond', agreement: first.agreement.id, first: first.index, answers } as const];
  });
}
