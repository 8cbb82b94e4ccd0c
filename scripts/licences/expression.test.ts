import assert from 'node:assert/strict';
import { test } from 'node:test';

import { notAllowed, parseExpression } from './expression.ts';

const allowed = new Set(['MIT', 'Apache-2.0', 'GPL-3.0-or-later WITH Classpath-exception-2.0']);
const left = (text: string) => notAllowed(parseExpression(text), (id) => allowed.has(id));

test('of licences to choose from one must be allowed, of those that all hold each', () => {
  assert.deepEqual(left('MIT'), []);
  assert.deepEqual(left('GPL-2.0-only OR MIT'), []);
  assert.deepEqual(left('MIT AND GPL-2.0-only'), ['GPL-2.0-only']);
  assert.deepEqual(left('(MIT OR GPL-2.0-only) AND Apache-2.0'), []);
  assert.deepEqual(left('GPL-2.0-only AND LGPL-3.0-only OR BSD-1-Clause'), ['BSD-1-Clause']);
  assert.deepEqual(left('MIT/Apache-2.0'), []);
  assert.deepEqual(left('MPL 2.0'), ['MPL-2.0']);
});

test('an exception belongs to its licence', () => {
  assert.deepEqual(left('GPL-3.0-or-later WITH Classpath-exception-2.0'), []);
  assert.deepEqual(left('GPL-3.0-or-later'), ['GPL-3.0-or-later']);
  assert.deepEqual(left('MIT OR GPL-3.0-or-later WITH Other-exception'), []);
});

test('what is no expression is refused', () => {
  for (const text of [
    '',
    'SEE LICENSE IN file',
    'MIT OR',
    '(MIT',
    'MIT)',
    'AND',
    'MIT WITH',
    'MIT (ISC)',
    'MIT WITH OR',
  ]) {
    assert.throws(() => parseExpression(text), { name: 'InvalidExpression' }, text);
  }
});
