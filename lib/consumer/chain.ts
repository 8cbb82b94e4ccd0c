/** The chain as a consumer wants it. */
import type { Account, HeadFollower, MarketReads } from '../market/chain.ts';
import type { Hex } from '../market/types.ts';
import type { Chain } from './ports.ts';

/** What can be read and followed, together with the account that orders and pays. */
export function chainWithAccount(
  chain: MarketReads & HeadFollower & { readonly genesisHash: Hex },
  account: Account,
): Chain {
  return {
    genesisHash: chain.genesisHash,
    account,
    heads: (signal) => chain.heads(signal),
    rules: () => chain.rules(),
    models: (page) => chain.models(page),
    model: (id, at) => chain.model(id, at),
    modelVersion: (id, version, at) => chain.modelVersion(id, version, at),
    sale: (model, at) => chain.sale(model, at),
    providers: (page) => chain.providers(page),
    provider: (address, at) => chain.provider(address, at),
    offers: (model, page) => chain.offers(model, page),
    orders: (page) => chain.orders(page),
    order: (id, at) => chain.order(id, at),
    agreement: (id, at) => chain.agreement(id, at),
    agreementsOf: (address, page) => chain.agreementsOf(address, page),
    requests: (agreement, first, limit, at) => chain.requests(agreement, first, limit, at),
    record: (address, role, at) => chain.record(address, role, at),
    periods: (subject, at) => chain.periods(subject, at),
    balance: (address, at) => chain.balance(address, at),
  };
}
