import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ProvidingSettings } from '../types.ts';
import { checkSettings, engineSettings, firstSettings } from './settings.ts';

test('the first settings are valid, and become those of the engine', () => {
  checkSettings(firstSettings);
  const settings = engineSettings(firstSettings, [3, 5], true);
  assert.deepEqual(settings.models, [{ model: 3 }, { model: 5 }]);
  assert.deepEqual([settings.paused, settings.dryRun, settings.maxOpen], [true, false, 4]);
});

const { restraint } = firstSettings;
const wrong: readonly (readonly [string, Partial<ProvidingSettings>, RegExp])[] = [
  ['no price', { strategy: { kind: 'fixed', price: 0n } }, /price must be more than 0/],
  ['no price of an hour', { strategy: { kind: 'cost', pricePerHour: 0n, margin: 0, floor: 0n } }, /price of an hour/],
  ['a margin that is no part', { strategy: { kind: 'cost', pricePerHour: 1n, margin: -1, floor: 0n } }, /margin/],
  ['a margin that is no number', { strategy: { kind: 'cost', pricePerHour: 1n, margin: NaN, floor: 0n } }, /margin/],
  ['a floor below 0', { strategy: { kind: 'undercut', floor: -1n, step: 0.1 } }, /floor cannot be below 0/],
  ['a start below the floor', { strategy: { kind: 'undercut', floor: 5n, start: 4n, step: 0.1 } }, /below the floor/],
  ['a step above 1', { strategy: { kind: 'undercut', floor: 5n, step: 2 } }, /step/],
  ['nothing open', { maxOpen: 0 }, /open bids and agreements/],
  ['a half', { maxOpen: 1.5 }, /whole number/],
  ['nothing at a time', { restraint: { ...restraint, atOnce: 0 } }, /at a time/],
  ['too much at a time', { restraint: { ...restraint, atOnce: 65 } }, /from 1 to 64/],
  ['an unknown strategy', { strategy: { kind: 'external' } as never }, /fixed, cost and undercut/],
  ['an unknown backend', { backend: 'cuda' as never }, /"cuda"/],
];
for (const [what, fields, message] of wrong) {
  test(`${what} is refused by name`, () => {
    assert.throws(() => checkSettings({ ...firstSettings, ...fields }), { name: 'InvalidSettings', message });
  });
}
