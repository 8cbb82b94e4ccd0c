'use client';
/** All of one's agreements, in both roles. */
import { useState } from 'react';

import type { AgreementSummary, CockpitAccount } from '../../lib/cockpit/types.ts';
import { NeedAccount } from '../account/need-account.tsx';
import { OpenOrders } from '../buy/open-orders.tsx';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Status, truthOf } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Select } from '../ui/inputs.tsx';
import { Page, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { AgreementsTable } from './agreements-table.tsx';
import { filterAgreements, roleOptions, stateOptions, type RoleFilter, type StateFilter } from './filters.ts';
import styles from './agreement.module.css';

export function AgreementsView() {
  const account = useObservable(useCockpit().accounts.chosen);
  return (
    <Page
      title="Agreements"
      lead="What you have bought, and what you provide. The price of each inference lies in escrow until it is answered or refunded."
    >
      {account === null ? <NeedAccount what="your agreements" /> : <OfAccount account={account} />}
    </Page>
  );
}

function OfAccount({ account }: { readonly account: CockpitAccount }) {
  const { market } = useCockpit();
  const agreements = useQuery(market.agreementsOf(account.address));
  const truth = truthOf(agreements);
  return (
    <>
      <OpenOrders />
      <Section title={`As ${account.name}`} aside={truth && <Status state={truth} />}>
        <Shown of={agreements} what="Your agreements">
          {(all) => (all.length === 0 ? <None /> : <List all={all} />)}
        </Shown>
      </Section>
    </>
  );
}

function None() {
  return (
    <EmptyState icon="agreement" title="No agreements yet" actions={<LinkButton href="/">Choose a model</LinkButton>}>
      An agreement begins when you accept a bid on your order, or when somebody accepts yours.
    </EmptyState>
  );
}

function List({ all }: { readonly all: readonly AgreementSummary[] }) {
  const [role, setRole] = useState<RoleFilter>('both');
  const [state, setState] = useState<StateFilter>('any');
  const shown = filterAgreements(all, role, state);
  const reset = () => {
    setRole('both');
    setState('any');
  };
  return (
    <>
      <div className={styles.controls}>
        <Select label="Role" value={role} onValue={setRole} options={roleOptions} />
        <Select label="State" value={state} onValue={setState} options={stateOptions} />
        <p className={styles.small} aria-live="polite">
          {shown.length === all.length
            ? plural(all.length, 'agreement')
            : `${shown.length} of ${plural(all.length, 'agreement')}`}
        </p>
      </div>
      {shown.length === 0 ? (
        <EmptyState icon="filter" title="None is like that" actions={<Button onClick={reset}>Show all</Button>} />
      ) : (
        <AgreementsTable agreements={shown} />
      )}
    </>
  );
}
