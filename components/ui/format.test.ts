import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { AIRO, formatAmount } from '../../lib/market/amounts.ts';
import {
  amountParts,
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRelative,
  plural,
  shortId,
} from './format.ts';

test('the parts of an amount put together are the amount', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 127n), 2n ** 127n), (amount) => {
      const { sign, groups, decimals, unit, isRounded } = amountParts(amount);
      assert.equal(isRounded, false);
      assert.ok(groups.slice(1).every((group) => group.length === 3));
      const text = `${sign === '' ? '' : '-'}${groups.join('')}${decimals === '' ? '' : `.${decimals}`} ${unit}`;
      assert.equal(text, formatAmount(amount));
    }),
  );
});

test('decimals that are left out are cut off, never rounded up, and said to be missing', () => {
  assert.deepEqual(amountParts(AIRO + 999_999_999_999n, 4), {
    sign: '',
    groups: ['1'],
    decimals: '9999',
    unit: 'AIRO',
    isRounded: true,
  });
  assert.equal(amountParts(AIRO / 2n, 4).isRounded, false);
  assert.deepEqual(amountParts(1n, 4).decimals, '');
});

test('a long id keeps its ends', () => {
  assert.equal(shortId('5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY'), '5Grwva…utQY');
  assert.equal(shortId('short'), 'short');
});

test('durations are written in their largest units', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [999, '999 ms'],
    [4_200, '4.2 s'],
    [9_960, '10 s'],
    [59_499, '59 s'],
    [59_999, '1 min'],
    [3_599_999, '1 h'],
    [7_500_000, '2 h 5 min'],
    [-90_000, '2 min'],
    [273_600_000, '3 d 4 h'],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

test('a moment says whether it lies behind or ahead', () => {
  assert.equal(formatRelative(0, 180_000), '3 min ago');
  assert.equal(formatRelative(180_000, 0), 'in 3 min');
  assert.equal(formatRelative(1_000, 0), 'in a moment');
  assert.equal(formatRelative(0, 0), 'just now');
});

test('bytes never show four digits before the unit', () => {
  assert.equal(formatBytes(0), '0 B');
  assert.equal(formatBytes(1_023), '1023 B');
  assert.equal(formatBytes(1_228), '1.2 KiB');
  assert.equal(formatBytes(1024 ** 2 - 1), '1 MiB');
  assert.equal(formatBytes(13 * 1024 ** 2), '13 MiB');
  assert.equal(formatBytes(200 * 1024 ** 5), '204800 TiB');
});

test('a probability that is not certain is not shown as certain', () => {
  assert.equal(formatPercent(1), '100 %');
  assert.equal(formatPercent(0.99999), '> 99.9 %');
  assert.equal(formatPercent(0.9642), '96.4 %');
  assert.equal(formatPercent(0.5), '50 %');
  assert.equal(formatPercent(0.0123), '1.2 %');
  assert.equal(formatPercent(0.00001), '< 0.1 %');
  assert.equal(formatPercent(0), '0 %');
});

test('counts are grouped and their word follows them', () => {
  assert.equal(formatCount(1_234_567), '1\u202f234\u202f567');
  assert.equal(plural(1, 'bid'), '1 bid');
  assert.equal(plural(0, 'bid'), '0 bids');
  assert.equal(plural(2, 'entry', 'entries'), '2 entries');
});
