import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

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
