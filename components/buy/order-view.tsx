'use client';
/** A placed order: its bids as they come, and what one can do with them. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import type { OrderDetail } from '../../lib/cockpit/types.ts';
import type { Address } from '../../lib/market/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Kicker } from '../market/kicker.tsx';
import { useAction } from '../use-action.ts';
import { Status, type Truth } from '../ui/badge.tsx';
import { plural } from '../ui/format.ts';
import { Page, Section, Split } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Notice } from '../ui/notice.tsx';
import { Amount } from '../ui/values.tsx';
import { AcceptPanel } from './accept-panel.tsx';
import { BidsTable } from './bids-table.tsx';
import { BuySteps } from './buy-steps.tsx';
import { CancelOrder } from './cancel-order.tsx';
import { CarriedNotice } from './carried-notice.tsx';
import { NoBids } from './no-bids.tsx';
import { OrderGone } from './order-gone.tsx';
import { OrderTerms } from './order-terms.tsx';
import { PhaseCountdown } from './phase-countdown.tsx';
import { chosenProviders } from './selection.ts';

export function OrderView({ id }: { readonly id: number }) {
  const { market } = useCockpit();
  const order = useQuery(market.order(id));
  const known = 'value' in order ? order.value : undefined;
  // What the order was is still known here after it has ended.
  const [last, setLast] = useState<OrderDetail | null>(null);
  if (known && known !== last) setLast(known);
  if (known) {
    return (
      <Shown of={order} what="The order">
        {(detail, truth) => detail && <OpenOrder detail={detail} truth={truth} />}
      </Shown>
    );
  }
  if (known === null) return <OrderGone id={id} last={last} />;
  return (
    <Page kicker="Order" title={`Order #${id}`}>
      <BuySteps at={1} />
      <Shown of={order} what="The order">
        {() => null}
      </Shown>
    </Page>
  );
}

function OpenOrder({ detail, truth }: { readonly detail: OrderDetail; readonly truth: Truth }) {
  const { order, model, bids } = detail;
  const cockpit = useCockpit();
  const router = useRouter();
  const isMine = useObservable(cockpit.accounts.chosen)?.address === order.consumer;
  const [picked, setPicked] = useState<ReadonlySet<Address> | null>(null);
  const chosen = chosenProviders(bids, order.providers, picked);
  const accept = useAction(async () => {
    const [first] = await cockpit.purchases.accept(order.id, chosen);
    router.push(first === undefined ? '/agreements/' : `/agreement/?id=${first}`);
  });
  const cancel = useAction(() => cockpit.purchases.cancel(order.id));
  const name = model?.newest.description.name ?? `model #${order.model}`;
  return (
    <Page
      kicker={
        <Kicker>
          Order #{order.id} <Status state={truth} />
        </Kicker>
      }
      title={`${plural(order.inferences, 'inference')} of ${name}`}
      actions={isMine && <CancelOrder order={order} cancel={cancel} />}
    >
      <BuySteps at={1} />
      {isMine && <CarriedNotice model={order.model} />}
      {!isMine && (
        <Notice title="This is somebody else’s order">
          You can look at it. To accept its bids, choose the account that has placed it.
        </Notice>
      )}
      <Split
        main={
          <>
            <PhaseCountdown detail={detail} />
            {bids.length === 0 ? (
              <NoBids detail={detail} />
            ) : (
              <Section title="Bids" aside={<Status state="live">{plural(bids.length, 'bid')}, best first</Status>}>
                <BidsTable
                  detail={detail}
                  chosen={chosen}
                  onChosen={isMine && detail.phase !== 'over' ? (next) => setPicked(new Set(next)) : undefined}
                />
              </Section>
            )}
          </>
        }
        side={
          <>
            {isMine && bids.length > 0 && <AcceptPanel detail={detail} chosen={chosen} accept={accept} />}
            <Section title="Terms" aside={<Amount value={order.held} />}>
              <OrderTerms order={order} />
            </Section>
          </>
        }
      />
    </Page>
  );
}
