/** When a request can still be answered. From block `requestedAt + responseDeadline` on it cannot. */
import type { Agreement, Request } from '../market/types.ts';

/** So many blocks before the last chance a request is given up that nothing is being done for: an answer can be late. */
const MOST_SPARE_BLOCKS = 2;

/** The first block in which a request cannot be answered any more. */
export function deadlineOf(
  agreement: Pick<Agreement, 'responseDeadline'>,
  request: Pick<Request, 'requestedAt'>,
): number {
  return request.requestedAt + agreement.responseDeadline;
}

/** Whether an answer that is sent now can be in a block in time: the next one at the earliest. */
export function canAnswer(deadlineBlock: number, best: number): boolean {
  return best + 1 < deadlineBlock;
}

/** Whether this is the last best block on which an answer can be sent. */
export function isLastChance(deadlineBlock: number, best: number): boolean {
  return best >= deadlineBlock - 2;
}

/** Whether to give up what is not even being executed, if the deadline is long enough to have blocks to spare. */
export function isHopeless(deadlineBlock: number, responseDeadline: number, best: number): boolean {
  const spare = Math.min(MOST_SPARE_BLOCKS, Math.floor(responseDeadline / 6));
  return spare > 0 && best >= deadlineBlock - 2 - spare;
}

/** Whether the next blocks are the last in which the answer can be; then others must not spoil its transaction. */
export function isUrgent(deadlineBlock: number, best: number): boolean {
  return deadlineBlock - best <= 3;
}

/** The time until the last block in which an answer can be, in milliseconds, by the chain's block time. */
export function remainingMs(deadlineBlock: number, best: number, blockTimeMs: number): number {
  return Math.max(0, deadlineBlock - 2 - best) * blockTimeMs;
}
