import assert from 'node:assert/strict';
import { test } from 'node:test';

import { refusalOf } from './refusals.ts';

const rpc = (code: number, message: string, data?: string) => Object.assign(new Error(message), { code, data });

test('what a pool refuses says what to do about it', () => {
  const invalid = (data: string) => rpc(1010, `1010: Invalid Transaction: ${data}`, data);
  const expected: [ReturnType<typeof rpc>, string, RegExp][] = [
    [invalid('Inability to pay some fees (e.g. account balance too low)'), 'payment', /Send it some AIRO/],
    [invalid('Transaction is outdated'), 'number', /Read the state/],
    [invalid('Transaction has a bad signature'), 'signature', /update the chain in the wallet/],
    [invalid('Transaction has an ancient birth block'), 'expired', /Send it again/],
    [invalid('Transaction would exhaust the block limits'), 'resources', /smaller parts/],
    [rpc(1012, '1012: Transaction is temporarily banned'), 'banned', /half an hour/],
    [rpc(1013, '1013: Transaction Already Imported', 'Transaction is already in the pool.'), 'known', /already/],
    [rpc(1014, '1014: Priority is too low: (1 vs 2)'), 'number', /Read the state/],
    [rpc(1016, '1016: Immediately Dropped'), 'full', /Try again later/],
    [rpc(1, 'something new'), 'other', /something new/],
  ];
  for (const [error, reason, message] of expected) {
    const refusal = refusalOf(error);
    assert.equal(refusal.reason, reason);
    assert.match(refusal.message, message);
  }
});
