/** What the chain itself knows of each request: also those that were sent from elsewhere. */
import type { AgreementDetail } from '../../lib/cockpit/types.ts';
import type { Outcome, Request } from '../../lib/market/types.ts';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { plural } from '../ui/format.ts';
import { Section } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { ContentId } from '../ui/values.tsx';
import styles from './agreement.module.css';

const outcomes: Readonly<Record<Outcome['state'], readonly [text: string, tone: Tone]>> = {
  pending: ['Under way', 'accent'],
  answered: ['Answered', 'good'],
  settled: ['Answered and paid', 'good'],
  failed: ['Failed, refunded', 'bad'],
  missed: ['Missed, refunded', 'bad'],
};

const columns: readonly Column<Request>[] = [
  { key: 'index', header: 'Request', isHead: true, cell: ({ index }) => `#${index}` },
  {
    key: 'payload',
    header: 'Payload',
    cell: ({ payload }) => <ContentId id={payload} what="content id of the payload" />,
  },
  { key: 'block', header: 'Block', align: 'end', cell: ({ requestedAt }) => requestedAt },
  {
    key: 'outcome',
    header: 'Outcome',
    cell: ({ outcome }) => {
      const [text, tone] = outcomes[outcome.state];
      return <Badge tone={tone}>{outcome.state === 'failed' ? `${text}: ${outcome.code}` : text}</Badge>;
    },
  },
];

interface ChainRequestsProps {
  readonly detail: AgreementDetail;
  /** As a section with all columns, where it is what the page is about. */
  readonly open?: boolean;
}

export function ChainRequests({ detail: { requests }, open = false }: ChainRequestsProps) {
  if (open) {
    return (
      <Section title="Requests on chain" aside={plural(requests.length, 'request')}>
        <Table
          caption="Requests of this agreement"
          columns={columns}
          rows={requests}
          rowKey={({ index }) => index}
          empty="Nothing was requested yet, or the chain has removed it after its retention."
        />
      </Section>
    );
  }
  if (requests.length === 0) return null;
  return (
    <Disclosure summary={`On chain: ${plural(requests.length, 'request')}`}>
      <ul className={styles.requests}>
        {requests.map(({ index, payload, outcome }) => (
          <li key={index}>
            <span>#{index}</span>
            <ContentId id={payload} what="content id of the payload" />
            <span className={styles.small}>{outcomes[outcome.state][0]}</span>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}
