import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { isLoopback } from './config/address.ts';
import { loadKeys } from './keys.ts';
import { apiToken, readSecret, writeSecretFile } from './secrets.ts';

const variable = 'AIRO_TEST_SECRET';

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-wingman-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('a secret comes from the variable, which is taken out of the environment, or else from the file', async (t) => {
  const file = join(await folderOf(t), 'secret');
  await writeFile(file, ' from the file\n', { mode: 0o600 });
  process.env[variable] = 'from the variable';
  assert.equal(readSecret('a secret', variable, file), 'from the variable');
  assert.equal(variable in process.env, false);
  assert.equal(readSecret('a secret', variable, file), 'from the file');
  assert.equal(readSecret('a secret', variable, undefined), undefined);
});

for (const mode of [0o644, 0o640, 0o602]) {
  test(`a secret file with mode ${mode.toString(8)} is refused, with the command that helps`, async (t) => {
    const file = join(await folderOf(t), 'secret');
    await writeFile(file, 'the secret itself');
    await chmod(file, mode);
    assert.throws(
      () => readSecret('a secret', variable, file),
      ({ name, message }: Error) =>
        name === 'SecretInvalid' && message.includes(`chmod 600 ${file}`) && !message.includes('the secret itself'),
    );
  });
}

test('an empty secret and a file that is not there are refused', async (t) => {
  const file = join(await folderOf(t), 'secret');
  assert.throws(() => readSecret('a secret', variable, file), {
    name: 'SecretInvalid',
    message: /cannot be read: ENOENT/,
  });
  await writeFile(file, ' \n', { mode: 0o600 });
  assert.throws(() => readSecret('a secret', variable, file), { name: 'SecretInvalid', message: /is empty/ });
  process.env[variable] = '';
  assert.throws(() => readSecret('a secret', variable, file), { name: 'SecretInvalid', message: /is empty/ });
});

test('a secret file that is written is for its owner alone, also where another one was', async (t) => {
  const file = join(await folderOf(t), 'secret');
  await writeFile(`${file}.new`, 'left by a crash', { mode: 0o644 });
  writeSecretFile(file, 'secret');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('keys are made once, kept over restarts, and are for their owner alone', async (t) => {
  const folder = await folderOf(t);
  const first = await loadKeys(folder);
  const second = await loadKeys(folder);
  assert.deepEqual(second.envelope, first.envelope);
  assert.deepEqual(second.peerSeed, first.peerSeed);
  assert.notDeepEqual((await loadKeys(await folderOf(t))).envelope, first.envelope);
  for (const name of ['payload-key.json', 'peer-key']) {
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
  }
});

for (const name of ['payload-key.json', 'peer-key']) {
  test(`a damaged ${name} is named, and nothing new takes its place`, async (t) => {
    const folder = await folderOf(t);
    await loadKeys(folder);
    await writeFile(join(folder, name), '{"publicKey":"00"}', { mode: 0o600 });
    await assert.rejects(loadKeys(folder), { name: 'SecretInvalid', message: /is damaged\. Restore it/ });
    await assert.rejects(loadKeys(folder), { name: 'SecretInvalid' });
  });
}

test('only addresses of this machine count as such', () => {
  for (const host of ['127.0.0.1', '127.8.0.1', '::1', 'localhost', 'LOCALHOST']) assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '192.168.1.1', '10.0.0.1', 'example.org', '::ffff:10.0.0.1', '2001:db8::1']) {
    assert.ok(!isLoopback(host), host);
  }
});

test('a token is made once and kept, and one that is too short is refused wherever it comes from', async (t) => {
  const folder = await folderOf(t);
  const said: string[] = [];
  const token = () => apiToken(folder, { host: '127.0.0.1' }, true, (line) => said.push(line));
  const first = token();
  assert.ok(first.length >= 43);
  assert.equal(token(), first);
  assert.equal(said.length, 1);
  assert.ok(said[0]?.includes(join(folder, 'api-token')));
  assert.ok(!said.join().includes(first));

  const weak = { name: 'SecretInvalid', message: /needs 16 characters/ };
  await writeFile(join(folder, 'api-token'), '', { mode: 0o600 });
  assert.throws(token, weak);
  const tokenFile = join(folder, 'given');
  await writeFile(tokenFile, 'short', { mode: 0o600 });
  assert.throws(() => apiToken(folder, { host: '0.0.0.0', tokenFile }, false, () => undefined), weak);
  await writeFile(tokenFile, 'long enough to be a token'.replaceAll(' ', '-'), { mode: 0o600 });
  assert.equal(
    apiToken(folder, { host: '0.0.0.0', tokenFile }, false, () => undefined),
    'long-enough-to-be-a-token',
  );
});
