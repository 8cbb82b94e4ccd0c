/** Transactions as a command shows them: how far they are, and never more final than they are. */
import type { Call, Included, SubmitOptions, TransactionStatus } from '../lib/market/chain.ts';
import type { Context } from './command.ts';

/** Runs something that sends a transaction, and shows how far that is until it is done. */
export async function showing<T>(
  { out, signal, until }: Pick<Context, 'out' | 'signal' | 'until'>,
  what: string,
  send: (options: SubmitOptions) => Promise<T>,
): Promise<T> {
  let done = false;
  // The chain goes on telling until the transaction is final, when something else may be shown.
  const onStatus = (status: TransactionStatus) => {
    if (!done) out.live(`${what}: ${describeStatus(status)}`);
  };
  try {
    return await send({ until, signal, onStatus });
  } finally {
    done = true;
    out.live('');
  }
}

function describeStatus(status: TransactionStatus): string {
  switch (status.status) {
    case 'signed':
      return 'signed';
    case 'broadcast':
      return 'sent, waiting for a block';
    case 'inBestBlock':
      return `in block ${status.included.block.number}, not final yet`;
    case 'finalized':
      return `final in block ${status.included.block.number}`;
  }
}

/** Signs and sends one call of the account. */
export async function submit(context: Context, what: string, call: Call): Promise<Included> {
  const { chain } = await context.ports();
  return showing(context, what, (options) => chain.account.submit(call, options));
}

/** What became of a transaction, for people; `null` when it was found in the state after the connection broke. */
export function describeIncluded(context: Pick<Context, 'until'>, included: Included | null): string {
  if (included === null) return 'found on the chain after the connection broke';
  const { number } = included.block;
  return context.until === 'finalized' ? `final in block ${number}` : `in block ${number}, not final yet`;
}

/** The same for programs. */
export function includedDocument(context: Pick<Context, 'until'>, included: Included | null): object | null {
  if (included === null) return null;
  const { transaction, block, fee } = included;
  return { transaction, block: block.number, final: context.until === 'finalized', fee };
}
