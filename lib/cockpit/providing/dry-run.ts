/**
 * What a strategy would have done with the last orders that led to agreements. Old events cannot be read by a light
 * client, so orders are put together again from their agreements as long as the chain has them: those of the providers
 * that offer the model now. Each order is decided on as if it were placed now, with the prices that were accepted as the
 * bids to beat, by this browser being registered, named and idle, with the model ready and offered. What an agreement does
 * not tell is taken to be no obstacle: what the order asked of stake and record, and its highest price, which is taken to
 * be what was accepted at most (or what the stake that is still reserved for an agreement says). So bids above what was
 * accepted count as none. A bid that would have been accepted by this provider itself counts as somebody else's, which
 * ties with it.
 */
import { marketFee } from '../../market/rates.ts';
import type { MarketReads } from '../../market/chain.ts';
import type { Address, Agreement, Order, Provider, Rules } from '../../market/types.ts';
import { decide, type Situation } from '../../provider/decide.ts';
import { hypotheticalOrder } from '../../provider/hypothetical.ts';
import type { Settings } from '../../provider/types.ts';
import type { DryRun, ProvidingSettings } from '../types.ts';
import { engineSettings } from './settings.ts';

/** So many orders are looked at, the newest. */
export const DRY_RUN_ORDERS = 20;
/** The most providers of a model, and agreements of each, that are read. */
const MOST = { providers: 100, agreements: 500 } as const;
const PAGE = 100;
/** Long enough for any bid; what an order really gave is not known any more. */
const BIDDING_BLOCKS = 30;

/** Who would bid. */
export interface DryBidder {
  /** The account that provides; `null` before it is set up. */
  readonly account: Address | null;
  /** Measured times of the models that are ready here, in milliseconds. */
  readonly timesMs: ReadonlyMap<number, number>;
  /** The lowest price that the operator key may bid; `null` while none is set. */
  readonly floorPrice: bigint | null;
}

/** The agreements of an order, which were opened together. */
interface PastOrder {
  readonly id: number;
  readonly agreements: readonly [Agreement, ...Agreement[]];
}

/**
 * Reads the last orders for these models, newest first.
 *
 * @throws {ChainUnavailable} when the chain does not answer; the signal's reason
 */
export async function pastOrders(
  chain: MarketReads,
  models: readonly number[],
  signal: AbortSignal,
): Promise<readonly PastOrder[]> {
  const providers = new Set<Address>();
  for (const model of models) {
    signal.throwIfAborted();
    for (const { provider } of await chain.offers(model, { limit: MOST.providers })) providers.add(provider);
  }
  const byOrder = new Map<number, Map<number, Agreement>>();
  for (const provider of providers) {
    for (const agreement of await agreementsOf(chain, provider, signal)) {
      if (!models.includes(agreement.model)) continue;
      const known = byOrder.get(agreement.order) ?? new Map<number, Agreement>();
      byOrder.set(agreement.order, known.set(agreement.id, agreement));
    }
  }
  return [...byOrder]
    .sort(([a], [b]) => b - a)
    .slice(0, DRY_RUN_ORDERS)
    .flatMap(([id, found]) => {
      const [first, ...others] = found.values();
      return first === undefined ? [] : [{ id, agreements: [first, ...others] as const }];
    });
}

/**
 * Reads the last orders for the measured models, and decides about each of them with these settings.
 *
 * @param best the number of the best block
 * @throws {ChainUnavailable} when the chain does not answer; the signal's reason
 */
export async function dryRunNow(
  chain: MarketReads,
  bidder: DryBidder,
  settings: ProvidingSettings,
  best: number,
  signal: AbortSignal,
): Promise<DryRun> {
  const models = [...bidder.timesMs.keys()];
  const [orders, rules] = await Promise.all([pastOrders(chain, models, signal), chain.rules()]);
  signal.throwIfAborted();
  return dryRun(orders, bidder, engineSettings(settings, models, false), rules, best, Date.now());
}

/** Decides about each of them. */
export async function dryRun(
  orders: readonly PastOrder[],
  bidder: DryBidder,
  settings: Settings,
  rules: Rules,
  best: number,
  nowMs: number,
): Promise<DryRun> {
  const tried = await Promise.all(
    orders.map(async ({ id, agreements }) => {
      const order = placedNow(id, agreements, bidder.account, best, rules);
      const verdict = await decide(situationOf(order, bidder, settings, rules, best), () =>
        Promise.reject(new Error('A tab has no external strategy.')),
      );
      const { price, action } = verdict;
      const worst = agreements.reduce((highest, accepted) => max(highest, accepted.price), 0n);
      const isTieOurs = agreements.some((accepted) => accepted.provider === bidder.account && accepted.price === worst);
      const wins = action === 'bid' && price !== null && (price < worst || (isTieOurs && price === worst));
      const decision = { order: id, at: nowMs, block: best, ...verdict, result: null, error: null };
      const net = wins ? (price - order.royalty - marketFee(price, rules)) * BigInt(order.inferences) : 0n;
      const { model, inferences } = order;
      return { row: { order: id, model, inferences, paid: worst, decision, wins }, net };
    }),
  );
  const rows = tried.map(({ row }) => row);
  return {
    orders: rows.length,
    bids: rows.filter(({ decision }) => decision.action === 'bid').length,
    wins: rows.filter(({ wins }) => wins).length,
    earned: tried.reduce((sum, { net }) => sum + net, 0n),
    rows,
  };
}

/** The order of some agreements as if it were placed now, with what was accepted as its bids. */
function placedNow(
  id: number,
  agreements: readonly [Agreement, ...Agreement[]],
  self: Address | null,
  best: number,
  rules: Rules,
): Order {
  const [first] = agreements;
  const { model, version, royalty, quota, maxInFlight, responseDeadline, openedAt, endsAt, consumer } = first;
  const byPrice = agreements.toSorted((a, b) => (a.price < b.price ? -1 : a.price > b.price ? 1 : a.id - b.id));
  const most = BigInt(Math.min(maxInFlight, quota));
  const terms = {
    ...{ model, version, royalty, inferences: quota, maxInFlight, responseDeadline },
    maxPrice: agreements.reduce(
      (highest, { price, reserve }) => max(highest, max(price, reserved(reserve, most, rules))),
      0n,
    ),
    ...{ biddingPeriod: BIDDING_BLOCKS, acceptancePeriod: BIDDING_BLOCKS, lifetime: Math.max(1, endsAt - openedAt) },
    ...{ providers: agreements.length, minStake: 0n, minRecord: { delivered: 0, reliability: 0 } },
  };
  return {
    ...hypotheticalOrder(terms, best, rules),
    ...{ id, consumer },
    bids: byPrice.map(({ provider, price }) => ({ provider: provider === self ? '' : provider, price, at: best })),
  };
}

/** The highest price that an order must have had for a provider's stake to be reserved like this. */
function reserved(reserve: bigint, inFlight: bigint, { reserveRate }: Rules): bigint {
  if (reserveRate <= 0 || inFlight <= 0n) return 0n;
  return (reserve * 1_000_000_000n) / (inFlight * BigInt(Math.round(reserveRate * 1e9)));
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function situationOf(
  order: Order,
  { account, timesMs, floorPrice }: DryBidder,
  settings: Settings,
  rules: Rules,
  best: number,
): Situation {
  const timeMs = timesMs.get(order.model) ?? null;
  // Somebody who could bid: whether this account can is not the question.
  const self = account ?? 'this browser';
  const signer = 'the key of this browser';
  const provider: Provider = {
    account: self,
    profile: {
      ...{ name: '', key: order.key, peer: '', peerProof: '0x', kind: 'browser' },
    },
    operator: { account: signer, floorPrice: floorPrice ?? 0n, maxOpen: settings.maxOpen },
    stake: rules.minStake + order.reserve,
    ...{ reserved: 0n, openBids: 0, openAgreements: 0, registeredAt: 0, leavesAt: null, models: [order.model] },
  };
  return {
    ...{ order, block: best, rules, settings, account: self, signer, provider, record: null },
    announced: order.version,
    readiness: {
      ...{ state: timeMs === null ? 'absent' : 'ready', reason: null, newest: order.version, timeMs, concurrency: 1 },
    },
    promises: [],
    underway: { reserve: 0n, count: 0 },
  };
}

async function agreementsOf(chain: MarketReads, provider: Address, signal: AbortSignal): Promise<readonly Agreement[]> {
  const found: Agreement[] = [];
  for (let after: number | undefined; found.length < MOST.agreements;) {
    signal.throwIfAborted();
    const page = await chain.agreementsOf(provider, after === undefined ? { limit: PAGE } : { after, limit: PAGE });
    found.push(...page.filter(({ role }) => role === 'provider').map(({ agreement }) => agreement));
    after = page.at(-1)?.agreement.id;
    if (page.length < PAGE) break;
  }
  return found;
}
