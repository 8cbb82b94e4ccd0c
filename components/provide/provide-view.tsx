'use client';
/** This browser as a provider: what it does, what it serves and at which price, what it earns and why it decides as it does. */
import type { ProvidingStatus } from '../../lib/cockpit/types.ts';
import { LoadedMark } from '../account/loaded-mark.tsx';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { Kicker } from '../market/kicker.tsx';
import { shortId } from '../ui/format.ts';
import { Page, Split } from '../ui/layout.tsx';
import { SkeletonLines } from '../ui/placeholder.tsx';
import { BeginPanel } from './begin-panel.tsx';
import { DecisionsSection } from './decisions-section.tsx';
import { EarningsSection } from './earnings-section.tsx';
import { Interruptions } from './interruptions.tsx';
import { KeySection } from './key-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { PriceSection } from './price-section.tsx';
import { RecordSection } from './record-section.tsx';
import { RestraintSection } from './restraint-section.tsx';
import { SetupSection } from './setup-section.tsx';
import { StakeSection } from './stake-section.tsx';
import { StatePanel } from './state-panel.tsx';
import { standingOf } from './state-words.ts';
import { WorkSection } from './work-section.tsx';

/** The view behind `/provide/`. */
export function ProvideView() {
  const { providing, accounts, market, storage, network } = useCockpit();
  const status = useObservable(providing.status);
  const accountsKnown = useObservable(accounts.all);
  const { provider } = status;
  const detail = useQuery(provider !== null && market.provider(provider));
  const name = accountsKnown.find(({ address }) => address === provider)?.name;
  const standing = standingOf(status);
  const isOpening = useObservable(storage).state === 'opening';
  // Whether this browser is a provider is kept in it, for each network.
  const isUnknown = useObservable(network) === null || isOpening;
  return (
    <Page
      title="Provide"
      kicker={
        provider === null ? undefined : (
          <Kicker>
            For {name ?? shortId(provider)} <LoadedMark of={detail} />
          </Kicker>
        )
      }
      lead="This browser runs models for others and is paid for each answer. It bids, computes and delivers by itself; stake and earnings stay in your account."
    >
      {isUnknown ? (
        <SkeletonLines lines={4} label="What this browser does ..." />
      ) : standing === 'new' || standing === 'revoked' ? (
        <Beginning provider={provider} />
      ) : (
        <Provider status={status} provider={provider ?? ''} />
      )}
    </Page>
  );
}

/**
 * In the order in which somebody gets to it who has never done this.
 *
 * @param provider the account that has provided before; it may want to leave
 */
function Beginning({ provider }: { readonly provider: string | null }) {
  const isAgain = provider !== null;
  return (
    <>
      <BeginPanel isAgain={isAgain} />
      <ModelsSection isNamed={false} />
      <SetupSection isAgain={isAgain} />
      <PriceSection />
      <RestraintSection />
      {isAgain && <StakeSection provider={provider} />}
    </>
  );
}

interface ProviderProps {
  readonly status: ProvidingStatus;
  readonly provider: string;
}

function Provider({ status, provider }: ProviderProps) {
  return (
    <>
      <StatePanel status={status} />
      <Split
        main={
          <>
            {/* What is announced is not known before the chain has said how the key stands. */}
            <ModelsSection isNamed={status.operator !== null} />
            <WorkSection />
            <EarningsSection provider={provider} />
            <PriceSection />
            <DecisionsSection />
          </>
        }
        side={
          <>
            <RestraintSection />
            <KeySection operator={status.operator} />
            <StakeSection provider={provider} />
            <RecordSection provider={provider} />
            <Interruptions interruptions={status.interruptions} />
          </>
        }
      />
    </>
  );
}
