/** `airo agreements`, `agreement`, `end`, `rate`: what was agreed on, and where its money is. */
import { allAgreements } from '../../lib/consumer/orders.ts';
import { settlement } from '../../lib/consumer/settlement.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Agreement, Outcome, Request } from '../../lib/market/types.ts';
import { UsageError } from '../../scripts/lib/options.ts';
import { numberArgument } from '../arguments.ts';
import { asOf, describeAsOf } from '../as-of.ts';
import { defineCommand, type ReadChain } from '../command.ts';
import { agreementArgument, agreementPlace as ownAgreementPlace } from '../newest.ts';
import { bareAmount, list, table } from '../output.ts';
import { describeIncluded, includedDocument, submit } from '../transactions.ts';

const agreementPlace = { name: 'AGREEMENT', help: 'The number of the agreement, as `airo agreements` lists it.' };
const right = (head: string) => ({ head, align: 'right' }) as const;

export const agreements = defineCommand({
  name: 'agreements',
  about: 'Lists your agreements as a consumer, with what was paid, refunded and is still in escrow.',
  positionals: [],
  options: {},
  needs: ['chain', 'account'],
  example: 'agreements',
  async run(context) {
    const { chain } = await context.ports();
    const state = await asOf(context, chain);
    const all = await allAgreements(chain, chain.account.address);
    const shown = all.map((agreement) => ({ ...agreement, settlement: settlement(agreement) }));
    context.out.print(
      table(
        [
          right('AGREEMENT'),
          right('MODEL'),
          right('PRICE'),
          right('USED'),
          right('PAID'),
          right('REFUNDED'),
          right('ESCROW'),
          'STATE',
          'PROVIDER',
        ],
        shown.map(({ id, model, price, counts, quota, settlement: money, provider, ...agreement }) => [
          ...[`${id}`, `${model}`, bareAmount(price), `${counts.requested} of ${quota}`],
          ...[bareAmount(money.paid), bareAmount(money.refunded), bareAmount(money.escrow)],
          ...[describeState(agreement), provider],
        ]),
        'You have no agreements.',
      ),
    );
    context.out.print(describeAsOf(state));
    return { ...state, agreements: shown };
  },
});

function describeState({ state, endsAt }: Pick<Agreement, 'state' | 'endsAt'>): string {
  return state.kind === 'active' ? `active until block ${endsAt}` : `ended in block ${state.at}: ${endings[state.how]}`;
}

const endings = {
  expired: 'its time was over',
  completed: 'all used',
  byConsumer: 'by the consumer',
  abandoned: 'abandoned by the provider',
} as const;

export const agreement = defineCommand({
  name: 'agreement',
  about: 'Shows an agreement with its requests and where its money is.',
  positionals: [agreementPlace],
  options: {
    first: { type: 'index', help: 'Show requests from this one on. Default: 0.' },
    count: { type: 'count', help: 'Show at most so many. Default: 100.' },
  },
  needs: ['chain'],
  example: 'agreement 3',
  async run(context, { options, args }) {
    const chain = await context.chain();
    const id = numberArgument('AGREEMENT', args[0]);
    const state = await asOf(context, chain);
    const found = await readAgreement(chain, id);
    const requests = await readRequests(chain, id, options.first ?? 0, options.count ?? 100);
    const money = settlement(found);
    const { counts, quota } = found;
    context.out.print(
      list([
        ['Order', `${found.order}`],
        ['Model', `${found.model}, version ${found.version}`],
        ['Consumer', found.consumer],
        ['Provider', found.provider],
        [
          'Price',
          `${formatAmount(found.price)} per inference (royalty ${bareAmount(found.royalty)}, fee ${bareAmount(found.fee)})`,
        ],
        ['State', describeState(found)],
        ['Requested', `${counts.requested} of ${quota}, at most ${found.maxInFlight} unanswered at a time`],
        ['Delivered', `${counts.delivered}`],
        ['Failed', `${counts.consumerFaults} by the consumer's fault, ${counts.providerFaults} by the provider's`],
        ['Missed', `${counts.missed}`],
        ['Paid', formatAmount(money.paid)],
        ['Refunded', formatAmount(money.refunded)],
        ['In escrow', formatAmount(money.escrow)],
        ['Rating', found.rating === null ? 'none' : `${found.rating} of 5`],
      ]),
    );
    context.out.print('');
    context.out.print(
      table(
        [right('REQUEST'), right('BLOCK'), 'OUTCOME', 'PAYLOAD'],
        requests.map(({ index, requestedAt, outcome, payload }) => [
          ...[`${index}`, `${requestedAt}`, describeOutcome(outcome), payload],
        ]),
        counts.requested === 0
          ? 'Nothing has been requested yet.'
          : 'The requests have been removed after their retention.',
      ),
    );
    context.out.print(describeAsOf(state));
    return { ...state, ...found, settlement: money, requests };
  },
});

function describeOutcome(outcome: Outcome): string {
  switch (outcome.state) {
    case 'pending':
      return 'waiting';
    case 'answered':
      return `answered in block ${outcome.at}, payment waits`;
    case 'settled':
      return `paid in block ${outcome.at}`;
    case 'failed':
      return `${outcome.code} in block ${outcome.at}, refunded`;
    case 'missed':
      return 'missed, refunded';
  }
}

async function readRequests(chain: ReadChain, id: number, first: number, count: number): Promise<readonly Request[]> {
  const requests: Request[] = [];
  for (let from = first; from < first + count; from += 100) {
    requests.push(...(await chain.requests(id, from, Math.min(100, first + count - from))));
  }
  return requests;
}

/** @throws when there is no agreement of this number */
export async function readAgreement(chain: ReadChain, id: number): Promise<Agreement> {
  const found = await chain.agreement(id);
  if (found === null) {
    throw new Error(`There is no agreement ${id}, or it ended so long ago that the chain has removed it.`);
  }
  return found;
}

export const end = defineCommand({
  name: 'end',
  about: 'Ends your agreement early; what was not used is refunded at once. No request may be unanswered.',
  positionals: [ownAgreementPlace],
  options: {},
  needs: ['chain', 'account'],
  example: 'end 3',
  async run(context, { args }) {
    const id = await agreementArgument(context, args[0]);
    const included = await submit(context, 'Ending', { call: 'endAgreement', agreement: id });
    const { chain } = await context.ports();
    const money = settlement(await readAgreement(chain, id));
    context.out.print(
      `Agreement ${id} has ended (${describeIncluded(context, included)}): ` +
        `${formatAmount(money.paid)} paid, ${formatAmount(money.refunded)} refunded.`,
    );
    return { agreement: id, settlement: money, ...includedDocument(context, included) };
  },
});

export const rate = defineCommand({
  name: 'rate',
  about: 'Rates an agreement that has ended, once.',
  positionals: [ownAgreementPlace, { name: 'STARS', help: 'From 1 (worst) to 5 (best).' }],
  options: {},
  needs: ['chain', 'account'],
  example: 'rate 3 5',
  async run(context, { args }) {
    const id = await agreementArgument(context, args[0]);
    const stars = numberArgument('STARS', args[1]);
    if (stars < 1 || stars > 5) throw new UsageError(`STARS must be from 1 to 5, not ${stars}.`);
    const included = await submit(context, 'Rating', { call: 'rate', agreement: id, stars });
    context.out.print(`Agreement ${id} is rated ${stars} of 5 (${describeIncluded(context, included)}).`);
    return { agreement: id, stars, ...includedDocument(context, included) };
  },
});
