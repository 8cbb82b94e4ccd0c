import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { balanceShares } from './balance-shares.ts';

const hold = (reason: string, amount: bigint) => ({ reason, amount, explanation: '' });

test('the parts follow each other and fill the bar', () => {
  const shares = balanceShares({ free: 6n * AIRO, held: [hold('A', 3n * AIRO), hold('B', AIRO)] });
  assert.deepEqual(shares, [
    { key: 'free', from: 0, length: 60 },
    { key: 'A', from: 60, length: 30 },
    { key: 'B', from: 90, length: 10 },
  ]);
});

test('amounts beyond what a floating-point number holds are divided as well', () => {
  const shares = balanceShares({ free: 2n ** 100n, held: [hold('A', 2n ** 100n)] });
  assert.deepEqual(
    shares.map(({ length }) => length),
    [50, 50],
  );
});

test('an empty account has no parts', () => {
  assert.deepEqual(balanceShares({ free: 0n, held: [] }), []);
});
