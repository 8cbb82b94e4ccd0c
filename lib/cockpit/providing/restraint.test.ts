import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Restrained } from '../types.ts';
import { restrainedBy, type Signals } from './restraint.ts';

const fine: Signals = {
  ...{ isHidden: false, isLate: false, isFrozen: false, isCharging: true, isInUse: false, isOnline: true },
  ...{ hasChain: true, hasDx: true, isNamed: true, hasFees: true, hasModel: true },
  ...{ hasStake: true, isKept: true },
};
const careful = { onlyOnMains: true, onlyWhenIdle: true, atOnce: 1 };
const careless = { onlyOnMains: false, onlyWhenIdle: false, atOnce: 1 };

test('nothing holds a tab back that is well', () => {
  assert.deepEqual(restrainedBy(fine, careful), []);
});

const cases: readonly (readonly [Partial<Signals>, readonly Restrained[]])[] = [
  [{ isOnline: false }, ['offline']],
  [{ hasChain: false }, ['chainLost']],
  [{ hasDx: false }, ['dxLost']],
  [{ isHidden: true }, []],
  [{ isLate: true }, []],
  [{ isHidden: true, isLate: true }, ['hidden']],
  [{ isFrozen: true }, ['hidden']],
  [{ isCharging: false }, ['battery']],
  [{ isCharging: null }, []],
  [{ isInUse: true }, ['inUse']],
  [{ isNamed: false }, ['notNamed']],
  [{ isNamed: null }, []],
  [{ hasFees: false }, ['noFees']],
  [{ hasFees: null }, []],
  [{ hasStake: false }, ['stakeTooLow']],
  [{ hasStake: null }, []],
  [{ isKept: false }, ['storageFull']],
  [{ hasModel: false }, ['noModel']],
  [{ isOnline: false, hasChain: false, hasDx: false }, ['offline', 'chainLost', 'dxLost']],
];
for (const [signals, expected] of cases) {
  test(`${JSON.stringify(signals)} holds it back by ${expected.length === 0 ? 'nothing' : expected.join(', ')}`, () => {
    assert.deepEqual(restrainedBy({ ...fine, ...signals }, careful), expected);
  });
}

test('the battery and whoever uses the device count only where that was chosen', () => {
  assert.deepEqual(restrainedBy({ ...fine, isCharging: false, isInUse: true }, careless), []);
});
