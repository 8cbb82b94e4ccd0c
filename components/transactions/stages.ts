/** How far a transaction is, for people. */
import type { TransactionInfo, TransactionState } from '../../lib/cockpit/types.ts';
import type { StepState } from '../ui/timeline.tsx';

/** The stages in their order; a transaction is in one of them until the last is done. */
export const stages = ['Sign', 'Send', 'In a block', 'Final'] as const;

/** What a transaction's state is called. */
export const stateWords: Readonly<Record<TransactionState, string>> = {
  signing: 'Waiting for your signature',
  signed: 'Being sent',
  broadcast: 'Waiting for a block',
  inBestBlock: 'In a block, not final yet',
  finalized: 'Final',
  failed: 'Failed',
  cancelled: 'Not signed',
  lost: 'Fate unknown',
};

/** Whether nothing more will happen to it. */
export function isSettled(state: TransactionState): boolean {
  return state === 'finalized' || state === 'failed' || state === 'cancelled' || state === 'lost';
}

/** The state of each of the stages. */
export function stageStates({ state, hash, block }: Pick<TransactionInfo, 'state' | 'hash' | 'block'>): StepState[] {
  const reached = reachedStage(state, hash !== null, block !== null);
  const isBroken = state === 'failed' || state === 'cancelled' || state === 'lost';
  return stages.map((_, index) => {
    if (index < reached) return 'done';
    if (index > reached) return 'todo';
    return isBroken ? 'failed' : 'current';
  });
}

/** The index of the stage in which it is; one beyond the last when all are done. */
function reachedStage(state: TransactionState, isSent: boolean, isInBlock: boolean): number {
  switch (state) {
    case 'signing':
    case 'cancelled':
      return 0;
    case 'signed':
      return 1;
    case 'broadcast':
    case 'lost':
      return 2;
    case 'inBestBlock':
      return 3;
    case 'finalized':
      return stages.length;
    case 'failed':
      return isInBlock ? 2 : isSent ? 1 : 0;
  }
}
