import assert from 'node:assert/strict';
import { test } from 'node:test';

import { announcedMicroseconds, isOutdated } from './offers.ts';

const offer = { provider: 'alice', version: 2, timeMicroseconds: 10_000, announcedAt: 1 };

test('a time is announced in whole microseconds that the chain can keep', () => {
  assert.equal(announcedMicroseconds(1.2344), 1_234);
  assert.equal(announcedMicroseconds(0), 1);
  assert.equal(announcedMicroseconds(1e12), 0xffff_ffff);
});

test('an offer is made anew for another version, and when its time is wrong by more than a factor of 2', () => {
  assert.equal(isOutdated(null, 2, 10), true);
  assert.equal(isOutdated(offer, 3, 10), true);
  assert.equal(isOutdated(offer, 2, 10), false);
  assert.equal(isOutdated(offer, 2, 20), false);
  assert.equal(isOutdated(offer, 2, 20.1), true);
  assert.equal(isOutdated(offer, 2, 5), false);
  assert.equal(isOutdated(offer, 2, 4.9), true);
});
