'use client';
/** Makes this browser a provider, with one signature. */
import type { CockpitAccount } from '../../lib/cockpit/types.ts';
import { valueOf } from '../../lib/cockpit/loaded.ts';
import type { Provider, Rules } from '../../lib/market/types.ts';
import { NeedAccount } from '../account/need-account.tsx';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { KeyNote } from './key-note.tsx';
import { SetupFormView } from './setup-form.tsx';
import { SkeletonLines } from '../ui/placeholder.tsx';

/** @param isAgain it was set up before: what the chain still has of that fills the form */
export function SetupSection({ isAgain }: { readonly isAgain: boolean }) {
  const { accounts, market } = useCockpit();
  const chosen = useObservable(accounts.chosen);
  const rules = useQuery(market.rules());
  return (
    <Section title={isAgain ? 'Set it up again' : 'Set up'} aside={chosen === null ? undefined : `As ${chosen.name}`}>
      <KeyNote />
      {chosen === null ? (
        <NeedAccount what="your stake" title="Choose the account that will stake and earn" />
      ) : (
        <Shown of={rules} what="The market’s rules">
          {(known) => <ForAccount key={chosen.address} account={chosen} rules={known} />}
        </Shown>
      )}
    </Section>
  );
}

interface ForAccountProps {
  readonly account: CockpitAccount;
  readonly rules: Rules;
}

function ForAccount({ account, rules }: ForAccountProps) {
  const { market } = useCockpit();
  const detail = useQuery(market.provider(account.address));
  const known = valueOf(detail);
  // The form begins with what the chain has: it must be known whether it has anything.
  if (known === undefined && detail.state !== 'failed') return <SkeletonLines label="What the chain has ..." />;
  const before: Provider | null = known?.provider ?? null;
  return <SetupFormView account={account} rules={rules} before={before} />;
}
