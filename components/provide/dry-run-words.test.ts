import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { dryRunSentence, outcomeOf } from './dry-run-words.ts';
import { decisionOf } from './testing.ts';

test('a dry run is told in one sentence', () => {
  const said = (orders: number, bids: number, wins: number) =>
    dryRunSentence({ orders, bids, wins, earned: (AIRO * 3n) / 2n });
  assert.match(said(0, 0, 0), /nothing to compare with/);
  assert.match(said(20, 0, 0), /^Of the last 20 orders it would have bid on none:/);
  assert.match(said(1, 0, 0), /^On the last order it would not have bid:/);
  assert.equal(said(20, 14, 0), 'Of the last 20 orders it would have bid on 14 and won none: others were cheaper.');
  assert.equal(said(20, 14, 9), 'Of the last 20 orders it would have bid on 14, won 9, and earned 1.5 AIRO.');
  assert.equal(said(1, 1, 1), 'On the last order it would have bid, won it, and earned 1.5 AIRO.');
});

test('an order is won, lost, or not bid on', () => {
  assert.equal(outcomeOf({ decision: decisionOf(1), wins: true }), 'won');
  assert.equal(outcomeOf({ decision: decisionOf(1), wins: false }), 'lost');
  assert.equal(outcomeOf({ decision: decisionOf(1, { action: 'decline', price: null }), wins: false }), 'declined');
});
