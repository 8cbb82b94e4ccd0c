import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { classify, labelNames, softmax, topK } from './classify.ts';
import { fromNumbers } from './tensor.ts';

test('softmax has the known values', () => {
  const [a = 0, b = 0, c = 0] = softmax([1, 2, 3]);
  assert.ok(Math.abs(a - 0.09003057) < 1e-8);
  assert.ok(Math.abs(b - 0.24472847) < 1e-8);
  assert.ok(Math.abs(c - 0.66524096) < 1e-8);
});

test('softmax adds up to 1 and keeps the order, however large the logits', () => {
  const logit = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(logit, { minLength: 1 }), (logits) => {
      const probabilities = softmax(logits);
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-9);
      const best = logits.indexOf(Math.max(...logits));
      assert.ok((probabilities[best] ?? 0) >= Math.max(...probabilities));
    }),
  );
});

test('the most probable classes come first, equal ones by index, with their labels where there are any', () => {
  assert.deepEqual(topK([0.1, 0.4, 0.1, 0.4], 3, ['a', 'b', 'c']), [
    { index: 1, label: 'b', probability: 0.4 },
    { index: 3, label: '3', probability: 0.4 },
    { index: 0, label: 'a', probability: 0.1 },
  ]);
});

test('a classifier’s result is read whatever its floating point is', () => {
  for (const dataType of ['FP16', 'FP32', 'FP64', 'BF16'] as const) {
    const [best] = classify(fromNumbers('logits', dataType, [1, 3], [1, 5, 2]), 1, ['a', 'b', 'c']);
    assert.equal(best?.label, 'b');
  }
});

test('labels are the names in the description, or the lines of a text', () => {
  assert.deepEqual(labelNames({ kind: 'none' }), []);
  assert.deepEqual(labelNames({ kind: 'inline', names: ['x'] }), ['x']);
  assert.deepEqual(labelNames({ kind: 'content', content: 'bafy' }, 'cat\r\ndog\n'), ['cat', 'dog']);
  assert.deepEqual(labelNames({ kind: 'content', content: 'bafy' }, 'a\n\nb'), ['a', '', 'b']);
});
