'use client';
/** What the chain knows of this provider from its agreements. */
import type { Record as AccountRecord } from '../../lib/market/types.ts';
import { ratingText, reliabilityText } from '../account/record-text.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { formatCount, plural } from '../ui/format.ts';
import { Facts, Muted, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Amount } from '../ui/values.tsx';

/** Consumers choose by it. */
export function RecordSection({ provider }: { readonly provider: string }) {
  const { market } = useCockpit();
  const record = useQuery(market.record(provider, 'provider'));
  return (
    <Section title="Record">
      <Shown of={record} what="The record">
        {(value) =>
          value === null ? (
            <Muted>No agreement yet. Consumers see here how much of what you promised you delivered.</Muted>
          ) : (
            <Facts facts={factsOf(value)} />
          )
        }
      </Shown>
    </Section>
  );
}

function factsOf(record: AccountRecord) {
  const { agreements, open, delivered, missed, providerFaults, abandoned, slashed, counterparties } = record;
  return [
    { term: 'Delivered', value: formatCount(delivered), note: reliabilityText(record) },
    ...(missed > 0 ? [{ term: 'Missed', value: formatCount(missed) }] : []),
    ...(providerFaults > 0 ? [{ term: 'Failed here', value: formatCount(providerFaults) }] : []),
    {
      term: 'Agreements',
      value: `${formatCount(agreements)}, ${formatCount(open)} open`,
      ...(abandoned > 0 ? { note: `${formatCount(abandoned)} abandoned` } : {}),
    },
    ...(slashed > 0n ? [{ term: 'Penalties', value: <Amount value={slashed} decimals={6} /> }] : []),
    { term: 'Worked for', value: plural(counterparties, 'consumer') },
    { term: 'Rating', value: ratingText(record) },
  ];
}
