import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withSection } from './document.ts';
import { median, Series, table } from './measure.ts';

test('the median is the middle value, or the mean of the two middle ones', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.throws(() => median([]), /no median/);
});

test('a table shows the median and the spread of each quantity', () => {
  const series = new Series('s');
  for (const value of [1.2345, 3, 2]) series.add('start', value);
  assert.match(table(series.measured()), /\| start \| s \| 2 \| 1\.23 \| 3 \| 3 \|$/);
});

test('a section of the document is replaced, and appended where it is new', () => {
  const first = withSection('# Benchmarks\n', 'a', 'old');
  assert.match(first, /# Benchmarks\n\n<!-- bench a -->\n\nold\n\n<!-- \/bench a -->\n$/);
  const both = withSection(withSection(first, 'b', 'other'), 'a', 'new');
  assert.match(both, /new[^]*other/);
  assert.doesNotMatch(both, /old/);
  assert.throws(() => withSection('<!-- bench a -->', 'a', 'new'), /broken section/);
});
