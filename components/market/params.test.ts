import assert from 'node:assert/strict';
import { test } from 'node:test';

import { idParam } from './params.ts';

test('a number in the address is read', () => {
  assert.equal(idParam('0'), 0);
  assert.equal(idParam('42'), 42);
});

test('whatever is no number of a thing is none', () => {
  for (const text of [null, '', '-1', '1.5', '1e3', 'abc', '12345678901', ' 7']) assert.equal(idParam(text), undefined);
});
