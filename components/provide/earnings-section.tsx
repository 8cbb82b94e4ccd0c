'use client';
/** What this provider has earned, over time. */
import type { ProviderDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { LoadedMark } from '../account/loaded-mark.tsx';
import { formatAiro, toAiro } from '../market/history.ts';
import { periodLabel, sumByPeriod } from '../periods.ts';
import { BarChart } from '../ui/charts.tsx';
import { formatCount } from '../ui/format.ts';
import { Readout, Readouts, Section } from '../ui/layout.tsx';
import { Shown } from '../ui/loaded.tsx';
import { Amount } from '../ui/values.tsx';
import { earnedIn, totalOf } from './earnings.ts';

export function EarningsSection({ provider }: { readonly provider: string }) {
  const { market } = useCockpit();
  const detail = useQuery(market.provider(provider));
  return (
    <Section title="Earnings" aside={<LoadedMark of={detail} />}>
      <Shown of={detail} what="The earnings">
        {(value) => <Earnings history={value?.history ?? []} />}
      </Shown>
    </Section>
  );
}

function Earnings({ history }: Pick<ProviderDetail, 'history'>) {
  const { earned, delivered, agreements } = totalOf(history);
  return (
    <>
      <Readouts>
        <Readout label="Earned" value={<Amount value={earned} decimals={6} />} note="royalties and fees taken off" />
        <Readout label="Delivered" value={formatCount(delivered)} note="inferences that were paid" />
        <Readout
          label="Each, on average"
          value={delivered === 0 ? '–' : <Amount value={earned / BigInt(delivered)} decimals={6} />}
          note="for an inference"
        />
        <Readout label="Agreements" value={formatCount(agreements)} note="begun" />
      </Readouts>
      <BarChart
        title="Earnings by period, in AIRO"
        height={180}
        data={sumByPeriod([history], earnedIn).map(({ startsAtMs, lengthMs, amount }) => ({
          label: periodLabel(startsAtMs, lengthMs),
          value: toAiro(amount),
        }))}
        format={formatAiro}
        empty="Nothing was earned yet. The first paid answer appears here."
      />
    </>
  );
}
