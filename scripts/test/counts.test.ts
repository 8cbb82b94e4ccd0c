import assert from 'node:assert/strict';
import { test, type EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';

import report, { countCargoTests, type Counts } from './counts.ts';

const counts = { tests: 6, passed: 2, cancelled: 1, skipped: 1, suites: 0, todo: 1, topLevel: 6 };
const summary = (file: string | undefined): TestEvent => ({
  type: 'test:summary',
  data: { counts, duration_ms: 1, file, success: false },
});

async function reported(...events: TestEvent[]): Promise<string> {
  async function* stream() {
    yield* await Promise.resolve(events);
  }
  let text = '';
  for await (const part of report(stream())) text += part;
  return text;
}

test('tests that failed or were cancelled are failed, and those to do are skipped', async () => {
  assert.deepEqual(JSON.parse(await reported(summary(undefined))), { passed: 2, failed: 2, skipped: 2, failures: [] });
});

test('what failed by itself is told with its error, and what failed by its subtests is not', async () => {
  const place = { file: '/somewhere/a.test.ts', line: 1, column: 1 };
  const failed = (name: string, error: EventData.Error): TestEvent => {
    const details: EventData.TestFail['details'] = { duration_ms: 1, error };
    return {
      type: 'test:fail',
      data: { ...place, name, nesting: 0, testNumber: 1, testId: 1, parentId: undefined, tags: [], details },
    };
  };
  const inner = Object.assign(new Error('failed'), {
    failureType: 'testCodeFailure',
    cause: new TypeError('No such bid.'),
  });
  const outer = Object.assign(new Error('1 subtest failed'), { failureType: 'subtestsFailed', cause: inner });
  const { failures } = JSON.parse(
    await reported(failed('a bid', inner), failed('bids', outer), summary(undefined)),
  ) as Counts;
  assert.deepEqual(failures, ['a.test.ts: a bid\n    TypeError: No such bid.']);
});

test('the summaries of single files are not counted again', async () => {
  assert.equal(await reported(summary('a.test.ts'), summary('b.test.ts')), '');
});

test('the results of all executables of cargo test are added', () => {
  const output = [
    'test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    'test orders::places ... FAILED',
    'test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
  ].join('\n');
  assert.deepEqual(countCargoTests(output), {
    ...{ passed: 8, failed: 2, skipped: 1 },
    failures: ['orders::places'],
  });
  assert.deepEqual(countCargoTests('error: could not compile'), { passed: 0, failed: 0, skipped: 0, failures: [] });
});
