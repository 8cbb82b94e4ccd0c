/** Leaving the market in a test's time. */
import type { ApiPromise } from '@polkadot/api';
import type { Codec } from '@polkadot/types/types';

import { call, developmentAccount, send } from './api.ts';

/** A provider as the chain stores it, by the metadata. */
interface Stored {
  unwrap(): { set(field: string, value: Codec): unknown; toHex(): string };
}

/** Lets a provider that leaves have its stake at once, by the root of a development chain: everybody else waits an hour. */
export async function endUnstakeDelay(api: ApiPromise, account: string): Promise<void> {
  const providers = api.query.marketplace?.providers;
  if (providers === undefined) throw new Error('The chain has no providers.');
  const provider = ((await providers(account)) as unknown as Stored).unwrap();
  provider.set('leavesAt', api.createType('Option<u32>', 0));
  const write = call(api, 'system.setStorage', [[providers.key(account), provider.toHex()]]);
  await send(call(api, 'sudo.sudo', write), developmentAccount('alice'));
}
