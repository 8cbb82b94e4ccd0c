/** `airo order`, `orders`, `bids`, `accept`, `cancel`: from a wish to an agreement. */
import { bestBids, rankBids, readBidders, type RankedBid } from '../../lib/consumer/choose.ts';
import { acceptBids, allOrders, phaseOf, placeOrder, readOrder, watchOrder } from '../../lib/consumer/orders.ts';
import { describeOrder, fillTerms, type Wish } from '../../lib/consumer/terms.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Agreement, Order, Rules } from '../../lib/market/types.ts';
import type { OptionTable, Parsed } from '../../scripts/lib/options.ts';
import { UsageError } from '../../scripts/lib/options.ts';
import { numberArgument, required } from '../arguments.ts';
import { asOf, describeAsOf } from '../as-of.ts';
import { defineCommand, type Context, type ReadChain } from '../command.ts';
import { orderArgument, orderPlace as ownOrderPlace } from '../newest.ts';
import { bareAmount, counted, duration, percent, table } from '../output.ts';
import { describeIncluded, includedDocument, showing, submit } from '../transactions.ts';

const orderPlace = { name: 'ORDER', help: 'The number of the order, as `airo orders` lists it.' };

/** What an order asks for, as options. */
export const termOptions = {
  'max-price': { type: 'amount', help: 'The most that one inference may cost, royalty and market fee included.' },
  providers: { type: 'count', help: 'How many providers are wanted, each for all inferences. Default: 1.' },
  bidding: { type: 'count', help: 'How many blocks bids are taken. Default: 6.' },
  acceptance: { type: 'count', help: 'How many blocks bids can be accepted after that. Default: 30.' },
  deadline: { type: 'count', help: 'Within how many blocks a request is to be answered. Default: 15.' },
  lifetime: { type: 'count', help: 'How many blocks the agreement lasts at most. Default: an hour.' },
  'in-flight': { type: 'count', help: 'How many requests may be unanswered at a time. Default: 64.' },
  'min-stake': { type: 'amount', help: 'The stake that a bidder must have.' },
  'min-delivered': { type: 'index', help: 'How many inferences a bidder must have delivered.' },
  'min-reliability': { type: 'fraction', help: 'Which part of its inferences a bidder must have delivered.' },
} as const satisfies OptionTable;

type TermValues = Parsed<typeof termOptions>['options'];

/** The wish that the options express. */
export function wishFrom(model: number, inferences: number, options: TermValues): Wish {
  return {
    ...{ model, inferences, maxPrice: required('max-price', options['max-price']) },
    ...{ providers: options.providers, maxInFlight: options['in-flight'], lifetime: options.lifetime },
    ...{ biddingPeriod: options.bidding, acceptancePeriod: options.acceptance, responseDeadline: options.deadline },
    ...{ minStake: options['min-stake'], minDelivered: options['min-delivered'] },
    minReliability: options['min-reliability'],
  };
}

export const order = defineCommand({
  name: 'order',
  about: 'Orders inferences of a model; providers then bid.',
  details:
    'Providers times inferences times the highest price goes on hold until a bid is accepted or the order is over.',
  positionals: [],
  options: {
    model: { type: 'index', help: 'The number of the model.' },
    inferences: { type: 'count', help: 'How many inferences.' },
    ...termOptions,
    wait: { type: 'flag', help: 'Show the bids as they come, until the bidding period is over.' },
  },
  needs: ['chain', 'account'],
  example: 'order --model 0 --inferences 10 --max-price 0.5 --wait',
  async run(context, { options }) {
    const wish = wishFrom(required('model', options.model), required('inferences', options.inferences), options);
    const { id, document } = await place(context, wish);
    if (!options.wait) {
      context.out.print(`See the bids: airo bids ${id}. Accept the best one: airo accept ${id} --best 1`);
      return document;
    }
    const bids = await waitForBids(context, id);
    context.out.print(showBids(bids));
    if (bids.length > 0) context.out.print(`Accept the best one: airo accept ${id} --best 1`);
    return { ...document, bids };
  },
});

/** Places an order and says so. */
export async function place(context: Context, wish: Wish): Promise<{ readonly id: number; readonly document: object }> {
  const ports = await context.ports();
  const rules = await ports.chain.rules();
  const summary = describeOrder(fillTerms(wish, rules), rules);
  context.out.note(
    `Ordering ${counted(wish.inferences, 'inference')} of model ${wish.model}: ` +
      `${formatAmount(summary.held)} on hold, bids for ${duration(summary.biddingMs)}, ` +
      `answers within ${duration(summary.responseMs)} each.`,
  );
  const { order: id, included } = await showing(context, 'Ordering', (options) => placeOrder(ports, wish, options));
  context.out.print(`Order ${id} is placed (${describeIncluded(context, included)}).`);
  return { id, document: { order: id, held: summary.held, ...includedDocument(context, included) } };
}

/** Shows the bids of an order as they come, and ranks them when no more are taken. */
export async function waitForBids(context: Context, id: number): Promise<readonly RankedBid[]> {
  const { chain } = await context.ports();
  const undo = context.remains(`order ${id} is still open: airo bids ${id}, airo cancel ${id}`);
  let last: Order | undefined;
  for await (const { order: seen, phase, heads } of watchOrder(chain, id, context.signal)) {
    last = seen;
    if (phase !== 'bidding') break;
    const [best] = seen.bids;
    if (best === undefined) context.out.live(`Block ${heads.best.number}: no bids yet, until block ${seen.bidsUntil}`);
    else {
      context.out.note(
        `Block ${heads.best.number}: ${counted(seen.bids.length, 'bid')}, the lowest ${formatAmount(best.price)} by ${best.provider}`,
      );
      context.out.live(`Bids are taken until block ${seen.bidsUntil}`);
    }
  }
  context.out.live('');
  undo();
  if (last === undefined) return [];
  if (last.bids.length === 0) context.out.note(await whyNoBids(chain, last));
  return rank(chain, last);
}

/** What can be known of why nobody has bid. */
export async function whyNoBids(chain: ReadChain, { model, version, minStake, minRecord }: Order): Promise<string> {
  const offers = await chain.offers(model, { limit: 100 });
  const serving = offers.filter((offer) => offer.version === version).length;
  if (offers.length === 0) return `Nobody has bid: no provider serves model ${model}.`;
  if (serving === 0) return `Nobody has bid: no provider serves version ${version} of model ${model}.`;
  const conditions = minStake > 0n || minRecord.delivered > 0 || minRecord.reliability > 0;
  return (
    `Nobody has bid, though ${counted(serving, 'provider')} could. Offer a higher price` +
    `${conditions ? ', or ask for less stake and record' : ''}, a longer deadline, or fewer requests in flight; ` +
    'a provider may also be busy.'
  );
}

async function rank(chain: ReadChain, seen: Order): Promise<readonly RankedBid[]> {
  const [bidders, rules] = await Promise.all([readBidders(chain, seen), chain.rules()]);
  return rankBids(seen, bidders, rules);
}

export const orders = defineCommand({
  name: 'orders',
  about: 'Lists the open orders.',
  positionals: [],
  options: { model: { type: 'index', help: 'Only those of this model.' } },
  needs: ['chain'],
  example: 'orders',
  async run(context, { options }) {
    const chain = await context.chain();
    const [all, rules] = await Promise.all([allOrders(chain), chain.rules()]);
    const shown = all.filter(({ model }) => options.model === undefined || model === options.model);
    const state = await asOf(context, chain);
    const right = (head: string) => ({ head, align: 'right' }) as const;
    context.out.print(
      table(
        [
          right('ORDER'),
          right('MODEL'),
          right('INFERENCES'),
          right('MAX PRICE'),
          right('BIDS'),
          right('BEST'),
          'STATE',
          'CONSUMER',
        ],
        shown.map((entry) => {
          const { id, model, inferences, providers, maxPrice, bids, consumer } = entry;
          const [best] = bids;
          const many = providers === 1 ? `${inferences}` : `${providers} x ${inferences}`;
          return [
            ...[`${id}`, `${model}`, many, bareAmount(maxPrice), `${bids.length}`],
            ...[best === undefined ? '' : bareAmount(best.price), describePhase(entry, state.block, rules), consumer],
          ];
        }),
        'There are no open orders.',
      ),
    );
    context.out.print(describeAsOf(state));
    return { ...state, orders: shown };
  },
});

function describePhase(entry: Order, block: number, rules: Rules): string {
  const phase = phaseOf(entry, block);
  if (phase === 'over') return 'over';
  const until = phase === 'bidding' ? entry.bidsUntil : entry.acceptUntil;
  return `${phase}, ${duration((until - block) * rules.blockTimeMs)} left`;
}

export const bids = defineCommand({
  name: 'bids',
  about: 'Ranks the bids of an order, with reasons.',
  positionals: [orderPlace],
  options: {},
  needs: ['chain'],
  example: 'bids 3',
  async run(context, { args }) {
    const chain = await context.chain();
    const seen = await readOrder(chain, numberArgument('ORDER', args[0]));
    const ranked = await rank(chain, seen);
    if (ranked.length === 0) context.out.note(await whyNoBids(chain, seen));
    context.out.print(showBids(ranked));
    return { order: seen.id, bids: ranked };
  },
});

function showBids(ranked: readonly RankedBid[]): string {
  return table(
    [
      { head: 'RANK', align: 'right' },
      'PROVIDER',
      { head: 'PRICE (AIRO)', align: 'right' },
      { head: 'EXPECTED', align: 'right' },
      'BECAUSE',
    ],
    ranked.map(({ rank: place, provider, price, reliability, reasons }) => [
      ...[`${place}`, provider, bareAmount(price), percent(reliability, 0), reasons.join('; ')],
    ]),
    'There are no bids.',
  );
}

export const accept = defineCommand({
  name: 'accept',
  about: 'Accepts bids of your order: an agreement opens with each provider, and its price goes into escrow.',
  positionals: [ownOrderPlace, { name: 'PROVIDER', help: 'The address of a bidder.', optional: true, many: true }],
  options: { best: { type: 'count', help: 'The best so many bids, as `airo bids` ranks them.' } },
  needs: ['chain', 'account'],
  example: 'accept 3 --best 1',
  async run(context, { options, args }) {
    const [first, ...named] = args;
    const id = await orderArgument(context, first);
    if (named.length > 0 && options.best !== undefined) throw new UsageError('Name providers or --best, not both.');
    if (named.length === 0 && options.best === undefined) {
      throw new UsageError('Which bids? Name the providers, or accept the best ones by --best 1.');
    }
    const { chain } = await context.ports();
    let chosen = named;
    if (options.best !== undefined) {
      const seen = await readOrder(chain, id);
      chosen = (await bestBids(chain, seen, options.best)).map(({ provider }) => provider);
      if (chosen.length === 0) throw new Error(await whyNoBids(chain, seen));
    }
    const { agreements, document } = await acceptThem(context, id, chosen);
    for (const agreement of agreements) context.out.print(`Infer: airo infer ${agreement.id} FILE...`);
    return document;
  },
});

/** Accepts the bids of these providers, and says so. */
export async function acceptThem(
  context: Context,
  id: number,
  chosen: readonly string[],
): Promise<{ readonly agreements: readonly Agreement[]; readonly document: object }> {
  const { chain } = await context.ports();
  const { agreements, included } = await showing(context, 'Accepting', (options) =>
    acceptBids(chain, id, chosen, options),
  );
  for (const { id: agreement, provider, price, quota } of agreements) {
    context.out.print(
      `Agreement ${agreement} with ${provider}: ${counted(quota, 'inference')} at ${formatAmount(price)} each ` +
        `(${describeIncluded(context, included)}).`,
    );
  }
  return { agreements, document: { order: id, agreements, ...includedDocument(context, included) } };
}

export const cancel = defineCommand({
  name: 'cancel',
  about: 'Cancels your open order; what was on hold for it is free again.',
  positionals: [ownOrderPlace],
  options: {},
  needs: ['chain', 'account'],
  example: 'cancel 3',
  async run(context, { args }) {
    const id = await orderArgument(context, args[0]);
    const included = await submit(context, 'Cancelling', { call: 'cancelOrder', order: id });
    context.out.print(`Order ${id} is cancelled (${describeIncluded(context, included)}).`);
    return { order: id, ...includedDocument(context, included) };
  },
});
