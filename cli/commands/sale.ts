/** `airo model sell`, `unsell` and `buy`: a model's NFT and its price change hands in one transaction. */
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Sale } from '../../lib/market/types.ts';
import { UsageError } from '../../scripts/lib/options.ts';
import { amountArgument, numberArgument } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { describeIncluded, includedDocument, submit } from '../transactions.ts';
import { describeSale, modelPlace, readModel } from './models.ts';

export const modelSell = defineCommand({
  name: 'model sell',
  about: 'Puts your model up for sale, or changes its price.',
  details: `Whoever pays the price owns the NFT in the same transaction, and has the royalties from then on, in open
agreements too. Until then you own it, and can take it off sale or transfer it, which ends the sale as well. Deposits
stay with whoever paid them.`,
  positionals: [modelPlace, { name: 'PRICE', help: 'In AIRO, for the model with its royalties, such as 250.' }],
  options: { to: { type: 'text', placeholder: 'ADDRESS', help: 'Only this account may buy it. Default: anybody.' } },
  needs: ['chain', 'account'],
  example: 'model sell 0 250',
  async run(context, { options, args }) {
    const model = numberArgument('MODEL', args[0]);
    const price = amountArgument('PRICE', args[1]);
    if (price === 0n) throw new UsageError('PRICE must be more than 0. To give the model away: airo model transfer');
    const reservedFor = options.to ?? null;
    const { chain } = await context.ports();
    if (reservedFor === chain.account.address) throw new UsageError('--to is you. Name the account that is to buy it.');
    const included = await submit(context, 'Putting it up for sale', { call: 'sellModel', model, price, reservedFor });
    context.out.print(
      `Model ${model} is for sale ${describeSale({ price, reservedFor })} (${describeIncluded(context, included)}).`,
    );
    return { model, price, reservedFor, ...includedDocument(context, included) };
  },
});

export const modelUnsell = defineCommand({
  name: 'model unsell',
  about: 'Takes your model off sale; it stays yours.',
  positionals: [modelPlace],
  options: {},
  needs: ['chain', 'account'],
  example: 'model unsell 0',
  async run(context, { args }) {
    const model = numberArgument('MODEL', args[0]);
    const { chain } = await context.ports();
    if ((await chain.sale(model)) === null) throw new Error(`Model ${model} is not for sale.`);
    const included = await submit(context, 'Taking it off sale', { call: 'unsellModel', model });
    context.out.print(`Model ${model} is not for sale any more (${describeIncluded(context, included)}).`);
    return { model, ...includedDocument(context, included) };
  },
});

export const modelBuy = defineCommand({
  name: 'model buy',
  about: 'Buys a model that is for sale: you own its NFT, and get its royalties from then on.',
  details: `It pays the price that \`airo model show\` names, never more than --at-most; without that, never more than the
price was when the command began. Look at the model before: nobody can undo it.`,
  positionals: [modelPlace],
  options: {
    'at-most': { type: 'amount', help: 'The highest price that you pay. Default: what it costs now.' },
    retired: { type: 'flag', help: 'Buy it even if it is retired and takes no new orders.' },
  },
  needs: ['chain', 'account'],
  example: 'model buy 0 --at-most 250',
  async run(context, { options, args }) {
    const id = numberArgument('MODEL', args[0]);
    const { chain } = await context.ports();
    const [{ owner, retired }, sale] = await Promise.all([readModel(chain, id), chain.sale(id)]);
    const atMost = options['at-most'] ?? sale?.price ?? 0n;
    const problem = problemWith(sale, { id, owner, buyer: chain.account.address, atMost });
    if (problem !== null) throw new Error(problem);
    if (retired && !options.retired) {
      throw new Error(`Model ${id} is retired: it takes no new orders. To buy it all the same: --retired`);
    }
    const included = await submit(context, 'Buying', { call: 'buyModel', model: id, atMost });
    const sold = included.events.find((event) => event.event === 'modelSold');
    if (sold === undefined) throw new Error('The chain reports no sale in the transaction that bought the model.');
    const { price, seller } = sold;
    context.out.print(`Model ${id} is yours for ${formatAmount(price)} (${describeIncluded(context, included)}).`);
    return { model: id, price, seller, ...includedDocument(context, included) };
  },
});

interface Buying {
  readonly id: number;
  readonly owner: string | null;
  readonly buyer: string;
  readonly atMost: bigint;
}

/** Why the chain would refuse a purchase as things are now; `null` if it would not. */
function problemWith(sale: Sale | null, { id, owner, buyer, atMost }: Buying): string | null {
  if (owner === buyer) return `Model ${id} is yours already.`;
  if (sale === null) return `Model ${id} is not for sale. Its owner is ${owner ?? 'nobody: its NFT was burned'}.`;
  if (sale.reservedFor !== null && sale.reservedFor !== buyer) {
    return `Model ${id} is for sale to ${sale.reservedFor} only.`;
  }
  if (sale.price > atMost) {
    return `Model ${id} costs ${formatAmount(sale.price)}, which is more than ${formatAmount(atMost)}.`;
  }
  return null;
}
