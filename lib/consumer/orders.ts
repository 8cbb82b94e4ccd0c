/** Ordering: placed, watched, accepted, cancelled. */
import type { Call, HeadFollower, Heads, Included, MarketReads, SubmitOptions } from '../market/chain.ts';
import type { Address, Agreement, Order } from '../market/types.ts';
import { InvalidOrder, isNamed, refusalOf, UnknownOrder } from './errors.ts';
import { keyName } from './keys.ts';
import type { Ports } from './ports.ts';
import { checkTerms, fillTerms, type Terms, type Wish } from './terms.ts';

/** For how many blocks a transaction that got lost is looked for in the state. */
const lostBlocks = 10;

export interface PlacedOrder {
  readonly order: number;
  readonly terms: Terms;
  /** `null` when the connection broke and the order was found in the state afterwards. */
  readonly included: Included | null;
}

/**
 * Places an order. The key that opens its results is made and kept before anything is signed.
 *
 * @throws {InvalidOrder} when the market would refuse it
 * @throws what {@link Account.submit} throws; `TransactionLost` only when the order is not in the state either
 */
export async function placeOrder(
  { chain, envelopes, store }: Pick<Ports, 'chain' | 'envelopes' | 'store'>,
  wish: Wish,
  options: SubmitOptions = {},
): Promise<PlacedOrder> {
  const [rules, model] = await Promise.all([chain.rules(), chain.model(wish.model)]);
  if (model === null) throw new InvalidOrder(`There is no model ${wish.model}.`);
  const terms = fillTerms(wish, rules);
  checkTerms(terms, model, rules);
  const key = await envelopes.createKey();
  await store.saveKey(key);
  try {
    const request = { ...terms, key: key.publicKey };
    const included = await chain.account.submit({ call: 'placeOrder', request }, options);
    const placed = included.events.find((event) => event.event === 'orderPlaced');
    if (placed === undefined) throw new Error('The chain reports no order in the transaction that placed it.');
    return { order: placed.order, terms, included };
  } catch (error) {
    if (!isNamed(error, 'TransactionLost')) throw error;
    const mine = keyName(key.publicKey);
    const found = await lookFor(chain, options.signal, async () => {
      const orders = await allOrders(chain);
      return orders.find((order) => keyName(order.key) === mine);
    });
    if (found === undefined) throw error;
    return { order: found.id, terms, included: null };
  }
}

/** All open orders. */
export async function allOrders(chain: MarketReads): Promise<readonly Order[]> {
  const orders: Order[] = [];
  for (;;) {
    const after = orders.at(-1)?.id;
    const page = await chain.orders({ ...(after === undefined ? {} : { after }), limit: 100 });
    orders.push(...page);
    if (page.length < 100) return orders;
  }
}

/** An order as it is at a moment. */
export interface WatchedOrder {
  readonly order: Order;
  /** `over`: nobody accepted it in time, and it is about to be removed. */
  readonly phase: 'bidding' | 'accepting' | 'over';
  readonly heads: Heads;
}

/** In which phase an order is at a block. */
export function phaseOf(order: Pick<Order, 'bidsUntil' | 'acceptUntil'>, block: number): WatchedOrder['phase'] {
  if (block < order.bidsUntil) return 'bidding';
  return block < order.acceptUntil ? 'accepting' : 'over';
}

/**
 * Yields an order with its bids, at once and whenever these or its phase change, until it is gone: accepted, cancelled or
 * expired.
 *
 * @throws {UnknownOrder} when it is not there to begin with
 */
export async function* watchOrder(
  chain: MarketReads & HeadFollower,
  id: number,
  signal: AbortSignal,
): AsyncGenerator<WatchedOrder, void, void> {
  let shown: string | undefined;
  for await (const heads of chain.heads(signal)) {
    let order: Order | null;
    try {
      order = await chain.order(id);
    } catch (error) {
      // The heads come again when the connection does.
      if (isNamed(error, 'ChainUnavailable')) continue;
      throw error;
    }
    if (order === null) {
      if (shown === undefined) throw new UnknownOrder(unknownOrder(id));
      return;
    }
    const phase = phaseOf(order, heads.best.number);
    const state = JSON.stringify([phase, order.bids.map((bid) => [bid.provider, String(bid.price)])]);
    if (state === shown) continue;
    shown = state;
    yield { order, phase, heads };
  }
}

/**
 * Reads an open order.
 *
 * @throws {UnknownOrder} when there is none of this number
 */
export async function readOrder(chain: MarketReads, id: number): Promise<Order> {
  const order = await chain.order(id);
  if (order === null) throw new UnknownOrder(unknownOrder(id));
  return order;
}

function unknownOrder(id: number): string {
  return `There is no open order ${id}: it was accepted, cancelled, or nobody accepted it in time.`;
}

export interface Accepted {
  readonly agreements: readonly Agreement[];
  /** `null` when the connection broke and the agreements were found in the state afterwards. */
  readonly included: Included | null;
}

/**
 * Accepts the bids of these providers: an agreement opens with each of them.
 *
 * @param further calls that are done in the same transaction, or not at all
 * @throws what {@link Account.submit} throws; `TransactionLost` only when the agreements are not in the state either
 */
export async function acceptBids(
  chain: Ports['chain'],
  order: number,
  providers: readonly Address[],
  options: SubmitOptions = {},
  further: readonly Call[] = [],
): Promise<Accepted> {
  try {
    const included = await chain.account.submit([{ call: 'acceptBids', order, providers }, ...further], options);
    const ids = included.events.flatMap((event) => (event.event === 'agreementOpened' ? [event.agreement] : []));
    const agreements = await Promise.all(ids.map((id) => chain.agreement(id)));
    return { agreements: agreements.filter((agreement) => agreement !== null), included };
  } catch (error) {
    // A second attempt after one that got lost finds no order any more.
    const gone = refusalOf(error) === 'marketplace.UnknownOrder';
    if (!gone && !isNamed(error, 'TransactionLost')) throw error;
    const look = async () => {
      const opened = (await allAgreements(chain, chain.account.address)).filter((one) => one.order === order);
      return opened.length > 0 ? opened : undefined;
    };
    const agreements = gone ? await look() : await lookFor(chain, options.signal, look);
    if (agreements === undefined) throw error;
    return { agreements, included: null };
  }
}

/** The agreements in which an account is the consumer, in the order of their numbers. */
export async function allAgreements(
  chain: Pick<MarketReads, 'agreementsOf'>,
  consumer: Address,
): Promise<readonly Agreement[]> {
  const agreements: Agreement[] = [];
  for (let after: number | undefined; ;) {
    const paging = { ...(after === undefined ? {} : { after }), limit: 100 };
    const page = await chain.agreementsOf(consumer, paging);
    agreements.push(...page.filter(({ role }) => role === 'consumer').map(({ agreement }) => agreement));
    after = page.at(-1)?.agreement.id;
    if (page.length < 100 || after === undefined) return agreements.sort((a, b) => a.id - b.id);
  }
}

/** Looks at the state of each new block until something is there, or too many blocks have passed. */
async function lookFor<T>(
  chain: HeadFollower,
  signal: AbortSignal | undefined,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const own = new AbortController();
  const stop = signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]);
  let last: number | undefined;
  try {
    for await (const { best } of chain.heads(stop)) {
      last ??= best.number + lostBlocks;
      try {
        const found = await look();
        if (found !== undefined) return found;
      } catch (error) {
        if (!isNamed(error, 'ChainUnavailable')) throw error;
      }
      if (best.number >= last) return undefined;
    }
    return undefined;
  } finally {
    own.abort();
  }
}
