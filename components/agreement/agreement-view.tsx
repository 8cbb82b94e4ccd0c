'use client';
/** One agreement: what is sent in it, what comes back, and where the money is. */
import { useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';

import { useCockpit, useQuery } from '../cockpit.tsx';
import { idParam } from '../market/params.ts';
import { LinkButton } from '../ui/button.tsx';
import { Page } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { AgreementPage } from './agreement-page.tsx';

export function AgreementView() {
  const id = idParam(useSearchParams().get('id'));
  const { market } = useCockpit();
  const agreement = useQuery(id === undefined ? null : market.agreement(id));
  if (id === undefined) {
    return (
      <Page title="Agreement">
        <NoAgreement>The address names no agreement.</NoAgreement>
      </Page>
    );
  }
  const known = 'value' in agreement ? agreement.value : undefined;
  return known ? (
    <Shown of={agreement} what="The agreement">
      {(detail, truth) => detail && <AgreementPage key={id} detail={detail} truth={truth} />}
    </Shown>
  ) : (
    <Page title={`Agreement #${id}`}>
      <Shown of={agreement} what="The agreement">
        {() => (
          <NoAgreement>There is no agreement #{id}: the chain removes them some time after their end.</NoAgreement>
        )}
      </Shown>
    </Page>
  );
}

function NoAgreement({ children }: { readonly children: ReactNode }) {
  return (
    <EmptyState
      icon="agreement"
      title="No such agreement"
      actions={<LinkButton href="/agreements/">Your agreements</LinkButton>}
    >
      {children}
    </EmptyState>
  );
}
