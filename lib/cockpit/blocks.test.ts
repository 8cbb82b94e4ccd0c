import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withHeads } from './blocks.ts';
import type { SeenBlock } from './types.ts';

const block = (number: number, fork = '') => ({ number, hash: `0x${number}${fork}` as const });
const hashes = (blocks: readonly SeenBlock[]) => blocks.map(({ hash, isFinal }) => `${hash}${isFinal ? ' final' : ''}`);

test('blocks come on top, and become final', () => {
  let blocks = withHeads([], { best: block(1), finalized: block(0) }, 10);
  blocks = withHeads(blocks, { best: block(2), finalized: block(0) }, 20);
  blocks = withHeads(blocks, { best: block(3), finalized: block(2) }, 30);
  assert.deepEqual(hashes(blocks), ['0x3', '0x2 final', '0x1 final']);
  assert.deepEqual(
    blocks.map(({ seenAtMs }) => seenAtMs),
    [30, 20, 10],
  );
});

test('a block that was replaced goes', () => {
  let blocks = withHeads([], { best: block(5), finalized: block(3) }, 0);
  blocks = withHeads(blocks, { best: block(6, 'a'), finalized: block(3) }, 0);
  blocks = withHeads(blocks, { best: block(6, 'b'), finalized: block(3) }, 0);
  assert.deepEqual(hashes(blocks), ['0x6b', '0x5']);
  blocks = withHeads(blocks, { best: block(7, 'b'), finalized: block(5, 'c') }, 0);
  assert.deepEqual(hashes(blocks), ['0x7b', '0x6b']);
});

test('the same heads change nothing, and the list has an end', () => {
  let blocks: SeenBlock[] = [];
  for (let number = 1; number <= 80; number++) {
    blocks = withHeads(blocks, { best: block(number), finalized: block(number - 1) }, 0);
    blocks = withHeads(blocks, { best: block(number), finalized: block(number - 1) }, 0);
  }
  assert.equal(blocks.length, 50);
  assert.equal(blocks[0]?.number, 80);
});
