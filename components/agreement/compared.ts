/** The same inputs in several agreements, beside each other. */
import type { InferenceInfo } from '../../lib/cockpit/types.ts';
import type { Comparison } from '../../lib/consumer/compare.ts';
import type { Tone } from '../ui/badge.tsx';

/** One input, with what each agreement made of it; `null` where it was not sent. */
export interface ComparedInput {
  readonly label: string;
  readonly results: readonly (InferenceInfo | null)[];
}

/**
 * The inputs that went to more than one agreement, the newest first.
 *
 * @param lists the inferences of each agreement, newest first
 */
export function comparedInputs(lists: readonly (readonly InferenceInfo[])[]): readonly ComparedInput[] {
  const newest = new Map<string, number>();
  const maps = lists.map((list) => {
    const byLabel = new Map<string, InferenceInfo>();
    for (const info of list) {
      if (!byLabel.has(info.label)) byLabel.set(info.label, info);
      newest.set(info.label, Math.max(newest.get(info.label) ?? 0, info.createdAtMs));
    }
    return byLabel;
  });
  return [...newest]
    .sort(([, a], [, b]) => b - a)
    .map(([label]) => ({ label, results: maps.map((map) => map.get(label) ?? null) }))
    .filter(({ results }) => results.filter((result) => result !== null).length > 1);
}

export interface Verdict {
  readonly tone: Tone;
  readonly text: string;
  /** The places of those whose results are not those of the majority. */
  readonly outliers: readonly number[];
}

/** What a comparison says. `comparison` is of those results that are there; `null` while it is made. */
export function verdictOf({ results }: ComparedInput, comparison: Comparison | null): Verdict {
  const sent = results.filter((result) => result !== null);
  const waiting = sent.filter(({ state }) => state === 'working' || state === 'paused').length;
  if (waiting > 0) return { tone: 'neutral', text: `${sent.length - waiting} of ${sent.length} done`, outliers: [] };
  const answered = sent.filter(({ state }) => state === 'answered').length;
  if (answered < 2) return { tone: 'warn', text: 'Too few results to compare', outliers: [] };
  if (comparison === null) return { tone: 'neutral', text: 'Comparing ...', outliers: [] };
  if (comparison.agree) return { tone: 'good', text: `All ${answered} agree`, outliers: [] };
  const { majority } = comparison;
  if (majority === null) return { tone: 'bad', text: 'No majority', outliers: [] };
  const places = results.flatMap((result, place) => (result?.state === 'answered' ? [place] : []));
  const outliers = places.filter((_, index) => !majority.includes(index));
  return { tone: 'warn', text: `${majority.length} of ${answered} agree`, outliers };
}
