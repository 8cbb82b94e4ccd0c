'use client';
/** Registers a model, or publishes a version of one, step by step. */
import { useSearchParams } from 'next/navigation';
import { useSyncExternalStore } from 'react';

import type { ModelDetail } from '../../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../../cockpit.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { Page } from '../../ui/layout.tsx';
import { Shown } from '../../ui/loaded.tsx';
import { EmptyState, SkeletonLines } from '../../ui/placeholder.tsx';
import { RegisterFlow } from './register-flow.tsx';

/** The view behind `/own/register/`, and behind `/own/register/?model=3` for a version of model 3. */
export function RegisterView() {
  const number = useSearchParams().get('model');
  // What was kept of a draft is known in the browser alone.
  const isBrowser = useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
  if (number !== null) return <Version number={number} isBrowser={isBrowser} />;
  return (
    <Page
      narrow
      title="Register a model"
      kicker="Own"
      lead="The file goes to Dx, its ownership becomes an NFT in your account, and each inference pays you a royalty."
    >
      {isBrowser ? <RegisterFlow draftKey="airo-register" of={null} /> : <SkeletonLines lines={6} />}
    </Page>
  );
}

function Version({ number, isBrowser }: { readonly number: string; readonly isBrowser: boolean }) {
  const { market } = useCockpit();
  const id = /^\d{1,10}$/.test(number) ? Number(number) : undefined;
  const model = useQuery(id !== undefined && market.model(id));
  return (
    <Page
      narrow
      title={
        model.state !== 'loading' && 'value' in model && model.value
          ? `New version of ${nameOf(model.value)}`
          : 'New version'
      }
      kicker="Own"
      lead="Orders that are placed from then on are for the new version; open ones keep theirs."
    >
      {id === undefined ? (
        <NoModel number={number} />
      ) : (
        <Shown of={model} what={`Model ${id}`}>
          {(detail) =>
            detail === null ? (
              <NoModel number={number} />
            ) : detail.model.retired ? (
              <EmptyState
                icon="pause"
                title={`${nameOf(detail)} is retired`}
                actions={<LinkButton href="/own/">Your models</LinkButton>}
              >
                A retired model takes no new version. Register the file as a model of its own.
              </EmptyState>
            ) : isBrowser ? (
              <RegisterFlow draftKey={`airo-version-${id}`} of={detail.model} />
            ) : (
              <SkeletonLines lines={6} />
            )
          }
        </Shown>
      )}
    </Page>
  );
}

function nameOf({ model }: ModelDetail): string {
  return model.newest.description.name;
}

function NoModel({ number }: { readonly number: string }) {
  return (
    <EmptyState
      icon="own"
      title={`There is no model ${number}`}
      actions={<LinkButton href="/own/">Your models</LinkButton>}
    >
      It may have been removed, or the address of this page is wrong.
    </EmptyState>
  );
}
