/** Who serves a model, how fast, and with which record. */
import type { ModelDetail, ModelProvider } from '../../lib/cockpit/types.ts';
import { Badge } from '../ui/badge.tsx';
import { formatDuration, plural } from '../ui/format.ts';
import { Muted, Section } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Amount } from '../ui/values.tsx';
import { ProviderName } from './provider-name.tsx';
import { RecordText } from './record-text.tsx';

const columns: readonly Column<ModelProvider>[] = [
  {
    key: 'provider',
    header: 'Provider',
    isHead: true,
    cell: ({ offer, provider }) => <ProviderName address={offer.provider} profile={provider?.profile ?? null} />,
  },
  {
    key: 'speed',
    header: 'Measured',
    align: 'end',
    cell: ({ offer }) => formatDuration(offer.timeMicroseconds / 1_000),
  },
  { key: 'record', header: 'Record', cell: ({ record }) => <RecordText record={record} /> },
  {
    key: 'stake',
    header: 'Stake',
    align: 'end',
    cell: ({ provider }) => (provider === null ? '–' : <Amount value={provider.stake} decimals={4} />),
  },
  {
    key: 'version',
    header: 'Version',
    align: 'end',
    cell: ({ offer, isNewest }) => (isNewest ? offer.version : <Badge tone="warn">{`${offer.version}, older`}</Badge>),
  },
];

export function ModelProviders({ detail: { offers } }: { readonly detail: ModelDetail }) {
  if (offers.length === 0) {
    return (
      <Section title="Providers">
        <Muted>
          Nobody offers it now. An order stands until its bidding period ends; a provider that comes meanwhile can bid.
        </Muted>
      </Section>
    );
  }
  return (
    <Section title="Providers" aside={plural(offers.length, 'offer')}>
      <Table
        caption="Providers that offer this model"
        columns={columns}
        rows={offers}
        rowKey={({ offer }) => offer.provider}
      />
    </Section>
  );
}
