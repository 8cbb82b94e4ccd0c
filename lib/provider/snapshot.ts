/** The part of the chain's state that the engine decides on, read completely and at one block. */
import type { Block } from '../market/chain.ts';
import type { Address, Agreement, Order, Provider, Record, Request, Rules } from '../market/types.ts';
import type { Chain } from './ports.ts';

/** What the market looks like in one block, as far as it concerns a provider. */
export interface Snapshot {
  readonly block: Block;
  readonly rules: Rules;
  /** `null` if the account is not registered. */
  readonly provider: Provider | null;
  /** `null` if the provider has none yet, or if no order asks for one. */
  readonly record: Record | null;
  /** All orders that are not over, whatever the model. */
  readonly orders: readonly Order[];
  /** The provider's agreements that are active. */
  readonly agreements: readonly Agreement[];
}

const PAGE = 100;

/** Reads all pages of a list. */
export async function readAll<Item, Key>(
  page: (after: Key | undefined) => Promise<readonly Item[]>,
  keyOf: (item: Item) => Key,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: Key | undefined; ;) {
    const next = await page(after);
    items.push(...next);
    const last = next.at(-1);
    if (last === undefined || next.length < PAGE) return items;
    after = keyOf(last);
  }
}

/**
 * Reads the state of a block.
 *
 * @throws {ChainUnavailable} when a read fails; nothing is known then
 */
export async function readSnapshot(chain: Chain, account: Address, block: Block): Promise<Snapshot> {
  const at = block.hash;
  const [rules, provider, all, own] = await Promise.all([
    chain.rules(),
    chain.provider(account, at),
    readAll<Order, number>(
      (after) => chain.orders(after === undefined ? { limit: PAGE, at } : { after, limit: PAGE, at }),
      (order) => order.id,
    ),
    readAll(
      (after: number | undefined) =>
        chain.agreementsOf(account, after === undefined ? { limit: PAGE, at } : { after, limit: PAGE, at }),
      (entry) => entry.agreement.id,
    ),
  ]);
  // The chain cleans up behind the deadline when it has time; for a bidder such an order is over.
  const orders = all.filter((order) => block.number < order.acceptUntil);
  const asksForRecord = orders.some(({ minRecord }) => minRecord.delivered > 0 || minRecord.reliability > 0);
  const record = asksForRecord ? await chain.record(account, 'provider', at) : null;
  const agreements = own
    .filter(({ role, agreement }) => role === 'provider' && agreement.state.kind === 'active')
    .map(({ agreement }) => agreement);
  return { block, rules, provider, record, orders, agreements };
}

/** How many requests of an agreement wait for an answer. */
export function pendingOf({ counts }: Pick<Agreement, 'counts'>): number {
  return counts.requested - counts.answered - settledOf(counts);
}

/** How many requests of an agreement wait for an answer or can still come. */
export function outstandingOf({ quota, counts }: Pick<Agreement, 'quota' | 'counts'>): number {
  return quota - counts.answered - settledOf(counts);
}

function settledOf(counts: Agreement['counts']): number {
  return counts.delivered + counts.consumerFaults + counts.providerFaults + counts.missed;
}

/** Reads the requests of an agreement from index `from` on. */
export async function readRequests(
  chain: Chain,
  agreement: Agreement,
  from: number,
  at: Block['hash'],
): Promise<readonly Request[]> {
  const starts: number[] = [];
  for (let first = from; first < agreement.counts.requested; first += PAGE) starts.push(first);
  const pages = await Promise.all(starts.map((first) => chain.requests(agreement.id, first, PAGE, at)));
  // Requests that come after a removed one make a page reach into the next.
  const byIndex = new Map(pages.flat().map((request) => [request.index, request]));
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}
