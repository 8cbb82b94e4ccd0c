import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { accountSecret, chainPlace, dxPlace, homeFolder } from './settings.ts';

const usage = (message: RegExp) => ({ name: 'UsageError', message });

test('an option wins over the environment, which wins over the default', () => {
  const env = { AIRO_CHAIN: 'ws://env:1', AIRO_DX: 'http://env:2' };
  assert.deepEqual(chainPlace({ chain: 'wss://option' }, env), { url: 'wss://option' });
  assert.deepEqual(chainPlace({}, env), { url: 'ws://env:1' });
  assert.deepEqual(chainPlace({}, { AIRO_CHAIN: '' }), { url: 'ws://127.0.0.1:9944' });
  assert.deepEqual(dxPlace({ dx: ['http://option'] }, env), { url: 'http://option' });
  assert.deepEqual(dxPlace({ dx: [] }, env), { url: 'http://env:2' });
  assert.deepEqual(dxPlace({}, {}), { url: 'http://127.0.0.1:9960' });
});

test('Dx is one server, or peers to join', () => {
  assert.deepEqual(dxPlace({}, { AIRO_DX: '/ip4/1.2.3.4/tcp/1, /dns4/a/tcp/2' }), {
    peers: ['/ip4/1.2.3.4/tcp/1', '/dns4/a/tcp/2'],
  });
  assert.throws(() => dxPlace({ dx: ['http://a', '/ip4/1.2.3.4'] }, {}), usage(/not both/));
  assert.throws(() => dxPlace({ dx: ['1.2.3.4:80'] }, {}), usage(/no address of Dx/));
  assert.throws(() => dxPlace({ dx: ['http://'] }, {}), usage(/no address/));
});

test('the chain is a node or a light client, and an address that is none is refused', () => {
  assert.throws(() => chainPlace({ chain: 'ws://a', 'light-client': 'spec' }, {}), usage(/exclude each other/));
  assert.throws(() => chainPlace({ 'light-client': '/nowhere/spec' }, {}), usage(/--light-client: there is no file/));
  assert.throws(() => chainPlace({}, { AIRO_CHAIN: 'http://a' }), usage(/AIRO_CHAIN must be an address/));
});

test('the secret comes from a file, the environment or a development name, and is never repeated', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-cli-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'secret');
  await writeFile(file, '  some secret words\n');
  assert.equal(accountSecret({ 'secret-file': file }, { AIRO_SECRET: 'other' }), 'some secret words');
  assert.equal(accountSecret({}, { AIRO_SECRET: 'other words ' }), 'other words');
  assert.equal(accountSecret({ 'dev-account': 'bob' }, {}), '//Bob');
  assert.throws(() => accountSecret({}, {}), usage(/Whose account\?/));
  assert.throws(() => accountSecret({ 'dev-account': 'bob', 'secret-file': file }, {}), usage(/exclude each other/));
  assert.throws(() => accountSecret({ 'dev-account': '//Bob' }, {}), usage(/a name such as alice/));
  assert.throws(() => accountSecret({ 'secret-file': folder }, {}), usage(/is a folder/));
  await writeFile(file, '\n');
  assert.throws(() => accountSecret({ 'secret-file': file }, {}), usage(/is empty/));
});

test('what is remembered lies in AIRO_HOME, or in the data folder', () => {
  assert.equal(homeFolder({ AIRO_HOME: '/a/b' }), '/a/b');
  assert.equal(homeFolder({ XDG_DATA_HOME: '/data' }), '/data/airo/consumer');
  assert.throws(() => homeFolder({ AIRO_HOME: 'a/b' }), usage(/absolute path/));
});
