/**
 * A market in memory with the chain's rules for orders, requests and money, for tests: blocks come by themselves, the
 * newest can be replaced, and transactions and reads can be made to fail.
 */
import { CallFailed, ChainUnavailable } from '../../market/errors.ts';
import type { At, Call, Heads, Included, MarketEvent, SubmitOptions } from '../../market/chain.ts';
import type {
  Agreement,
  Answer,
  Bid,
  ContentId,
  Hex,
  Model,
  Offer,
  Order,
  OrderRequest,
  PublicKey,
  Record,
  Request,
  Rules,
  Sale,
} from '../../market/types.ts';
import type { Chain } from '../ports.ts';

export const rules: Rules = {
  minStake: 100n,
  maxPrice: 1_000_000n,
  reserveRate: 0.2,
  penaltyRate: 0.1,
  marketFee: 0.01,
  treasury: 'treasury',
  bidStep: 0.01,
  maxBids: 4,
  maxBatch: 8,
  maxInFlight: 16,
  minResponseDeadline: 3,
  retention: 200,
  blockTimeMs: 2_000,
};

export const genesisHash: Hex = `0x${'5a'.repeat(32)}`;
export const consumer = 'consumer';

/** Where the money is; what is in escrow is still the consumer's. */
export interface Ledger {
  free: bigint;
  ordered: bigint;
  escrow: bigint;
  providers: bigint;
  owner: bigint;
  treasury: bigint;
}

interface State {
  number: number;
  orders: Map<number, Order>;
  agreements: Map<number, Agreement>;
  requests: Map<number, Request[]>;
  ledger: Ledger;
}

/** How a provider of the market behaves. */
export interface Actor {
  readonly address: string;
  readonly key: PublicKey;
  /** The price of its bid for an order, or `null` for none. */
  readonly bid: (order: Order) => bigint | null;
  /** Its answer to a request, or `null` to stay silent. */
  readonly answer: (agreement: Agreement, request: Request) => Promise<Answer | null>;
}

/**
 * How a transaction can go wrong: included at once, or ten blocks later, although its sender is told that it is lost; lost;
 * taken by no block, and nobody says so; refused with an error. One that is delayed is dropped when another transaction of
 * the account is included before, because that one has its number.
 */
type Mishap = 'includedButLost' | 'delayed' | 'lost' | 'stuck' | Error;

export class TestMarket implements Chain {
  readonly genesisHash = genesisHash;
  readonly models_ = new Map<number, Model>();
  readonly offers_: Offer[] = [];
  readonly sales = new Map<number, Sale>();
  readonly records = new Map<string, Record>();
  readonly calls: Call[] = [];
  /** What happens to the next transactions, one after the other. */
  readonly mishaps: Mishap[] = [];
  /** How many of the next reads fail. */
  unavailable = 0;
  /** Runs before each block, for tests that interfere. */
  onBlock: (market: TestMarket) => void = () => undefined;
  readonly #actors: readonly Actor[];
  readonly #history: State[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #asked = new Set<string>();
  readonly #answering = new Set<Promise<void>>();
  readonly #answers: { readonly agreement: number; readonly index: number; readonly answer: Answer }[] = [];
  #heads: ((heads: Heads) => void)[] = [];
  #state: State;
  #delayed: { readonly call: Call; readonly at: number; readonly nonce: number } | null = null;
  /** How many transactions of the account were included. */
  #nonce = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(actors: readonly Actor[], funds = 1_000_000n) {
    this.#actors = actors;
    const ledger = { free: funds, ordered: 0n, escrow: 0n, providers: 0n, owner: 0n, treasury: 0n };
    this.#state = { number: 0, orders: new Map(), agreements: new Map(), requests: new Map(), ledger };
    this.#history.push(structuredClone(this.#state));
  }

  get ledger(): Ledger {
    return this.#state.ledger;
  }

  /** Makes blocks until {@link stop}. No block comes while a provider works, so no deadline depends on the machine. */
  start(): void {
    this.#timer = setTimeout(() => {
      void Promise.allSettled(this.#answering).then(() => {
        if (this.#timer === undefined) return;
        this.block();
        this.start();
      });
    }, 0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Makes one block: what waits is carried out, then what is due. */
  block(): void {
    this.onBlock(this);
    this.#state.number += 1;
    for (const carryOut of this.#waiting.splice(0)) carryOut();
    if (this.#delayed !== null && this.#state.number >= this.#delayed.at) {
      if (this.#delayed.nonce === this.#nonce) this.#carryOut(this.#delayed.call);
      this.#delayed = null;
    }
    for (const { agreement, index, answer } of this.#answers.splice(0)) this.#respond(agreement, index, answer);
    this.#bid();
    this.#settle();
    this.#history[this.#state.number] = structuredClone(this.#state);
    this.#ask();
    this.#announce();
  }

  /** Goes back to the state of `blocks` blocks ago, under the same number: those blocks were replaced by others. */
  replace(blocks: number): void {
    const { number } = this.#state;
    const before = this.#history[number - blocks];
    if (before === undefined || blocks > 2) throw new Error('That block is final.');
    this.#state = { ...structuredClone(before), number };
    for (let n = number - blocks; n <= number; n++) this.#history[n] = structuredClone({ ...this.#state, number: n });
    // What is registered anew is a new request to its provider.
    const there = new Set([...this.#state.requests].flatMap(([id, slots]) => slots.map((slot) => nameOf(id, slot))));
    for (const name of this.#asked) if (!there.has(name)) this.#asked.delete(name);
    this.#announce();
  }

  /** Registers requests as another process of the same consumer would. */
  intrude(agreement: number, payloads: readonly ContentId[]): void {
    const requested = this.#state.agreements.get(agreement)?.counts.requested ?? 0;
    this.#carryOut({ call: 'request', agreement, first: requested, payloads });
  }

  /** Removes the settled requests of an agreement, as the chain does after their retention. */
  prune(agreement: number): void {
    for (const state of [this.#state, ...this.#history]) state.requests.set(agreement, []);
  }

  readonly account = {
    address: consumer,
    submit: async (calls: Call | readonly Call[], options: SubmitOptions = {}): Promise<Included> => {
      const [call] = 'call' in calls ? [calls] : calls;
      if (call === undefined) throw new Error('nothing to submit');
      this.calls.push(call);
      const mishap = this.mishaps.shift();
      if (mishap instanceof Error) throw mishap;
      const lost = Object.assign(new Error('The connection broke.'), { name: 'TransactionLost' });
      if (mishap === 'delayed') this.#delayed = { call, at: this.#state.number + 10, nonce: this.#nonce };
      if (mishap === 'lost' || mishap === 'delayed') throw lost;
      return new Promise((resolve, reject) => {
        options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
        if (mishap === 'stuck') return;
        this.#waiting.push(() => {
          try {
            this.#nonce += 1;
            const events = this.#carryOut(call);
            if (mishap === 'includedButLost') throw lost;
            resolve({ block: this.#block(this.#state.number), transaction: '0x00', fee: 0n, events });
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      });
    },
  };

  async *heads(signal: AbortSignal): AsyncIterable<Heads> {
    let changed: PromiseWithResolvers<void> = Promise.withResolvers();
    const listen = () => changed.resolve();
    this.#heads.push(listen);
    const abort = () => changed.reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    try {
      for (;;) {
        signal.throwIfAborted();
        yield this.#headsNow();
        await changed.promise;
        changed = Promise.withResolvers();
      }
    } finally {
      changed.promise.catch(() => undefined);
      signal.removeEventListener('abort', abort);
      this.#heads = this.#heads.filter((listener) => listener !== listen);
    }
  }

  rules = () => this.#read(() => rules);
  models = () => this.#read(() => [...this.models_.values()]);
  model = (id: number) => this.#read(() => this.models_.get(id) ?? null);
  modelVersion = (id: number, version: number) =>
    this.#read(() => {
      const newest = this.models_.get(id)?.newest;
      return newest?.version === version ? newest : null;
    });
  sale = (model: number) => this.#read(() => this.sales.get(model) ?? null);
  providers = () => this.#read(() => []);
  provider = () => this.#read(() => null);
  offers = () => this.#read(() => this.offers_);
  orders = (_?: unknown, at?: At) => this.#read(() => [...this.#at(at).orders.values()]);
  order = (id: number, at?: At) => this.#read(() => this.#at(at).orders.get(id) ?? null);
  agreement = (id: number, at?: At) => this.#read(() => this.#at(at).agreements.get(id) ?? null);
  agreementsOf = () =>
    this.#read(() =>
      [...this.#state.agreements.values()].map((agreement) => ({ role: 'consumer' as const, agreement })),
    );
  requests = (agreement: number, first: number, limit: number, at?: At) =>
    this.#read(() =>
      (this.#at(at).requests.get(agreement) ?? []).filter(({ index }) => index >= first && index < first + limit),
    );
  record = (account: string) => this.#read(() => this.records.get(account) ?? null);
  periods = () => this.#read(() => []);
  balance = () => this.#read(() => ({ free: this.ledger.free, held: [] }));

  async #read<T>(look: () => T): Promise<T> {
    await Promise.resolve();
    if (this.unavailable > 0) {
      this.unavailable -= 1;
      throw new ChainUnavailable('There is no connection to the chain.');
    }
    return structuredClone(look());
  }

  #at(at: At = 'best'): State {
    const state = at === 'finalized' ? this.#history[this.#finalized()] : this.#state;
    return state ?? this.#state;
  }

  #finalized(): number {
    return Math.max(0, this.#state.number - 2);
  }

  #block(number: number) {
    return { number, hash: `0x${number.toString(16).padStart(64, '0')}` as const };
  }

  #headsNow(): Heads {
    return { best: this.#block(this.#state.number), finalized: this.#block(this.#finalized()) };
  }

  #announce(): void {
    const heads = this.#headsNow();
    for (const listener of this.#heads) listener(heads);
  }

  #carryOut(call: Call): readonly MarketEvent[] {
    switch (call.call) {
      case 'placeOrder':
        return this.#placeOrder(call.request);
      case 'acceptBids':
        return this.#accept(call.order, call.providers);
      case 'cancelOrder':
        this.#close(call.order);
        return [];
      case 'request':
        return this.#request(call.agreement, call.first, call.payloads);
      case 'endAgreement':
        this.end(call.agreement, 'byConsumer');
        return [];
      default:
        throw new Error(`The market in memory knows no ${call.call}.`);
    }
  }

  #placeOrder(request: OrderRequest): readonly MarketEvent[] {
    const { ledger, orders, agreements, number } = this.#state;
    const held = BigInt(request.providers * request.inferences) * request.maxPrice;
    if (ledger.free < held) throw new CallFailed('marketplace.InsufficientBalance', 'Top it up.');
    ledger.free -= held;
    ledger.ordered += held;
    const id = orders.size + agreements.size;
    const bidsUntil = number + request.biddingPeriod;
    const royalty = this.models_.get(request.model)?.royalty ?? 0n;
    orders.set(id, {
      ...request,
      ...{ id, consumer, version: 0, royalty, placedAt: number, bidsUntil },
      ...{ acceptUntil: bidsUntil + request.acceptancePeriod, reserve: 0n, held, bids: [] },
    });
    return [{ event: 'orderPlaced', order: id, consumer, model: request.model }];
  }

  #bid(): void {
    for (const order of this.#state.orders.values()) {
      const bids: Bid[] = [...order.bids];
      for (const actor of this.#actors) {
        const price = actor.bid(order);
        if (price === null || bids.some(({ provider }) => provider === actor.address)) continue;
        bids.push({ provider: actor.address, price, at: this.#state.number });
      }
      bids.sort((a, b) => Number(a.price - b.price));
      this.#state.orders.set(order.id, { ...order, bids });
    }
  }

  #close(id: number): Order {
    const order = this.#state.orders.get(id);
    if (order === undefined) throw new CallFailed('marketplace.UnknownOrder', 'There is no open order.');
    this.#state.orders.delete(id);
    this.#state.ledger.ordered -= order.held;
    this.#state.ledger.free += order.held;
    return order;
  }

  #accept(id: number, providers: readonly string[]): readonly MarketEvent[] {
    const open = this.#state.orders.get(id);
    if (open !== undefined && providers.some((address) => !open.bids.some(({ provider }) => provider === address))) {
      throw new CallFailed('marketplace.UnknownBid', 'The provider has no bid in this order.');
    }
    const order = this.#close(id);
    return providers.map((provider) => {
      const price = order.bids.find((bid) => bid.provider === provider)?.price ?? 0n;
      const { ledger, agreements, requests, number } = this.#state;
      const escrow = price * BigInt(order.inferences);
      ledger.free -= escrow;
      ledger.escrow += escrow;
      const agreement = agreements.size;
      agreements.set(agreement, {
        ...{ id: agreement, order: id, model: order.model, version: 0, consumer, sender: null },
        consumerKey: order.key,
        ...{ provider, responder: null },
        providerKey: this.#actors.find(({ address }) => address === provider)?.key ?? order.key,
        ...{ price, royalty: order.royalty, fee: price / 100n, penalty: 0n, reserve: 0n, quota: order.inferences },
        ...{ maxInFlight: order.maxInFlight, responseDeadline: order.responseDeadline },
        ...{ openedAt: number, endsAt: number + order.lifetime },
        counts: { requested: 0, answered: 0, delivered: 0, consumerFaults: 0, providerFaults: 0, missed: 0 },
        state: { kind: 'active' },
        rating: null,
      });
      requests.set(agreement, []);
      const terms = { consumer, provider, quota: order.inferences, price };
      return { event: 'agreementOpened' as const, agreement, order: id, ...terms };
    });
  }

  #request(id: number, first: number, payloads: readonly ContentId[]): readonly MarketEvent[] {
    const { agreements, requests, number } = this.#state;
    const agreement = agreements.get(id);
    const refuse = (error: string): never => {
      throw new CallFailed(`execution.${error}`, 'The chain refused it.');
    };
    if (agreement === undefined) return refuse('UnknownAgreement');
    const { counts, quota, maxInFlight, endsAt, responseDeadline } = agreement;
    if (agreement.state.kind === 'ended' || number >= endsAt) refuse('AgreementEnded');
    if (payloads.length === 0 || payloads.length > rules.maxBatch) refuse('BatchTooLong');
    if (first !== counts.requested) refuse('NotTheNextIndex');
    if (counts.requested + payloads.length > quota) refuse('QuotaExceeded');
    if (pendingOf(agreement) + payloads.length > maxInFlight) refuse('TooManyInFlight');
    if (number + responseDeadline > endsAt) refuse('EndsTooSoon');
    const slots = requests.get(id) ?? [];
    payloads.forEach((payload, i) => {
      slots.push({ index: first + i, payload, requestedAt: number, outcome: { state: 'pending' } });
    });
    this.#count(agreement, { requested: counts.requested + payloads.length });
    return [];
  }

  /** Lets the providers see what is pending; each request is shown once. */
  #ask(): void {
    for (const agreement of this.#state.agreements.values()) {
      const actor = this.#actors.find(({ address }) => address === agreement.provider);
      for (const request of this.#state.requests.get(agreement.id) ?? []) {
        const name = nameOf(agreement.id, request);
        if (request.outcome.state !== 'pending' || this.#asked.has(name)) continue;
        this.#asked.add(name);
        if (actor === undefined) continue;
        const answering = actor.answer(structuredClone(agreement), structuredClone(request)).then((answer) => {
          this.#answering.delete(answering);
          if (answer !== null) this.#answers.push({ agreement: agreement.id, index: request.index, answer });
        });
        this.#answering.add(answering);
      }
    }
  }

  #respond(id: number, index: number, answer: Answer): void {
    const { agreements, requests, number, ledger } = this.#state;
    const agreement = agreements.get(id);
    const slots = requests.get(id) ?? [];
    const place = slots.findIndex((slot) => slot.index === index);
    const slot = slots[place];
    if (agreement?.state.kind !== 'active' || slot?.outcome.state !== 'pending') return;
    if (number >= slot.requestedAt + agreement.responseDeadline) return;
    ledger.escrow -= agreement.price;
    if ('output' in answer) {
      slots[place] = { ...slot, outcome: { state: 'settled', output: answer.output, at: number } };
      ledger.providers += agreement.price - agreement.royalty - agreement.fee;
      ledger.owner += agreement.royalty;
      ledger.treasury += agreement.fee;
      this.#count(agreement, { delivered: agreement.counts.delivered + 1 });
      return;
    }
    slots[place] = { ...slot, outcome: { state: 'failed', code: answer.failure, at: number } };
    ledger.free += agreement.price;
    const isProviders = ['ModelUnavailable', 'ExecutionFailed', 'Overloaded', 'Internal'].includes(answer.failure);
    const fault = isProviders ? 'providerFaults' : 'consumerFaults';
    this.#count(agreement, { [fault]: agreement.counts[fault] + 1 });
  }

  #settle(): void {
    const { orders, agreements, requests, number, ledger } = this.#state;
    for (const order of orders.values()) if (number >= order.acceptUntil) this.#close(order.id);
    for (const { id } of agreements.values()) {
      const slots = requests.get(id) ?? [];
      for (const [place, slot] of slots.entries()) {
        const agreement = agreements.get(id);
        if (agreement?.state.kind !== 'active' || slot.outcome.state !== 'pending') continue;
        if (number < slot.requestedAt + agreement.responseDeadline) continue;
        slots[place] = { ...slot, outcome: { state: 'missed' } };
        ledger.escrow -= agreement.price;
        ledger.free += agreement.price;
        this.#count(agreement, { missed: agreement.counts.missed + 1 });
      }
      const agreement = agreements.get(id);
      if (agreement?.state.kind !== 'active') continue;
      if (settledOf(agreement) === agreement.quota) this.end(id, 'completed');
      else if (number >= agreement.endsAt) this.end(id, 'expired');
    }
  }

  /** Ends an agreement: what is not delivered is refunded, what is pending was missed. */
  end(id: number, how: 'expired' | 'completed' | 'byConsumer' | 'abandoned'): void {
    const agreement = this.#state.agreements.get(id);
    if (agreement === undefined) return;
    const left = agreement.price * BigInt(agreement.quota - settledOf(agreement));
    this.#state.ledger.escrow -= left;
    this.#state.ledger.free += left;
    const counts = { ...agreement.counts, missed: agreement.counts.missed + pendingOf(agreement) };
    this.#state.agreements.set(id, { ...agreement, counts, state: { kind: 'ended', at: this.#state.number, how } });
  }

  #count(agreement: Agreement, change: Partial<Agreement['counts']>): void {
    this.#state.agreements.set(agreement.id, { ...agreement, counts: { ...agreement.counts, ...change } });
  }
}

function nameOf(agreement: number, { index, payload }: Request): string {
  return `${agreement}/${index}/${payload}`;
}

function settledOf({ counts }: Agreement): number {
  return counts.delivered + counts.consumerFaults + counts.providerFaults + counts.missed;
}

function pendingOf(agreement: Agreement): number {
  return agreement.counts.requested - settledOf(agreement);
}
