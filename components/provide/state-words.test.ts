import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { OperatorInfo } from '../../lib/cockpit/types.ts';
import { hasOutstanding, isActive, outstandingText, reasonWords, standingOf, stateWords } from './state-words.ts';

const nothing = { openBids: 0, openAgreements: 0, waiting: 0, running: 0 };

test('what was promised is counted in words', () => {
  assert.equal(outstandingText(nothing), '');
  assert.equal(outstandingText({ ...nothing, openBids: 1 }), '1 bid');
  assert.equal(outstandingText({ ...nothing, openAgreements: 2, waiting: 1 }), '2 agreements and 1 request to answer');
  assert.equal(
    outstandingText({ openAgreements: 1, openBids: 2, waiting: 3, running: 1 }),
    '1 agreement, 2 bids and 3 requests to answer',
  );
});

test('a bid alone is a promise: switching off would break it once it is accepted', () => {
  assert.equal(hasOutstanding(nothing), false);
  assert.equal(hasOutstanding({ ...nothing, openBids: 1 }), true);
  assert.equal(hasOutstanding({ ...nothing, running: 1 }), true);
});

test('a tab that works or means to has to stay open', () => {
  assert.deepEqual((['starting', 'on', 'waiting', 'draining'] as const).map(isActive), [true, true, true, true]);
  assert.deepEqual((['off', 'elsewhere', 'failed'] as const).map(isActive), [false, false, false]);
});

test('a browser is a provider once the chain names its key', () => {
  const operator: OperatorInfo = {
    address: '5Op',
    bounds: { floorPrice: 1n, maxOpen: 4 },
    free: 5n,
    transactionsLeft: 9,
  };
  assert.equal(standingOf({ provider: null, operator: null }), 'new');
  assert.equal(standingOf({ provider: '5Me', operator: null }), 'unknown');
  assert.equal(standingOf({ provider: '5Me', operator: { ...operator, bounds: null } }), 'revoked');
  assert.equal(standingOf({ provider: '5Me', operator }), 'ready');
});

test('only a tab that takes no new work is marked with a warning, and says what to do about it', () => {
  assert.equal(stateWords('waiting').tone, 'warn');
  assert.equal(stateWords('on').tone, 'good');
  assert.match(reasonWords('battery').text, /Plug it in/);
  assert.match(reasonWords('stakeTooLow').text, /Add to the stake/);
  assert.match(reasonWords('storageFull').text, /free some space/);
});
