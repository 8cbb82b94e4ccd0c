/** What can be read of the market, by the runtime APIs made for it. */
import * as decode from './decode.ts';
import type { Subject } from './generated/chain.ts';
import { BILLION, toNumber } from './identifiers.ts';
import type { State } from './state.ts';
import type { At, MarketReads, Paging } from '../market/chain.ts';
import type { Address, Balance, Role, Rules } from '../market/types.ts';

/** The most entries of a page; the runtime APIs give no more either. */
const pageLimit = 100;

const chainRole = { consumer: 'Consumer', provider: 'Provider' } as const;

/** The market's state as of the best block, unless another one is asked for. */
export class Reads implements MarketReads {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  rules(): Promise<Rules> {
    const { runtime } = this.#state;
    return Promise.resolve({
      minStake: runtime.constant('marketplace.minStake'),
      maxPrice: runtime.constant('marketplace.maxPrice'),
      reserveRate: runtime.constant('marketplace.reserveRate') / BILLION,
      penaltyRate: runtime.constant('marketplace.penaltyRate') / BILLION,
      marketFee: runtime.constant('marketplace.marketFee') / BILLION,
      treasury: runtime.constant('marketplace.treasury'),
      bidStep: runtime.constant('marketplace.bidStep') / BILLION,
      maxBids: runtime.constant('marketplace.maxBids'),
      maxBatch: runtime.constant('execution.maxBatch'),
      maxInFlight: runtime.constant('execution.maxInFlight'),
      minResponseDeadline: runtime.constant('execution.minResponseDeadline'),
      retention: runtime.constant('execution.retention'),
      blockTimeMs: toNumber(runtime.constant('aura.slotDuration')),
    });
  }

  async models({ after, limit = pageLimit, at }: Paging<number> = {}) {
    const views = await this.#state.call('MarketplaceApi_models', [after ?? null, limit], at);
    return views.map(decode.model);
  }

  async model(id: number, at?: At) {
    const view = await this.#state.call('MarketplaceApi_model', [id], at);
    return view === null ? null : decode.model(view);
  }

  async modelVersion(id: number, version: number, at?: At) {
    const stored = await this.#state.call('MarketplaceApi_version', [id, version], at);
    return stored === null ? null : decode.modelVersion(version, stored);
  }

  async sale(model: number, at?: At) {
    const collection = await this.#state.collection(at);
    if (collection === null) return null;
    const stored = await this.#state.entry('nfts.itemPriceOf', [collection, model], at);
    return stored === null ? null : decode.sale(stored);
  }

  async providers({ after, limit = pageLimit, at }: Paging<Address> = {}) {
    const views = await this.#state.call('MarketplaceApi_providers', [after ?? null, limit], at);
    return views.map(decode.provider);
  }

  async provider(account: Address, at?: At) {
    const view = await this.#state.call('MarketplaceApi_provider', [account], at);
    return view === null ? null : decode.provider(view);
  }

  async offers(model: number, { after, limit = pageLimit, at }: Paging<Address> = {}) {
    const entries = await this.#state.call('MarketplaceApi_offers', [model, after ?? null, limit], at);
    return entries.map(([account, offer]) => decode.offer(account, offer));
  }

  async orders({ after, limit = pageLimit, at }: Paging<number> = {}) {
    const views = await this.#state.call('MarketplaceApi_orders', [optionalId(after), limit], at);
    return views.map(decode.order);
  }

  async order(id: number, at?: At) {
    const view = await this.#state.call('MarketplaceApi_order', [BigInt(id)], at);
    return view === null ? null : decode.order(view);
  }

  async agreement(id: number, at?: At) {
    const stored = await this.#state.call('ExecutionApi_agreement', [BigInt(id)], at);
    return stored === null ? null : decode.agreement(id, stored);
  }

  async agreementsOf(account: Address, { after, limit = pageLimit, at }: Paging<number> = {}) {
    const entries = await this.#state.call('ExecutionApi_agreements_of', [account, optionalId(after), limit], at);
    return entries.map(([id, role, stored]) => ({
      role: decode.role(role),
      agreement: decode.agreement(toNumber(id), stored),
    }));
  }

  async requests(agreement: number, first: number, limit: number, at?: At) {
    const slots = await this.#state.call('ExecutionApi_requests', [BigInt(agreement), first, limit], at);
    return slots.map(decode.request);
  }

  async record(account: Address, role: Role, at?: At) {
    const stored = await this.#state.call('ExecutionApi_record', [account, chainRole[role]], at);
    return stored === null ? null : decode.record(stored);
  }

  async periods(subject: 'market' | { readonly model: number } | { readonly provider: Address }, at?: At) {
    const periods = await this.#state.call('ExecutionApi_periods', [subjectOf(subject)], at);
    return periods.map(decode.period);
  }

  async balance(account: Address, at: At = 'best'): Promise<Balance> {
    // Two reads of one state, lest a hold counts twice or not at all.
    const hash = await this.#state.blockHash(at);
    const [info, holds] = await Promise.all([
      this.#state.entry('system.account', [account], hash),
      this.#state.entry('balances.holds', [account], hash),
    ]);
    if (info === null) return { free: 0n, held: [] };
    const held = (holds ?? []).map(({ id, amount }) => {
      const [pallet = '', reason = ''] = Object.entries(id)[0] ?? [];
      return { reason: `${pallet}.${reason}`, amount };
    });
    // What pallets take as a deposit in the old way, such as the one for an NFT, has no reason on chain.
    const unnamed = held.reduce((rest, { amount }) => rest - amount, info.data.reserved);
    return {
      free: spendable(info.data),
      held: unnamed > 0n ? [...held, { reason: 'Reserved', amount: unnamed }] : held,
    };
  }
}

function spendable({ free, reserved, frozen }: { free: bigint; reserved: bigint; frozen: bigint }): bigint {
  // What is on hold counts towards what is frozen.
  const untouchable = frozen > reserved ? frozen - reserved : 0n;
  return free > untouchable ? free - untouchable : 0n;
}

function optionalId(id: number | undefined): bigint | null {
  return id === undefined ? null : BigInt(id);
}

function subjectOf(subject: Parameters<MarketReads['periods']>[0]): Subject {
  if (subject === 'market') return 'Market';
  return 'model' in subject ? { Model: subject.model } : { Provider: subject.provider };
}
