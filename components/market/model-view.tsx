'use client';
/** One model: what it does, who owns and serves it, what it costs, and a place to try an input. */
import { useSearchParams } from 'next/navigation';

import type { ModelDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Badge, Status, type Truth } from '../ui/badge.tsx';
import { LinkButton } from '../ui/button.tsx';
import { Page, Split } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Notice } from '../ui/notice.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { describeTask } from './describe.ts';
import { Kicker } from './kicker.tsx';
import { ModelFacts } from './model-facts.tsx';
import { ModelHistory } from './model-history.tsx';
import { ModelOrders } from './model-orders.tsx';
import { ModelProviders } from './model-providers.tsx';
import { ModelReadouts } from './model-readouts.tsx';
import { ModelSale } from './model-sale.tsx';
import { ModelVersions } from './model-versions.tsx';
import { idParam } from './params.ts';
import { TryPanel } from './try-panel.tsx';

export function ModelView() {
  const id = idParam(useSearchParams().get('id'));
  const cockpit = useCockpit();
  const model = useQuery(id === undefined ? null : cockpit.market.model(id));
  if (id === undefined) {
    return (
      <Page title="Model">
        <NoModel>The address names no model.</NoModel>
      </Page>
    );
  }
  const known = 'value' in model ? model.value : undefined;
  return known === undefined || known === null ? (
    <Page title={`Model #${id}`}>
      <Shown of={model} what="The model">
        {() => <NoModel>There is no model #{id} on this chain.</NoModel>}
      </Shown>
    </Page>
  ) : (
    <Shown of={model} what="The model">
      {(detail, truth) => detail && <ModelPage detail={detail} truth={truth} />}
    </Shown>
  );
}

function NoModel({ children }: { readonly children: React.ReactNode }) {
  return (
    <EmptyState icon="own" title="No such model" actions={<LinkButton href="/">See all models</LinkButton>}>
      {children}
    </EmptyState>
  );
}

function ModelPage({ detail, truth }: { readonly detail: ModelDetail; readonly truth: Truth }) {
  const { model } = detail;
  const { description } = model.newest;
  return (
    <Page
      kicker={
        <Kicker>
          Model #{model.id} <Status state={truth} /> {model.retired && <Badge tone="warn">Retired</Badge>}
        </Kicker>
      }
      title={description.name}
      lead={describeTask(description)}
      actions={
        !model.retired && (
          <LinkButton kind="primary" icon="arrow" href={`/buy/?model=${model.id}`}>
            Buy inferences
          </LinkButton>
        )
      }
    >
      {model.retired && (
        <Notice tone="warning" title="This model is retired">
          It takes no new orders. Agreements that are open go on.
        </Notice>
      )}
      <ModelSale detail={detail} />
      <ModelReadouts detail={detail} />
      <Split
        main={
          <>
            <TryPanel model={model} />
            <ModelProviders detail={detail} />
            <ModelOrders detail={detail} />
            <ModelHistory detail={detail} />
          </>
        }
        side={
          <>
            <ModelFacts model={model} />
            <ModelVersions versions={detail.versions} />
          </>
        }
      />
    </Page>
  );
}
