/** `airo account ...` and `airo transfer`: accounts and their money. */
import { writeFile } from 'node:fs/promises';

import { formatAmount } from '../../lib/market/amounts.ts';
import { UsageError } from '../../scripts/lib/options.ts';
import { amountArgument } from '../arguments.ts';
import { defineCommand } from '../command.ts';
import { list } from '../output.ts';
import { describeIncluded, includedDocument, submit } from '../transactions.ts';

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
  // What is held without a name of its own; the NFT pallet does so.
  Reserved: 'deposits for NFTs',
};

export const accountNew = defineCommand({
  name: 'account new',
  about: 'Makes a new account, and writes its secret phrase into a file for you alone.',
  details: 'Keep a copy of the file: whoever has it has the account, and without it nobody does.',
  positionals: [{ name: 'FILE', help: 'Where to write the secret. It must not be there yet.' }],
  options: {},
  needs: [],
  example: 'account new me.secret',
  async run(context, { args }) {
    const file = args[0] ?? '';
    const { accountFromSecret, newSecret } = await import('../../lib/chain/index.ts');
    const secret = await newSecret();
    const { address } = (await accountFromSecret(secret)).pair;
    try {
      await writeFile(file, `${secret}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      const reason = isThere ? 'it is there already' : error instanceof Error ? error.message : String(error);
      throw new UsageError(`FILE: ${file} was not written: ${reason}.`, { cause: error });
    }
    context.out.print(`${address} is a new account. Its secret is in ${file}, readable for you alone.`);
    return { address, file };
  },
});

export const transfer = defineCommand({
  name: 'transfer',
  about: 'Sends money from your account to another one.',
  positionals: [
    { name: 'TO', help: 'The address of the other account.' },
    { name: 'AMOUNT', help: 'In AIRO, such as 1.5.' },
  ],
  options: {},
  needs: ['chain', 'account'],
  example: 'transfer 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty 20',
  async run(context, { args }) {
    const to = args[0] ?? '';
    const amount = amountArgument('AMOUNT', args[1]);
    const included = await submit(context, 'Sending', { call: 'transfer', to, amount });
    context.out.print(`${to} has got ${formatAmount(amount)} (${describeIncluded(context, included)}).`);
    return { to, amount, ...includedDocument(context, included) };
  },
});
