import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { announcedWith, candidates, netOf, newerVersion, nextStep, readyModels } from './offers.ts';
import { cardOf, servedOf } from './testing.ts';

test('what is asked for most is offered first; retired models and those that are served are not', () => {
  const cards = [cardOf(0, { delivered: 3 }), cardOf(1, { retired: true }), cardOf(2, { delivered: 8 }), cardOf(3)];
  const ids = candidates(cards, [servedOf(3)]).map(({ model }) => model.id);
  assert.deepEqual(ids, [2, 0]);
});

test('royalty and market fee are taken off a price', () => {
  assert.equal(netOf(AIRO, AIRO / 10n, { marketFee: 0.02 }), (AIRO * 88n) / 100n);
  assert.equal(netOf(AIRO / 10n, AIRO / 5n, { marketFee: 0 }), -AIRO / 10n);
});

test('a version that came out later is noticed', () => {
  assert.equal(newerVersion({ version: 1 }, cardOf(0, { version: 2 })), 2);
  assert.equal(newerVersion({ version: 2 }, cardOf(0, { version: 2 })), null);
  assert.equal(newerVersion({ version: 1 }, undefined), null);
});

test('a model is announced once it is ready and there is a provider to announce it', () => {
  assert.equal(nextStep(servedOf(0, { state: 'listed' }), true), 'prepare');
  assert.equal(nextStep(servedOf(0, { state: 'failed' }), true), 'retry');
  assert.equal(nextStep(servedOf(0, { state: 'downloading' }), true), 'none');
  assert.equal(nextStep(servedOf(0), false), 'none');
  assert.equal(nextStep(servedOf(0), true), 'announce');
  assert.equal(nextStep(servedOf(0, { isAnnounced: true }), true), 'none');
});

test('announcing one model leaves out others that are ready and were never announced', () => {
  const served = [servedOf(0, { isAnnounced: true }), servedOf(1), servedOf(2), servedOf(3, { state: 'failed' })];
  assert.deepEqual(announcedWith(served, [2]), [0, 2]);
  assert.deepEqual(announcedWith(served, []), [0]);
  assert.deepEqual(readyModels(served), [0, 1, 2]);
});
