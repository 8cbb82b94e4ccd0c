/** Models, who serves them, and what they cost. */
import type { MarketReads } from '../../market/chain.ts';
import { formatAmount } from '../../market/amounts.ts';
import type { Address, Model, ModelVersion, Offer, Order, Rules } from '../../market/types.ts';
import { Limit } from '../../consumer/concurrency.ts';
import { leastPrice } from '../../consumer/terms.ts';
import { allModels, allOffers, allOrders } from '../block-reads.ts';
import type { Definition, Snapshot } from '../queries.ts';
import type { ModelCard, ModelDetail, ModelProvider, PeriodInfo, PriceSuggestion } from '../types.ts';
import { periodsOf } from './periods.ts';

/** So many models are read at a time: each is a proof that the light client asks its peers for. */
const parallel = 8;
/** Cards show what changes slowly. */
const cardsEveryBlocks = 5;

export const models: Definition<readonly ModelCard[]> = {
  key: 'models',
  everyBlocks: cardsEveryBlocks,
  read: async (reads, snapshot) => cardsOf(await newestFirst(reads), reads, snapshot),
};

export function modelsOf(owner: Address): Definition<readonly ModelCard[]> {
  return {
    key: `modelsOf/${owner}`,
    everyBlocks: cardsEveryBlocks,
    read: async (reads, snapshot) => {
      const all = await newestFirst(reads);
      return cardsOf(
        all.filter((model) => model.owner === owner),
        reads,
        snapshot,
      );
    },
  };
}

export function model(id: number): Definition<ModelDetail | null> {
  return {
    key: `model/${id}`,
    read: async (reads, snapshot) => {
      const found = await reads.model(id);
      if (found === null) return null;
      const [card, versions, offers, orders, rules] = await Promise.all([
        cardOf(found, reads, snapshot),
        versionsOf(found, reads),
        providersOf(found, reads),
        ordersOfModel(id, reads),
        reads.rules(),
      ]);
      return {
        ...card,
        versions,
        offers,
        orders,
        suggestion: suggestPrice(found, card.history, orders, rules),
        royalties: card.history.reduce((sum, { royalties }) => sum + royalties, 0n),
      };
    },
  };
}

/**
 * A highest price for an order: what those who bid now ask, with some room; else what was agreed on lately; else what
 * covers the royalty with something for the provider.
 */
export function suggestPrice(
  model: Model,
  history: readonly PeriodInfo[],
  orders: readonly Order[],
  rules: Rules,
): PriceSuggestion {
  const least = leastPrice(model.royalty, rules);
  const atLeast = (price: bigint) => {
    const enough = readable(price > least ? price : least);
    return enough < rules.maxPrice ? enough : rules.maxPrice;
  };
  const bids = orders.flatMap((order) => order.bids.map(({ price }) => price)).sort((a, b) => (a < b ? -1 : 1));
  const [lowest] = bids;
  const highest = bids.at(-1);
  if (lowest !== undefined && highest !== undefined) {
    const between =
      lowest === highest
        ? `at ${formatAmount(lowest)}`
        : `between ${formatAmount(lowest)} and ${formatAmount(highest)}`;
    return {
      ...{ maxPrice: atLeast(withRoom(highest)), least, basis: 'openBids' },
      reason: `Bids on open orders of this model are ${between}.`,
    };
  }
  const recent = history.findLast(({ agreed }) => agreed > 0);
  if (recent !== undefined) {
    const range =
      recent.priceLow === recent.priceHigh
        ? `at ${formatAmount(recent.priceLow)}`
        : `between ${formatAmount(recent.priceLow)} and ${formatAmount(recent.priceHigh)}`;
    return {
      ...{ maxPrice: atLeast(withRoom(recent.priceHigh)), least, basis: 'recentAgreements' },
      reason: `The latest agreements on this model were ${range} per inference.`,
    };
  }
  return {
    ...{ maxPrice: atLeast(least * 10n), least, basis: 'royalty' },
    reason: `Nobody has bought this model lately. Royalty and market fee alone are ${formatAmount(least)}; providers want something too.`,
  };
}

/** A quarter more, so that there is room for those who ask a little more. */
function withRoom(price: bigint): bigint {
  return price + (price + 3n) / 4n;
}

/** Up to a number of two digits and zeros: people have to read it in their wallet. */
function readable(price: bigint): bigint {
  const digit = 10n ** BigInt(Math.max(0, price.toString().length - 2));
  return ((price + digit - 1n) / digit) * digit;
}

async function newestFirst(reads: MarketReads): Promise<readonly Model[]> {
  return (await allModels(reads)).sort((a, b) => b.id - a.id);
}

async function cardsOf(list: readonly Model[], reads: MarketReads, snapshot: Snapshot): Promise<readonly ModelCard[]> {
  const limit = new Limit(parallel);
  return Promise.all(list.map((one) => limit.run(() => cardOf(one, reads, snapshot))));
}

async function cardOf(one: Model, reads: MarketReads, snapshot: Snapshot): Promise<ModelCard> {
  const [offers, history, sale] = await Promise.all([
    offersOf(one, reads),
    periodsOf({ model: one.id }, reads, snapshot),
    reads.sale(one.id),
  ]);
  const newest = offers.filter(({ version }) => version === one.newest.version);
  const times = newest.map(({ timeMicroseconds }) => timeMicroseconds / 1000);
  return {
    model: one,
    providers: newest.length,
    fastestMs: times.length === 0 ? null : Math.min(...times),
    history,
    delivered: history.reduce((sum, { delivered }) => sum + delivered, 0),
    recentPrice: history.findLast(({ priceMean }) => priceMean !== null)?.priceMean ?? null,
    sale,
  };
}

function offersOf({ id, offers }: Model, reads: MarketReads): Promise<readonly Offer[]> {
  if (offers === 0) return Promise.resolve([]);
  return allOffers(reads, id);
}

async function versionsOf({ id, newest }: Model, reads: MarketReads): Promise<readonly ModelVersion[]> {
  const older = Array.from({ length: newest.version }, (_, version) => reads.modelVersion(id, version));
  const found = (await Promise.all(older)).filter((version) => version !== null);
  return [newest, ...found.filter(({ version }) => version !== newest.version).reverse()];
}

async function providersOf(one: Model, reads: MarketReads): Promise<readonly ModelProvider[]> {
  const limit = new Limit(parallel);
  const offers = await offersOf(one, reads);
  const found = await Promise.all(
    offers.map((offer) =>
      limit.run(async () => {
        const [provider, record] = await Promise.all([
          reads.provider(offer.provider),
          reads.record(offer.provider, 'provider'),
        ]);
        return { offer, isNewest: offer.version === one.newest.version, provider, record };
      }),
    ),
  );
  return found.sort(
    (a, b) => Number(b.isNewest) - Number(a.isNewest) || a.offer.timeMicroseconds - b.offer.timeMicroseconds,
  );
}

async function ordersOfModel(id: number, reads: MarketReads): Promise<readonly Order[]> {
  const orders = await allOrders(reads);
  return orders.filter((order) => order.model === id).sort((a, b) => b.id - a.id);
}
