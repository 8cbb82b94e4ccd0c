import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { callText } from './call-text.ts';

test('a call is written with its name, its terms and amounts with their unit', () => {
  assert.deepEqual(callText({ call: 'setRoyalty', model: 3, royalty: AIRO / 100n }), {
    name: 'Set royalty',
    fields: [
      { term: 'Model', value: '3' },
      { term: 'Royalty', value: '0.01 AIRO' },
    ],
  });
});

test('lists, missing values and things in things are written out', () => {
  assert.deepEqual(callText({ call: 'acceptBids', order: 1, providers: ['5A', '5B'] }).fields[1], {
    term: 'Providers',
    value: '5A, 5B',
  });
  assert.deepEqual(callText({ call: 'setOperator', operator: null }).fields, [{ term: 'Operator', value: 'none' }]);
  assert.deepEqual(
    callText({ call: 'setOperator', operator: { account: '5A', floorPrice: AIRO, maxOpen: 2 } }).fields,
    [{ term: 'Operator', value: 'account 5A; floor price 1 AIRO; max open 2' }],
  );
});
