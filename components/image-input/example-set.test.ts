import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { Description } from '../../lib/market/types.ts';
import { examplesFor } from './example-set.ts';

const description: Description = {
  name: 'Digits',
  licence: 'MIT',
  inputs: [],
  outputs: [],
  image: { channels: 'gray', layout: 'nchw', fit: 'contain', mean: [0], std: [1] },
  labels: { kind: 'inline', names: '0123456789'.split('') },
  tolerance: 0,
};
const publicFolder = join(import.meta.dirname, '..', '..', 'public');

test('every example is a file that is served', () => {
  const examples = examplesFor(description);
  assert.equal(examples.length, 20);
  for (const { url } of examples) assert.ok(existsSync(join(publicFolder, url)), url);
});

test('models that tell other things apart have no examples', () => {
  assert.deepEqual(examplesFor({ ...description, labels: { kind: 'inline', names: ['cat', 'dog'] } }), []);
  assert.deepEqual(examplesFor({ ...description, labels: { kind: 'none' } }), []);
  assert.deepEqual(examplesFor({ ...description, image: null }), []);
});
