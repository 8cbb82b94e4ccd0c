/** Follows the requests of all agreements: takes on new ones, sees that each gets one answer, and what became of it. */
import type { Address, Agreement, Request, Rules } from '../market/types.ts';
import { Answers } from './answers.ts';
import { toError } from './clock.ts';
import { canAnswer, deadlineOf } from './deadlines.ts';
import { NotAllowed } from './errors.ts';
import { answerOf, keyOf, type Item } from './item.ts';
import { itemOf, noteMissed, noteOutcome, noteOutcomes, unfinished } from './outcomes.ts';
import { Pipeline, type PipelineOptions } from './pipeline.ts';
import type { Chain, Journal } from './ports.ts';
import { pendingOf, readRequests, type Snapshot } from './snapshot.ts';
import type { EngineEvent, Settings } from './types.ts';

interface ExecutionsOptions extends Omit<PipelineOptions, 'answerable'> {
  readonly chain: Chain;
  readonly account: Address;
  readonly journal: Journal;
  readonly emit: (event: EngineEvent) => void;
}

/** An agreement that is followed. */
interface Followed {
  agreement: Agreement;
  /** All requests before this index have an outcome. */
  floor: number;
  /** The counts on which `requests` was read. */
  readAt: string;
  requests: readonly Request[];
  /** What the journal remembers of requests that have their outcome has been looked at. */
  isRestored: boolean;
  readonly items: Map<string, Item>;
}

/** A page of requests, as the chain stores them. */
const CHAIN_PAGE = 32;
/** An included answer that the state does not have is sent again after so many blocks: the chain went back a few. */
const GONE_BLOCKS = 2;

export class Executions {
  readonly #options: ExecutionsOptions;
  readonly #pipeline: Pipeline;
  readonly #answers: Answers;
  readonly #followed = new Map<number, Followed>();
  readonly #refused = new Set<number>();
  #isFirst = true;
  #isDraining = false;

  constructor(options: ExecutionsOptions) {
    this.#options = options;
    this.#answers = new Answers({ ...options, isComing: (agreement) => this.#pipeline.isComing(agreement) });
    this.#pipeline = new Pipeline({ ...options, answerable: (item) => this.#answers.add(item) });
  }

  /** Brings everything in line with a state of the chain. @throws {ChainUnavailable} */
  async sync(snapshot: Snapshot, settings: Settings): Promise<void> {
    const { block, rules } = snapshot;
    this.#answers.head(block.number, rules);
    this.#pipeline.head(block.number, rules);
    const active = new Map(snapshot.agreements.map((agreement) => [agreement.id, agreement]));
    await this.#endOthers(active, snapshot);
    for (const agreement of active.values()) this.#follow(agreement, rules);
    this.#isFirst = false;
    if (settings.dryRun) {
      this.dropAll();
      return;
    }
    const mine = [...this.#followed.values()].filter(({ agreement }) => this.#mayAnswer(agreement));
    await Promise.all(mine.map((followed) => this.#tryToRead(followed, snapshot)));
    for (const followed of mine) await this.#compare(followed, block.number);
    this.#miss(block.number);
    this.#pipeline.giveUp();
  }

  /** Finds out what became of requests that an earlier run of the engine did not follow to their end. */
  async recover(snapshot: Snapshot): Promise<void> {
    const { journal, chain, recorder, trouble } = this.#options;
    await noteOutcomes(await unfinished(journal, chain, snapshot), chain, snapshot, recorder, trouble);
  }

  /** Whether this account may answer for an agreement. */
  canAnswerFor(agreement: Agreement): boolean {
    const signer = this.#options.chain.account.address;
    return signer === agreement.provider || signer === agreement.responder;
  }

  /** Something may be possible that was not: a model is ready. */
  pump(): void {
    this.#pipeline.pump();
  }

  /** Begins no execution any more; what is being executed is still answered. */
  drain(): void {
    this.#isDraining = true;
    this.#pipeline.drain();
  }

  /** Whether something is executed, or an answer on its way. */
  isBusy(): boolean {
    return this.#pipeline.isBusy() || this.#answers.isBusy();
  }

  #follow(agreement: Agreement, rules: Rules): void {
    const followed = this.#followed.get(agreement.id);
    if (followed !== undefined) {
      followed.agreement = agreement;
      for (const item of followed.items.values()) item.agreement = agreement;
      return;
    }
    // The chain lets nobody request further than this from the oldest page with a request that is open.
    const window = 2 * rules.maxInFlight + 2 * CHAIN_PAGE;
    const floor = Math.max(0, agreement.counts.requested - window);
    this.#followed.set(agreement.id, {
      agreement,
      floor,
      readAt: '',
      requests: [],
      isRestored: false,
      items: new Map(),
    });
    if (!this.#isFirst) this.#options.emit({ event: 'agreementOpened', agreement });
  }

  async #endOthers(active: ReadonlyMap<number, Agreement>, snapshot: Snapshot): Promise<void> {
    const { chain, recorder, trouble } = this.#options;
    for (const [id, { agreement, items }] of this.#followed) {
      if (active.has(id)) continue;
      // The last answer ends an agreement, and its transaction may not have told yet.
      const over = [...items.values()].filter(({ phase }) => phase !== 'sending');
      for (const item of over) {
        this.#drop(item, 'The agreement has ended.');
        items.delete(keyOf(id, item.index));
      }
      await noteOutcomes(over, chain, snapshot, recorder, trouble);
      if (items.size > 0) continue;
      this.#followed.delete(id);
      this.#refused.delete(id);
      const ended = (await chain.agreement(id, snapshot.block.hash)) ?? agreement;
      this.#options.emit({ event: 'agreementEnded', agreement: ended });
    }
  }

  #mayAnswer(agreement: Agreement): boolean {
    if (this.canAnswerFor(agreement)) return true;
    if (!this.#refused.has(agreement.id)) {
      this.#refused.add(agreement.id);
      const signer = this.#options.chain.account.address;
      const what = `${signer} may not answer for agreement ${agreement.id}. Let the provider call "replaceOperator" for it.`;
      this.#options.trouble('answering', new NotAllowed(what), { order: agreement.order, agreement: agreement.id });
    }
    return false;
  }

  /** What cannot be read now is read with the next block; what is known goes on. */
  async #tryToRead(followed: Followed, snapshot: Snapshot): Promise<void> {
    try {
      await this.#read(followed, snapshot);
    } catch (thrown) {
      const { id, order } = followed.agreement;
      this.#options.trouble('reading requests', toError(thrown), { order, agreement: id });
    }
  }

  async #read(followed: Followed, { block }: Snapshot): Promise<void> {
    const { agreement } = followed;
    const readAt = JSON.stringify(agreement.counts);
    // Outcomes do not change without the counts.
    if (followed.readAt === readAt) return;
    const pending = pendingOf(agreement);
    if (pending === 0 && followed.items.size === 0 && followed.isRestored) {
      followed.requests = [];
      followed.readAt = readAt;
      return;
    }
    let requests = await readRequests(this.#options.chain, agreement, followed.floor, block.hash);
    if (count(requests) < pending && followed.floor > 0) {
      // The chain went back some blocks, and answers are gone again.
      requests = await readRequests(this.#options.chain, agreement, 0, block.hash);
    }
    followed.requests = requests;
    followed.readAt = readAt;
    const tracked = [...followed.items.values()].map(({ index }) => index);
    followed.floor = Math.min(requests.find(isPending)?.index ?? agreement.counts.requested, ...tracked);
  }

  async #compare(followed: Followed, best: number): Promise<void> {
    const { agreement, requests, items } = followed;
    const { recorder, trouble, journal } = this.#options;
    const present = new Set<string>();
    for (const request of requests) {
      const key = keyOf(agreement.id, request.index);
      present.add(key);
      let item = items.get(key);
      if (item !== undefined && item.payload !== request.payload) {
        this.#drop(item, 'The chain has another request in its place.');
        items.delete(key);
        item = undefined;
      }
      if (isPending(request)) {
        if (item !== undefined) {
          item.deadlineBlock = deadlineOf(agreement, request);
          this.#resend(item, best);
        } else if (!this.#isDraining) {
          const remembered = await journal.execution(agreement.id, request.index);
          this.#take(itemOf(agreement, request, deadlineOf(agreement, request), remembered), items, best);
        }
      } else if (item !== undefined && item.phase !== 'sending') {
        this.#drop(item, 'The request has its outcome.');
        items.delete(key);
        noteOutcome(item, request.outcome, recorder, trouble);
      } else if (item === undefined && !followed.isRestored) {
        await this.#noteOld(agreement, request);
      }
    }
    followed.isRestored = true;
    for (const [key, item] of items) {
      if (present.has(key) || item.phase === 'sending') continue;
      this.#drop(item, 'The chain does not have the request any more.');
      items.delete(key);
    }
  }

  /** An outcome that came while the engine did not run. */
  async #noteOld(agreement: Agreement, request: Request): Promise<void> {
    const { journal, recorder, trouble } = this.#options;
    const remembered = await journal.execution(agreement.id, request.index);
    if (remembered?.payload !== request.payload) return;
    if (remembered.stage === 'missed' || remembered.times.answered !== undefined) return;
    const item = itemOf(agreement, request, deadlineOf(agreement, request), remembered);
    noteOutcome(item, request.outcome, recorder, trouble);
  }

  #take(item: Item, items: Map<string, Item>, best: number): void {
    items.set(keyOf(item.agreement.id, item.index), item);
    if (!canAnswer(item.deadlineBlock, best)) return;
    if (answerOf(item) !== null) this.#answers.add(item);
    else {
      this.#options.recorder.reach(item, 'seen');
      this.#pipeline.add(item);
    }
  }

  /** Sends an answer again that the chain should have by now, and has not. */
  #resend(item: Item, best: number): void {
    const isGone = item.phase === 'sent' && best >= item.block + GONE_BLOCKS;
    const isLost = item.phase === 'lost' && best >= item.block;
    if (isGone || isLost) this.#answers.add(item);
  }

  /** Gives up what no answer can be in time for any more. */
  #miss(best: number): void {
    for (const { items } of this.#followed.values()) {
      for (const item of items.values()) {
        if (canAnswer(item.deadlineBlock, best) || ['sending', 'sent', 'lost', 'over'].includes(item.phase)) continue;
        this.#drop(item, 'The deadline has passed.');
        noteMissed(
          item,
          `Block ${item.deadlineBlock} was too near for an answer at block ${best}.`,
          this.#options.recorder,
        );
      }
    }
  }

  #drop(item: Item, why: string): void {
    this.#answers.remove(item);
    this.#pipeline.drop(item, why);
  }

  /** Aborts everything that is not on its way to the chain. */
  dropAll(): void {
    for (const { items } of this.#followed.values()) {
      for (const [key, item] of items) {
        if (item.phase === 'sending') continue;
        this.#drop(item, 'The engine does not execute any more.');
        items.delete(key);
      }
    }
  }
}

function isPending({ outcome }: Request): boolean {
  return outcome.state === 'pending';
}

function count(requests: readonly Request[]): number {
  return requests.filter(isPending).length;
}
