import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { eventText } from './event-text.ts';

test('amounts have their unit, counts their number, and the page is named', () => {
  assert.deepEqual(
    eventText({
      event: 'paid',
      agreement: 7,
      count: 2,
      earned: AIRO / 2n,
      royalty: AIRO / 50n,
      owner: '5GrwvaEFabcdefutQY',
    }),
    {
      text: 'Agreement 7: provider paid 0.5 AIRO, royalty 0.02 AIRO to 5Grwva…utQY',
      href: '/agreement/?id=7',
    },
  );
  assert.equal(
    eventText({ event: 'answered', agreement: 7, first: 0, count: 1, failures: 1 }).text,
    'Agreement 7: 1 inference answered, 1 failure',
  );
});

test('a sale says for how much, and between whom', () => {
  const said = (event: Parameters<typeof eventText>[0]) => eventText(event).text;
  const model = 3;
  assert.equal(
    said({ event: 'modelForSale', model, price: 5n * AIRO, reservedFor: null }),
    'Model 3 put up for sale at 5 AIRO',
  );
  assert.equal(
    said({ event: 'modelForSale', model, price: 5n * AIRO, reservedFor: '5GrwvaEFabcdefutQY' }),
    'Model 3 put up for sale to 5Grwva…utQY at 5 AIRO',
  );
  assert.deepEqual(
    eventText({ event: 'modelSold', model, price: AIRO, seller: '5GrwvaEFabcdefutQY', buyer: '5DAAnrj7abcdeY3m' }),
    { text: 'Model 3 sold by 5Grwva…utQY to 5DAAnr…eY3m for 1 AIRO', href: '/model/?id=3' },
  );
  assert.equal(said({ event: 'modelNotForSale', model }), 'Model 3 is no longer for sale');
});

test('a royalty that nobody got is not claimed to be paid', () => {
  const { text } = eventText({ event: 'paid', agreement: 7, count: 1, earned: AIRO, royalty: AIRO, owner: null });
  assert.doesNotMatch(text, /royalty/);
});

test('events that have no words of their own are shown by their name', () => {
  assert.equal(eventText({ event: 'other', name: 'marketplace.RoyaltyChanged', data: {} }).text, 'Royalty changed');
});
