import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AIRO } from '../lib/market/amounts.ts';
import { startRest } from './testing/rest.ts';

interface Answer {
  readonly type?: string;
  readonly detail?: string;
  readonly steps?: readonly { readonly step: string; readonly result: string; readonly detail: string }[];
}

test('an account without money is told how much it needs, and where; nothing is sent', async (t) => {
  const free = 5n * AIRO;
  const { ask, world } = await startRest(t, {
    account: 'bob',
    chain: { balance: () => Promise.resolve({ free, held: [] }) },
  });
  const { status, body } = await ask<Answer>('POST', '/v1/initialize', {});
  assert.equal(status, 409);
  assert.equal(body.type, 'urn:airo:problem:InsufficientFunds');
  assert.match(body.detail ?? '', /needs 101 AIRO at bob, which has 5 AIRO; send it 96 AIRO or more/);
  assert.deepEqual(world.market.calls, []);
});

test('a provider that leaves is not registered again', async (t) => {
  const { ask, world } = await startRest(t);
  world.market.change('alice', { leavesAt: 50 });
  const { status, body } = await ask<Answer>('POST', '/v1/initialize', {});
  assert.equal(status, 409);
  assert.match(body.detail ?? '', /alice is leaving the market\. Withdraw the stake from block 50 on/);
});

test('what is configured with it is changed, even where the chain has nothing left to do', async (t) => {
  const { ask, world, settings } = await startRest(t);
  world.market.change('alice', { profile: { ...world.market.provider('alice').profile, name: 'Wingman' } });
  await world.mineUntil('the model', () => world.models.prepared.length > 0);
  const { status, body } = await ask<Answer>('POST', '/v1/initialize', { models: [] });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    body.steps?.map(({ step, result }) => `${step} ${result}`),
    ['settings done', 'registration already', 'profile already', 'stake already', 'models waiting'],
  );
  assert.deepEqual(settings.current().models, []);
});
