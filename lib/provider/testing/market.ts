/** A market in memory that a test drives block by block. */
import type { Account, At, Block, Call, Heads, Included } from '../../market/chain.ts';
import { CallFailed, ChainUnavailable, TransactionLost } from '../../market/errors.ts';
import type {
  Address,
  Agreement,
  Answer,
  Description,
  Hex,
  Model,
  Order,
  OrderRequest,
  Profile,
  Provider,
  PublicKey,
  Request,
  Rules,
} from '../../market/types.ts';
import type { Chain } from '../ports.ts';
import { apply, emptyState, runHooks, type State } from './state.ts';

const GENESIS: Hex = `0x${'11'.repeat(32)}`;
const BLOCKS_TO_FINALITY = 2;

export const testRules: Rules = {
  minStake: 100n,
  maxPrice: 10n ** 18n,
  reserveRate: 0.2,
  penaltyRate: 0.1,
  marketFee: 0.01,
  treasury: 'treasury',
  bidStep: 0.01,
  maxBids: 32,
  maxBatch: 16,
  maxInFlight: 1024,
  minResponseDeadline: 3,
  retention: 1800,
  blockTimeMs: 2000,
};

const key: PublicKey = { scheme: 0, material: { inline: `0x${'22'.repeat(32)}` } };
const description: Description = {
  name: 'a model',
  licence: 'MIT',
  inputs: [],
  outputs: [],
  image: null,
  labels: { kind: 'none' },
  tolerance: 0,
};
const profile: Profile = { name: 'a provider', key, peer: 'peer', peerProof: '0x00', kind: 'server' };

interface Transaction {
  readonly from: Address;
  readonly calls: readonly Call[];
  readonly included: (included: Included) => void;
  readonly failed: (error: Error) => void;
}

/** One answer that was sent to the chain, in a transaction that got into a block or not. */
export interface SentAnswer {
  readonly agreement: number;
  readonly index: number;
  readonly answer: Answer;
  readonly by: Address;
  /** The block before which it was sent. */
  readonly block: number;
}

/** An order as tests place it. */
export const testOrder: OrderRequest = {
  model: 0,
  inferences: 10,
  maxPrice: 1000n,
  biddingPeriod: 10,
  acceptancePeriod: 10,
  responseDeadline: 20,
  lifetime: 200,
  providers: 1,
  maxInFlight: 10,
  minStake: 0n,
  minRecord: { delivered: 0, reliability: 0 },
  key,
  sender: null,
};

export class ScriptedMarket {
  readonly rules: Rules;
  /** Every answer that anybody ever sent. */
  readonly sent: SentAnswer[] = [];
  /** Every other call that anybody ever sent. */
  readonly calls: { readonly from: Address; readonly call: Call }[] = [];
  /** While this is set, nothing can be read and nothing sent. */
  isDown = false;
  /** While this is set, transactions get lost on their way. */
  loses = false;
  /** How many times the state was read. */
  reads = 0;
  #state = emptyState();
  #blocks: { readonly block: Block; readonly state: State }[] = [];
  #pool: Transaction[] = [];
  #forks = 0;
  readonly #waiting = new Set<() => void>();
  readonly #onBlock: () => void;

  /** @param onBlock called for each block, so that time can pass with it */
  constructor(rules: Partial<Rules> = {}, onBlock: () => void = () => undefined) {
    this.rules = { ...testRules, ...rules };
    this.#onBlock = onBlock;
    this.#seal();
  }

  get best(): number {
    return this.#state.number;
  }

  addModel(royalty = 0n, newest = 0): number {
    const id = this.#state.models.size;
    const version = { version: newest, content: `model-${id}-${newest}`, size: 1, description, publishedAt: 0 };
    const model: Model = { id, owner: 'owner', royalty, retired: false, registeredAt: 0, offers: 0, newest: version };
    this.#state.models.set(id, model);
    this.#state.versions.set(`${id}:${newest}`, version);
    return id;
  }

  /** Retires models, or takes that back, without anybody being told. */
  set isRetired(retired: boolean) {
    for (const model of this.#state.models.values()) model.retired = retired;
  }

  publish(id: number): void {
    const model = this.#state.models.get(id);
    if (model === undefined) throw new Error(`There is no model ${id}.`);
    const number = model.newest.version + 1;
    model.newest = { ...model.newest, version: number, content: `model-${id}-${number}` };
    this.#state.versions.set(`${id}:${number}`, model.newest);
  }

  addProvider(account: Address, change: Partial<Provider> = {}): void {
    const provider: Provider = {
      account,
      profile,
      operator: null,
      stake: 1_000_000n,
      reserved: 0n,
      openBids: 0,
      openAgreements: 0,
      registeredAt: 0,
      leavesAt: null,
      models: [],
      ...change,
    };
    this.#state.providers.set(account, provider);
  }

  /** Changes a provider as no call could, for what a test begins with. */
  change(account: Address, change: Partial<Provider>): void {
    const provider = this.#state.providers.get(account);
    if (provider !== undefined) Object.assign(provider, change);
  }

  /** Puts a call in the next block, and makes that block. */
  async call(from: Address, call: Call): Promise<void> {
    const included = this.account(from).submit(call);
    this.mine();
    await included;
  }

  async placeOrder(change: Partial<OrderRequest> = {}, from: Address = 'consumer'): Promise<number> {
    await this.call(from, { call: 'placeOrder', request: { ...testOrder, ...change } });
    return this.#state.nextOrder - 1;
  }

  async accept(order: number, ...providers: Address[]): Promise<number> {
    const consumer = this.order(order)?.consumer ?? 'consumer';
    await this.call(consumer, { call: 'acceptBids', order, providers });
    return this.#state.nextAgreement - 1;
  }

  async request(agreement: number, ...payloads: string[]): Promise<void> {
    const { consumer, counts } = this.agreement(agreement);
    const calls: Call[] = [];
    for (let done = 0; done < payloads.length; done += this.rules.maxBatch) {
      const batch = payloads.slice(done, done + this.rules.maxBatch);
      calls.push({ call: 'request', agreement, first: counts.requested + done, payloads: batch });
    }
    const included = this.account(consumer).submit(calls);
    this.mine();
    await included;
  }

  /** Lets an agreement's time run out in the next block. */
  expire(id: number): void {
    const agreement = this.#state.agreements.get(id);
    if (agreement !== undefined) agreement.endsAt = this.best + 1;
  }

  order(id: number): Order | null {
    return this.#state.orders.get(id) ?? null;
  }

  agreement(id: number): Agreement {
    const agreement = this.#state.agreements.get(id);
    if (agreement === undefined) throw new Error(`There is no agreement ${id}.`);
    return agreement;
  }

  provider(account: Address): Provider {
    const provider = this.#state.providers.get(account);
    if (provider === undefined) throw new Error(`There is no provider ${account}.`);
    return provider;
  }

  requests(agreement: number): readonly Request[] {
    return (this.#state.slots.get(agreement) ?? []).map((slot, index) => ({ index, ...slot }));
  }

  /** Makes a block of all transactions that wait. */
  mine(blocks = 1): void {
    for (let i = 0; i < blocks; i++) {
      this.#state = structuredClone(this.#state);
      this.#state.number += 1;
      runHooks(this.#state);
      const transactions = this.#pool.splice(0);
      const outcomes = transactions.map((transaction) => this.#execute(transaction));
      const block = this.#seal();
      transactions.forEach(({ included, failed }, place) => {
        const error = outcomes[place];
        if (error instanceof Error) failed(error);
        else included({ block, transaction: '0x00', fee: 1n, events: [] });
      });
      this.#onBlock();
      for (const wake of [...this.#waiting]) wake();
    }
  }

  /** Goes back some blocks, as a chain does whose best block is replaced; what was in them is gone. */
  rewind(blocks: number): void {
    this.#blocks = this.#blocks.slice(0, -blocks);
    const last = this.#blocks.at(-1);
    if (last === undefined) throw new Error('There are not so many blocks.');
    this.#state = structuredClone(last.state);
    this.#forks += 1;
  }

  /** The chain as the account sees it. */
  chain(signer: Address): Chain {
    const read = <T>(at: At | undefined, look: (state: State) => T): Promise<T> => {
      this.reads += 1;
      if (this.isDown) return Promise.reject(new ChainUnavailable('The scripted market is down.'));
      const known = this.#blocks.findLast(({ block }) => block.hash === at);
      return Promise.resolve(structuredClone(look(known?.state ?? this.#state)));
    };
    return {
      genesisHash: GENESIS,
      account: this.account(signer),
      rules: () => read('best', () => this.rules),
      models: (page) => read(page?.at, (state) => pageOf([...state.models.values()], (model) => model.id, page)),
      model: (id, at) => read(at, (state) => state.models.get(id) ?? null),
      modelVersion: (id, version, at) => read(at, (state) => state.versions.get(`${id}:${version}`) ?? null),
      sale: (_, at) => read(at, () => null),
      providers: (page) =>
        read(page?.at, (state) => pageOf([...state.providers.values()], (provider) => provider.account, page)),
      provider: (account, at) => read(at, (state) => state.providers.get(account) ?? null),
      offers: (model, page) =>
        read(page?.at, (state) =>
          pageOf([...(state.offers.get(model)?.values() ?? [])], (offer) => offer.provider, page),
        ),
      orders: (page) => read(page?.at, (state) => pageOf([...state.orders.values()], (order) => order.id, page)),
      order: (id, at) => read(at, (state) => state.orders.get(id) ?? null),
      agreement: (id, at) => read(at, (state) => state.agreements.get(id) ?? null),
      agreementsOf: (account, page) =>
        read(page?.at, (state) => {
          const own = [...state.agreements.values()]
            .filter(({ consumer, provider }) => consumer === account || provider === account)
            .map((agreement) => ({
              role: agreement.provider === account ? ('provider' as const) : ('consumer' as const),
              agreement,
            }));
          return pageOf(own, ({ agreement }) => agreement.id, page);
        }),
      requests: (agreement, first, limit, at) =>
        read(at, (state) =>
          (state.slots.get(agreement) ?? []).map((slot, index) => ({ index, ...slot })).slice(first, first + limit),
        ),
      record: (account, _, at) => read(at, (state) => state.records.get(account) ?? null),
      periods: (_, at) => read(at, () => []),
      balance: (_, at) => read(at, () => ({ free: 0n, held: [] })),
      heads: (signal) => this.#follow(signal),
    };
  }

  account(address: Address): Account {
    return {
      address,
      submit: (call) => {
        const calls = 'call' in call ? [call] : call;
        for (const each of calls) {
          if (each.call !== 'respond') this.calls.push({ from: address, call: each });
          else {
            each.answers.forEach((answer, place) => {
              const { agreement, first } = each;
              this.sent.push({ agreement, index: first + place, answer, by: address, block: this.best });
            });
          }
        }
        if (this.isDown) return Promise.reject(new ChainUnavailable('The scripted market is down.'));
        if (this.loses) return Promise.reject(new TransactionLost('The scripted market has lost it.'));
        return new Promise((included, failed) => this.#pool.push({ from: address, calls, included, failed }));
      },
    };
  }

  #execute({ from, calls }: Transaction): Error | null {
    const before = this.#state;
    this.#state = structuredClone(before);
    try {
      for (const call of calls) apply(this.#state, this.rules, from, call);
      return null;
    } catch (error) {
      this.#state = before;
      if (error instanceof CallFailed) return error;
      throw error;
    }
  }

  #seal(): Block {
    const number = this.#state.number;
    const hash: Hex = `0x${(this.#forks * 1_000_000 + number).toString(16).padStart(64, '0')}`;
    const block = { number, hash };
    this.#blocks.push({ block, state: structuredClone(this.#state) });
    return block;
  }

  #heads(): Heads {
    const last = this.#blocks.at(-1);
    const final = this.#blocks.at(-1 - BLOCKS_TO_FINALITY) ?? this.#blocks[0];
    if (last === undefined || final === undefined) throw new Error('There is no block.');
    return { best: last.block, finalized: final.block };
  }

  async *#follow(signal: AbortSignal): AsyncGenerator<Heads> {
    while (!signal.aborted) {
      const heads = this.#heads();
      yield heads;
      while (!aborted(signal) && this.#heads().best.hash === heads.best.hash) await this.#nextBlock(signal);
    }
  }

  #nextBlock(signal: AbortSignal): Promise<null> {
    const { promise, resolve } = Promise.withResolvers<null>();
    const wake = () => {
      this.#waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve(null);
    };
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    return promise;
  }
}

function aborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pageOf<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  page: { readonly after?: Key; readonly limit?: number } | undefined,
): readonly Item[] {
  const after = page?.after;
  const start = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  return items.slice(start, start + Math.min(page?.limit ?? 100, 100));
}
