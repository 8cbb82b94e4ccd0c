/** The main job of the market, once: a model is registered, ordered, bid for, run, paid. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readInputs } from '../../cli/inputs.ts';
import {
  acceptBids,
  bestBids,
  infer,
  placeOrder,
  watchOrder,
  type InferenceEvent,
  type InferenceResult,
  type Input,
  type Ports,
  type RankedBid,
} from '../../lib/consumer/index.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Agreement, Bid, Description, Order } from '../../lib/market/types.ts';
import { resnetFolder } from './marketplace.ts';

/** What came of a purchase. */
export interface Purchase {
  readonly order: Order;
  readonly chosen: RankedBid;
  readonly agreement: Agreement;
  readonly results: readonly InferenceResult[];
  /** Every bid that was seen, the first one of each provider and each improvement. */
  readonly bids: readonly Bid[];
}

/** The images to classify: those that are named, or one of each digit of the held-out test set. */
export async function readImages(images: readonly string[], description: Description): Promise<readonly Input[]> {
  return readInputs(images.length > 0 ? images : await heldOutImages(), description);
}

async function heldOutImages(): Promise<readonly string[]> {
  const folder = join(resnetFolder, 'test-images');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  const firstOfEach = new Map(names.toReversed().map((name) => [name.slice(0, name.indexOf('-')), name]));
  return [...firstOfEach.values()].sort().map((name) => join(folder, name));
}

/** Orders an inference for each input, waits for the bids to settle, accepts the best one and infers. */
export async function purchase(
  ports: Ports,
  model: number,
  inputs: readonly Input[],
  maxPrice: bigint,
  { say, name, signal }: { say: (line: string) => void; name: (provider: string) => string; signal: AbortSignal },
): Promise<Purchase> {
  const wish = { model, inferences: inputs.length, maxPrice };
  const placed = await placeOrder(ports, wish, { signal });
  say(`order ${placed.order}: ${inputs.length} inferences for at most ${formatAmount(maxPrice)} each`);
  const { order, bids } = await collectBids(ports, placed.order, { say, name, signal });
  const [chosen] = await bestBids(ports.chain, order, 1);
  if (chosen === undefined) throw new Error('Nobody bid. The logs of the Wingmen say why.');
  const accepted = await acceptBids(ports.chain, order.id, [chosen.provider], { signal });
  const [agreement] = accepted.agreements;
  if (agreement === undefined) throw new Error('The chain reports no agreement for the bid that was accepted.');
  say(`agreement ${agreement.id} with ${name(chosen.provider)} at ${formatAmount(agreement.price)} each`);

  const results: InferenceResult[] = [];
  const onEvent = (event: InferenceEvent) => {
    if (event.event === 'trouble') say(`${event.where}: ${event.error.message}`);
  };
  for await (const result of infer(ports, agreement.id, inputs, { onEvent, signal })) {
    results.push(result);
    say(`${result.label}: ${result.state} (${results.length} of ${inputs.length})`);
  }
  results.sort((a, b) => (a.input ?? 0) - (b.input ?? 0));
  return { order, chosen, agreement, results, bids };
}

/** Follows the bids until no more can be placed. */
async function collectBids(
  ports: Ports,
  id: number,
  { say, name, signal }: { say: (line: string) => void; name: (provider: string) => string; signal: AbortSignal },
): Promise<{ readonly order: Order; readonly bids: readonly Bid[] }> {
  const bids: Bid[] = [];
  for await (const { order, phase } of watchOrder(ports.chain, id, signal)) {
    for (const bid of order.bids) {
      if (bids.some(({ provider, price }) => provider === bid.provider && price === bid.price)) continue;
      const improves = bids.some(({ provider }) => provider === bid.provider);
      say(`${name(bid.provider)} ${improves ? 'improves to' : 'bids'} ${formatAmount(bid.price)}`);
      bids.push(bid);
    }
    if (phase !== 'bidding') return { order, bids };
  }
  throw new Error(`Order ${id} is gone before a bid could be accepted.`);
}
