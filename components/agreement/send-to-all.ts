/** The same inputs to several providers. */
import type { Purchases, SendInput } from '../../lib/cockpit/types.ts';

/**
 * Sends inputs in each of the agreements. Where one of them refuses, the others have theirs all the same.
 *
 * @throws what the first one refused with, if none of them took the inputs
 */
export async function sendToAll(
  purchases: Pick<Purchases, 'send'>,
  agreements: readonly number[],
  inputs: readonly SendInput[],
): Promise<void> {
  const done = await Promise.allSettled(agreements.map((agreement) => purchases.send(agreement, inputs)));
  const refused = done.find((one) => one.status === 'rejected');
  if (refused !== undefined && done.every((one) => one.status === 'rejected')) throw refused.reason;
}
