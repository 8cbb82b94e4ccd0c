/** What the market's pallets say happened, as the market speaks of it. */
import { ends } from './decode.ts';
import type { Events } from './generated/chain.ts';
import { toNumber } from './identifiers.ts';
import type { DecodedEvent } from './runtime.ts';
import type { MarketEvent } from '../market/chain.ts';

type Decoders = {
  readonly [Name in keyof Events]?: (data: Events[Name], context: Context) => MarketEvent;
};

interface Context {
  /** The order that led to an agreement which was opened in the same transaction. */
  orderOf(agreement: bigint): number;
}

const decoders: Decoders = {
  'marketplace.ModelRegistered': (data) => ({ event: 'modelRegistered', ...data }),
  'marketplace.VersionPublished': (data) => ({ event: 'versionPublished', ...data }),
  'marketplace.ProviderRegistered': (data) => ({ event: 'providerRegistered', ...data }),
  'marketplace.StakeSlashed': (data) => ({ event: 'stakeSlashed', ...data }),
  'marketplace.OrderPlaced': (data) => ({ event: 'orderPlaced', ...data, order: toNumber(data.order) }),
  'marketplace.BidPlaced': (data) => ({ event: 'bidPlaced', ...data, order: toNumber(data.order) }),
  'marketplace.BidDisplaced': (data) => ({ event: 'bidDisplaced', ...data, order: toNumber(data.order) }),
  'marketplace.BidsAccepted': ({ order, agreements }) => ({
    event: 'bidsAccepted',
    order: toNumber(order),
    agreements: agreements.map(toNumber),
  }),
  'marketplace.OrderClosed': ({ order, closing }) => ({
    event: 'orderClosed',
    order: toNumber(order),
    closing: closing === 'Cancelled' ? 'cancelled' : 'expired',
  }),
  'nfts.ItemPriceSet': ({ item, price, whitelistedBuyer }) => ({
    ...{ event: 'modelForSale', model: item, price, reservedFor: whitelistedBuyer },
  }),
  'nfts.ItemPriceRemoved': ({ item }) => ({ event: 'modelNotForSale', model: item }),
  'nfts.ItemBought': ({ item, price, seller, buyer }) => ({ event: 'modelSold', model: item, price, seller, buyer }),
  'execution.AgreementOpened': (data, context) => ({
    event: 'agreementOpened',
    ...data,
    agreement: toNumber(data.agreement),
    order: context.orderOf(data.agreement),
  }),
  'execution.Requested': (data) => ({ event: 'requested', ...data, agreement: toNumber(data.agreement) }),
  'execution.Answered': (data) => ({ event: 'answered', ...data, agreement: toNumber(data.agreement) }),
  'execution.Paid': (data) => ({ event: 'paid', ...data, agreement: toNumber(data.agreement) }),
  'execution.Refunded': (data) => ({ event: 'refunded', ...data, agreement: toNumber(data.agreement) }),
  'execution.Missed': (data) => ({ event: 'missed', ...data, agreement: toNumber(data.agreement) }),
  'execution.AgreementEnded': ({ agreement, how }) => ({
    event: 'agreementEnded',
    agreement: toNumber(agreement),
    how: ends[how],
  }),
  'execution.Rated': ({ agreement, rating }) => ({ event: 'rated', agreement: toNumber(agreement), stars: rating }),
};

/**
 * The market's events among those of a transaction, in their order.
 *
 * @param collection gives the number of the collection of all models' NFTs; asked only when there are events of NFTs,
 *   which may be anybody's
 */
export async function marketEvents(
  events: readonly DecodedEvent[],
  collection: () => Promise<number | null>,
): Promise<MarketEvent[]> {
  const models = events.some(isOfNft) ? await collection() : null;
  const accepted = events.filter(({ name }) => name === 'marketplace.BidsAccepted');
  const context: Context = {
    orderOf(agreement) {
      for (const { data } of accepted) {
        const { order, agreements } = data as Events['marketplace.BidsAccepted'];
        if (agreements.includes(agreement)) return toNumber(order);
      }
      throw new Error(`The chain opened agreement ${agreement} without an order.`);
    },
  };
  return events
    .filter((event) => isOfMarket(event.name) || (isOfNft(event) && collectionOf(event) === models))
    .map(({ name, data }) => {
      const decode = decoders[name as keyof Events] as ((data: unknown, context: Context) => MarketEvent) | undefined;
      return decode === undefined ? { event: 'other', name, data } : decode(data, context);
    });
}

function isOfMarket(name: string): boolean {
  return name.startsWith('marketplace.') || name.startsWith('execution.');
}

/** Whether an event is one of those of the NFT pallet that are read here. */
function isOfNft({ name }: DecodedEvent): boolean {
  return name.startsWith('nfts.') && name in decoders;
}

function collectionOf({ data }: DecodedEvent): number {
  return (data as Events['nfts.ItemPriceRemoved']).collection;
}
