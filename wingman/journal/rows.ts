/** The journal's entries as rows of their tables. */
import type { FailureCode, Hex } from '../../lib/market/types.ts';
import type { Decision, Execution, ExecutionStage } from '../../lib/provider/ports.ts';

export interface DecisionRow {
  readonly sequence: number;
  readonly order: number;
  readonly at: number;
  readonly block: number;
  readonly action: string;
  /** In the smallest unit; as text, because SQLite's integers end at 2^63. */
  readonly price: string | null;
  readonly rule: string;
  readonly reason: string;
  readonly result: string | null;
  readonly error: string | null;
}

export interface ExecutionRow {
  readonly sequence: number;
  readonly agreement: number;
  readonly index: number;
  readonly payload: string;
  readonly stage: string;
  readonly times: string;
  readonly content: string | null;
  readonly commitment: string | null;
  readonly failure: string | null;
  readonly reason: string | null;
  readonly changed: number;
}

export function parametersOfDecision(decision: Decision): Omit<DecisionRow, 'sequence'> {
  const { order, at, block, action, price, rule, reason, result, error } = decision;
  return { order, at, block, action, price: price === null ? null : String(price), rule, reason, result, error };
}

export function decisionOf({ sequence: _, ...row }: DecisionRow): Decision {
  return {
    ...row,
    action: row.action as Decision['action'],
    price: row.price === null ? null : BigInt(row.price),
    result: row.result as Decision['result'],
  };
}

export function parametersOfExecution(execution: Execution): Omit<ExecutionRow, 'sequence' | 'changed'> {
  const { agreement, index, payload, stage, times, output, failure, reason } = execution;
  return {
    agreement,
    index,
    payload,
    stage,
    times: JSON.stringify(times),
    content: output?.content ?? null,
    commitment: output?.commitment ?? null,
    failure,
    reason,
  };
}

export function executionOf(row: ExecutionRow): Execution {
  const { agreement, index, payload, content, commitment, reason } = row;
  return {
    agreement,
    index,
    payload,
    stage: row.stage as ExecutionStage,
    times: JSON.parse(row.times) as Execution['times'],
    output: content === null || commitment === null ? null : { content, commitment: commitment as Hex },
    failure: row.failure as FailureCode | null,
    reason,
  };
}
