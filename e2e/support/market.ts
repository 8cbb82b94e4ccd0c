/** Money and accounts for a test that somebody else's development accounts must not get in the way of. */
import type { ApiPromise } from '@polkadot/api';
import type { KeyringPair } from '@polkadot/keyring/types';

import { AIRO } from '../../lib/market/amounts.ts';
import { call, derivedAccount, developmentAccount, send } from '../../test/support/api.ts';

/** Accounts of these names with so much money each, which is final when this returns. @param amount in AIRO */
export async function fundedAccounts<Names extends readonly string[]>(
  api: ApiPromise,
  amount: number,
  ...names: Names
): Promise<{ readonly [Name in keyof Names]: KeyringPair }> {
  const pairs = names.map(derivedAccount);
  const transfers = pairs.map(({ address }) => call(api, 'balances.transferKeepAlive', address, BigInt(amount) * AIRO));
  await send(call(api, 'utility.batchAll', transfers), developmentAccount('alice'), 'finalized');
  return pairs as { readonly [Name in keyof Names]: KeyringPair };
}
