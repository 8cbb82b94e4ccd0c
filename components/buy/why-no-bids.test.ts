import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ModelDetail, ModelProvider } from '../../lib/cockpit/types.ts';
import { AIRO } from '../../lib/market/amounts.ts';
import { whyNoBids } from './why-no-bids.ts';

const rules = { blockTimeMs: 2_000 };
const order = {
  version: 1,
  maxPrice: AIRO,
  minStake: 0n,
  minRecord: { delivered: 0, reliability: 0 },
  maxInFlight: 10,
  inferences: 100,
  responseDeadline: 15,
  reserve: AIRO,
};
const provider = (more: { stake?: bigint; version?: number; timeMicroseconds?: number } = {}): ModelProvider => ({
  offer: {
    provider: '5P',
    version: more.version ?? 1,
    timeMicroseconds: more.timeMicroseconds ?? 4_000,
    announcedAt: 0,
  },
  isNewest: true,
  record: null,
  provider: {
    account: '5P',
    profile: { name: 'P', key: { scheme: 0, material: { inline: '0x' } }, peer: '', peerProof: '0x', kind: 'server' },
    operator: null,
    stake: more.stake ?? 10n * AIRO,
    reserved: 0n,
    openBids: 0,
    openAgreements: 0,
    registeredAt: 0,
    leavesAt: null,
    models: [],
  },
});
const detail = (offers: readonly ModelProvider[], suggested = AIRO / 2n): ModelDetail => ({
  model: {} as ModelDetail['model'],
  providers: offers.length,
  fastestMs: null,
  history: [],
  delivered: 0,
  recentPrice: null,
  sale: null,
  versions: [],
  offers,
  orders: [],
  suggestion: { maxPrice: suggested, least: 0n, basis: 'recentAgreements', reason: '' },
  royalties: 0n,
});
const reasons = (asked: Partial<typeof order>, ...of: Parameters<typeof detail>) =>
  whyNoBids({ ...order, ...asked }, detail(...of), rules).map(({ why }) => why);

test('without an offer of the ordered version that is the only reason', () => {
  assert.deepEqual(reasons({}, []), ['No provider offers this version of the model now.']);
  assert.deepEqual(reasons({ minStake: AIRO * 99n }, [provider({ version: 0 })]).length, 1);
});

test('a stake that nobody has is named', () => {
  const [why, ...others] = reasons({ minStake: 11n * AIRO }, [provider()]);
  assert.match(why ?? '', /stake of 11 AIRO/);
  assert.deepEqual(others, []);
});

test('stake that is reserved already is named', () => {
  assert.match(reasons({ reserve: 11n * AIRO }, [provider()])[0] ?? '', /reserves 11 AIRO/);
});

test('a record that nobody has is named', () => {
  assert.match(reasons({ minRecord: { delivered: 5, reliability: 0 } }, [provider()])[0] ?? '', /record/);
});

test('a deadline that nobody can keep is named, and one fast provider is enough to keep it', () => {
  const slow = provider({ timeMicroseconds: 4_000_000 });
  assert.match(reasons({}, [slow])[0] ?? '', /before the deadline/);
  assert.doesNotMatch(reasons({}, [slow, provider()])[0] ?? '', /before the deadline/);
});

test('a price below the suggested one is named', () => {
  assert.match(reasons({}, [provider()], 2n * AIRO)[0] ?? '', /at most 1 AIRO; 2 AIRO/);
});

test('where nothing is in the way, what is usual is said', () => {
  assert.match(reasons({}, [provider()])[0] ?? '', /lowest price of its own/);
});
