/** Decides about every open order, remembers what was decided, and sends the bids. */
import type { Call } from '../market/chain.ts';
import { bidOf } from '../market/bids.ts';
import type { Address, Order } from '../market/types.ts';
import { SUBMIT_MS } from './announcer.ts';
import { inFlightOfAgreement, inFlightOfOrder, type Promised } from './capacity.ts';
import { toError } from './clock.ts';
import { decide, strategyFor, workMs, type Readiness, type Situation, type Verdict } from './decide.ts';
import { HookCache } from './hook-cache.ts';
import type { Chain, Clock, Decision, Journal } from './ports.ts';
import type { Snapshot } from './snapshot.ts';
import { within, type Tasks } from './tasks.ts';
import type { EngineEvent, PriceHook, Settings } from './types.ts';

/** When it is not known whether a bid was included, it is looked for in the chain's state for so many blocks. */
const LOST_BLOCKS = 5;
/** A bid that was refused is sent again after so many blocks, unless something about the order has changed. */
const RETRY_BLOCKS = 5;
/** So many external strategies are asked at a time. */
const HOOKS_AT_A_TIME = 8;

export interface BidderOptions {
  readonly chain: Chain;
  readonly account: Address;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly hook: PriceHook;
  readonly tasks: Tasks;
  readonly emit: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly readiness: (model: number, version: number) => Readiness;
  readonly announced: (model: number) => number | null;
  /** Called when the chain refused a bid, by the error's name. */
  readonly refused: (error: Error) => void;
}

/** A bid on its way to the chain. */
interface Underway {
  readonly decision: Decision;
  readonly order: Order;
  readonly sentAt: number;
  /** The number of the block that has it; `null` while that is not known. */
  includedIn: number | null;
  /** It is not known what became of it. */
  isLost: boolean;
}

interface Failure {
  readonly price: bigint | null;
  readonly bids: string;
  readonly until: number;
}

export class Bidder {
  readonly #options: BidderOptions;
  readonly #hooks: HookCache;
  readonly #newest = new Map<number, Decision>();
  readonly #underway = new Map<number, Underway>();
  readonly #failures = new Map<number, Failure>();
  #lastAt = 0;

  constructor(options: BidderOptions) {
    this.#options = options;
    this.#hooks = new HookCache(options.hook, options.clock, options.signal);
  }

  /** The newest decision about an order. */
  newest(order: number): Decision | null {
    return this.#newest.get(order) ?? null;
  }

  /** Decides about all orders of a state, and begins to send what is to be sent. */
  async run(snapshot: Snapshot, settings: Settings): Promise<void> {
    this.#keep(new Set(snapshot.orders.map((order) => order.id)));
    for (const order of snapshot.orders) await this.#restore(order, snapshot.block.number);
    const open = snapshot.orders.filter((order) => !this.#isUnderway(order, snapshot));
    // Asked beforehand and together, because each may take long; the decisions below find the answers.
    const external = open.filter((order) => strategyFor(settings, order.model).kind === 'external');
    await eachOf(external, HOOKS_AT_A_TIME, async (order) => {
      await this.decide(order, snapshot, settings);
    });
    for (const order of open) {
      if (this.#options.signal.aborted) return;
      await this.#carryOut(order, snapshot, settings, await this.decide(order, snapshot, settings));
    }
  }

  /** Decides about an order, and does nothing about it. */
  decide(order: Order, snapshot: Snapshot, settings: Settings): Promise<Verdict> {
    return decide(this.#situation(order, snapshot, settings), (situation, strategy) =>
      this.#hooks.ask(situation, strategy),
    );
  }

  /** What is promised by agreements and bids, but for one order. */
  promises(snapshot: Snapshot, except: number | null): Promised[] {
    const { account } = this.#options;
    const agreed = snapshot.agreements.map((agreement) => ({
      what: `agreement ${agreement.id}`,
      inFlight: inFlightOfAgreement(agreement),
      responseDeadline: agreement.responseDeadline,
      workMs: workMs(this.#options.readiness(agreement.model, agreement.version)),
    }));
    const standing = snapshot.orders.filter((order) => bidOf(order, account) !== null);
    const orders = new Map([...standing, ...this.#first(snapshot)].map((order) => [order.id, order]));
    if (except !== null) orders.delete(except);
    const bids = [...orders.values()].map((order) => ({
      what: `order ${order.id}`,
      inFlight: inFlightOfOrder(order),
      responseDeadline: order.responseDeadline,
      workMs: workMs(this.#options.readiness(order.model, order.version)),
    }));
    return [...agreed, ...bids];
  }

  /** The orders of first bids that are on their way, and not in this state yet. */
  #first({ orders }: Snapshot): Order[] {
    const { account } = this.#options;
    const standing = new Set(orders.filter((order) => bidOf(order, account) !== null).map((order) => order.id));
    return [...this.#underway.values()].map(({ order }) => order).filter((order) => !standing.has(order.id));
  }

  #situation(order: Order, snapshot: Snapshot, settings: Settings): Situation {
    const { account, chain, readiness, announced } = this.#options;
    const first = this.#first(snapshot).filter((other) => other.id !== order.id);
    return {
      order,
      block: snapshot.block.number,
      rules: snapshot.rules,
      settings,
      account,
      signer: chain.account.address,
      provider: snapshot.provider,
      record: snapshot.record,
      announced: announced(order.model),
      readiness: readiness(order.model, order.version),
      promises: this.promises(snapshot, order.id),
      underway: { reserve: first.reduce((sum, { reserve }) => sum + reserve, 0n), count: first.length },
    };
  }

  #keep(orders: ReadonlySet<number>): void {
    this.#hooks.keep(orders);
    for (const map of [this.#newest, this.#failures]) {
      for (const order of map.keys()) if (!orders.has(order)) map.delete(order);
    }
    // One that is still being sent tells of its end itself.
    for (const [id, { includedIn, isLost }] of this.#underway) {
      if (!orders.has(id) && (includedIn !== null || isLost)) this.#underway.delete(id);
    }
  }

  /** Finds out what was decided before a restart. */
  async #restore(order: Order, block: number): Promise<void> {
    if (this.#newest.has(order.id)) return;
    const [decision] = await this.#options.journal.decisions({ order: order.id, limit: 1 });
    if (decision === undefined || decision.block > block) return;
    this.#newest.set(order.id, decision);
    this.#lastAt = Math.max(this.#lastAt, decision.at);
    if (decision.result !== 'pending') return;
    this.#underway.set(order.id, { decision, order, sentAt: decision.block, includedIn: null, isLost: true });
  }

  /** Whether a bid on this order has been sent that this state does not tell of yet. */
  #isUnderway(order: Order, { block }: Snapshot): boolean {
    const underway = this.#underway.get(order.id);
    if (underway === undefined) return false;
    const { decision, includedIn, isLost, sentAt } = underway;
    if (includedIn !== null && block.number >= includedIn) {
      this.#underway.delete(order.id);
      return false;
    }
    if (!isLost) return true;
    const stands = bidOf(order, this.#options.account)?.price === decision.price;
    if (!stands && block.number <= sentAt + LOST_BLOCKS) return true;
    this.#underway.delete(order.id);
    const error = stands ? null : 'TransactionLost: the bid was sent and did not get into a block.';
    const finish = () => this.#finish(decision, stands ? 'included' : 'failed', error);
    this.#options.tasks.run('bidding', finish, { order: order.id });
    return false;
  }

  async #carryOut(order: Order, { block }: Snapshot, settings: Settings, verdict: Verdict): Promise<void> {
    const last = this.#newest.get(order.id);
    const sends = (verdict.action === 'bid' || verdict.action === 'improve') && !settings.dryRun;
    const failure = this.#failures.get(order.id);
    const isSameAsFailed = failure?.price === verdict.price && failure.bids === bidsOf(order);
    if (sends && isSameAsFailed && block.number < failure.until) return;
    const isSame = last?.action === verdict.action && last.price === verdict.price && last.rule === verdict.rule;
    if (!sends && isSame && last.result === null) {
      this.#newest.set(order.id, { ...last, block: block.number, reason: verdict.reason });
      return;
    }
    const result = sends ? 'pending' : null;
    const decision = { order: order.id, at: this.#at(), block: block.number, ...verdict, result, error: null } as const;
    await this.#options.journal.saveDecision(decision);
    this.#decided(decision);
    if (sends) this.#send(order, decision);
  }

  #send(order: Order, decision: Decision): void {
    const { chain, clock, tasks, signal, refused } = this.#options;
    const { action, price, block } = decision;
    const underway: Underway = { decision, order, sentAt: block, includedIn: null, isLost: false };
    this.#underway.set(order.id, underway);
    const call: Call = {
      call: action === 'bid' ? 'placeBid' : 'improveBid',
      order: order.id,
      price: price ?? 0n,
    };
    const carryOut = async () => {
      try {
        const included = await within(clock, SUBMIT_MS, signal, 'Sending the bid', (inner) =>
          chain.account.submit(call, { signal: inner }),
        );
        underway.includedIn = included.block.number;
        await this.#finish(decision, 'included', null);
      } catch (thrown) {
        const error = toError(thrown);
        // The next run of the engine finds out what became of it.
        if (signal.aborted) return;
        if (error.name !== 'CallFailed' && error.name !== 'TransactionRefused') {
          underway.isLost = true;
          throw error;
        }
        this.#underway.delete(order.id);
        this.#failures.set(order.id, { price, bids: bidsOf(order), until: block + RETRY_BLOCKS });
        await this.#finish(decision, 'failed', `${error.name}: ${error.message}`);
        refused(error);
      }
    };
    tasks.run('bidding', carryOut, { order: order.id });
  }

  async #finish(decision: Decision, result: 'included' | 'failed', error: string | null): Promise<void> {
    const finished = { ...decision, result, error };
    await this.#options.journal.saveDecision(finished);
    this.#decided(finished);
  }

  #decided(decision: Decision): void {
    // A later decision may have been made by the time the result of this one is known.
    if ((this.#newest.get(decision.order)?.at ?? 0) <= decision.at) this.#newest.set(decision.order, decision);
    this.#options.emit({ event: 'decided', decision });
  }

  /** The time, but never the same twice, because it names a decision. */
  #at(): number {
    this.#lastAt = Math.max(this.#options.clock.now(), this.#lastAt + 1);
    return this.#lastAt;
  }
}

function bidsOf(order: Order): string {
  return order.bids.map((bid) => `${bid.provider} ${bid.price}`).join();
}

async function eachOf<Item>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items.values();
  const worker = async () => {
    for (const item of iterator) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
}
