'use client';
/** What was ordered. */
import type { Order } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { formatPercent } from '../ui/format.ts';
import { Facts, type Fact } from '../ui/layout.tsx';
import { Address, Amount, Blocks, Time } from '../ui/values.tsx';

export function OrderTerms({ order }: { readonly order: Order }) {
  const cockpit = useCockpit();
  const { minStake, minRecord } = order;
  const facts: readonly Fact[] = [
    { term: 'Consumer', value: <Address address={order.consumer} /> },
    { term: 'Placed', value: <Time ms={cockpit.timeOf(order.placedAt)} />, note: `block ${order.placedAt}` },
    { term: 'Inferences', value: order.inferences },
    { term: 'Highest price', value: <Amount value={order.maxPrice} />, note: 'for each, royalty and fee included' },
    { term: 'Held', value: <Amount value={order.held} />, note: 'released when it ends, but for what is accepted' },
    { term: 'Answer within', value: <Blocks count={order.responseDeadline} /> },
    { term: 'Lasts', value: <Blocks count={order.lifetime} /> },
    { term: 'In flight', value: order.maxInFlight },
    ...(order.providers > 1 ? [{ term: 'Providers', value: order.providers }] : []),
    ...(minStake > 0n ? [{ term: 'Least stake', value: <Amount value={minStake} /> }] : []),
    ...(minRecord.delivered > 0 ? [{ term: 'Least delivered', value: minRecord.delivered }] : []),
    ...(minRecord.reliability > 0 ? [{ term: 'Least reliability', value: formatPercent(minRecord.reliability) }] : []),
  ];
  return <Facts facts={facts} />;
}
