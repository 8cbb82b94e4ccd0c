import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { fromHex, toHex } from './hex.ts';

test('bytes are written as Node writes them, and read again, in capitals too', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = toHex(bytes);
      assert.equal(text, `0x${Buffer.from(bytes).toString('hex')}`);
      assert.deepEqual(fromHex(text), new Uint8Array(bytes));
      assert.deepEqual(fromHex(`0x${text.slice(2).toUpperCase()}`), new Uint8Array(bytes));
    }),
  );
});

test('what is no hexadecimal is not read', () => {
  for (const text of ['', '00', '0x0', '0xg0', '0x0g', '0x0\u0130', '0X00', '0x 0', '0x\u{1d7d8}']) {
    assert.equal(fromHex(text), undefined, text);
  }
});
