import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../market/amounts.ts';
import { describeCalls } from './describe-call.ts';

const bianca = '5GrwvaEFabcdefutQYxy';

test('a sale is described with its price, and with whom it is for', () => {
  const model = 3;
  assert.equal(
    describeCalls([{ call: 'sellModel', model, price: 5n * AIRO, reservedFor: null }]),
    'Put model 3 up for sale at 5 AIRO',
  );
  assert.equal(
    describeCalls([{ call: 'sellModel', model, price: AIRO / 2n, reservedFor: bianca }]),
    'Put model 3 up for sale to 5Grwva…utQYxy at 0.5 AIRO',
  );
  assert.equal(
    describeCalls([
      { call: 'unsellModel', model },
      { call: 'buyModel', model: 4, atMost: AIRO },
    ]),
    'Take model 3 off sale; Buy model 4 with its royalties for up to 1 AIRO',
  );
});
