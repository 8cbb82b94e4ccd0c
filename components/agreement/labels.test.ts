import assert from 'node:assert/strict';
import { test } from 'node:test';

import { distinctLabels } from './labels.ts';

test('labels are made to differ by a number', () => {
  assert.deepEqual(distinctLabels(['a', 'Drawing', 'a'], ['Drawing', 'Drawing 2']), ['a', 'Drawing 3', 'a 2']);
});
