'use client';
/** An agreement's figures. */
import type { AgreementDetail } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { formatCount } from '../ui/format.ts';
import { Readout, Readouts } from '../ui/layout.tsx';
import { Amount, Time } from '../ui/values.tsx';
import { underWay } from './filters.ts';

export function AgreementReadouts({ detail }: { readonly detail: AgreementDetail }) {
  const { agreement, settlement } = detail;
  const cockpit = useCockpit();
  const { counts, quota, price, state } = agreement;
  return (
    <Readouts>
      <Readout
        label="Delivered"
        value={formatCount(counts.delivered)}
        unit={`of ${formatCount(quota)}`}
        note={noteOf(detail)}
      />
      <Readout label="Price each" value={<Amount value={price} decimals={6} />} note="royalty and fee included" />
      <Readout
        label="Paid so far"
        value={<Amount value={settlement.paid} decimals={6} />}
        note="for what was delivered"
      />
      <Readout
        label="In escrow"
        value={<Amount value={settlement.escrow} decimals={6} />}
        note="paid or refunded later"
      />
      {state.kind === 'active' ? (
        <Readout
          label="Ends"
          value={<Time ms={cockpit.timeOf(agreement.endsAt)} />}
          note={`at the latest, block ${agreement.endsAt}`}
        />
      ) : (
        <Readout label="Ended" value={<Time ms={cockpit.timeOf(state.at)} />} note={`block ${state.at}`} />
      )}
    </Readouts>
  );
}

/** What became of those that were not delivered. */
function noteOf({ agreement, left }: AgreementDetail): string {
  const { counts, state } = agreement;
  const waiting = underWay(agreement);
  const without = counts.missed + counts.providerFaults + counts.consumerFaults;
  const parts = [
    waiting > 0 && `${waiting} under way`,
    without > 0 && `${without} without a result`,
    left > 0 && (state.kind === 'active' ? `${left} left to send` : `${left} not used`),
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'all of them' : parts.join(', ');
}
