import assert from 'node:assert/strict';
import { test } from 'node:test';

import { actionWords, filterDecisions, tallyOf } from './decision-words.ts';
import { decisionOf } from './testing.ts';

const bid = decisionOf(1);
const lower = decisionOf(1, { action: 'improve', result: 'pending' });
const held = decisionOf(1, { action: 'hold', result: null });
const declined = decisionOf(2, { action: 'decline', price: null, result: null });
const failed = decisionOf(3, { result: 'failed', error: 'Outbid' });

test('bids and declines can be told apart; a bid that stands is a bid', () => {
  const all = [bid, lower, held, declined, failed];
  assert.deepEqual(filterDecisions(all, 'all'), all);
  assert.deepEqual(filterDecisions(all, 'bids'), [bid, lower, held, failed]);
  assert.deepEqual(filterDecisions(all, 'declined'), [declined]);
});

test('a bid that the chain refused is not shown as one', () => {
  assert.deepEqual(
    [bid, lower, held, declined, failed].map((decision) => actionWords(decision).text),
    ['Bid', 'Bidding lower', 'Bid stands', 'Not bid on', 'Bid failed'],
  );
  assert.equal(actionWords(failed).tone, 'bad');
});

test('each order counts once, as bid on if there was ever a bid', () => {
  assert.deepEqual(tallyOf([held, bid, declined, failed]), { orders: 3, bidOn: 1 });
  assert.deepEqual(tallyOf([]), { orders: 0, bidOn: 0 });
});
