'use client';
/** What the chain knows of an account from its agreements. */
import type { Record as AccountRecord, Role } from '../../lib/market/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { formatCount, plural } from '../ui/format.ts';
import { Facts, Muted, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Amount } from '../ui/values.tsx';
import { ratingText, reliabilityText } from './record-text.ts';
import styles from './records-section.module.css';

/** The records of an account in both roles. */
export function RecordsSection({ address }: { readonly address: string }) {
  return (
    <Section title="Records">
      <RoleRecord address={address} role="consumer" />
      <RoleRecord address={address} role="provider" />
    </Section>
  );
}

function RoleRecord({ address, role }: { readonly address: string; readonly role: Role }) {
  const { market } = useCockpit();
  const record = useQuery(market.record(address, role));
  return (
    <div className={styles.role}>
      <h3>{role === 'consumer' ? 'As consumer' : 'As provider'}</h3>
      <Shown of={record} what="The record">
        {(value) => (value === null ? <Muted>No agreement yet.</Muted> : <Facts facts={factsOf(value, role)} />)}
      </Shown>
    </div>
  );
}

function factsOf(record: AccountRecord, role: Role) {
  const { agreements, open, delivered, missed, volume, slashed, counterparties } = record;
  return [
    { term: 'Agreements', value: `${formatCount(agreements)}, ${formatCount(open)} open` },
    { term: 'Inferences', value: `${formatCount(delivered)} delivered`, note: reliabilityText(record) },
    ...(missed > 0 ? [{ term: 'Missed', value: formatCount(missed) }] : []),
    { term: role === 'consumer' ? 'Paid' : 'Earned for', value: <Amount value={volume} decimals={6} /> },
    ...(slashed > 0n ? [{ term: 'Penalties', value: <Amount value={slashed} decimals={6} /> }] : []),
    { term: 'Worked with', value: plural(counterparties, role === 'consumer' ? 'provider' : 'consumer') },
    { term: 'Rating', value: ratingText(record) },
  ];
}
