'use client';
/** The light client's state. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Badge } from '../ui/badge.tsx';
import { formatCount, formatDuration } from '../ui/format.ts';
import { Muted, Readout, Readouts, Section } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Skeleton } from '../ui/placeholder.tsx';
import { Steps } from '../ui/timeline.tsx';
import { phaseSentences, steps, stepStates } from './light-client.ts';
import type { ChainStatus } from '../../lib/cockpit/types.ts';

/** How far the light client is, and what it has. */
export function LightClientSection() {
  const cockpit = useCockpit();
  const status = useObservable(cockpit.chain);
  const { phase, problem } = status;
  const states = stepStates(status);
  return (
    <Section title="Light client" aside={<PhaseBadge phase={phase} />}>
      <Muted>
        {phaseSentences[phase]} {phase !== 'failed' && problem?.message}
      </Muted>
      {phase === 'failed' && (
        <ProblemNotice title="The chain cannot be reached" problem={problem} onRetry={() => cockpit.restart()} />
      )}
      <Numbers status={status} />
      <Steps
        label="From opening this page to following the chain"
        steps={steps.map(({ label, note }, index) => ({ label, note, state: states[index] ?? 'todo' }))}
      />
    </Section>
  );
}

function PhaseBadge({ phase }: Pick<ChainStatus, 'phase'>) {
  if (phase === 'ready') return <Badge tone="good">Following</Badge>;
  if (phase === 'failed') return <Badge tone="bad">Failed</Badge>;
  return (
    <Badge tone={phase === 'lost' ? 'warn' : 'neutral'}>{phase === 'lost' ? 'Connection lost' : 'Starting'}</Badge>
  );
}

function Numbers({ status }: { readonly status: ChainStatus }) {
  const { best, finalized, peers, readyAfterMs, startedFromDatabase, source } = status;
  const isBehind = best !== null && finalized !== null;
  return (
    <Readouts>
      <Readout
        label="Finalized block"
        value={finalized === null ? <Skeleton /> : formatCount(finalized.number)}
        note="Cannot be undone"
      />
      <Readout
        label="Best block"
        value={best === null ? <Skeleton /> : formatCount(best.number)}
        note={
          isBehind ? `${formatCount(best.number - finalized.number)} ahead, still pending` : 'Newest, still pending'
        }
      />
      <Readout
        label="Nodes connected"
        value={peers === null ? '–' : formatCount(peers)}
        note="They prove what they say"
      />
      <Readout
        label="Ready after"
        value={readyAfterMs === null ? <Skeleton /> : formatDuration(readyAfterMs)}
        note={startedFromDatabase ? 'From what the last visit knew' : 'From the chain’s specification'}
      />
      <Readout
        label="Runs in"
        value={source === null ? <Skeleton /> : source === 'embedded' ? 'This page' : 'Extension'}
        note={source === 'extension' ? 'Substrate Connect’s light client' : 'smoldot, in a worker'}
      />
    </Readouts>
  );
}
