'use client';
/** Orders that one has placed and not finished: somebody who comes back goes on there. */
import type { OrderDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { LinkButton } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import { Amount } from '../ui/values.tsx';

/** @param model only those of this model; all by default */
export function OpenOrders({ model }: { readonly model?: number }) {
  const { accounts, market } = useCockpit();
  const account = useObservable(accounts.chosen);
  const orders = useQuery(account && market.ordersOf(account.address));
  const known = account !== null && 'value' in orders ? (orders.value ?? []) : [];
  const mine = known.filter(({ order, phase }) => phase !== 'over' && (model === undefined || order.model === model));
  return mine.map((detail) => <OpenOrder key={detail.order.id} detail={detail} />);
}

function OpenOrder({ detail: { order, model, bids } }: { readonly detail: OrderDetail }) {
  const [best] = bids;
  return (
    <Notice
      title={`Your order #${order.id} is open`}
      actions={
        <LinkButton size="s" href={`/buy/?order=${order.id}`}>
          See its bids
        </LinkButton>
      }
    >
      {plural(order.inferences, 'inference')} of {model?.newest.description.name ?? `model #${order.model}`}:{' '}
      {best === undefined ? (
        'no bid yet.'
      ) : (
        <>
          {plural(bids.length, 'bid')}, the best is <Amount value={best.price} />.
        </>
      )}
    </Notice>
  );
}
