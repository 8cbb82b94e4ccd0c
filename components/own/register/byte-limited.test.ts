import assert from 'node:assert/strict';
import { test } from 'node:test';

import { byteLimited } from './byte-limited.ts';

test('a text is as long as its bytes, not as its letters', () => {
  const parse = byteLimited('Name it.', 4);
  assert.equal(parse(' abcd '), 'abcd');
  assert.equal(parse('ää'), 'ää');
  assert.throws(() => parse('äää'), /6 bytes; at most 4/);
  assert.throws(() => parse('  '), /Name it/);
});
