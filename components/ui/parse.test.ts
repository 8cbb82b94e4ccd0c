import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { parseAiro, parseNumber, parseText } from './parse.ts';

test('a text loses the space around it, and is refused when it is empty or too long', () => {
  const parse = parseText({ required: 'Give the model a name.', maxLength: 5 });
  assert.equal(parse('  abc '), 'abc');
  assert.throws(() => parse('   '), { message: 'Give the model a name.' });
  assert.throws(() => parse('abcdef'), /6 characters long; at most 5/);
  assert.equal(parseText()(''), '');
});

test('a whole number is refused with what it should be', () => {
  const parse = parseNumber({ min: 1, max: 100, what: 'inferences' });
  assert.equal(parse(' 20 '), 20);
  for (const text of ['', 'ten', '1.5', '1e2', '0x10', '١', '1,000']) {
    assert.throws(() => parse(text), /Write a whole number of inferences, from 1 to 100\./, text);
  }
  assert.throws(() => parse('0'), /0 is too small/);
  assert.throws(() => parse('-3'), /-3 is too small/);
  assert.throws(() => parse('101'), /101 is too large/);
});

test('fractions are read where they are allowed', () => {
  assert.equal(parseNumber({ fractions: true, max: 1 })('0.25'), 0.25);
  assert.throws(() => parseNumber({ fractions: true })('.5'), /is not a number/);
});

test('an amount is read exactly, and refused with the reason', () => {
  const parse = parseAiro({ min: 1n, max: 3n * AIRO, maxReason: 'That is your free balance.' });
  assert.equal(parse('1.000000000001'), AIRO + 1n);
  assert.equal(parse('2 AIRO'), 2n * AIRO);
  assert.throws(() => parse(''), /Write an amount/);
  assert.throws(() => parse('0'), /0\.000000000001 AIRO or more/);
  assert.throws(() => parse('3.1'), /It must be 3 AIRO or less\. That is your free balance\./);
  assert.throws(() => parse('1,5'), { name: 'InvalidAmount' });
});
