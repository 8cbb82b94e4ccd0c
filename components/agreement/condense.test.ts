import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { TimelineEntry } from '../../lib/cockpit/types.ts';
import { condense } from './condense.ts';

const entries = (count: number): TimelineEntry[] =>
  Array.from({ length: count }, (_, block) => ({
    kind: 'requested',
    block,
    atMs: block,
    text: `${block}`,
    isFuture: false,
  }));

test('a short life stays as it is', () => {
  assert.deepEqual(
    condense(entries(9)).map(({ text }) => text),
    entries(9).map(({ text }) => text),
  );
});

test('of a long life the beginning and the end stay', () => {
  const shown = condense(entries(50), 9);
  assert.equal(shown.length, 9);
  assert.deepEqual(
    shown.map(({ block }) => block),
    [0, 1, 2, 44, 45, 46, 47, 48, 49],
  );
  const folded = shown[2];
  assert.equal(folded?.count, 42);
  assert.equal(folded.lastBlock, 43);
  assert.match(folded.text, /42 more events, up to block 43/);
});
