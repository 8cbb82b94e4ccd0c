import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { deserialize, fromBase64, serialize, toBase64 } from './serialize.ts';

test('what is written is read as it was, whole numbers of any size and bytes too', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.bigInt(), fc.uint8Array());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree')),
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), tie('tree')),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      // Dictionaries of the generator may have no prototype, which JSON does not keep.
      assert.deepEqual(deserialize(serialize(value)), structuredClone(value));
    }),
  );
});

test('bytes of any number survive base64, and another text is refused', () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => i * 7);
  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  assert.throws(() => fromBase64('a*b'), { name: 'SyntaxError' });
});

test('what nobody has written is refused by one name', () => {
  for (const text of [
    '',
    '{"$bigint":"x"}',
    '{"$bigint":{"toString":1}}',
    '{"$bytes":"*"}',
    `${'['.repeat(1e5)}${']'.repeat(1e5)}`,
  ]) {
    assert.throws(() => deserialize(text), { name: 'SyntaxError' }, text.slice(0, 50));
  }
});
