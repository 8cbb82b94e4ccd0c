/**
 * A reporter for `node --test` that says at the end, as JSON, how many tests passed, failed and were skipped. The
 * readable report goes to the terminal at the same time; reading numbers out of that would break with its wording.
 */
import type { TestEvent } from 'node:test/reporters';

/** How the tests of a run ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    // There is a summary for each file, and one without a file's name for the whole run.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { passed, tests, skipped, todo } = event.data.counts;
    yield JSON.stringify({ passed, failed: tests - passed - skipped - todo, skipped: skipped + todo } satisfies Counts);
  }
}

/** Adds the results that `cargo test` prints for each of its test executables. */
export function countCargoTests(output: string): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(
    /^test result: \S+ (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(ignored);
  }
  return counts;
}
