/** Times between stages, and what is usual and what is rare among them. */

/** When stages were reached, in milliseconds; a stage that was not reached is missing. */
export type Times = Readonly<Record<string, number | undefined>>;

/**
 * The times from each stage to the next, in milliseconds, by `from to to`.
 *
 * @throws when an entry did not reach all stages
 */
export function steps(stages: readonly string[], entries: readonly Times[]): ReadonlyMap<string, readonly number[]> {
  const pairs = stages.slice(1).map((to, i) => [stages[i] ?? '', to] as const);
  return new Map(pairs.map(([from, to]) => [`${from} to ${to}`, entries.map((times) => between(times, from, to))]));
}

/** The time from one stage to another, in milliseconds. @throws when one of the two was not reached */
export function between(times: Times, from: string, to: string): number {
  const [began, ended] = [times[from], times[to]];
  if (began === undefined || ended === undefined) throw new Error(`It did not reach both "${from}" and "${to}".`);
  return ended - began;
}

/**
 * The smallest of the values that so many of them do not exceed ("nearest rank").
 *
 * @param share more than 0, at most 1: 0.95 for the 95th percentile
 * @throws when there are no values
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is no percentile of nothing.');
  return value;
}
