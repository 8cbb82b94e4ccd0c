import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Agreement, Outcome, Request } from '../../market/types.ts';
import { timelineOf } from './timeline.ts';

const agreement = {
  ...{ openedAt: 10, endsAt: 100, quota: 5, responseDeadline: 6 },
  state: { kind: 'active' },
} as unknown as Agreement;
const output = { content: 'bafkrei', commitment: '0x' } as const;
const request = (index: number, requestedAt: number, outcome: Outcome): Request => ({
  index,
  payload: 'bafkrei',
  requestedAt,
  outcome,
});
const show = (given: Agreement, requests: readonly Request[], best = 50) =>
  timelineOf(given, requests, best, (block) => block * 2_000).map(
    ({ block, text, isFuture }) => `${block} ${text}${isFuture ? ' (ahead)' : ''}`,
  );

test('what happened in one block is one entry, in the order in which it happened', () => {
  const requests = [
    request(0, 12, { state: 'settled', output, at: 14 }),
    request(1, 12, { state: 'settled', output, at: 14 }),
    request(2, 12, { state: 'failed', code: 'Overloaded', at: 14 }),
    request(3, 13, { state: 'missed' }),
    request(4, 49, { state: 'pending' }),
  ];
  assert.deepEqual(show(agreement, requests), [
    '10 The agreement opened for 5 inferences',
    '12 3 inferences requested',
    '13 1 inference requested',
    '14 2 inferences answered and paid',
    '14 1 inference answered with an error and refunded',
    '19 1 inference not answered in time and refunded',
    '49 1 inference requested',
    '100 The agreement ends at the latest; what was not delivered is refunded (ahead)',
  ]);
});

test('an agreement that has ended says how', () => {
  const ended = { ...agreement, state: { kind: 'ended', at: 30, how: 'byConsumer' } } as const;
  assert.deepEqual(show(ended, []).at(-1), '30 The consumer ended it; what was not delivered is refunded');
});
