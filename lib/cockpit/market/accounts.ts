/** Accounts: what they have and why it is on hold, their records, and what they did. */
import { formatAmount } from '../../market/amounts.ts';
import type { MarketReads } from '../../market/chain.ts';
import type { Address, Provider, Record as AccountRecord, Role, Rules } from '../../market/types.ts';
import { allAgreementsOf, allModels, allOrders, allProviders } from '../block-reads.ts';
import type { Definition } from '../queries.ts';
import type { ActivityEntry, BalanceDetail, ProviderDetail } from '../types.ts';
import { periodsOf } from './periods.ts';

/** Why amounts are on hold, by the chain's names of the reasons. */
const explanations: Readonly<Record<string, string>> = {
  'Marketplace.Order':
    'Your open orders: the most they can cost. Comes back when you accept less, cancel, or time is over.',
  'Marketplace.Stake': 'Your stake as a provider. It can be withdrawn some time after you leave.',
  'Marketplace.Deposit':
    'Deposits for what you put on the market (models, profile, offers). Each comes back when it is removed.',
  'Execution.Escrow': 'Your open agreements: paid out with each answer, refunded for each one that is missed.',
  'Execution.Deposit':
    'Deposits for your agreements, their requests and your record. They come back when these are removed.',
  Reserved: 'Deposits that the chain keeps without a name of their own, such as that for an NFT.',
};

/** Why an amount is on hold, in plain words. */
function explainHold(reason: string): string {
  return explanations[reason] ?? `Held by the chain as ${reason}.`;
}

export function balance(account: Address): Definition<BalanceDetail> {
  return {
    key: `balance/${account}`,
    read: async (reads) => {
      const { free, held } = await reads.balance(account);
      return {
        free,
        heldTotal: held.reduce((sum, { amount }) => sum + amount, 0n),
        held: held.map((hold) => ({ ...hold, explanation: explainHold(hold.reason) })),
      };
    },
  };
}

export function record(account: Address, role: Role): Definition<AccountRecord | null> {
  return { key: `record/${role}/${account}`, read: (reads) => reads.record(account, role) };
}

export const rules: Definition<Rules> = { key: 'rules', everyBlocks: 100, read: (reads) => reads.rules() };

export const providers: Definition<readonly Provider[]> = {
  key: 'providers',
  everyBlocks: 3,
  read: (reads) => allProviders(reads),
};

export function provider(account: Address): Definition<ProviderDetail | null> {
  return {
    key: `provider/${account}`,
    read: async (reads, snapshot) => {
      const found = await reads.provider(account);
      if (found === null) return null;
      const [ownRecord, history] = await Promise.all([
        reads.record(account, 'provider'),
        periodsOf({ provider: account }, reads, snapshot),
      ]);
      return { provider: found, record: ownRecord, history };
    },
  };
}

export function activity(account: Address): Definition<readonly ActivityEntry[]> {
  return {
    key: `activity/${account}`,
    everyBlocks: 2,
    read: async (reads, { timeOf }) => {
      const parts = await Promise.all([
        agreementActivity(account, reads),
        orderActivity(account, reads),
        ownerActivity(account, reads),
        providerActivity(account, reads),
      ]);
      const entries = parts.flat().map((entry) => ({ ...entry, atMs: timeOf(entry.block) }));
      return entries.sort((a, b) => b.block - a.block || (a.key < b.key ? -1 : 1));
    },
  };
}

type Entry = Omit<ActivityEntry, 'atMs'>;

async function agreementActivity(account: Address, reads: MarketReads): Promise<readonly Entry[]> {
  const entries = await allAgreementsOf(reads, account);
  return entries.flatMap(({ role, agreement: { id, openedAt, quota, price, counts, state } }) => {
    const href = `/agreement/?id=${id}`;
    const part = role === 'consumer' ? 'bought' : 'sold';
    const opened: Entry = {
      ...{ key: `agreement-${id}-opened`, block: openedAt, href },
      text: `Agreement ${id} opened: ${quota} inferences ${part} at ${formatAmount(price)} each`,
    };
    if (state.kind !== 'ended') return [opened];
    const ended: Entry = {
      ...{ key: `agreement-${id}-ended`, block: state.at, href },
      text: `Agreement ${id} ended: ${counts.delivered} of ${quota} inferences delivered`,
    };
    return [opened, ended];
  });
}

async function orderActivity(account: Address, reads: MarketReads): Promise<readonly Entry[]> {
  const orders = await allOrders(reads);
  return orders.flatMap((order) => {
    const placed: Entry = {
      ...{ key: `order-${order.id}`, block: order.placedAt, href: `/buy/?order=${order.id}` },
      text: `Order ${order.id} placed: ${order.inferences} inferences at up to ${formatAmount(order.maxPrice)} each`,
    };
    const bids = order.bids
      .filter((bid) => bid.provider === account)
      .map((bid) => ({
        ...{ key: `order-${order.id}-bid`, block: bid.at, href: null },
        text: `Bid ${formatAmount(bid.price)} per inference on order ${order.id}`,
      }));
    return [...(order.consumer === account ? [placed] : []), ...bids];
  });
}

async function ownerActivity(account: Address, reads: MarketReads): Promise<readonly Entry[]> {
  const models = await allModels(reads);
  return models
    .filter(({ owner }) => owner === account)
    .flatMap(({ id, registeredAt, newest }) => {
      const href = `/model/?id=${id}`;
      const { name } = newest.description;
      const registered: Entry = {
        key: `model-${id}`,
        block: registeredAt,
        href,
        text: `Model ${id} (${name}) registered`,
      };
      if (newest.publishedAt === registeredAt) return [registered];
      const text = `Version ${newest.version} of model ${id} (${name}) published`;
      return [registered, { key: `model-${id}-${newest.version}`, block: newest.publishedAt, href, text }];
    });
}

async function providerActivity(account: Address, reads: MarketReads): Promise<readonly Entry[]> {
  const found = await reads.provider(account);
  if (found === null) return [];
  const text = `Registered as the provider ${found.profile.name}`;
  return [{ key: 'provider', block: found.registeredAt, href: null, text }];
}
