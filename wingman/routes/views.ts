/** What the API shows of the market's things, as schemas and as functions that make them. */
import { z } from 'zod';

import type { Agreement, Order } from '../../lib/market/types.ts';
import type { Decision, Execution } from '../../lib/provider/ports.ts';
import { amount } from '../config/fields.ts';
import type { Context } from '../context.ts';
import type { Connected } from '../context.ts';
import { NotReady } from '../errors.ts';

const block = z.int().describe('A block number.');
const time = z.number().describe('Milliseconds since 1970.');

export const numberInPath = z.object({ id: z.coerce.number().int().min(0) });

/** The query of a list in pages. */
export const paging = {
  before: z.coerce.number().int().min(1).optional().describe('Go on after the entry whose `place` this is.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
} as const;

export const decisionView = z
  .object({
    order: z.int(),
    at: time,
    block: z.int().describe('The best block on whose state it rests.'),
    action: z.enum(['bid', 'improve', 'hold', 'decline']),
    price: amount.nullable().describe('The price that was decided on, or that stands.'),
    rule: z.string().describe('The rule that decided: a stable word.'),
    reason: z.string().describe('The same for people, with the numbers that mattered.'),
    result: z.enum(['pending', 'included', 'failed']).nullable().describe('What became of the transaction.'),
    error: z.string().nullable(),
  })
  .meta({ id: 'Decision', description: 'What was decided about an order, and why.' });

export const orderView = z
  .object({
    id: z.int(),
    model: z.int(),
    version: z.int(),
    consumer: z.string(),
    inferences: z.int(),
    providers: z.int().describe('How many providers are wanted, each for all inferences.'),
    maxPrice: amount.describe('The highest price per inference.'),
    royalty: amount,
    maxInFlight: z.int(),
    responseDeadline: z.int().describe('In blocks.'),
    lifetime: z.int().describe('In blocks.'),
    placedAt: block,
    bidsUntil: block.describe('The first block in which no bid can be placed any more.'),
    acceptUntil: block.describe('The first block in which no bid can be accepted any more.'),
    reserve: amount.describe('The stake that each bid reserves.'),
    bids: z.array(z.object({ provider: z.string(), price: amount, at: block })).describe('Best first.'),
    decision: decisionView.nullable().describe('The newest decision about it.'),
  })
  .meta({ id: 'Order', description: 'An open order, as last seen.' });

export const agreementView = z
  .object({
    id: z.int(),
    order: z.int(),
    model: z.int(),
    version: z.int(),
    consumer: z.string(),
    price: amount.describe('What the consumer pays per inference.'),
    royalty: amount,
    fee: amount,
    penalty: amount.describe('What a missed inference costs.'),
    quota: z.int().describe('How many inferences were agreed on.'),
    maxInFlight: z.int(),
    responseDeadline: z.int().describe('In blocks.'),
    openedAt: block,
    endsAt: block,
    requested: z.int(),
    answered: z.int(),
    delivered: z.int(),
    consumerFaults: z.int(),
    providerFaults: z.int(),
    missed: z.int(),
    state: z.enum(['active', 'expired', 'completed', 'byConsumer', 'abandoned']),
    earned: amount.describe('What the provider got for what was delivered: price less royalty and fee.'),
  })
  .meta({ id: 'Agreement' });

const stage = z.enum(['seen', 'downloaded', 'executed', 'uploaded', 'answered', 'failed', 'missed']);

export const stageInQuery = stage;

export const executionView = z
  .object({
    agreement: z.int(),
    index: z.int(),
    payload: z.string().describe('The content id of the payload.'),
    stage,
    times: z.partialRecord(stage, time).describe('When each stage was reached.'),
    output: z.object({ content: z.string(), commitment: z.string() }).nullable(),
    failure: z.string().nullable().describe('The failure code that stands on the chain.'),
    reason: z.string().nullable().describe('Why it failed, for the operator.'),
  })
  .meta({ id: 'Execution', description: 'One request of an agreement.' });

export type OrderView = z.output<typeof orderView>;
export type AgreementView = z.output<typeof agreementView>;
export type ExecutionView = z.output<typeof executionView>;

export function showOrder(order: Order, decision: Decision | null): OrderView {
  return { ...order, bids: order.bids.map((bid) => ({ ...bid })), decision };
}

export function showAgreement({ counts, state, ...agreement }: Agreement): AgreementView {
  const { price, royalty, fee } = agreement;
  return {
    ...agreement,
    ...counts,
    state: state.kind === 'active' ? 'active' : state.how,
    earned: (price - royalty - fee) * BigInt(counts.delivered),
  };
}

export function showExecution(execution: Execution): ExecutionView {
  const { output, ...rest } = execution;
  return { ...rest, times: { ...execution.times }, output: output === null ? null : { ...output } };
}

/** @throws {NotReady} while the chain or Dx has not been reached */
export function requireConnected(context: Context): Connected {
  const connected = context.connected();
  if (connected === null) throw new NotReady(`Not ready: ${context.waitingFor()}`);
  return connected;
}
