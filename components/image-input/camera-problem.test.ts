import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cameraProblem } from './camera-problem.ts';

test('each way in which a camera refuses is said with what to do', () => {
  const said = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'NotSupportedError'].map((name) =>
    cameraProblem(new DOMException('no', name)),
  );
  assert.equal(new Set(said).size, 4);
  for (const text of said) assert.match(text, /pick a file instead/i);
});

test('what is not known is said in its own words', () => {
  assert.match(cameraProblem(new Error('Lens cap on.')), /Lens cap on\. Pick a file/);
});
