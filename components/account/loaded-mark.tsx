'use client';
/** How true something is that is read from the chain, and of when it is where it is not of now. */
import type { Loaded } from '../../lib/cockpit/types.ts';
import { Status, truthOf } from '../ui/badge.tsx';
import { Time } from '../ui/values.tsx';

/** Nothing while nothing is known. */
export function LoadedMark({ of: loaded }: { readonly of: Loaded<unknown> }) {
  const truth = truthOf(loaded);
  if (truth === undefined) return null;
  const asOfMs = 'asOfMs' in loaded ? loaded.asOfMs : undefined;
  if (asOfMs === undefined) return <Status state={truth} />;
  return (
    <Status state={truth}>
      {truth === 'cached' ? 'Cached' : 'Lost'}, from <Time ms={asOfMs} />
    </Status>
  );
}
