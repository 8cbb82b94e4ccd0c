'use client';
/** The open orders of a model. */
import type { ModelDetail } from '../../lib/cockpit/types.ts';
import type { Order } from '../../lib/market/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { plural } from '../ui/format.ts';
import { Muted, Section } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Address, Amount, Time } from '../ui/values.tsx';

export function ModelOrders({ detail: { orders } }: { readonly detail: ModelDetail }) {
  const cockpit = useCockpit();
  const mine = useObservable(cockpit.accounts.chosen)?.address;
  const columns: readonly Column<Order>[] = [
    { key: 'order', header: 'Order', isHead: true, cell: ({ id }) => `#${id}` },
    {
      key: 'consumer',
      header: 'Consumer',
      cell: ({ consumer }) => (
        <Address address={consumer} name={consumer === mine ? 'You' : undefined} copyable={false} />
      ),
    },
    { key: 'inferences', header: 'Inferences', align: 'end', cell: ({ inferences }) => inferences },
    { key: 'price', header: 'At most', align: 'end', cell: ({ maxPrice }) => <Amount value={maxPrice} decimals={6} /> },
    {
      key: 'bids',
      header: 'Bids',
      align: 'end',
      cell: ({ bids: [best, ...others] }) =>
        best === undefined ? (
          <Muted>none yet</Muted>
        ) : (
          <span>
            {others.length + 1}, from <Amount value={best.price} decimals={6} />
          </span>
        ),
    },
    {
      key: 'until',
      header: 'Bids until',
      align: 'end',
      cell: ({ bidsUntil }) => <Time ms={cockpit.timeOf(bidsUntil)} />,
    },
  ];
  if (orders.length === 0) {
    return (
      <Section title="Open orders">
        <Muted>Nobody asks for it at the moment.</Muted>
      </Section>
    );
  }
  return (
    <Section title="Open orders" aside={plural(orders.length, 'order')}>
      <Table
        caption="Open orders of this model"
        columns={columns}
        rows={orders}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/buy/?order=${id}`}
        isMarked={({ consumer }) => consumer === mine}
      />
    </Section>
  );
}
