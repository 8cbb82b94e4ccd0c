/** Which bid to take, and why. */
import type { MarketReads } from '../market/chain.ts';
import type { Address, Bid, Order, Record, Rules } from '../market/types.ts';

/** What is known of a bidder. */
export interface Bidder {
  readonly record: Record | null;
  /** Its measured time per inference, as it announced it; `null` when its offer is gone. */
  readonly timeMicroseconds: number | null;
}

export interface RankedBid extends Bid {
  /** 1 is the best. */
  readonly rank: number;
  /** How probable it is, by the record, that an inference is delivered; 0 to 1. */
  readonly reliability: number;
  readonly timeMs: number | null;
  /** What makes it better or worse, for people. */
  readonly reasons: readonly string[];
}

/**
 * Ranks the bids of an order, best first.
 *
 * What counts is the price divided by how probable delivery is: a missed inference costs nothing but has to be ordered
 * again. A bidder that by its own measurement cannot answer everything in flight before the deadline comes behind all
 * that can. Between equals the faster one is better, then the one who bid first.
 */
export function rankBids(
  order: Order,
  bidders: ReadonlyMap<Address, Bidder>,
  rules: Pick<Rules, 'blockTimeMs'>,
): readonly RankedBid[] {
  const candidates = order.bids.map((bid) => {
    const { record = null, timeMicroseconds = null } = bidders.get(bid.provider) ?? {};
    const reliability = expectedDelivery(record);
    const timeMs = timeMicroseconds === null ? null : timeMicroseconds / 1000;
    const inFlight = Math.min(order.maxInFlight, order.inferences);
    const tooSlow = timeMs !== null && timeMs * inFlight > order.responseDeadline * rules.blockTimeMs;
    const reasons = [describeRecord(record)];
    if (timeMs === null) reasons.push('no longer offers the model');
    else reasons.push(`${readableMs(timeMs)} per inference`);
    if (tooSlow) reasons.push('too slow to answer all that can be in flight before the deadline');
    return { bid, reliability, timeMs, late: tooSlow || timeMs === null, reasons };
  });
  const cost = ({ bid, reliability }: (typeof candidates)[number]) => Number(bid.price) / reliability;
  candidates.sort(
    (a, b) =>
      Number(a.late) - Number(b.late) ||
      cost(a) - cost(b) ||
      (a.timeMs ?? 0) - (b.timeMs ?? 0) ||
      a.bid.at - b.bid.at ||
      (a.bid.provider < b.bid.provider ? -1 : 1),
  );
  return candidates.map(({ bid, reliability, timeMs, reasons }, place) => ({
    ...bid,
    rank: place + 1,
    reliability,
    timeMs,
    reasons,
  }));
}

/** Reads what is known of an order's bidders. */
export async function readBidders(chain: MarketReads, order: Order): Promise<ReadonlyMap<Address, Bidder>> {
  const offers = new Map<Address, number>();
  for (let after: Address | undefined; ;) {
    const page = await chain.offers(order.model, { ...(after === undefined ? {} : { after }), limit: 100 });
    for (const { provider, version, timeMicroseconds } of page) {
      if (version === order.version) offers.set(provider, timeMicroseconds);
    }
    after = page.at(-1)?.provider;
    if (page.length < 100 || after === undefined) break;
  }
  return new Map(
    await Promise.all(
      order.bids.map(async ({ provider }) => {
        const record = await chain.record(provider, 'provider');
        return [provider, { record, timeMicroseconds: offers.get(provider) ?? null }] as const;
      }),
    ),
  );
}

/** The `count` best bids of an order; fewer when it has fewer. */
export async function bestBids(chain: MarketReads, order: Order, count: number): Promise<readonly RankedBid[]> {
  const [bidders, rules] = await Promise.all([readBidders(chain, order), chain.rules()]);
  return rankBids(order, bidders, rules).slice(0, count);
}

/**
 * The share delivered, as if there had been ten more inferences of which nine were: a newcomer is neither refused nor
 * preferred to somebody with a long good record. The consumers' own faults count neither way.
 */
function expectedDelivery(record: Record | null): number {
  const delivered = record?.delivered ?? 0;
  const faults = (record?.missed ?? 0) + (record?.providerFaults ?? 0);
  return (delivered + 9) / (delivered + faults + 10);
}

function describeRecord(record: Record | null): string {
  const delivered = record?.delivered ?? 0;
  const all = delivered + (record?.missed ?? 0) + (record?.providerFaults ?? 0);
  if (record === null || all === 0) return 'no record yet';
  const parts = [`delivered ${delivered} of ${all}`];
  if (record.ratings > 0) parts.push(`rated ${(record.ratingSum / record.ratings).toFixed(1)} of 5`);
  if (record.abandoned > 0) parts.push(`abandoned ${record.abandoned} of ${record.agreements} agreements`);
  return parts.join(', ');
}

function readableMs(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(1)} ms`;
}
