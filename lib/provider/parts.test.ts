/** The small parts of the engine, each by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { testRules } from './testing/market.ts';
import { ScriptedClock } from './testing/clock.ts';
import { firstLate, workingTimeMs, type Promised } from './capacity.ts';
import { systemClock } from './clock.ts';
import { canAnswer, isHopeless, isLastChance, isUrgent, remainingMs } from './deadlines.ts';
import { failureCodeOf } from './failures.ts';
import { readAll } from './snapshot.ts';
import { Lane, Tasks, within } from './tasks.ts';

test('A promise is late when what is due no later than it takes longer than it has', () => {
  const promised = (responseDeadline: number, inFlight: number, workMs: number): Promised => ({
    what: `deadline ${responseDeadline}`,
    inFlight,
    responseDeadline,
    workMs,
  });
  assert.equal(workingTimeMs(3, testRules), 1500);
  assert.equal(firstLate([promised(3, 10, 150)], testRules, 1), null);
  assert.equal(firstLate([promised(3, 10, 151)], testRules, 1)?.neededMs, 1510);
  // What has more time does not stand in the way of what has less, but the other way around it does.
  assert.equal(firstLate([promised(3, 10, 150), promised(6, 10, 500)], testRules, 1), null);
  assert.equal(firstLate([promised(6, 10, 601), promised(3, 10, 150)], testRules, 1)?.promised.responseDeadline, 6);
  assert.equal(firstLate([promised(3, 0, 150)], testRules, 0), null);
});

test('More promises, or less of the machine, never make a late promise keep', () => {
  const promise = fc.record({
    what: fc.constant('a promise'),
    inFlight: fc.integer({ min: 1, max: 50 }),
    responseDeadline: fc.integer({ min: 3, max: 50 }),
    workMs: fc.integer({ min: 1, max: 1000 }),
  });
  fc.assert(
    fc.property(
      fc.array(promise, { minLength: 1 }),
      promise,
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (all, more, part) => {
        if (firstLate(all, testRules, part) === null) return;
        assert.notEqual(firstLate([...all, more], testRules, part), null);
        assert.notEqual(firstLate(all, testRules, part / 2), null);
      },
    ),
  );
});

test('An answer can be sent as long as it can be in the block before the deadline', () => {
  assert.ok(canAnswer(10, 8));
  assert.ok(!canAnswer(10, 9));
  assert.ok(isLastChance(10, 8) && !isLastChance(10, 7));
  assert.ok(isUrgent(10, 7) && !isUrgent(10, 6));
  assert.equal(remainingMs(10, 5, 2000), 6000);
  assert.equal(remainingMs(10, 12, 2000), 0);
});

test('What is not being executed is given up a little earlier, if the deadline is long enough', () => {
  assert.ok(!isHopeless(103, 3, 101));
  assert.ok(isHopeless(106, 6, 103) && !isHopeless(106, 6, 102));
  assert.ok(isHopeless(130, 30, 126) && !isHopeless(130, 30, 125));
});

test('Errors become the chain’s failure codes by their names', () => {
  const named = (name: string) => failureCodeOf(Object.assign(new Error('so it is'), { name }));
  assert.equal(named('NotFound'), 'PayloadMissing');
  assert.equal(named('Corrupt'), 'PayloadCorrupt');
  assert.equal(named('InvalidKey'), 'PayloadCorrupt');
  assert.equal(named('TooLarge'), 'PayloadTooLarge');
  assert.equal(named('InvalidTensor'), 'InvalidTensor');
  assert.equal(named('UnsupportedKey'), 'Internal');
  assert.equal(failureCodeOf(new RangeError('a mistake')), 'Internal');
});

test('All pages are read, also when the last one is full', async () => {
  const list = (length: number) => Array.from({ length }, (_, index) => index);
  for (const length of [0, 1, 100, 101, 200, 250]) {
    let pages = 0;
    const read = await readAll(
      (after: number | undefined) => {
        pages += 1;
        return Promise.resolve(
          list(length)
            .slice(after === undefined ? 0 : after + 1)
            .slice(0, 100),
        );
      },
      (item) => item,
    );
    assert.deepEqual(read, list(length));
    assert.equal(pages, Math.floor(length / 100) + 1);
  }
});

test('A lane works on one input at a time, and on the newest of those that came meanwhile', async () => {
  const tasks = new Tasks((where, error) => assert.fail(`${where}: ${error.message}`));
  const done: number[] = [];
  let go: (() => void) | undefined;
  const lane = new Lane<number>(
    (work) => tasks.run('a lane', work),
    async (input) => {
      await new Promise<void>((resolve) => (go = resolve));
      done.push(input);
    },
  );
  lane.push(1);
  lane.push(2);
  lane.push(3);
  go?.();
  await new Promise(setImmediate);
  go?.();
  await tasks.settled();
  assert.deepEqual(done, [1, 3]);
});

test('A lane goes on after an error, which is reported', async () => {
  const troubles: string[] = [];
  const tasks = new Tasks((where, error) => troubles.push(`${where}: ${error.message}`));
  const done: number[] = [];
  const lane = new Lane<number>(
    (work) => tasks.run('a lane', work),
    (input) => (input === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(void done.push(input))),
  );
  lane.push(1);
  await tasks.settled();
  lane.push(2);
  await tasks.settled();
  assert.deepEqual([troubles, done], [['a lane: broken'], [2]]);
});

test('Work that takes too long is told to stop and given up', async () => {
  const clock = new ScriptedClock();
  const { signal } = new AbortController();
  let isTold = false;
  const slow = within(clock, 1000, signal, 'Thinking', (inner) => {
    inner.addEventListener('abort', () => (isTold = true));
    return new Promise<never>(() => undefined);
  });
  clock.advance(1000);
  await assert.rejects(slow, { name: 'TimedOut', message: 'Thinking did not end within 1000 ms.' });
  assert.ok(isTold);
  assert.equal(await within(clock, 1000, signal, 'Thinking', () => Promise.resolve(5)), 5);
});

test('Work ends with the signal above it', async () => {
  const clock = new ScriptedClock();
  const above = new AbortController();
  const slow = within(clock, 1000, above.signal, 'Thinking', (inner) => clock.sleep(1e9, inner));
  above.abort(new Error('enough'));
  await assert.rejects(slow, /enough/);
  await assert.rejects(
    within(clock, 1000, above.signal, 'Thinking', () => Promise.resolve(5)),
    /enough/,
  );
});

test('The system’s clock sleeps until it is woken', async () => {
  const stop = new AbortController();
  await systemClock.sleep(1, stop.signal);
  const long = systemClock.sleep(1e6, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(long, /enough/);
  await assert.rejects(systemClock.sleep(1, stop.signal), /enough/);
});
