'use client';
/** What one signature will do, asked anew with each change of the wish or of the money that is there. */
import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { CockpitAccount, SetupPlan, SetupWish } from '../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { wishKey } from './setup-fields.ts';
import { useLatest, type Latest } from './use-latest.ts';

/** @param wish `undefined` while the form is wrong */
export function usePlan(account: CockpitAccount | null, wish: SetupWish | undefined): Latest<SetupPlan> {
  const { providing, market } = useCockpit();
  const free = valueOf(useQuery(account !== null && market.balance(account.address)))?.free;
  const key = account === null || wish === undefined ? null : `${account.address} ${free ?? ''} ${wishKey(wish)}`;
  return useLatest(key, async () => {
    if (wish === undefined) throw new Error('Nothing is wished for.');
    return providing.plan(wish);
  });
}
