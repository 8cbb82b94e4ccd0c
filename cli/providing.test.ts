import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { AIRO } from '../lib/market/amounts.ts';
import type { Call } from '../lib/market/chain.ts';
import type { Provider } from '../lib/market/types.ts';
import { startCommands } from './testing/context.ts';

const status = {
  ...{ state: 'running', provider: 'consumer', signer: 'key' },
  profile: { name: 'Dave', key: `0x${'08'.repeat(32)}`, peer: 'peer', peerProof: `0x${'09'.repeat(64)}` },
};

/** A file with what a Wingman says of itself, or something else. */
async function fileOf(t: TestContext, content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-cli-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'status.json');
  await writeFile(path, JSON.stringify(content));
  return path;
}

test('a provider is registered with the keys, the bounds and the money of its Wingman in one transaction', async (t) => {
  const airo = await startCommands(t, []);
  const submitted: unknown[] = [];
  Object.assign(airo.chain.account, {
    submit: (calls: unknown) => {
      submitted.push(calls);
      return Promise.resolve({ block: { number: 7, hash: '0x07' }, transaction: '0x01', fee: 3n, events: [] });
    },
  });
  const file = await fileOf(t, status);
  const options = ['--stake', '100', '--floor', '0.05', '--top-up', '1'];
  const { out } = await airo.run('provider', 'register', file, ...options);
  assert.match(out, /key may bid and answer for consumer: from 0\.05 AIRO on, at most 10 bids and agreements open/);
  const { name, key, peer, peerProof } = status.profile;
  assert.deepEqual(submitted, [
    [
      {
        call: 'registerProvider',
        profile: { name, key: { scheme: 0, material: { inline: key } }, peer, peerProof, kind: 'server' },
        operator: { account: 'key', floorPrice: 50_000_000_000n, maxOpen: 10 },
        stake: 100_000_000_000_000n,
      },
      { call: 'transfer', to: 'key', amount: 1_000_000_000_000n },
    ],
  ]);
});

test('what is missing or belongs to somebody else is refused before anything is sent', async (t) => {
  const airo = await startCommands(t, []);
  const refused = async (content: unknown, message: RegExp, ...options: readonly string[]) => {
    const file = await fileOf(t, content);
    await assert.rejects(airo.run('provider', 'register', file, ...options), { name: 'UsageError', message });
  };
  await refused(status, /--floor is missing/);
  await refused(status, /--stake is missing/, '--floor', '1');
  await refused({ ...status, provider: 'somebody' }, /works for somebody, and your account is consumer/);
  await refused({ ...status, signer: 'consumer' }, /has the secret of your account/);
  await refused({ ...status, profile: null }, /is not what GET \/v1\/status .*\(profile: /);
  const damaged = { ...status.profile, key: '0x08' };
  await refused({ ...status, profile: damaged }, /profile\.key: 32 bytes in hexadecimal after 0x are wanted/);
  await assert.rejects(airo.run('operator', 'set', 'key', '--floor', '1'), /consumer is no provider yet/);
  await assert.rejects(airo.run('operator', 'remove'), /consumer is no provider yet/);
  await assert.rejects(airo.run('provider', 'announce', '9', '2'), /no model 9/);
  assert.deepEqual(airo.chain.calls, []);
});

/** Commands of a provider like this; what is sent changes nothing but `leavesAt`. */
async function startLeaving(t: TestContext, fields: Partial<Provider> = {}) {
  const airo = await startCommands(t, []);
  const sent: Call[] = [];
  let provider: Provider = {
    account: 'consumer',
    profile: { ...status.profile, key: { scheme: 0, material: { inline: '0x08' } }, peerProof: '0x09', kind: 'server' },
    operator: null,
    ...{
      stake: 100n * AIRO,
      reserved: 0n,
      openBids: 0,
      openAgreements: 0,
      registeredAt: 1,
      leavesAt: null,
      models: [2],
    },
    ...fields,
  };
  Object.assign(airo.chain, { provider: () => Promise.resolve(provider) });
  Object.assign(airo.chain.account, {
    submit: (calls: readonly Call[]) => {
      sent.push(...calls);
      if (calls.some(({ call }) => call === 'leave')) provider = { ...provider, leavesAt: 1_000_000 };
      return Promise.resolve({ block: { number: 7, hash: '0x07' }, transaction: '0x01', fee: 3n, events: [] });
    },
  });
  return { ...airo, sent };
}

test('an offer is taken back, and one that is not there is refused unsent', async (t) => {
  const airo = await startLeaving(t);
  await assert.rejects(airo.run('provider', 'withdraw', '3'), /consumer does not offer model 3\. It offers: 2\./);
  await assert.rejects(airo.run('provider', 'withdraw', 'x'), { name: 'UsageError', message: /MODEL/ });
  assert.match((await airo.run('provider', 'withdraw', '2')).out, /Model 2 is not offered any more/);
  assert.deepEqual(airo.sent, [{ call: 'withdrawOffer', model: 2 }]);
});

test('a provider leaves once, and hears when its stake is free', async (t) => {
  const airo = await startLeaving(t, { openBids: 1, openAgreements: 2 });
  const { out } = await airo.run('provider', 'leave');
  assert.match(out, /^consumer leaves the market\. \(in block 7, not final yet\)$/m);
  assert.match(
    out,
    /stake of 100 AIRO is free in .+, from block 1000000 on, and when what is open has ended \(1 bid, 2 agreements\)\. .* airo provider unstake$/m,
  );
  assert.match((await airo.run('provider', 'leave')).out, /Nothing had to be done/);
  assert.deepEqual(airo.sent, [{ call: 'leave' }]);
});

test('a stake is taken back when it is free, and not before', async (t) => {
  const refused = async (fields: Partial<Provider>, message: RegExp) => {
    const airo = await startLeaving(t, fields);
    await assert.rejects(airo.run('provider', 'unstake'), { message });
    assert.deepEqual(airo.sent, []);
  };
  await refused({}, /consumer is still in the market\. Leave it first: airo provider leave/);
  await refused({ leavesAt: 1_000_000 }, /The stake is free in .+, from block 1000000 on\.$/);
  await refused({ leavesAt: 0, openBids: 2 }, /The stake is free when what is open has ended \(2 bids\)\.$/);
  const airo = await startLeaving(t, { leavesAt: 0 });
  assert.match((await airo.run('provider', 'unstake')).out, /^100 AIRO of stake are yours again\./);
  assert.deepEqual(airo.sent, [{ call: 'withdrawStake' }]);
});
