'use client';
/** The agreements that came from the same order: each provider has one of its own. */
import type { Agreement } from '../../lib/market/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';

/** By their numbers, the agreement itself among them. Other people's are not looked for. */
export function useSiblings(agreement: Agreement): readonly Agreement[] {
  const { market, accounts } = useCockpit();
  const isMine = useObservable(accounts.chosen)?.address === agreement.consumer;
  const all = useQuery(isMine && market.agreementsOf(agreement.consumer));
  const known = 'value' in all ? (all.value ?? []) : [];
  const siblings = known
    .filter(({ role, agreement: other }) => role === 'consumer' && other.order === agreement.order)
    .map(({ agreement: other }) => other)
    .sort((a, b) => a.id - b.id);
  return siblings.length === 0 ? [agreement] : siblings;
}
