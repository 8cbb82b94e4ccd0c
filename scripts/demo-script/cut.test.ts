import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cut, storyTime } from './cut.ts';

const step = (number: number, beginsAtMs: number, endsAtMs: number) => ({
  ...{ number, title: 'does something', caption: 'What happens.', by: 'Olivia', beginsAtMs, endsAtMs },
});

test('scenes follow each other without a gap, from the beginning of the film on', () => {
  const scenes = cut([step(1, 100, 3_100), step(2, 3_200, 90_000), step(3, 90_000, 91_000)]);
  assert.equal(scenes[0]?.beginsAtMs, 0);
  assert.equal(scenes[1]?.beginsAtMs, scenes[0].endsAtMs);
  assert.equal(scenes[2]?.beginsAtMs, scenes[1].endsAtMs);
});

test('a short step is shown as fast as it was, a long one faster', () => {
  const [short, long] = cut([step(1, 0, 3_000), step(2, 3_000, 93_000)]);
  assert.ok(short && long);
  assert.equal(short.speed, 1);
  assert.ok(long.speed > 5);
  assert.ok(long.endsAtMs - long.beginsAtMs < 15_000);
});

test('a scene shows the whole step, and then stands still at its end', () => {
  const [scene] = cut([step(1, 1_000, 61_000)]);
  assert.ok(scene);
  assert.equal(storyTime(scene, scene.beginsAtMs), 1_000);
  assert.equal(Math.round(storyTime(scene, scene.stillFromMs)), 61_000);
  assert.equal(storyTime(scene, scene.endsAtMs), 61_000);
  const middle = storyTime(scene, (scene.beginsAtMs + scene.stillFromMs) / 2);
  assert.equal(Math.round(middle), 31_000);
});

test('a film of nothing has no scenes', () => {
  assert.deepEqual(cut([]), []);
});
