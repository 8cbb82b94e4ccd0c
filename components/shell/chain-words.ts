/** The light client's state in a few words. */
import type { ChainStatus } from '../../lib/cockpit/types.ts';
import type { Truth } from '../ui/badge.tsx';
import { formatCount } from '../ui/format.ts';

export interface ChainWords {
  readonly sign: Truth;
  /** What is said when it changes; it does not change with each block. */
  readonly phase: string;
  /** Beside it: the finalized block. */
  readonly detail: string | undefined;
}

/** What the chain's pill says. */
export function chainWords({ phase, finalized }: ChainStatus): ChainWords {
  const detail = finalized === null ? undefined : `#${formatCount(finalized.number)}`;
  switch (phase) {
    case 'configuring':
    case 'loading':
      return { sign: 'cached', phase: 'Starting', detail: undefined };
    case 'connecting':
      return { sign: 'cached', phase: 'Connecting', detail: undefined };
    case 'syncing':
      return { sign: 'pending', phase: 'Syncing', detail };
    case 'ready':
      return { sign: 'live', phase: 'Finalized', detail };
    case 'lost':
      return { sign: 'lost', phase: 'Connection lost', detail: undefined };
    case 'failed':
      return { sign: 'lost', phase: 'No chain', detail: undefined };
  }
}
