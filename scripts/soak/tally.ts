/** What came of everything that the consumers wanted. */
import type { InferenceResult } from '../../lib/consumer/index.ts';

export class Tally {
  orders = 0;
  withoutBids = 0;
  agreements = 0;
  interruptions = 0;
  readonly results = new Map<InferenceResult['state'], number>();
  /** Errors that a consumer has gone on from, by name. */
  readonly troubles = new Map<string, number>();
  /** What must not be. */
  readonly findings: string[] = [];

  result({ state }: InferenceResult): void {
    count(this.results, state);
  }

  trouble(error: unknown): void {
    count(this.troubles, error instanceof Error ? error.name : String(error));
  }
}

export function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
