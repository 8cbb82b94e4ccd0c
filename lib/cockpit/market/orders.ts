/** Open orders and the bids on them. */
import { rankBids, readBidders } from '../../consumer/choose.ts';
import { phaseOf } from '../../consumer/orders.ts';
import type { MarketReads } from '../../market/chain.ts';
import type { Address, Order } from '../../market/types.ts';
import { allOrders } from '../block-reads.ts';
import type { Definition, Snapshot } from '../queries.ts';
import type { BidInfo, OrderDetail } from '../types.ts';

export function order(id: number): Definition<OrderDetail | null> {
  return {
    key: `order/${id}`,
    identity: identityOf,
    read: async (reads, snapshot) => {
      const found = await reads.order(id);
      return found === null ? null : detailOf(found, reads, snapshot);
    },
  };
}

export function ordersOf(consumer: Address): Definition<readonly OrderDetail[]> {
  return {
    key: `ordersOf/${consumer}`,
    identity: (details) => details.map(identityOf),
    read: async (reads, snapshot) => {
      const mine = (await allOrders(reads)).filter((one) => one.consumer === consumer).sort((a, b) => b.id - a.id);
      return Promise.all(mine.map((one) => detailOf(one, reads, snapshot)));
    },
  };
}

/** How long a phase lasts changes with each block and is no statement about the state. */
function identityOf(detail: OrderDetail | null): unknown {
  return detail === null ? null : [detail.order, detail.bids];
}

async function detailOf(one: Order, reads: MarketReads, snapshot: Snapshot): Promise<OrderDetail> {
  const [model, bids, rules] = await Promise.all([reads.model(one.model), bidsOf(one, reads), reads.rules()]);
  const block = snapshot.heads.best.number;
  const phase = phaseOf(one, block);
  const ends = phase === 'bidding' ? one.bidsUntil : one.acceptUntil;
  const phaseEndsInBlocks = Math.max(0, ends - block);
  return { order: one, model, phase, bids, phaseEndsInBlocks, phaseEndsInMs: phaseEndsInBlocks * rules.blockTimeMs };
}

async function bidsOf(one: Order, reads: MarketReads): Promise<readonly BidInfo[]> {
  if (one.bids.length === 0) return [];
  const [bidders, rules] = await Promise.all([readBidders(reads, one), reads.rules()]);
  return Promise.all(
    rankBids(one, bidders, rules).map(async (bid) => {
      const provider = await reads.provider(bid.provider);
      return {
        ...bid,
        profile: provider?.profile ?? null,
        stake: provider?.stake ?? 0n,
        record: bidders.get(bid.provider)?.record ?? null,
      };
    }),
  );
}
