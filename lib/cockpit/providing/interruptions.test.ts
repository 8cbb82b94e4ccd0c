import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Interruptions } from './interruptions.ts';

test('an interruption says what happened, and what became of the requests that waited', () => {
  const interruptions = new Interruptions();
  interruptions.add({ atMs: 1_000, lastedMs: 600_000, kind: 'slept' }, 2);
  assert.match(
    interruptions.list()[0]?.message ?? '',
    /^Nothing ran for 10 min: .* 2 requests were waiting and went on\.$/,
  );
  interruptions.missed(602_000);
  assert.match(interruptions.list()[0]?.message ?? '', / 1 request was missed\.$/);
});

test('what is missed long after it was not missed because of it', () => {
  const interruptions = new Interruptions();
  interruptions.add({ atMs: 0, lastedMs: 20_000, kind: 'throttled' }, 0);
  interruptions.missed(100_000);
  assert.match(interruptions.list()[0]?.message ?? '', /slowed this tab down for 20 s\. .* No request was waiting\.$/);
});

test('the newest comes first, and at most 20 are kept', () => {
  const interruptions = new Interruptions();
  for (let atMs = 0; atMs < 25; atMs++) interruptions.add({ atMs, lastedMs: 7_200_000, kind: 'slept' }, 0);
  const list = interruptions.list();
  assert.equal(list.length, 20);
  assert.equal(list[0]?.atMs, 24);
  assert.match(list[0].message, /2 h/);
});
