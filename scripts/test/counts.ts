/**
 * A reporter for `node --test` that says at the end, as JSON, how many tests passed, failed and were skipped, and why
 * they failed. The readable report goes to the terminal at the same time; reading out of that would break with its wording.
 */
import { basename } from 'node:path';
import type { EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';

/** How the tests of a run ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each test that failed by itself, with the beginning of its error. */
  readonly failures: readonly string[];
}

/** An error is told by so many lines at most; the whole of it stands where the test ran. */
const mostLines = 12;

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const failures: string[] = [];
  for await (const event of events) {
    if (event.type === 'test:fail') failures.push(...tell(event.data));
    // There is a summary for each file, and one without a file's name for the whole run.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { passed, tests, skipped, todo } = event.data.counts;
    const failed = tests - passed - skipped - todo;
    yield JSON.stringify({ passed, failed, skipped: skipped + todo, failures } satisfies Counts);
  }
}

/** @returns nothing for a test of which only subtests failed: they are told themselves */
function tell({ name, file, details: { error } }: EventData.TestFail): string[] {
  const { failureType, cause } = error as { readonly failureType?: string; readonly cause?: unknown };
  if (failureType === 'subtestsFailed') return [];
  const { name: kind, message } = cause instanceof Error ? cause : error;
  const lines = `${kind}: ${message}`.split('\n').filter((line) => line.trim() !== '');
  return [[`${file === undefined ? '' : `${basename(file)}: `}${name}`, ...lines.slice(0, mostLines)].join('\n    ')];
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
  const failures = [...output.matchAll(/^test (.+) \.\.\. FAILED$/gm)].map(([, name = '']) => name);
  return { ...counts, failures };
}
