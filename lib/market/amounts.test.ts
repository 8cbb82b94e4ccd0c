import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { AIRO, formatAmount, InvalidAmount, parseAmount } from './amounts.ts';

const amounts = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

test('an amount survives being written and read', () => {
  fc.assert(fc.property(amounts, (amount) => assert.equal(parseAmount(formatAmount(amount)), amount)));
});

test('an amount is written without needless zeros', () => {
  const written: [bigint, string][] = [
    [0n, '0 AIRO'],
    [1n, '0.000000000001 AIRO'],
    [AIRO, '1 AIRO'],
    [(3n * AIRO) / 2n, '1.5 AIRO'],
    [10n * AIRO, '10 AIRO'],
    [-AIRO / 4n, '-0.25 AIRO'],
  ];
  for (const [amount, text] of written) assert.equal(formatAmount(amount), text);
  fc.assert(fc.property(amounts, (amount) => assert.doesNotMatch(formatAmount(amount), /\.\d*0 |\. /)));
});

test('an amount is read with and without its unit', () => {
  assert.equal(parseAmount('1.5'), (3n * AIRO) / 2n);
  assert.equal(parseAmount('1.50 AIRO'), (3n * AIRO) / 2n);
  assert.equal(parseAmount(' 007AIRO '), 7n * AIRO);
  assert.equal(parseAmount('0.000000000001'), 1n);
});

test('a text that could be misread is refused, and told how to write it', () => {
  const wrong = ['', ' ', '.5', '5.', '1,5', '1 000', '1_000', '-1', '+1', '1e3', '0x10', 'NaN', '1.5 DOT', '1.5.1'];
  for (const text of [...wrong, '0.0000000000001', (2n ** 128n).toString()]) {
    assert.throws(
      () => parseAmount(text),
      (error) => error instanceof InvalidAmount && error.message.includes('Write it like 1.5'),
      text,
    );
  }
});
