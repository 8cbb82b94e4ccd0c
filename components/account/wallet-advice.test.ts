import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { WalletState } from '../../lib/cockpit/types.ts';
import { walletAdvice } from './wallet-advice.ts';

const all: readonly WalletState[] = ['idle', 'connecting', 'noWallet', 'refused', 'noAccounts', 'ready'];

test('every state in which there is no account has a way on, but for the one in which a person has to answer', () => {
  for (const state of all.filter((each) => each !== 'ready' && each !== 'connecting')) {
    assert.notEqual(walletAdvice(state, false).button, null, state);
  }
  assert.equal(walletAdvice('connecting', false).button, null);
});

test('well-known accounts are named on a development chain alone', () => {
  assert.match(walletAdvice('noWallet', true).text, /development chain/);
  assert.doesNotMatch(walletAdvice('noWallet', false).text, /development chain/);
});

test('no two states say the same', () => {
  assert.equal(new Set(all.map((state) => walletAdvice(state, false).title)).size, all.length);
});
