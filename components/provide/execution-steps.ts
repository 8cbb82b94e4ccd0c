/** How far a request is, as steps that people know, and whose fault it is when it failed. */
import type { FailureCode } from '../../lib/market/types.ts';
import type { Execution, ExecutionStage } from '../../lib/provider/ports.ts';
import type { Tone } from '../ui/badge.tsx';
import { formatDuration } from '../ui/format.ts';
import type { Step, StepState } from '../ui/timeline.tsx';

/** Each stage, and the work that leads to it. */
const work = [
  { stage: 'seen', label: 'Notice' },
  { stage: 'downloaded', label: 'Fetch' },
  { stage: 'executed', label: 'Run' },
  { stage: 'uploaded', label: 'Upload' },
  { stage: 'answered', label: 'Answer' },
] as const;

/** The steps of a request, those that are done with how long they took. */
export function stepsOf({ stage, times }: Pick<Execution, 'stage' | 'times'>): readonly Step[] {
  const open = work.findIndex((step) => times[step.stage] === undefined);
  const isOver = stage === 'answered' || stage === 'failed' || stage === 'missed';
  return work.map(({ stage: own, label }, index) => {
    const previous = work[index - 1];
    const [began, ended] = [previous && times[previous.stage], times[own]];
    const isDone = ended !== undefined && (open === -1 || index < open);
    const state: StepState = isDone ? 'done' : index !== open ? 'todo' : isOver ? 'failed' : 'current';
    if (state !== 'done' || began === undefined || ended === undefined) return { label, state };
    return { label, state, note: formatDuration(Math.max(0, ended - began)) };
  });
}

/** From the moment it was noticed to its answer; `null` without one. */
export function totalMs({ times: { seen, answered, failed } }: Pick<Execution, 'times'>): number | null {
  const end = answered ?? failed;
  return seen === undefined || end === undefined ? null : Math.max(0, end - seen);
}

/** The newest moment of a request. */
export function lastMs({ times }: Pick<Execution, 'times'>): number {
  return Math.max(0, ...Object.values(times));
}

/** What became of a request, in a word. */
export function resultOf({ stage, failure }: Pick<Execution, 'stage' | 'failure'>): {
  readonly text: string;
  readonly tone: Tone;
} {
  switch (stage) {
    case 'answered':
      return failure === null ? { text: 'Answered', tone: 'good' } : failed(failure);
    case 'failed':
      return failed(failure);
    case 'missed':
      return { text: 'Missed', tone: 'bad' };
    default:
      return { text: 'Under way', tone: 'accent' };
  }
}

function failed(failure: FailureCode | null): { readonly text: string; readonly tone: Tone } {
  return failure !== null && consumersFaults.has(failure)
    ? { text: 'Refused', tone: 'warn' }
    : { text: 'Failed', tone: 'bad' };
}

const consumersFaults: ReadonlySet<FailureCode> = new Set([
  'PayloadMissing',
  'PayloadCorrupt',
  'PayloadTooLarge',
  'CannotDecrypt',
  'InvalidRequest',
  'InvalidTensor',
]);

/** What a failure means for the provider; `null` while there is none. */
export function consequenceOf({ stage, failure }: Pick<Execution, 'stage' | 'failure'>): string | null {
  if (stage === 'missed') {
    return 'It was not answered before its deadline: refunded, a penalty is taken from the stake, and it counts in the record.';
  }
  if (failure === null) return null;
  return consumersFaults.has(failure)
    ? 'The request was at fault: it is refunded and counts against the consumer, not against you.'
    : 'It is refunded and counts in your record.';
}

/** Whether a stage is one after which nothing happens any more. */
export function isOver(stage: ExecutionStage): boolean {
  return stage === 'answered' || stage === 'failed' || stage === 'missed';
}
