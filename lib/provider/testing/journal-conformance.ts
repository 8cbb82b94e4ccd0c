/** What every journal has to do: one set of tests for all of them, to be called from a test file. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { Decision, Execution, Journal } from '../ports.ts';

const decision: Decision = {
  order: 7,
  at: 1_000,
  block: 5,
  action: 'bid',
  price: 2n ** 100n + 1n,
  rule: 'undercut',
  reason: 'The bid to beat is 5 – and we can.',
  result: 'pending',
  error: null,
};

const execution: Execution = {
  agreement: 3,
  index: 4,
  payload: 'bafkreipayload',
  stage: 'seen',
  times: { seen: 1_000.5 },
  output: null,
  failure: null,
  reason: null,
};

const answered: Execution = {
  ...execution,
  stage: 'answered',
  times: { seen: 1_000.5, downloaded: 2_000, answered: 3_000 },
  output: { content: 'bafkreiresult', commitment: '0xab' },
};

interface ConformanceTest {
  readonly title: string;
  readonly run: (journal: Journal) => Promise<void>;
}

/**
 * Tests a journal.
 *
 * @param name what the tests call it
 * @param make makes an empty journal for a test, and sees to its end
 */
export function journalConformance(name: string, make: (t: TestContext) => Journal | Promise<Journal>): void {
  for (const { title, run } of tests) test(`${name}: ${title}`, async (t) => run(await make(t)));
}

const tests: readonly ConformanceTest[] = [
  {
    title: 'an empty journal remembers nothing',
    run: async (journal) => {
      assert.deepEqual(await journal.decisions({ limit: 10 }), []);
      assert.deepEqual(await journal.executions({ limit: 10 }), []);
      assert.deepEqual(await journal.execution(0, 0), null);
      assert.deepEqual(await journal.timings(0, 0, 10), []);
    },
  },
  {
    title: 'a decision is read as it was written, large prices included',
    run: async (journal) => {
      const declined: Decision = { ...decision, at: 2_000, action: 'decline', price: null, result: null };
      await journal.saveDecision(decision);
      await journal.saveDecision(declined);
      assert.deepEqual(await journal.decisions({ limit: 10 }), [declined, decision]);
    },
  },
  {
    title: 'the result of a bid replaces the decision and keeps its place',
    run: async (journal) => {
      const later: Decision = { ...decision, at: 2_000 };
      const failed: Decision = { ...decision, result: 'failed', error: 'CallFailed: too late' };
      await journal.saveDecision(decision);
      await journal.saveDecision(later);
      await journal.saveDecision(failed);
      assert.deepEqual(await journal.decisions({ order: 7, limit: 10 }), [later, failed]);
    },
  },
  {
    title: 'decisions are found by order, the newest first, and no more than asked for',
    run: async (journal) => {
      for (let at = 1; at <= 3; at++) {
        await journal.saveDecision({ ...decision, at });
        await journal.saveDecision({ ...decision, order: 8, at });
      }
      const found = await journal.decisions({ order: 8, limit: 2 });
      assert.deepEqual(
        found.map(({ order, at }) => [order, at]),
        [
          [8, 3],
          [8, 2],
        ],
      );
    },
  },
  {
    title: 'an execution is read as it was last written',
    run: async (journal) => {
      await journal.saveExecution(execution);
      await journal.saveExecution({ ...answered, index: 5 });
      await journal.saveExecution(answered);
      assert.deepEqual(await journal.execution(3, 4), answered);
      assert.deepEqual(await journal.execution(4, 3), null);
      assert.deepEqual(await journal.executions({ limit: 10 }), [{ ...answered, index: 5 }, answered]);
    },
  },
  {
    title: 'a failure is read as it was written',
    run: async (journal) => {
      const failed: Execution = { ...execution, stage: 'failed', failure: 'CannotDecrypt', reason: 'for another' };
      await journal.saveExecution(failed);
      assert.deepEqual(await journal.execution(3, 4), failed);
    },
  },
  {
    title: 'executions are found by agreement and by stage, the newest first',
    run: async (journal) => {
      await journal.saveExecution({ ...execution, index: 0 });
      await journal.saveExecution({ ...answered, index: 1 });
      await journal.saveExecution({ ...execution, index: 2 });
      await journal.saveExecution({ ...execution, agreement: 9, index: 0 });
      const indices = async (filter: Parameters<Journal['executions']>[0]) =>
        (await journal.executions(filter)).map(({ agreement, index }) => [agreement, index]);
      assert.deepEqual(await indices({ agreement: 3, limit: 10 }), [
        [3, 2],
        [3, 1],
        [3, 0],
      ]);
      assert.deepEqual(await indices({ stage: 'seen', limit: 2 }), [
        [9, 0],
        [3, 2],
      ]);
      assert.deepEqual(await indices({ agreement: 3, stage: 'answered', limit: 10 }), [[3, 1]]);
    },
  },
  {
    title: 'times are found by model and version, the newest first',
    run: async (journal) => {
      for (const ms of [1.5, 2.5, 3.5]) await journal.saveTiming(1, 0, ms);
      await journal.saveTiming(1, 1, 9);
      await journal.saveTiming(2, 0, 8);
      assert.deepEqual(await journal.timings(1, 0, 2), [3.5, 2.5]);
      assert.deepEqual(await journal.timings(1, 1, 10), [9]);
    },
  },
  {
    title: 'what is written at the same time is all there',
    run: async (journal) => {
      const indices = Array.from({ length: 50 }, (_, index) => index);
      await Promise.all(indices.map((index) => journal.saveExecution({ ...execution, index })));
      assert.deepEqual((await journal.executions({ limit: 100 })).length, 50);
    },
  },
  {
    title: 'what was read or written does not change with what the caller does to it later',
    run: async (journal) => {
      const times = { seen: 1 };
      await journal.saveExecution({ ...execution, times });
      times.seen = 2;
      assert.deepEqual((await journal.execution(3, 4))?.times, { seen: 1 });
    },
  },
];
