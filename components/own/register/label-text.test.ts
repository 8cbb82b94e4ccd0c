import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fitInline, labelsHint, labelsOf, parseLabels } from './label-text.ts';

test('each line is a label; empty lines count but for those at the end', () => {
  assert.deepEqual(labelsOf('cat\r\n dog \n\nbird\n\n'), ['cat', 'dog', '', 'bird']);
  assert.deepEqual(labelsOf(''), []);
  assert.throws(() => parseLabels('\n\n'), /Paste the labels/);
});

test('few short labels fit into the description, others do not', () => {
  const names = Array.from({ length: 32 }, (_, index) => `class ${index}`);
  assert.equal(fitInline(names), true);
  assert.equal(fitInline([...names, 'one more']), false);
  assert.equal(fitInline(['ä'.repeat(17)]), false);
  assert.equal(fitInline(['cat', '', 'dog']), false);
});

test('a number of labels that does not fit the output is said', () => {
  assert.match(labelsHint(['a', 'b'], 10), /2 labels, kept on chain\. The output has 10 elements\./);
  assert.doesNotMatch(labelsHint(['a', 'b'], 2), /elements/);
});
