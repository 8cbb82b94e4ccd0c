import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filterAgreements, stateText, underWay } from './filters.ts';
import { agreement, summary } from './testing.ts';

const ended = { kind: 'ended', at: 20, how: 'expired' } as const;
const all = [
  summary('consumer', { id: 3 }),
  summary('provider', { id: 2 }),
  summary('consumer', { id: 1, state: ended }),
];
const ids = (...filters: [Parameters<typeof filterAgreements>[1], Parameters<typeof filterAgreements>[2]]) =>
  filterAgreements(all, ...filters).map(({ agreement: { id } }) => id);

test('agreements are filtered by role and by state', () => {
  assert.deepEqual(ids('both', 'any'), [3, 2, 1]);
  assert.deepEqual(ids('consumer', 'any'), [3, 1]);
  assert.deepEqual(ids('provider', 'active'), [2]);
  assert.deepEqual(ids('both', 'ended'), [1]);
});

test('an agreement says how it stands', () => {
  const counts = { requested: 10, answered: 1, delivered: 5, consumerFaults: 1, providerFaults: 0, missed: 1 };
  assert.equal(stateText(agreement()), 'Active');
  assert.equal(stateText(agreement({ counts })), 'All sent');
  assert.equal(stateText(agreement({ state: ended })), 'Expired');
});

test('under way is what was requested and neither answered nor refunded', () => {
  const counts = { requested: 10, answered: 1, delivered: 5, consumerFaults: 1, providerFaults: 0, missed: 1 };
  assert.equal(underWay(agreement({ counts })), 2);
  assert.equal(underWay(agreement()), 0);
});
