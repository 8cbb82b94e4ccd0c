'use client';
/** The bids of an order, best first, each as it stands now. */
import { useId } from 'react';

import type { BidInfo, OrderDetail } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { Address } from '../../lib/market/types.ts';
import { ProviderName } from '../market/provider-name.tsx';
import { RecordText } from '../market/record-text.tsx';
import { Badge } from '../ui/badge.tsx';
import { formatDuration, plural, shortId } from '../ui/format.ts';
import { Muted, VisuallyHidden } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Amount } from '../ui/values.tsx';
import { afterPress } from './selection.ts';
import styles from './buy.module.css';

interface BidsTableProps {
  readonly detail: OrderDetail;
  readonly chosen: readonly Address[];
  /** Without it nothing can be chosen. */
  readonly onChosen?: ((chosen: readonly Address[]) => void) | undefined;
}

export function BidsTable({ detail: { order, bids }, chosen, onChosen }: BidsTableProps) {
  const group = useId();
  const columns: readonly Column<BidInfo>[] = [
    {
      key: 'provider',
      header: 'Provider',
      isHead: true,
      cell: ({ provider, profile, rank }) => (
        <span className={styles.bidder}>
          {onChosen !== undefined && (
            <input
              type={order.providers === 1 ? 'radio' : 'checkbox'}
              name={group}
              className={styles.choice}
              checked={chosen.includes(provider)}
              aria-label={`Choose the bid of ${profile?.name ?? provider}`}
              onChange={() => onChosen(afterPress(chosen, provider, order.providers))}
            />
          )}
          <ProviderName address={provider} profile={profile} plain />
          {rank === 1 && <Badge tone="accent">Best</Badge>}
        </span>
      ),
    },
    { key: 'price', header: 'Price', align: 'end', cell: ({ price }) => <Amount value={price} decimals={6} /> },
    { key: 'record', header: 'Record', cell: ({ record }) => <RecordText record={record} /> },
    { key: 'stake', header: 'Stake', align: 'end', cell: ({ stake }) => <Amount value={stake} decimals={2} /> },
    {
      key: 'speed',
      header: 'Speed',
      align: 'end',
      cell: ({ timeMs }) => (timeMs === null ? <Muted>no offer</Muted> : formatDuration(timeMs)),
    },
    {
      key: 'kind',
      header: 'Kind',
      cell: ({ profile }) => (profile === null ? '–' : profile.kind === 'server' ? 'Server' : 'Browser'),
    },
  ];
  return (
    <>
      <VisuallyHidden>
        <span role="status">{sayOf(bids)}</span>
      </VisuallyHidden>
      <Table
        caption={`Bids on order ${order.id}, best first`}
        columns={columns}
        rows={bids}
        rowKey={({ provider }) => provider}
        isMarked={({ provider }) => onChosen !== undefined && chosen.includes(provider)}
      />
    </>
  );
}

/** The news for who does not see the table: read out when it changes. */
function sayOf([best, ...others]: readonly BidInfo[]): string {
  if (best === undefined) return 'No bids.';
  const count = plural(others.length + 1, 'bid');
  return `${count}. The best is ${formatAmount(best.price)} by ${best.profile?.name ?? shortId(best.provider)}.`;
}
