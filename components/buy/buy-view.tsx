'use client';
/** Buying: an order is made here, its bids come in, and one or several are accepted. */
import { useSearchParams } from 'next/navigation';

import { useCockpit, useQuery } from '../cockpit.tsx';
import { idParam } from '../market/params.ts';
import { LinkButton } from '../ui/button.tsx';
import { Page } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { NewOrder } from './new-order.tsx';
import { OrderView } from './order-view.tsx';

export function BuyView() {
  const params = useSearchParams();
  const order = idParam(params.get('order'));
  const model = idParam(params.get('model'));
  if (order !== undefined) return <OrderView key={order} id={order} />;
  if (model !== undefined) return <BuyModel id={model} />;
  return (
    <Page title="Buy inferences">
      <EmptyState icon="market" title="Of which model?" actions={<LinkButton href="/">Choose a model</LinkButton>}>
        An order is for one model. Choose it on the market first.
      </EmptyState>
    </Page>
  );
}

function BuyModel({ id }: { readonly id: number }) {
  const { market } = useCockpit();
  const detail = useQuery(market.model(id));
  const rules = useQuery(market.rules());
  const knownDetail = 'value' in detail ? detail.value : undefined;
  const knownRules = 'value' in rules ? rules.value : undefined;
  if (knownDetail && knownRules) return <NewOrder key={id} detail={knownDetail} rules={knownRules} />;
  return (
    <Page title="Buy inferences" narrow>
      <Shown of={detail} what="The model">
        {(value) =>
          value === null && (
            <EmptyState icon="own" title="No such model" actions={<LinkButton href="/">See all models</LinkButton>}>
              There is no model #{id} on this chain.
            </EmptyState>
          )
        }
      </Shown>
      {knownDetail !== null && detail.state !== 'loading' && (
        <Shown of={rules} what="The market's rules">
          {() => null}
        </Shown>
      )}
    </Page>
  );
}
