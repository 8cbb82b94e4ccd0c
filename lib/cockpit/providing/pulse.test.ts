import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BEAT_MS, Pulse } from './pulse.ts';

/** Beats with these delays beyond the regular one, in milliseconds; what each of them tells. */
function beats(pulse: Pulse, startMs: number, lateness: readonly number[]) {
  let now = startMs;
  return lateness.map((late) => {
    now += BEAT_MS + late;
    return pulse.beat(now);
  });
}

test('beats in time, and those that are a little late, tell nothing', () => {
  const pulse = new Pulse(0);
  assert.deepEqual(beats(pulse, 0, [0, 20, 1_000, 2_900, 0]), [null, null, null, null, null]);
  assert.equal(pulse.isLate, false);
});

test('a jump of the clock is a sleep, and it counts as late until some beats came in time', () => {
  const pulse = new Pulse(0);
  assert.deepEqual(beats(pulse, 0, [0, 3_600_000]), [null, { atMs: 1_000, lastedMs: 3_601_000, kind: 'slept' }]);
  assert.equal(pulse.isLate, true);
  assert.deepEqual(beats(pulse, 3_602_000, [0, 0]), [null, null]);
  assert.equal(pulse.isLate, true);
  assert.deepEqual(beats(pulse, 3_604_000, [0]), [null]);
  assert.equal(pulse.isLate, false);
});

test('late beats in a row are one time of throttling, told when it is over', () => {
  const pulse = new Pulse(0);
  assert.deepEqual(beats(pulse, 0, [4_000, 5_000, 0, 0]), [null, null, null, null]);
  assert.equal(pulse.isLate, true);
  assert.deepEqual(beats(pulse, 13_000, [0]), [{ atMs: 0, lastedMs: 14_000, kind: 'throttled' }]);
  assert.equal(pulse.isLate, false);
});

test('a tab that runs once a minute is throttled after the first of its pauses', () => {
  const pulse = new Pulse(0);
  const told = beats(pulse, 0, [59_000, 59_000, 59_000, 0, 0, 0]);
  assert.deepEqual(
    told.map((interruption) => interruption && [interruption.kind, interruption.lastedMs]),
    [['slept', 60_000], null, null, null, null, ['throttled', 123_000]],
  );
});

test('a tab that sleeps while it is slowed down tells both', () => {
  const pulse = new Pulse(0);
  const told = beats(pulse, 0, [4_000, 30_000, 0, 0, 0]);
  assert.deepEqual(
    told.map((interruption) => interruption && [interruption.kind, interruption.lastedMs]),
    [null, ['slept', 31_000], null, null, ['throttled', 39_000]],
  );
});

test('a clock that was set back tells nothing', () => {
  const pulse = new Pulse(1_000_000);
  assert.equal(pulse.beat(0), null);
  assert.equal(pulse.isLate, false);
});
