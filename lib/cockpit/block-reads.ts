/** The market's state at one block. What several queries ask is read once. */
import type { At, MarketReads } from '../market/chain.ts';
import type { Address, Agreement, Hex, Model, Offer, Order, Provider, Role } from '../market/types.ts';

/** Reads at a block, each question once. A failed one is asked again. */
export function readsAt(chain: MarketReads, at: Hex): MarketReads {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(name: string, args: readonly unknown[], read: () => Promise<T>): Promise<T> => {
    const key = `${name} ${JSON.stringify(args)}`;
    const found = known.get(key) as Promise<T> | undefined;
    if (found !== undefined) return found;
    const reading = read();
    known.set(key, reading);
    reading.catch(() => known.delete(key));
    return reading;
  };
  const here: At = at;
  return {
    rules: () => once('rules', [], () => chain.rules()),
    models: (page) => once('models', [page], () => chain.models({ ...page, at: here })),
    model: (id) => once('model', [id], () => chain.model(id, here)),
    modelVersion: (id, version) => once('version', [id, version], () => chain.modelVersion(id, version, here)),
    sale: (model) => once('sale', [model], () => chain.sale(model, here)),
    providers: (page) => once('providers', [page], () => chain.providers({ ...page, at: here })),
    provider: (account) => once('provider', [account], () => chain.provider(account, here)),
    offers: (model, page) => once('offers', [model, page], () => chain.offers(model, { ...page, at: here })),
    orders: (page) => once('orders', [page], () => chain.orders({ ...page, at: here })),
    order: (id) => once('order', [id], () => chain.order(id, here)),
    agreement: (id) => once('agreement', [id], () => chain.agreement(id, here)),
    agreementsOf: (account, page) =>
      once('agreementsOf', [account, page], () => chain.agreementsOf(account, { ...page, at: here })),
    requests: (agreement, first, limit) =>
      once('requests', [agreement, first, limit], () => chain.requests(agreement, first, limit, here)),
    record: (account, role) => once('record', [account, role], () => chain.record(account, role, here)),
    periods: (subject) => once('periods', [subject], () => chain.periods(subject, here)),
    balance: (account) => once('balance', [account], () => chain.balance(account, here)),
  };
}

/** All entries of a list that is read by pages. */
async function allPages<T, Key>(
  keyOf: (entry: T) => Key,
  read: (page: { readonly after?: Key; readonly limit: number }) => Promise<readonly T[]>,
): Promise<T[]> {
  const limit = 100;
  const all: T[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = await read({ ...(last === undefined ? {} : { after: keyOf(last) }), limit });
    all.push(...page);
    if (page.length < limit) return all;
  }
}

export const allModels = (reads: MarketReads): Promise<Model[]> =>
  allPages(
    ({ id }: Model) => id,
    (page) => reads.models(page),
  );

export const allProviders = (reads: MarketReads): Promise<Provider[]> =>
  allPages(
    ({ account }: Provider) => account,
    (page) => reads.providers(page),
  );

export const allOffers = (reads: MarketReads, model: number): Promise<Offer[]> =>
  allPages(
    ({ provider }: Offer) => provider,
    (page) => reads.offers(model, page),
  );

/** All open orders. */
export const allOrders = (reads: MarketReads): Promise<Order[]> =>
  allPages(
    ({ id }: Order) => id,
    (page) => reads.orders(page),
  );

export const allAgreementsOf = (reads: MarketReads, account: Address): Promise<Part[]> =>
  allPages(
    ({ agreement }: Part) => agreement.id,
    (page) => reads.agreementsOf(account, page),
  );

interface Part {
  readonly role: Role;
  readonly agreement: Agreement;
}
