/** A model's figures. */
import type { ModelDetail } from '../../lib/cockpit/types.ts';
import { formatCount, formatDuration } from '../ui/format.ts';
import { Readout, Readouts } from '../ui/layout.tsx';
import { Amount } from '../ui/values.tsx';

export function ModelReadouts({ detail }: { readonly detail: ModelDetail }) {
  const { model, recentPrice, providers, fastestMs, delivered, royalties } = detail;
  return (
    <Readouts>
      <Readout
        label="Last price"
        value={recentPrice === null ? '–' : <Amount value={recentPrice} decimals={6} />}
        note={recentPrice === null ? 'never sold yet' : 'per inference, all included'}
      />
      <Readout label="Royalty" value={<Amount value={model.royalty} decimals={6} />} note="of it, to the owner" />
      <Readout
        label="Providers"
        value={formatCount(providers)}
        note={providers === 0 ? 'nobody serves it now' : 'offer the newest version'}
      />
      <Readout
        label="Fastest"
        value={fastestMs === null ? '–' : formatDuration(fastestMs)}
        note={fastestMs === null ? 'not measured' : 'per inference, measured'}
      />
      <Readout
        label="Delivered"
        value={formatCount(delivered)}
        note={
          <>
            <Amount value={royalties} decimals={4} /> in royalties
          </>
        }
      />
    </Readouts>
  );
}
