/** Orders that nobody placed, for a dry run. */
import { z } from 'zod';

import type { Order } from '../lib/market/types.ts';
import { hypotheticalOrder as placedNow } from '../lib/provider/hypothetical.ts';
import { positiveAmount, section } from './config/fields.ts';
import type { Connected } from './context.ts';
import { NotReady, Unknown } from './errors.ts';

export const hypotheticalOrder = section({
  model: z.int().min(0),
  inferences: z.int().min(1).max(1_000_000).default(1),
  maxPrice: positiveAmount.describe('The highest price per inference.'),
  biddingPeriod: z.int().min(1).default(15).describe('In blocks.'),
  acceptancePeriod: z.int().min(0).default(15).describe('In blocks.'),
  responseDeadline: z.int().min(1).default(15).describe('In blocks.'),
  lifetime: z.int().min(1).default(300).describe('In blocks.'),
  providers: z.int().min(1).default(1),
  maxInFlight: z.int().min(1).max(1_024).default(1),
  minStake: positiveAmount.optional(),
  minRecord: section({
    delivered: z.int().min(0).default(0),
    reliability: z.number().min(0).max(1).default(0).describe('From 0 to 1.'),
  }).prefault({}),
}).meta({ id: 'HypotheticalOrder', description: 'An order that nobody placed, as if it were placed now.' });

type Hypothetical = z.output<typeof hypotheticalOrder>;

/**
 * The order as it would stand on the chain, placed in the best block, by nobody, without bids.
 *
 * @throws {Unknown} when there is no such model
 * @throws {NotReady} until the first block was seen
 */
export async function orderOf(request: Hypothetical, { chain, engine }: Connected): Promise<Order> {
  const [model, rules] = await Promise.all([chain.model(request.model), chain.rules()]);
  if (model === null) throw new Unknown(`There is no model ${request.model} on the chain.`);
  const { heads } = engine.status();
  if (heads === null) throw new NotReady('No block of the chain has been seen yet.');
  const { newest, royalty } = model;
  const order = { ...request, minStake: request.minStake ?? 0n, version: newest.version, royalty };
  return placedNow(order, heads.best.number, rules);
}
