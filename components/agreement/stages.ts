/** How far an inference is, as steps that people know. */
import type { InferenceInfo } from '../../lib/cockpit/types.ts';
import type { Request } from '../../lib/market/types.ts';
import { formatDuration } from '../ui/format.ts';
import type { Truth } from '../ui/badge.tsx';
import type { Step, StepState } from '../ui/timeline.tsx';

/** Each stage that can be reached, and the work that leads to it. */
const work = [
  { stage: 'sealed', label: 'Encrypt' },
  { stage: 'uploaded', label: 'Upload' },
  { stage: 'requested', label: 'Register' },
  { stage: 'answered', label: 'Run' },
  { stage: 'downloaded', label: 'Fetch' },
  { stage: 'opened', label: 'Verify' },
] as const;

/** In which step an inference that has no result failed; the first one that was not reached where nothing else is known. */
const failedAt: Readonly<Partial<Record<InferenceInfo['state'], number>>> = {
  failed: 3,
  missed: 3,
  resultMissing: 4,
  resultCorrupt: 5,
};

/** The steps of an inference, those that are done with how long they took. */
export function stepsOf({ state, stage, times, createdAtMs }: InferenceInfo): readonly Step[] {
  const reached = work.findIndex((step) => step.stage === stage);
  const broken =
    state === 'working' || state === 'paused' || state === 'answered' ? null : (failedAt[state] ?? reached + 1);
  return work.map(({ stage: own, label }, index) => {
    const previous = work[index - 1];
    const began = previous === undefined ? createdAtMs : times[previous.stage];
    const ended = times[own];
    const took = began === undefined || ended === undefined ? undefined : formatDuration(Math.max(0, ended - began));
    const step = { label, state: stateOf(index, reached, state === 'working', broken) };
    return took === undefined || step.state !== 'done' ? step : { ...step, note: took };
  });
}

function stateOf(index: number, reached: number, isWorking: boolean, broken: number | null): StepState {
  if (index === broken) return 'failed';
  if (broken !== null && index > broken) return 'todo';
  if (index <= reached) return 'done';
  return isWorking && index === reached + 1 ? 'current' : 'todo';
}

/** From the moment it was sent to the moment its result was checked; `null` without one. */
export function totalMs({ times, createdAtMs }: InferenceInfo): number | null {
  return times.opened === undefined ? null : Math.max(0, times.opened - createdAtMs);
}

/**
 * How true it is what an inference says of itself.
 *
 * @param finalized the number of the finalized block; `null` while the chain is not followed
 * @param asked of whom: a request that was missed says in no block of its own when that was
 * @returns `undefined` where nothing of it is on chain, or the chain has forgotten it
 */
export function truthOfInference(
  { state, block: ownBlock, index }: InferenceInfo,
  finalized: number | null,
  asked: Asked,
): Truth | undefined {
  if (state === 'working') return 'live';
  const request = state === 'missed' ? asked.requests.find((one) => one.index === index) : undefined;
  const block = request === undefined ? ownBlock : request.requestedAt + asked.responseDeadline;
  if (block === null) return undefined;
  if (finalized === null) return 'cached';
  return block <= finalized ? 'final' : 'pending';
}

/** What of an agreement tells when a request was missed. */
export interface Asked {
  readonly requests: readonly Pick<Request, 'index' | 'requestedAt'>[];
  /** In blocks. */
  readonly responseDeadline: number;
}

export interface Tally {
  readonly all: number;
  readonly answered: number;
  readonly working: number;
  readonly paused: number;
  /** Without a result, for whatever reason. */
  readonly without: number;
}

/** Counts inferences by what became of them. */
export function tallyOf(inferences: readonly InferenceInfo[]): Tally {
  const count = (...states: readonly InferenceInfo['state'][]) =>
    inferences.filter(({ state }) => states.includes(state)).length;
  const [answered, working, paused] = [count('answered'), count('working'), count('paused')];
  return {
    all: inferences.length,
    answered,
    working,
    paused,
    without: inferences.length - answered - working - paused,
  };
}
