import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BlockClock } from './block-clock.ts';

test('small deviations change no estimate, large ones do', () => {
  const clock = new BlockClock(2_000);
  assert.equal(clock.timeOf(1), null);
  clock.saw(10, 1_000_000);
  clock.saw(11, 1_003_500);
  assert.equal(clock.timeOf(9), 998_000);
  assert.equal(clock.timeOf(20), 1_020_000);
  clock.saw(12, 1_050_000);
  assert.equal(clock.timeOf(12), 1_050_000);
});
