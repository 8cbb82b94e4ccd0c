import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { signatureVerify } from '@polkadot/util-crypto';

import { BrowserKeys, signingPrefix } from './browser-keys.ts';
import { writeBackup } from './backup.ts';
import type { Change, KeyValue } from './key-value.ts';
import { MemoryKeyValue } from './testing/storage.ts';
import { memoryLocks, type Locks } from './locks.ts';
import { Storage } from './storage.ts';

const infoOf = (addressPrefix: number) => ({
  ...{ name: 'Test', isDevelopment: true, chainName: 'Test', addressPrefix, bootNodes: [], dxServers: [] },
});

interface Browser {
  readonly values: KeyValue;
  readonly storage: Storage;
  readonly locks: Locks;
}

/** A browser that keeps what its tabs keep. */
function openBrowser(values: KeyValue = new MemoryKeyValue()): Browser {
  return { values, storage: new Storage(() => Promise.resolve(values)), locks: memoryLocks() };
}

/** What a tab of a browser has, at its visit of a network. */
function keysOf(t: TestContext, { storage, locks }: Pick<Browser, 'storage' | 'locks'>, id = 'net', prefix = 42) {
  const closing = new AbortController();
  t.after(() => closing.abort());
  return new BrowserKeys(storage, () => Promise.resolve({ id, info: infoOf(prefix) }), locks, closing.signal);
}

test('a key is made when it is needed first, and found again later', async (t) => {
  const browser = openBrowser();
  const keys = keysOf(t, browser);
  assert.equal(await keys.find('sender'), null);
  const made = await keys.get('sender');
  assert.equal((await keys.get('sender')).address, made.address);
  const later = keysOf(t, { ...browser, storage: new Storage(() => Promise.resolve(browser.values)) });
  const found = (await later.find('sender')) ?? assert.fail();
  assert.deepEqual([found.address, found.createdAtMs], [made.address, made.createdAtMs]);
  const message = new TextEncoder().encode('a message');
  const { isValid, crypto: kind } = signatureVerify(message, await found.signer.sign(message), made.address);
  assert.deepEqual([isValid, kind], [true, 'ed25519']);
});

test('each purpose and each network has a key of its own, with the prefix of the chain', async (t) => {
  const browser = openBrowser();
  const [here, there] = [keysOf(t, browser), keysOf(t, browser, 'other', 0)];
  const addresses = await Promise.all(
    [here, there].flatMap((keys) => [keys.get('sender'), keys.get('provider')]).map(async (key) => (await key).address),
  );
  assert.equal(new Set(addresses).size, 4);
  assert.match(addresses[0] ?? '', /^5/);
  assert.match(addresses[2] ?? '', /^1/);
});

test('two tabs that need it at the same time get the same key', async (t) => {
  const browser = openBrowser();
  const keys = await Promise.all([1, 2, 3].map(() => keysOf(t, browser).get('provider')));
  assert.equal(new Set(keys.map(({ address }) => address)).size, 1);
  assert.equal((await browser.storage.entries(signingPrefix('net'))).length, 1);
});

test('a forgotten key does not come back', async (t) => {
  const browser = openBrowser();
  const keys = keysOf(t, browser);
  const { address } = await keys.get('sender');
  await keys.forget('sender');
  assert.equal(await keys.find('sender'), null);
  assert.notEqual((await keys.get('sender')).address, address);
});

test('the secret cannot be read, and no backup has it', async (t) => {
  const browser = openBrowser();
  await keysOf(t, browser).get('sender');
  const [[, kept] = assert.fail()] = await browser.storage.entries('signing/');
  const { privateKey } = kept as { readonly privateKey: CryptoKey };
  assert.equal(privateKey.extractable, false);
  for (const format of ['raw', 'pkcs8', 'jwk'] as const) {
    await assert.rejects(crypto.subtle.exportKey(format, privateKey));
  }
  // Anything of it in the file would make writing fail, because nothing can be read of a key.
  await writeBackup(browser.storage, 'a long passphrase');
});

test('what is kept in the place of a key and is none counts as none', async (t) => {
  const browser = openBrowser();
  const keys = keysOf(t, browser);
  const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const { privateKey: other } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  for (const value of [
    'a text',
    { privateKey: 'a text', publicKey: raw },
    { privateKey, publicKey: raw.subarray(1) },
    { privateKey: other, publicKey: raw },
  ]) {
    await browser.storage.write([{ key: `${signingPrefix('net')}sender`, value }]);
    assert.equal(await keys.find('sender'), null);
  }
});

test('where nothing can be kept there is no key', async (t) => {
  const storage = new Storage(() => Promise.reject(new Error('forbidden')));
  const keys = keysOf(t, { storage, locks: memoryLocks() });
  await assert.rejects(keys.get('sender'), { name: 'KeysUnsupported', message: /gone with the tab/ });
  assert.equal(await keys.find('sender'), null);
});

test('where the storage is full there is no new key, and the one that is there still works', async (t) => {
  class FullOnRequest extends MemoryKeyValue {
    isFull = false;
    override write(changes: readonly Change[]): Promise<void> {
      return this.isFull ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : super.write(changes);
    }
  }
  const values = new FullOnRequest();
  const keys = keysOf(t, openBrowser(values));
  const { address } = await keys.get('sender');
  values.isFull = true;
  await assert.rejects(keys.get('provider'), { name: 'KeysUnsupported' });
  assert.equal(await keys.find('provider'), null);
  assert.equal((await keys.get('sender')).address, address);
});

test('a browser without Ed25519 is told apart', async (t) => {
  const refuse = () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
  t.mock.method(crypto.subtle, 'generateKey', refuse);
  await assert.rejects(keysOf(t, openBrowser()).get('sender'), { name: 'KeysUnsupported', message: /Ed25519/ });
});
