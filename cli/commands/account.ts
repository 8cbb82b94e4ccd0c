/** `airo account`: an account's money. */
import { formatAmount } from '../../lib/market/amounts.ts';
import { defineCommand } from '../command.ts';
import { list } from '../output.ts';

export const account = defineCommand({
  name: 'account',
  about: 'Shows the address and the balance of your account, with what is on hold and why; or of any other.',
  positionals: [{ name: 'ADDRESS', help: 'An account; yours if left out.', optional: true }],
  options: {},
  needs: ['chain', 'account'],
  example: 'account --dev-account alice',
  async run(context, { args }) {
    const address = args[0] ?? (await context.ports()).chain.account.address;
    const chain = await context.chain();
    const { free, held } = await chain.balance(address);
    const onHold = held.reduce((sum, { amount }) => sum + amount, 0n);
    context.out.print(
      list([
        ['Address', address],
        ['Free', formatAmount(free)],
        ['On hold', formatAmount(onHold)],
        ...held.map(({ reason, amount }) => [`  ${reasons[reason] ?? reason}`, formatAmount(amount)] as const),
      ]),
    );
    return { address, free, held };
  },
});

/** What the chain's reasons for holds mean. */
const reasons: Readonly<Record<string, string>> = {
  'Marketplace.Order': 'open orders',
  'Marketplace.Stake': 'stake as a provider',
  'Marketplace.Deposit': 'deposits for models, offers and orders',
  'Execution.Escrow': 'escrow of agreements',
  'Execution.Deposit': 'deposits for agreements and requests',
};
