/** `last` in the place of a number: your newest open order, or your newest agreement. */
import { allAgreements, allOrders } from '../lib/consumer/orders.ts';
import { numberArgument } from './arguments.ts';
import type { Context } from './command.ts';

export const orderPlace = {
  name: 'ORDER',
  help: 'The number of the order, as `airo orders` lists it; or `last`, your newest open one.',
} as const;

export const agreementPlace = {
  name: 'AGREEMENT',
  help: 'The number of the agreement, as `airo agreements` lists it; or `last`, your newest one.',
} as const;

/** The number of an order of yours. @throws {UsageError} when it is neither a number nor `last` */
export async function orderArgument(context: Context, value: string | undefined): Promise<number> {
  if (value !== 'last') return numberArgument(orderPlace.name, value);
  const { chain } = await context.ports();
  const mine = (await allOrders(chain)).filter(({ consumer }) => consumer === chain.account.address);
  return newest(mine, 'You have no open order.');
}

/** The number of an agreement of yours. @throws {UsageError} when it is neither a number nor `last` */
export async function agreementArgument(context: Context, value: string | undefined): Promise<number> {
  if (value !== 'last') return numberArgument(agreementPlace.name, value);
  const { chain } = await context.ports();
  return newest(await allAgreements(chain, chain.account.address), 'You have no agreement.');
}

function newest(all: readonly { readonly id: number }[], nothing: string): number {
  if (all.length === 0) throw new Error(nothing);
  return Math.max(...all.map(({ id }) => id));
}
