import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ChainPhase, ChainStatus } from '../../lib/cockpit/types.ts';
import { chainWords } from './chain-words.ts';

const status = (phase: ChainPhase, finalized: number | null): ChainStatus => ({
  phase,
  source: 'embedded',
  best: null,
  finalized: finalized === null ? null : { number: finalized, hash: '0x00' },
  peers: null,
  readyAfterMs: null,
  startedFromDatabase: false,
  problem: null,
});

test('a chain that is followed shows its finalized block', () => {
  assert.deepEqual(chainWords(status('ready', 12_345)), { sign: 'live', phase: 'Finalized', detail: '#12\u202f345' });
});

test('a lost chain shows no block as if it were the newest', () => {
  assert.deepEqual(chainWords(status('lost', 12_345)), { sign: 'lost', phase: 'Connection lost', detail: undefined });
  assert.deepEqual(chainWords(status('failed', 12_345)), { sign: 'lost', phase: 'No chain', detail: undefined });
});

test('before the first finalized block only the phase is shown', () => {
  for (const phase of ['configuring', 'loading', 'connecting', 'syncing', 'ready'] as const) {
    assert.equal(chainWords(status(phase, null)).detail, undefined, phase);
  }
});
