/** How far the light client is, as steps. */
import type { ChainPhase, ChainStatus } from '../../lib/cockpit/types.ts';
import type { StepState } from '../ui/timeline.tsx';

/** What it does one after another, and what each of it is for. */
export const steps = [
  { phase: 'configuring', label: 'Network', note: 'Which chain this page was made for.' },
  { phase: 'loading', label: 'Code', note: 'The light client itself, as WebAssembly.' },
  { phase: 'connecting', label: 'Peers', note: 'Nodes of the chain, dialled from this tab.' },
  { phase: 'syncing', label: 'Warp sync', note: 'Proofs of finality, instead of every block.' },
  { phase: 'ready', label: 'Following', note: 'Every new block is checked here.' },
] as const;

/** The state of each step. */
export function stepStates({
  phase,
  best,
  peers,
}: Pick<ChainStatus, 'phase' | 'best' | 'peers'>): readonly StepState[] {
  const at = reached(phase, best !== null, (peers ?? 0) > 0);
  return steps.map((_, index) => {
    if (index < at) return 'done';
    if (index > at) return 'todo';
    if (phase === 'failed') return 'failed';
    return phase === 'ready' ? 'done' : 'current';
  });
}

/** One that lost its connection or failed stands where it has to begin anew. */
function reached(phase: ChainPhase, hasBlock: boolean, hasPeers: boolean): number {
  if (phase === 'lost') return 2;
  if (phase === 'failed') return hasBlock ? 4 : hasPeers ? 3 : 0;
  return steps.findIndex((step) => step.phase === phase);
}

/** One sentence on what it does now. */
export const phaseSentences: Readonly<Record<ChainPhase, string>> = {
  configuring: 'Reading which network this page was made for.',
  loading: 'Loading the light client.',
  connecting: 'Looking for nodes of the chain. Nothing is asked of any web server.',
  syncing: 'Catching up by proofs of finality; nothing is taken on trust.',
  ready: 'Follows the chain. Everything on these pages is proven against the blocks below.',
  lost: 'The connection to the chain is lost. It is looked for by itself; what you see is the last that was known.',
  failed: 'The light client cannot go on.',
};
