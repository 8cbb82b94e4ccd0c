/** What can be asked of the market. */
import type { Queries } from '../queries.ts';
import type { Market } from '../types.ts';
import { agreement, agreementsOf } from './agreements.ts';
import { model, models, modelsOf } from './models.ts';
import { activity, balance, provider, providers, record, rules } from './accounts.ts';
import { order, ordersOf } from './orders.ts';
import { overview } from './periods.ts';

/** The market's questions over these queries. */
export function marketOf(queries: Queries): Market {
  return {
    rules: () => queries.get(rules),
    models: () => queries.get(models),
    model: (id) => queries.get(model(id)),
    modelsOf: (owner) => queries.get(modelsOf(owner)),
    order: (id) => queries.get(order(id)),
    ordersOf: (consumer) => queries.get(ordersOf(consumer)),
    agreement: (id) => queries.get(agreement(id)),
    agreementsOf: (account) => queries.get(agreementsOf(account)),
    balance: (account) => queries.get(balance(account)),
    record: (account, role) => queries.get(record(account, role)),
    activity: (account) => queries.get(activity(account)),
    provider: (account) => queries.get(provider(account)),
    providers: () => queries.get(providers),
    overview: () => queries.get(overview),
  };
}
