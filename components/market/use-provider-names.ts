'use client';
/** What providers call themselves. */
import type { Address } from '../../lib/market/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { shortId } from '../ui/format.ts';

/** Gives a provider's name; its shortened address while that is not known, or when it is not registered any more. */
export function useProviderNames(): (provider: Address) => string {
  const { market } = useCockpit();
  const providers = useQuery(market.providers());
  const known = 'value' in providers ? (providers.value ?? []) : [];
  return (address) => known.find(({ account }) => account === address)?.profile.name ?? shortId(address);
}
