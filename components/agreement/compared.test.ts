import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InferenceInfo } from '../../lib/cockpit/types.ts';
import { comparedInputs, verdictOf } from './compared.ts';
import { inference } from './testing.ts';

const named = (label: string, createdAtMs: number, state: InferenceInfo['state'] = 'answered') =>
  inference({ label, createdAtMs, state });

test('inputs that went to one agreement alone are not compared', () => {
  const [first, ...others] = comparedInputs([
    [named('b', 20), named('a', 10)],
    [named('b', 21), named('c', 5)],
    [named('b', 22)],
  ]);
  assert.equal(first?.label, 'b');
  assert.equal(first.results.length, 3);
  assert.deepEqual(others, []);
});

test('the newest comes first, and of one label the newest counts', () => {
  const again = named('a', 30);
  const inputs = comparedInputs([
    [again, named('b', 20), named('a', 10)],
    [named('b', 20), named('a', 10)],
  ]);
  assert.deepEqual(
    inputs.map(({ label }) => label),
    ['a', 'b'],
  );
  assert.equal(inputs[0]?.results[0], again);
});

const answered = (count: number) => ({ label: 'a', results: Array.from({ length: count }, () => named('a', 1)) });

test('a verdict waits for all results', () => {
  const input = { label: 'a', results: [named('a', 1), named('a', 1, 'working'), null] };
  assert.deepEqual(verdictOf(input, null), { tone: 'neutral', text: '1 of 2 done', outliers: [] });
  assert.equal(verdictOf(answered(2), null).text, 'Comparing ...');
});

test('one result alone cannot be compared', () => {
  assert.equal(verdictOf({ label: 'a', results: [named('a', 1), named('a', 1, 'missed')] }, null).tone, 'warn');
});

test('a verdict says who agrees, and who does not', () => {
  const agree = { groups: [[0, 1, 2]], agree: true, majority: [0, 1, 2], largestDifference: 0 };
  assert.deepEqual(verdictOf(answered(3), agree), { tone: 'good', text: 'All 3 agree', outliers: [] });
  const split = { groups: [[0, 2], [1]], agree: false, majority: [0, 2], largestDifference: 1 };
  assert.deepEqual(verdictOf(answered(3), split), { tone: 'warn', text: '2 of 3 agree', outliers: [1] });
  const none = { groups: [[0], [1]], agree: false, majority: null, largestDifference: 1 };
  assert.equal(verdictOf(answered(2), none).tone, 'bad');
});

test('an outlier is found though another provider gave no result', () => {
  const results = [named('a', 1, 'missed'), named('a', 1), named('a', 1), named('a', 1)];
  const split = { groups: [[0, 1], [2]], agree: false, majority: [0, 1], largestDifference: 1 };
  assert.deepEqual(verdictOf({ label: 'a', results }, split).outliers, [3]);
});
