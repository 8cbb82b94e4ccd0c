import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ProvidingSettings, TabStrategy } from '../../lib/cockpit/types.ts';
import { AIRO, parseAmount } from '../../lib/market/amounts.ts';
import { settingsKey, strategyOf, textsOf, type StrategyValues } from './strategy-fields.ts';

const strategies: readonly TabStrategy[] = [
  { kind: 'fixed', price: AIRO / 8n },
  { kind: 'cost', pricePerHour: 3n * AIRO, margin: 0.255, floor: AIRO / 100n },
  { kind: 'undercut', floor: AIRO / 100n, start: AIRO / 2n, step: 0.07 },
  { kind: 'undercut', floor: AIRO / 100n, step: 0.1 },
];

/** Reads the texts as the fields do. */
function read(strategy: TabStrategy): StrategyValues {
  const { price, pricePerHour, marginPercent, floor, start, stepPercent } = textsOf(strategy);
  return {
    price: parseAmount(price),
    pricePerHour: parseAmount(pricePerHour),
    marginPercent: Number(marginPercent),
    floor: parseAmount(floor),
    start: start === '' ? null : parseAmount(start),
    stepPercent: Number(stepPercent),
  };
}

for (const strategy of strategies) {
  test(`a form of a strategy (${strategy.kind}) that nobody has touched gives the same strategy`, () => {
    assert.deepEqual(strategyOf(strategy.kind, read(strategy)), strategy);
  });
}

test('a strategy is incomplete while a field of its own is wrong, and does not mind those of the others', () => {
  const values = read({ kind: 'fixed', price: AIRO });
  assert.equal(strategyOf('fixed', { ...values, price: undefined }), undefined);
  assert.equal(strategyOf('cost', { ...values, marginPercent: undefined }), undefined);
  assert.equal(strategyOf('undercut', { ...values, start: undefined }), undefined);
  assert.deepEqual(strategyOf('fixed', { ...values, floor: undefined, stepPercent: undefined }), {
    kind: 'fixed',
    price: AIRO,
  });
});

test('changing the strategy keeps the price that was there as the floor, and the other way round', () => {
  assert.equal(textsOf({ kind: 'fixed', price: AIRO / 4n }).floor, '0.25');
  assert.equal(textsOf({ kind: 'undercut', floor: AIRO / 4n, step: 0.1 }).price, '0.25');
});

test('settings that mean the same are the same', () => {
  const restraint = { onlyOnMains: true, onlyWhenIdle: false, atOnce: 1 };
  const settings: ProvidingSettings = {
    ...{ strategy: { kind: 'undercut', floor: 1n, step: 0.1 }, maxOpen: 4, restraint, backend: 'automatic' },
  };
  const other: ProvidingSettings = { ...settings, strategy: { step: 0.1, floor: 1n, kind: 'undercut' } };
  assert.equal(settingsKey(settings), settingsKey(other));
  assert.notEqual(settingsKey(settings), settingsKey({ ...settings, maxOpen: 5 }));
});
