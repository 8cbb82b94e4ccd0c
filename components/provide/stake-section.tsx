'use client';
/** The stake, and the way out of the market. */
import { useState } from 'react';

import type { ProviderDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Cluster, Facts, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { Amount, Time } from '../ui/values.tsx';
import { useAction } from '../use-action.ts';
import { LeaveDialog } from './leave-dialog.tsx';
import { SignerNotice } from './signer-notice.tsx';
import { useProviderAccount } from './use-provider-account.ts';

export function StakeSection({ provider }: { readonly provider: string }) {
  const { market } = useCockpit();
  const detail = useQuery(market.provider(provider));
  return (
    <Section title="Stake">
      <Shown of={detail} what="The stake">
        {(value) => (value === null ? <p>This account is no provider any more.</p> : <Stake detail={value} />)}
      </Shown>
    </Section>
  );
}

function Stake({ detail: { provider } }: { readonly detail: ProviderDetail }) {
  const [isLeaving, setLeaving] = useState(false);
  const { stake, reserved, leavesAt } = provider;
  return (
    <>
      <Facts
        facts={[
          { term: 'Staked', value: <Amount value={stake} decimals={6} /> },
          {
            term: 'Of it in use',
            value: <Amount value={reserved} decimals={6} />,
            note: 'stands for bids and agreements',
          },
        ]}
      />
      {leavesAt === null ? (
        <Cluster>
          <Button size="s" kind="quiet" icon="external" onClick={() => setLeaving(true)}>
            Leave the market
          </Button>
        </Cluster>
      ) : (
        <Leaving leavesAt={leavesAt} isBusyOnChain={provider.openBids + provider.openAgreements > 0} />
      )}
      {isLeaving && <LeaveDialog stake={stake} onClose={() => setLeaving(false)} />}
    </>
  );
}

interface LeavingProps {
  readonly leavesAt: number;
  readonly isBusyOnChain: boolean;
}

function Leaving({ leavesAt, isBusyOnChain }: LeavingProps) {
  const cockpit = useCockpit();
  const { providing, chain } = cockpit;
  const { best } = useObservable(chain);
  const account = useProviderAccount();
  const { isBusy, problem, run } = useAction(() => providing.withdrawStake());
  const isFree = best !== null && best.number >= leavesAt;
  return (
    <>
      <Notice title="Leaving the market">
        {isFree ? (
          isBusyOnChain ? (
            'Bids or agreements are still open. The stake can be withdrawn when they are done.'
          ) : (
            'The stake can be withdrawn now.'
          )
        ) : (
          <>
            No new bids. The stake can be withdrawn <Time ms={cockpit.timeOf(leavesAt)} />, in block {leavesAt}.
          </>
        )}
      </Notice>
      <ProblemNotice title="The stake was not withdrawn" problem={problem} />
      {isFree && !isBusyOnChain && (
        <>
          <SignerNotice />
          <Cluster>
            <Button
              size="s"
              kind="primary"
              icon="download"
              busy={isBusy}
              disabled={account === null}
              onClick={() => run()}
            >
              Sign and withdraw
            </Button>
          </Cluster>
        </>
      )}
    </>
  );
}
