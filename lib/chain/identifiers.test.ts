import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { hexOf } from './bytes.ts';
import {
  address,
  amount,
  contentIdOf,
  contentIdToHex,
  InvalidValue,
  MILLION,
  partsOf,
  peerIdOf,
  peerIdToHex,
  textOf,
  textToHex,
  toNumber,
  whole,
} from './identifiers.ts';
import type { Hex } from '../market/types.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('content ids survive the way to the chain and back', () => {
  fc.assert(
    fc.property(bytes(32), fc.constantFrom('55', '70'), (digest, codec) => {
      const hex: Hex = `0x01${codec}1220${hexOf(digest).slice(2)}`;
      const text = contentIdOf(hex);
      assert.match(text, codec === '55' ? /^bafkrei[a-z2-7]{52}$/ : /^bafybei[a-z2-7]{52}$/);
      assert.equal(contentIdToHex(text), hex);
    }),
  );
});

test('peer ids are written as libp2p writes them', () => {
  fc.assert(
    fc.property(bytes(32), (key) => {
      const hex: Hex = `0x002408011220${hexOf(key).slice(2)}`;
      const text = peerIdOf(hex);
      assert.match(text, /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/);
      assert.equal(peerIdToHex(text), hex);
    }),
  );
});

test('texts of any language survive, even those that look like hexadecimal', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(textOf(textToHex(text)), text)));
  assert.equal(textOf(textToHex('0xabcd')), '0xabcd');
  assert.equal(textOf(textToHex('\uFEFFmark')), '\uFEFFmark');
});

test('millionths survive', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (millionths) => {
      const bounds = { min: -(2 ** 31), max: 2 ** 31 - 1 };
      assert.equal(partsOf(millionths / MILLION, MILLION, 'it', bounds), millionths);
    }),
  );
});

test('what the chain cannot keep is refused by name', () => {
  const wrong = [
    () => contentIdToHex('bafkreibogus'),
    () => contentIdToHex(''),
    () => peerIdToHex('12D3KooW0OIl'),
    () => address('5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX'),
    () => address(''),
    () => partsOf(Number.NaN, MILLION, 'it'),
    () => partsOf(-0.1, MILLION, 'it'),
    () => partsOf(5_000, MILLION, 'it'),
    () => whole(0.5, 'it'),
    () => whole(-1, 'it'),
    () => whole(2 ** 32, 'it'),
    () => whole(256, 'it', 8),
    () => whole(2 ** 53, 'it', 53),
    () => amount(-1n, 'it'),
    () => amount(2n ** 128n, 'it'),
  ];
  for (const make of wrong) assert.throws(make, InvalidValue, make.toString());
  assert.throws(() => toNumber(2n ** 53n), RangeError);
  assert.ok(Object.is(partsOf(-0, MILLION, 'it'), 0));
});

test('a text of any length is refused at once, and told in part', () => {
  // Decoding base58 of this length would take minutes.
  const long = '1'.repeat(1_000_000);
  for (const read of [contentIdToHex, peerIdToHex, address]) {
    assert.throws(() => read(`z${long}`), (error: Error) => error.name === 'InvalidValue' && error.message.length < 300);
  }
});
