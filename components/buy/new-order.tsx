'use client';
/** A new order: its terms on one side, what they mean on the other. */
import { useRouter } from 'next/navigation';

import type { ModelDetail } from '../../lib/cockpit/types.ts';
import type { Rules } from '../../lib/market/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { LinkButton } from '../ui/button.tsx';
import { Page, Split } from '../ui/layout.tsx';
import { Notice } from '../ui/notice.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { BuySteps } from './buy-steps.tsx';
import { CarriedNotice } from './carried-notice.tsx';
import { OpenOrders } from './open-orders.tsx';
import { OrderCost } from './order-cost.tsx';
import { OrderFieldset } from './order-fieldset.tsx';
import { useOrderForm } from './use-order-form.ts';
import { outlookOf, toWish } from './wish.ts';

interface NewOrderProps {
  readonly detail: ModelDetail;
  readonly rules: Rules;
}

export function NewOrder({ detail, rules }: NewOrderProps) {
  const { model } = detail;
  const cockpit = useCockpit();
  const router = useRouter();
  const account = useObservable(cockpit.accounts.chosen);
  const balance = useQuery(account && cockpit.market.balance(account.address));
  const form = useOrderForm(detail, rules);
  const wish = form.fields && toWish(model.id, form.fields, rules);
  const free = account !== null && 'value' in balance ? balance.value?.free : undefined;
  const outlook = wish && outlookOf(wish, model, rules, free);
  const place = useAction(async () => {
    if (!form.check() || wish === undefined || outlook?.isPossible !== true) return;
    const order = await cockpit.purchases.placeOrder(wish);
    router.replace(`/buy/?order=${order}`);
  });
  const title = `Buy inferences of ${model.newest.description.name}`;
  if (model.retired) {
    return (
      <Page title={title}>
        <EmptyState
          icon="own"
          title="This model is retired"
          actions={<LinkButton href="/">See other models</LinkButton>}
        >
          It takes no new orders.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page kicker={`Model #${model.id}`} title={title} lead="Say what you want; providers bid for it, and you choose.">
      <BuySteps at={0} />
      <OpenOrders model={model.id} />
      <form
        noValidate
        aria-label="Order"
        onSubmit={(event) => {
          event.preventDefault();
          place.run();
        }}
      >
        <Split
          main={
            <>
              <CarriedNotice model={model.id} />
              {detail.providers === 0 && (
                <Notice tone="warning" title="Nobody serves this model now">
                  An order would stand until its bidding period ends. If nobody bids, everything that is held is yours
                  again.
                </Notice>
              )}
              <OrderFieldset form={form} detail={detail} rules={rules} />
            </>
          }
          side={
            <OrderCost outlook={outlook} free={free} account={account} isBusy={place.isBusy} problem={place.problem} />
          }
        />
      </form>
    </Page>
  );
}
