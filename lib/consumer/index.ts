/**
 * Buying inferences: order, choose, accept, infer, and what became of the money. Everything works against the ports in
 * `ports.ts`, on a command line and in a page alike.
 *
 * ```ts
 * const { order } = await placeOrder(ports, { model: 0, inferences: 10, maxPrice });
 * for await (const { order, phase } of watchOrder(ports.chain, order, signal)) { ... }
 * const [best] = await bestBids(ports.chain, await readOrder(ports.chain, order), 1);
 * const { agreements } = await acceptBids(ports.chain, order, [best.provider]);
 * for await (const result of infer(ports, agreements[0].id, inputs, { onEvent })) { ... }
 * ```
 */
export { chainWithAccount } from './chain.ts';
export { bestBids, rankBids, readBidders, type Bidder, type RankedBid } from './choose.ts';
export { compareResults, type Comparison } from './compare.ts';
export { createEnvelopes } from './envelopes.ts';
export * from './errors.ts';
export { explainFailure } from './explain.ts';
export { feesOfSending, type RequestFees } from './fees.ts';
export { forget, infer, openAgreement, resume } from './infer.ts';
export {
  acceptBids,
  allAgreements,
  allOrders,
  phaseOf,
  placeOrder,
  readOrder,
  watchOrder,
  type Accepted,
  type PlacedOrder,
  type WatchedOrder,
} from './orders.ts';
export type * from './ports.ts';
export type { ResumeOptions, TransferOptions } from './session.ts';
export { settlement, type Settlement } from './settlement.ts';
export { checkTerms, describeOrder, fillTerms, leastPrice, type OrderSummary, type Terms, type Wish } from './terms.ts';
export * from './types.ts';
