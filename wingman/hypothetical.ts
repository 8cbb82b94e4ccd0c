/** Orders that nobody placed, for a dry run. */
import { z } from 'zod';

import { partOf } from '../lib/market/rates.ts';
import { SCHEME_HPKE_X25519, type Order } from '../lib/market/types.ts';
import { positiveAmount, section } from './config/fields.ts';
import type { Connected } from './context.ts';
import { NotReady, Unknown } from './errors.ts';

/** The number of an order that nobody placed. */
export const HYPOTHETICAL = -1;

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
  const now = heads.best.number;
  const { maxPrice, inferences, maxInFlight, biddingPeriod, acceptancePeriod, providers } = request;
  const most = BigInt(Math.min(maxInFlight, inferences));
  return {
    ...request,
    minStake: request.minStake ?? 0n,
    key: { scheme: SCHEME_HPKE_X25519, material: { inline: `0x${'00'.repeat(32)}` } },
    sender: null,
    id: HYPOTHETICAL,
    consumer: '',
    version: model.newest.version,
    royalty: model.royalty,
    placedAt: now,
    bidsUntil: now + biddingPeriod,
    acceptUntil: now + biddingPeriod + acceptancePeriod,
    reserve: partOf(maxPrice * most, rules.reserveRate),
    held: maxPrice * BigInt(inferences) * BigInt(providers),
    bids: [],
  };
}
