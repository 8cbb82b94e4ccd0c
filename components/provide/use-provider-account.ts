'use client';
/** Who signs for this provider. */
import type { CockpitAccount } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';

/** The provider's account, if the wallets of this browser have it; whichever is chosen otherwise does not matter. */
export function useProviderAccount(): CockpitAccount | null {
  const { providing, accounts } = useCockpit();
  const { provider } = useObservable(providing.status);
  const all = useObservable(accounts.all);
  return all.find(({ address }) => address === provider) ?? null;
}
