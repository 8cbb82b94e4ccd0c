'use client';
/** What the chain has of this provider, as a set-up that changes nothing. */
import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { OperatorInfo } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { currentSetup, type SetupValues } from './setup-fields.ts';

/** `undefined` while it is not known. */
export function useCurrentSetup(): SetupValues | undefined {
  const { providing, market } = useCockpit();
  const { provider, operator } = useObservable(providing.status);
  const known = valueOf(useQuery(provider !== null && market.provider(provider)))?.provider;
  const bounds: OperatorInfo['bounds'] = operator?.bounds ?? null;
  return known === undefined || bounds === null ? undefined : currentSetup(known, bounds);
}
