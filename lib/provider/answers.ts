/**
 * Sends certain answers to the chain. While a transaction of an agreement is on its way, its further answers collect, and
 * go together in the next one; so a quiet agreement answers at once, and a busy one in batches.
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

export interface AnswersOptions {
  readonly chain: Pick<Chain, 'account'>;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly tasks: Tasks;
  readonly trouble: Trouble;
  readonly signal: AbortSignal;
}

interface Queue {
  readonly waiting: Set<Item>;
  /** Transactions that are on their way. */
  underway: number;
}

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
  #isFlushing = false;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Takes an answer to send: it is certain, and in the journal. */
  add(item: Item): void {
    item.phase = 'answerable';
    this.#queueOf(item.agreement.id).waiting.add(item);
    this.flush();
  }

  /** Takes an answer back that has not been sent. */
  remove(item: Item): void {
    this.#queues.get(item.agreement.id)?.waiting.delete(item);
  }

  head(best: number, rules: Rules): void {
    this.#best = best;
    this.#maxBatch = rules.maxBatch;
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
        this.#send(queue);
        if (queue.waiting.size === 0 && queue.underway === 0) this.#queues.delete(agreement);
      }
    });
  }

  #queueOf(agreement: number): Queue {
    const queue = this.#queues.get(agreement) ?? { waiting: new Set(), underway: 0 };
    this.#queues.set(agreement, queue);
    return queue;
  }

  #send(queue: Queue): void {
    const sendable = [...queue.waiting]
      .filter((item) => canAnswer(item.deadlineBlock, this.#best))
      .sort((a, b) => a.index - b.index);
    for (const item of sendable.filter(({ goesAlone }) => goesAlone)) this.#submit(queue, [item]);
    const together = sendable.filter(({ goesAlone }) => !goesAlone);
    // One answer that comes too late fails its whole transaction, so those with time do not travel with those without.
    const urgent = together.filter((item) => isUrgent(item.deadlineBlock, this.#best));
    for (const batch of batches(urgent, this.#maxBatch)) this.#submit(queue, batch);
    const patient = together.filter((item) => !isUrgent(item.deadlineBlock, this.#best));
    for (const batch of batches(patient, this.#maxBatch)) {
      if (queue.underway > 0 && batch.length < this.#maxBatch) break;
      this.#submit(queue, batch);
    }
  }

  #submit(queue: Queue, items: readonly Item[]): void {
    const { chain, clock, recorder, signal, tasks } = this.#options;
    const [first] = items;
    if (first === undefined) return;
    for (const item of items) {
      queue.waiting.delete(item);
      item.phase = 'sending';
    }
    queue.underway += 1;
    const where = `answers of agreement ${first.agreement.id}`;
    const calls = callsOf(items, this.#maxBatch);
    tasks.run(where, async () => {
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
        if (!signal.aborted) this.#failed(items, toError(thrown), where);
      } finally {
        queue.underway -= 1;
        this.flush();
      }
    });
  }

  /** What became of the answers is to be read from the chain; {@link Item.block} says from which block on that counts. */
  #failed(items: readonly Item[], error: Error, where: string): void {
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
    if (!isHarmless) this.#options.trouble(where, error);
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
