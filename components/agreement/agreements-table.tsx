'use client';
/** Agreements as rows. */
import type { AgreementSummary } from '../../lib/cockpit/types.ts';
import { useProviderNames } from '../market/use-provider-names.ts';
import { Badge } from '../ui/badge.tsx';
import { Muted } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Address, Amount } from '../ui/values.tsx';
import { stateText, underWay } from './filters.ts';

const columnsWith = (nameOf: (provider: string) => string): readonly Column<AgreementSummary>[] => [
  {
    key: 'agreement',
    header: 'Agreement',
    isHead: true,
    cell: ({ agreement, modelName }) => (
      <>
        {modelName ?? `Model #${agreement.model}`} <Muted>#{agreement.id}</Muted>
      </>
    ),
  },
  {
    key: 'role',
    header: 'You',
    cell: ({ role }) => (
      <Badge tone={role === 'consumer' ? 'neutral' : 'accent'}>{role === 'consumer' ? 'Consumer' : 'Provider'}</Badge>
    ),
  },
  {
    key: 'other',
    header: 'With',
    cell: ({ role, agreement }) => (
      <Address
        address={role === 'consumer' ? agreement.provider : agreement.consumer}
        name={role === 'consumer' ? nameOf(agreement.provider) : undefined}
        copyable={false}
      />
    ),
  },
  {
    key: 'delivered',
    header: 'Delivered',
    align: 'end',
    cell: ({ agreement }) => (
      <span>
        {agreement.counts.delivered} <Muted>of {agreement.quota}</Muted>
        {underWay(agreement) > 0 && <Muted>, {underWay(agreement)} under way</Muted>}
      </span>
    ),
  },
  {
    key: 'paid',
    header: 'Paid',
    align: 'end',
    cell: ({ role, settlement }) => (
      <Amount value={role === 'consumer' ? settlement.paid : settlement.toProvider} decimals={4} />
    ),
  },
  {
    key: 'escrow',
    header: 'In escrow',
    align: 'end',
    cell: ({ settlement }) => <Amount value={settlement.escrow} decimals={4} />,
  },
  {
    key: 'state',
    header: 'State',
    cell: ({ agreement }) => (
      <Badge tone={agreement.state.kind === 'active' ? 'good' : 'neutral'}>{stateText(agreement)}</Badge>
    ),
  },
];

export function AgreementsTable({ agreements }: { readonly agreements: readonly AgreementSummary[] }) {
  const nameOf = useProviderNames();
  return (
    <Table
      caption="Your agreements"
      columns={columnsWith(nameOf)}
      rows={agreements}
      rowKey={({ role, agreement }) => `${role} ${agreement.id}`}
      rowHref={({ agreement }) => `/agreement/?id=${agreement.id}`}
    />
  );
}
