import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { identicon } from './identicon.ts';

test('an address always has the same picture', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.deepEqual(identicon(text), identicon(text))));
});

test('every ring has an arc and a gap', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const { path } of identicon(text).rings)
        assert.match(path, /^(M[\d.]+ [\d.]+A[\d.]+ [\d.]+ 0 [01] 1 [\d.]+ [\d.]+)+$/);
    }),
  );
});

test('ten thousand addresses have at least 9,900 pictures', () => {
  const pictures = new Set(Array.from({ length: 10_000 }, (_, index) => JSON.stringify(identicon(`5${index * 7919}`))));
  assert.ok(pictures.size >= 9_900, `${pictures.size}`);
});
