/** One request on its way through the engine. */
import type { Answer, Agreement, FailureCode, Hex, Output } from '../market/types.ts';
import type { Execution, ExecutionStage } from './ports.ts';
import type { About } from './types.ts';

/**
 * What is being done for a request:
 * `waiting` (for a place, or for its next try), `downloading`, `ready` to be executed, `executing`, `executed` and waiting
 * to be uploaded, `uploading`, `answering` (the answer is certain and being written down), `answerable` (it can be sent),
 * `sending`, `sent` (included in a block), `lost` (sent, and it is not known what became of it), `over`.
 */
export type Phase =
  | 'waiting'
  | 'downloading'
  | 'ready'
  | 'executing'
  | 'executed'
  | 'uploading'
  | 'answering'
  | 'answerable'
  | 'sending'
  | 'sent'
  | 'lost'
  | 'over';

export interface Item {
  agreement: Agreement;
  readonly index: number;
  readonly payload: string;
  /** It changes when the chain goes back some blocks and has the request in another one. */
  deadlineBlock: number;
  phase: Phase;
  /** Aborts what is being done for it. */
  readonly controller: AbortController;

  stage: ExecutionStage;
  times: Partial<Record<ExecutionStage, number>>;
  output: Output | null;
  failure: FailureCode | null;
  reason: string | null;

  /** The opened payload, from its download to its execution. */
  request: Uint8Array | null;
  /** The sealed result, from its execution to its upload, and the commitment to it. */
  sealed: { readonly envelope: Uint8Array; readonly commitment: Hex } | null;
  /** How often each step was tried in vain. */
  tries: number;
  /** What the last try in vain ended with. */
  lastError: { readonly code: FailureCode; readonly reason: string } | null;
  /** It waits for a time to pass before the next try. */
  isPausing: boolean;
  /** It failed in a transaction with others; it goes alone from now on. */
  goesAlone: boolean;
  /** The block that has its answer, or on whose state its answer was sent. */
  block: number;
}

/** What a report about a request is about. */
export function aboutOf({ agreement, index }: Item): About {
  return { order: agreement.order, agreement: agreement.id, request: index };
}

/** What names a request. */
export function keyOf(agreement: number, index: number): string {
  return `${agreement}/${index}`;
}

export function newItem(agreement: Agreement, index: number, payload: string, deadlineBlock: number): Item {
  return {
    agreement,
    index,
    payload,
    deadlineBlock,
    phase: 'waiting',
    controller: new AbortController(),
    stage: 'seen',
    times: {},
    output: null,
    failure: null,
    reason: null,
    request: null,
    sealed: null,
    tries: 0,
    lastError: null,
    isPausing: false,
    goesAlone: false,
    block: 0,
  };
}

/** What the journal keeps of an item. */
export function executionOf(item: Item): Execution {
  const { agreement, index, payload, stage, times, output, failure, reason } = item;
  return { agreement: agreement.id, index, payload, stage, times: { ...times }, output, failure, reason };
}

/** Takes over what the journal remembers of the same request. */
export function restore(item: Item, { stage, times, output, failure, reason }: Execution): Item {
  return Object.assign(item, { stage, times: { ...times }, output, failure, reason });
}

/** Its answer, if that is certain. */
export function answerOf({ output, failure }: Pick<Execution, 'output' | 'failure'>): Answer | null {
  if (output !== null) return { output };
  return failure === null ? null : { failure };
}

/** Earliest deadline first; within an agreement as asked. */
export function byDeadline(a: Item, b: Item): number {
  return a.deadlineBlock - b.deadlineBlock || a.agreement.id - b.agreement.id || a.index - b.index;
}
