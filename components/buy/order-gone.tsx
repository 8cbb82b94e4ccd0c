'use client';
/** An order that is not open any more: it became agreements, or ended without. */
import type { OrderDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Cluster, Page } from '../ui/layout.tsx';
import { LinkButton } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { EmptyState, SkeletonLines } from '../ui/placeholder.tsx';
import { BuySteps } from './buy-steps.tsx';

interface OrderGoneProps {
  readonly id: number;
  /** What the order was, if this tab has seen it. */
  readonly last: OrderDetail | null;
}

export function OrderGone({ id, last }: OrderGoneProps) {
  const { accounts, market } = useCockpit();
  const account = useObservable(accounts.chosen);
  const mine = useQuery(account && market.agreementsOf(account.address));
  const agreements =
    account === null
      ? []
      : 'value' in mine
        ? mine.value?.filter(({ role, agreement }) => role === 'consumer' && agreement.order === id)
        : undefined;
  return (
    <Page kicker="Order" title={`Order #${id}`}>
      <BuySteps at={agreements !== undefined && agreements.length > 0 ? 2 : 1} />
      {agreements === undefined ? (
        <SkeletonLines label="Your agreements ..." />
      ) : agreements.length > 0 ? (
        <EmptyState
          icon="agreement"
          title={`It became ${plural(agreements.length, 'agreement')}`}
          actions={
            <Cluster justify="start">
              {agreements.map(({ agreement }) => (
                <LinkButton key={agreement.id} kind="primary" href={`/agreement/?id=${agreement.id}`}>
                  Agreement #{agreement.id}
                </LinkButton>
              ))}
            </Cluster>
          }
        >
          Send what you want inferred there.
        </EmptyState>
      ) : (
        <EmptyState
          icon="clock"
          title="This order is not open any more"
          actions={
            <Cluster>
              {last !== null && (
                <LinkButton kind="primary" href={`/buy/?model=${last.order.model}`}>
                  Order again
                </LinkButton>
              )}
              <LinkButton href="/agreements/">Your agreements</LinkButton>
            </Cluster>
          }
        >
          {account === null
            ? 'It was accepted, cancelled, or its time is up. If it was yours, choose the account that has placed it.'
            : 'It was cancelled, or nobody accepted a bid in time. What it held is free again; nothing was paid.'}
        </EmptyState>
      )}
    </Page>
  );
}
